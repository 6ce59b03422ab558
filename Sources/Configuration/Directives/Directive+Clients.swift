import Bytes

extension Directive {
    static let clients = [
        Directive(
            "maxclients", integer: \.clients.countMax, in: 1...4_294_967_295,
            summary: "Clients that may be connected at once."),
        Directive(
            "client-query-buffer-limit", memory: \.clients.queryBufferLimit,
            in: 1 << 20...Int.max,
            summary: "Bytes of requests that a client may have in front of their execution."),
        outputBufferLimits,
        Directive(
            "proto-max-bulk-len", memory: \.clients.bulkLengthMax, in: 1 << 20...Int.max,
            summary: "Bytes that one argument, and so one string, may have."),
        Directive(
            "tracking-table-max-keys", integer: \.clients.trackedKeysMax, in: .int63,
            summary: "Keys that are remembered for clients that cache; 0 is no limit."),
        Directive(
            "busy-reply-threshold", "lua-time-limit", integer: \.clients.busyReplyThreshold,
            in: .int63,
            summary: "Milliseconds after which a script is reported as busy; 0 is never."),
        Directive(
            "requirepass", secret: \.security.password,
            summary: "Password of the default user; empty asks for none."),
        Directive(
            "aclfile", text: \.security.usersFile, change: .atStart,
            summary: "File of users and their rights."),
        Directive(
            "acllog-max-len", integer: \.security.logCountMax, in: .int63,
            summary: "Refused commands that are remembered."),
        Directive(
            "acl-pubsub-default", word: \.security.pubsubDefault,
            summary: "Whether a new user may use every channel or none."),
    ]

    private static let outputBufferLimits = Directive(
        name: "client-output-buffer-limit", aliases: [],
        kind: .special("`normal`, `replica` or `pubsub`, hard bytes, soft bytes, soft seconds"),
        change: .atRuntime, traits: [.multiWord, .independentLines],
        effect: .partial("there are no replicas"),
        summary: "Bytes of replies that may wait for a client of a class before it is closed.",
        place: DirectivePlace(
            read: { settings in
                let all = classes.map { shown, _, place in
                    let limit = settings.clients.outputBufferLimits[keyPath: place]
                    return "\(shown) \(limit.hard) \(limit.soft) \(limit.softSeconds)"
                }
                return ByteString(all.joined(separator: " "))
            },
            write: { settings, words throws(RefusedValue) in
                let limits = settings.clients.outputBufferLimits
                settings.clients.outputBufferLimits = try readLimits(words, over: limits)
            },
            lines: { settings in
                classes.map { _, written, place in
                    let limit = settings.clients.outputBufferLimits[keyPath: place]
                    let hard = MemorySize.exact(UInt64(limit.hard))
                    let soft = MemorySize.exact(UInt64(limit.soft))
                    return ByteString("\(written) \(hard) \(soft) \(limit.softSeconds)")
                }
            }))

    /// `CONFIG GET` keeps the old name of replicas, files have the new one; both are read.
    private static let classes:
        [(
            shown: String, written: String,
            place: any WritableKeyPath<OutputBufferLimits, OutputBufferLimit> & Sendable
        )] = [
            ("normal", "normal", \.normal), ("slave", "replica", \.replica),
            ("pubsub", "pubsub", \.pubsub),
        ]

    /// The limits with those replaced that the words name.
    private static func readLimits(
        _ words: [ByteString], over limits: OutputBufferLimits
    ) throws(RefusedValue) -> OutputBufferLimits {
        guard words.count % 4 == 0 else {
            throw RefusedValue("Wrong number of arguments in buffer limit configuration.")
        }
        var limits = limits
        for index in stride(from: 0, to: words.count, by: 4) {
            let name = words[index].text.lowercased()
            guard let named = classes.first(where: { $0.shown == name || $0.written == name })
            else {
                throw RefusedValue("Invalid client class specified in buffer limit configuration.")
            }
            guard let hard = words[index + 1].withSlice({ MemorySize.parse($0) }),
                let soft = words[index + 2].withSlice({ MemorySize.parse($0) }),
                let seconds = words[index + 3].withSlice({ $0.integer }), seconds >= 0,
                let hard = Int(exactly: hard), let soft = Int(exactly: soft)
            else {
                throw RefusedValue(
                    "Error in hard, soft or soft_seconds setting in buffer limit configuration.")
            }
            limits[keyPath: named.place] = OutputBufferLimit(
                hard: hard, soft: soft, softSeconds: Int(seconds))
        }
        return limits
    }
}
