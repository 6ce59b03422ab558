import Bytes

extension Directive {
    static let storage = [
        Directive(
            "dir", text: \.storage.directory, change: .protected, traits: .refusedWhileLoading,
            summary: "Directory of the snapshot and the log."),
        Directive(
            "databases", integer: \.storage.databases, in: .int31Positive, change: .atStart,
            summary: "Number of databases that SELECT knows."),
        savePoints,
        Directive(
            "dbfilename", text: \.snapshot.filename, change: .protected,
            summary: "Name of the snapshot's file, without a directory."
        ) { name in
            isPath(name) ? "dbfilename can't be a path, just a filename" : nil
        },
        Directive(
            "rdbcompression", flag: \.snapshot.compresses,
            summary: "Compress texts in snapshots."),
        Directive(
            "rdbchecksum", flag: \.snapshot.hasChecksum, change: .atStart,
            summary: "End snapshots with a checksum, and examine it on loading."),
        Directive(
            "rdb-version", integer: \.snapshot.version, in: 10...12,
            summary: """
                Version of the format that is written; Redis 7.0 reads 10 at most, 7.2 and Valkey \
                read 11. A file with fields of hashes that have a time to live is written as 12.
                """),
        Directive(
            "stop-writes-on-bgsave-error", flag: \.snapshot.stopsWritesOnError,
            summary: "Refuse writes while save points are set and the last snapshot failed."),
        Directive(
            "rdb-save-incremental-fsync", flag: \.snapshot.fsyncsInSteps,
            summary: "Force a snapshot to the disk in steps while it is written."),
        Directive(
            "rdb-del-sync-files", flag: \.snapshot.deletesSyncFiles,
            effect: .none("comes with replication"),
            summary: "Delete files of a full synchronisation when nothing else is persisted."),
        Directive(
            "sanitize-dump-payload", word: \.snapshot.sanitization,
            summary: "Examine values from files and RESTORE in depth before they are taken in."),
        Directive(
            "disk-space-check", flag: \.snapshot.checksSpace,
            summary: "Begin no dump or rewrite for which the disk has no room."),
        Directive(
            "snapshot-slice-share", integer: \.snapshot.sliceShare, in: 1...100,
            summary: "Percent of the time that a snapshot may take while clients are served."),
        Directive(
            "snapshot-queue-limit", memory: \.snapshot.queueLimit, in: 1 << 20...Int.max,
            summary: "Bytes of a snapshot that may wait for the disk."),
        Directive(
            "rdb-key-save-delay", integer: \.snapshot.keySaveDelay, in: .int32, traits: .hidden,
            summary: "Microseconds to wait after each key of a snapshot, for tests."),
        Directive(
            "key-load-delay", integer: \.snapshot.keyLoadDelay, in: .int32, traits: .hidden,
            summary: "Microseconds to wait after each key that is loaded, for tests."),
        Directive(
            "loading-process-events-interval-bytes", integer: \.snapshot.loadingEventsInterval,
            in: 1024...2_147_483_647, traits: .hidden,
            summary: "Bytes that are loaded between two looks at the clients."),
        keyspaceEvents,
        Directive(
            "propagation-error-behavior", word: \.storage.replayErrors,
            summary: "What happens when a command of the log answers with an error."),
    ]

    static func isPath(_ name: String) -> Bool { name.utf8.contains(UInt8(ascii: "/")) }

    private static let savePoints = Directive(
        name: "save", aliases: [], kind: .special("pairs of seconds and changes; empty is off"),
        change: .atRuntime, traits: .multiWord, effect: .full,
        summary: "Take a snapshot after so many seconds if there were so many changes.",
        place: DirectivePlace(
            read: { settings in
                let points = settings.snapshot.savePoints
                return ByteString(
                    points.map { "\($0.seconds) \($0.changes)" }.joined(separator: " "))
            },
            write: { settings, words throws(RefusedValue) in
                settings.snapshot.savePoints = try readSavePoints(words)
            },
            lines: { settings in
                let points = settings.snapshot.savePoints
                guard !points.isEmpty else { return ["\"\""] }
                return points.map { ByteString("\($0.seconds) \($0.changes)") }
            }))

    private static func readSavePoints(_ words: [ByteString]) throws(RefusedValue) -> [SavePoint] {
        if words.isEmpty || words == [""] { return [] }
        var points: [SavePoint] = []
        for index in stride(from: 0, to: words.count, by: 2) {
            guard index + 1 < words.count,
                let seconds = words[index].withSlice({ $0.integer }), seconds >= 1,
                let changes = words[index + 1].withSlice({ $0.integer }), changes >= 0,
                seconds <= Int32.max, changes <= Int32.max
            else { throw RefusedValue("Invalid save parameters") }
            points.append(SavePoint(seconds: Int(seconds), changes: Int(changes)))
        }
        return points
    }

    private static let keyspaceEvents = Directive(
        name: "notify-keyspace-events", aliases: [], kind: .special("letters of KEg$lshzxetmdnA"),
        change: .atRuntime, traits: [], effect: .full,
        summary: "Classes of changes of keys that are published to clients.",
        place: DirectivePlace(
            read: { ByteString($0.storage.keyspaceEvents.letters) },
            write: { settings, words throws(RefusedValue) in
                guard let events = KeyspaceEvents(letters: words[0].text) else {
                    throw RefusedValue(
                        "Invalid event class character. Use 'Ag$lshzxeKEtmdn'.")
                }
                settings.storage.keyspaceEvents = events
            },
            lines: { [ByteString($0.storage.keyspaceEvents.letters).quoted] }))
}
