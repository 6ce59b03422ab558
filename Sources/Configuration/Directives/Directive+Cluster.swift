extension Directive {
    static let cluster = [
        Directive(
            "cluster-enabled", flag: \.cluster.isEnabled, change: .atStart, effect: .withCluster,
            summary: "Be a node of a cluster."),
        Directive(
            "cluster-config-file", text: \.cluster.configFile, change: .atStart,
            effect: .withCluster, summary: "File in which the node keeps what it knows."),
        Directive(
            "cluster-node-timeout", integer: \.cluster.nodeTimeout, in: .int63,
            effect: .withCluster, summary: "Milliseconds of silence after which a node is down."),
        Directive(
            "cluster-port", integer: \.cluster.port, in: .ports, change: .atStart,
            effect: .withCluster, summary: "Port of the bus; 0 is the client port plus 10000."),
        Directive(
            "cluster-announce-ip", text: \.cluster.announcedAddress, effect: .withCluster,
            summary: "Address that the node tells others."),
        Directive(
            "cluster-announce-hostname", text: \.cluster.announcedHostname, effect: .withCluster,
            summary: "Host name that the node tells others.", refusal: refusal(ofHostname:)),
        Directive(
            "cluster-announce-human-nodename", text: \.cluster.announcedNodeName,
            effect: .withCluster, summary: "Name of the node for people."
        ) { name in
            name.utf8.allSatisfy { isHostnameByte($0) || $0 == UInt8(ascii: "_") }
                ? nil : "Announced human node name contained invalid character"
        },
        Directive(
            "cluster-announce-port", integer: \.cluster.announcedPort, in: .ports,
            effect: .withCluster, summary: "Client port that the node tells others; 0 is its own."),
        Directive(
            "cluster-announce-tls-port", integer: \.cluster.announcedTLSPort, in: .ports,
            effect: .withCluster, summary: "TLS port that the node tells others; 0 is its own."),
        Directive(
            "cluster-announce-bus-port", integer: \.cluster.announcedBusPort, in: .ports,
            effect: .withCluster, summary: "Bus port that the node tells others; 0 is its own."),
        Directive(
            "cluster-preferred-endpoint-type", word: \.cluster.preferredEndpoint,
            effect: .withCluster, summary: "What clients are told to connect to."),
        Directive(
            "cluster-require-full-coverage", flag: \.cluster.requiresFullCoverage,
            effect: .withCluster, summary: "Refuse commands while a slot has no node."),
        Directive(
            "cluster-allow-reads-when-down", flag: \.cluster.allowsReadsWhenDown,
            effect: .withCluster, summary: "Answer reads also while the cluster is down."),
        Directive(
            "cluster-allow-pubsubshard-when-down", flag: \.cluster.allowsShardedPubsubWhenDown,
            effect: .withCluster,
            summary: "Serve sharded channels also while the cluster is down."),
        Directive(
            "cluster-allow-replica-migration", flag: \.cluster.allowsReplicaMigration,
            effect: .withCluster, summary: "Let replicas move to masters that have none."),
        Directive(
            "cluster-migration-barrier", integer: \.cluster.migrationBarrier, in: .int31,
            effect: .withCluster, summary: "Replicas that a master keeps when others move."),
        Directive(
            "cluster-replica-validity-factor", "cluster-slave-validity-factor",
            integer: \.cluster.replicaValidityFactor, in: .int31, effect: .withCluster,
            summary: "How old a replica's data may be for it to become master; 0 is any age."),
        Directive(
            "cluster-replica-no-failover", "cluster-slave-no-failover",
            flag: \.cluster.forbidsFailover, effect: .withCluster,
            summary: "Never become master unless told to."),
        Directive(
            "cluster-link-sendbuf-limit", wideMemory: \.cluster.linkBufferLimit,
            effect: .withCluster,
            summary: "Bytes that may wait for another node; 0 is no limit."),
        Directive(
            "cluster-ping-interval", integer: \.cluster.pingInterval, in: .int63,
            traits: .hidden, effect: .withCluster,
            summary: "Milliseconds between signs of life to other nodes."),
    ]

    private static func isHostnameByte(_ byte: UInt8) -> Bool {
        let lower = byte | 0x20
        let isLetter = lower >= UInt8(ascii: "a") && lower <= UInt8(ascii: "z")
        let isDigit = byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
        return isLetter || isDigit || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
    }

    private static func refusal(ofHostname name: String) -> String? {
        if name.utf8.count >= 256 { return "Hostnames must be less than 256 characters" }
        return name.utf8.allSatisfy(isHostnameByte)
            ? nil : "Hostnames may only contain alphanumeric characters, hyphens or dots"
    }
}

extension Directive.Effect {
    fileprivate static let withCluster = Directive.Effect.none("comes with cluster mode")
}
