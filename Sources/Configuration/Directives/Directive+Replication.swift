import Bytes

extension Directive {
    static let replication = [
        master,
        Directive(
            "masteruser", secret: \.replication.masterUser, effect: .withReplication,
            summary: "User as whom the replica logs in at its master."),
        Directive(
            "masterauth", secret: \.replication.masterPassword, effect: .withReplication,
            summary: "Password with which the replica logs in at its master."),
        Directive(
            "replica-serve-stale-data", "slave-serve-stale-data",
            flag: \.replication.servesStaleData, effect: .withReplication,
            summary: "Answer clients while the master is out of reach."),
        Directive(
            "replica-read-only", "slave-read-only", flag: \.replication.isReadOnly,
            effect: .withReplication, summary: "Refuse writes on a replica."),
        Directive(
            "replica-lazy-flush", "slave-lazy-flush", flag: \.replication.flushesLazily,
            effect: .withReplication,
            summary: "Free the old data on another thread before a full synchronisation."),
        Directive(
            "replica-ignore-maxmemory", "slave-ignore-maxmemory",
            flag: \.replication.ignoresMaxmemory, effect: .withReplication,
            summary: "Leave eviction to the master."),
        Directive(
            "replica-ignore-disk-write-errors", flag: \.replication.ignoresDiskErrors,
            effect: .withReplication,
            summary: "Go on replicating when the replica cannot write its log."),
        Directive(
            "replica-priority", "slave-priority", integer: \.replication.priority, in: .int31,
            effect: .withReplication, summary: "Rank for becoming the master; 0 is never."),
        Directive(
            "replica-announced", flag: \.replication.isAnnounced, effect: .withReplication,
            summary: "Whether monitors are told of this replica."),
        Directive(
            "replica-announce-ip", "slave-announce-ip", text: \.replication.announcedAddress,
            effect: .withReplication, summary: "Address that the replica tells its master."),
        Directive(
            "replica-announce-port", "slave-announce-port",
            integer: \.replication.announcedPort, in: .ports, effect: .withReplication,
            summary: "Port that the replica tells its master; 0 is its own."),
        Directive(
            "repl-diskless-sync", flag: \.replication.syncsDiskless, effect: .withReplication,
            summary: "Send a full synchronisation without a file in between."),
        Directive(
            "repl-diskless-sync-delay", integer: \.replication.disklessDelay, in: .int31,
            effect: .withReplication, summary: "Seconds to wait for more replicas before that."),
        Directive(
            "repl-diskless-sync-max-replicas", integer: \.replication.disklessReplicasMax,
            in: .int31, effect: .withReplication,
            summary: "Replicas at which it begins at once; 0 is no such number."),
        Directive(
            "repl-diskless-load", word: \.replication.disklessLoad,
            traits: .refusedWhileLoading, effect: .withReplication,
            summary: "Whether a replica loads what it receives without a file in between."),
        Directive(
            "repl-ping-replica-period", "repl-ping-slave-period",
            integer: \.replication.pingPeriod, in: .int31Positive, effect: .withReplication,
            summary: "Seconds between signs of life to replicas."),
        Directive(
            "repl-timeout", integer: \.replication.timeout, in: .int31Positive,
            effect: .withReplication, summary: "Seconds after which a silent link is given up."),
        Directive(
            "repl-disable-tcp-nodelay", flag: \.replication.disablesNoDelay,
            effect: .withReplication, summary: "Fewer, larger packets to replicas, later."),
        Directive(
            "repl-backlog-size", memory: \.replication.backlogSize, in: .int63Positive,
            clamp: 16384...Int.max, effect: .withReplication,
            summary: "Bytes of the stream kept for replicas that come back; 16 KiB at least."),
        Directive(
            "repl-backlog-ttl", integer: \.replication.backlogLifetime, in: .int63,
            effect: .withReplication,
            summary: "Seconds without replicas after which that is freed; 0 is never."),
        Directive(
            "min-replicas-to-write", "min-slaves-to-write",
            integer: \.replication.replicasToWriteMin, in: .int31,
            summary: "Replicas that must be near for writes to be accepted."),
        Directive(
            "min-replicas-max-lag", "min-slaves-max-lag",
            integer: \.replication.replicaLagMax, in: .int31, effect: .withReplication,
            summary: "Seconds of silence up to which a replica counts as near."),
    ]

    private static let master = Directive(
        name: "replicaof", aliases: ["slaveof"], kind: .special("host and port, or `no one`"),
        change: .atStart, traits: .multiWord, effect: .withReplication,
        summary: "The master of which this server is a replica.",
        place: DirectivePlace(
            read: { settings in
                guard let master = settings.replication.master else { return "" }
                return ByteString("\(master.host) \(master.port)")
            },
            write: { settings, words throws(RefusedValue) in
                guard words.count == 2 else { throw RefusedValue("wrong number of arguments") }
                let isNone = words.map { $0.text.lowercased() } == ["no", "one"]
                if isNone {
                    settings.replication.master = nil
                    return
                }
                guard let port = words[1].withSlice({ $0.integer }), port >= 0, port <= 65535
                else { throw RefusedValue("Invalid master port") }
                settings.replication.master = MasterAddress(
                    host: try text(words[0]), port: Int(port))
            },
            lines: { settings in
                guard let master = settings.replication.master else { return [] }
                return [ByteString("\(master.host) \(master.port)")]
            }))
}

extension Directive.Effect {
    fileprivate static let withReplication = Directive.Effect.none("comes with replication")
}
