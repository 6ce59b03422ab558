import Bytes
import Commands
import RESP

/// The parts of CLIENT about client-side caching.
extension ClientCommands {
    static let tracking = SessionCommand(
        declaration(
            "tracking", arity: -3, since: "6.0.0",
            complexity: "O(1). Some options may introduce additional complexity.",
            "Tells the connection when keys that it has read change, or does not.",
            arguments: [
                .oneOf("status", [.word("on", "ON"), .word("off", "OFF")]),
                .integer("client-id", token: "REDIRECT", .optional),
                ArgumentDocs(
                    "prefix", .string, token: "PREFIX", [.optional, .multiple, .multipleToken]),
                .word("bcast", "BCAST", .optional),
                .word("optin", "OPTIN", .optional),
                .word("optout", "OPTOUT", .optional),
                .word("noloop", "NOLOOP", .optional),
            ])
    ) { arguments, session throws(CommandError) in
        let wanted = try ClientTracking(arguments, clients: session.server.clients)
        if arguments[2].isWord("on") {
            let current = session.state.tracking
            try wanted.check(after: current)
            session.server.enableTracking(session.client, wanted.joined(to: current))
        } else if arguments[2].isWord("off") {
            session.server.disableTracking(session.client)
        } else {
            throw .syntax
        }
        session.replies.ok()
    }

    static let caching = SessionCommand(
        declaration(
            "caching", arity: 3, since: "6.0.0",
            "Says whether the keys of the next command are tracked.",
            arguments: [.oneOf("mode", [.word("yes", "YES"), .word("no", "NO")])])
    ) { arguments, session throws(CommandError) in
        guard let options = session.state.tracking?.options else {
            throw .text(
                """
                ERR CLIENT CACHING can be called only when the client is in tracking mode with \
                OPTIN or OPTOUT mode enabled
                """)
        }
        if arguments[2].isWord("yes") {
            guard options.contains(.optIn) else {
                throw .text(
                    """
                    ERR CLIENT CACHING YES is only valid when tracking is enabled in OPTIN mode.
                    """)
            }
        } else if arguments[2].isWord("no") {
            guard options.contains(.optOut) else {
                throw .text(
                    """
                    ERR CLIENT CACHING NO is only valid when tracking is enabled in OPTOUT mode.
                    """)
            }
        } else {
            throw .syntax
        }
        session.state.tracking?.isCachingGiven = true
        session.replies.ok()
    }

    static let getredir = SessionCommand(
        declaration(
            "getredir", since: "6.0.0",
            "Returns the connection that invalidations of the own one go to.")
    ) { _, session throws(CommandError) in
        session.replies.integer(session.state.redirectShown)
    }

    static let trackinginfo = SessionCommand(
        declaration(
            "trackinginfo", since: "6.2.0", "Returns how the keys of the connection are tracked.")
    ) { _, session throws(CommandError) in
        let replies = session.replies
        let tracking = session.state.tracking
        replies.map(3)
        replies.bulk("flags")
        let flags = tracking?.flags ?? ["off"]
        replies.set(flags.count)
        for flag in flags { replies.bulk(flag) }
        replies.bulk("redirect")
        replies.integer(session.state.redirectShown)
        replies.bulk("prefixes")
        let prefixes = tracking?.prefixes ?? []
        replies.array(prefixes.count)
        for prefix in prefixes { replies.bulk(prefix) }
    }
}

extension ClientSession {
    /// The client that invalidations go to; 0 for the own one, -1 when nobody is told.
    var redirectShown: Int64 { tracking.map { Int64($0.redirect) } ?? -1 }
}

extension ClientTracking {
    /// Reads the words behind `CLIENT TRACKING status`.
    init(_ arguments: Slices, clients: ClientList) throws(CommandError) {
        var index = 3
        while index < arguments.count {
            let word = arguments[index]
            let hasMore = index + 1 < arguments.count
            if word.isWord("redirect"), hasMore {
                index += 1
                guard redirect == 0 else {
                    throw .text("ERR A client can only redirect to a single other client")
                }
                let number = try arguments.integer(index)
                guard clients.find(UInt64(bitPattern: number)) != nil else {
                    throw .text("ERR The client ID you want redirect to does not exist")
                }
                redirect = UInt64(bitPattern: number)
            } else if word.isWord("prefix"), hasMore {
                index += 1
                prefixes.append(ByteString(arguments[index]))
            } else if !takeWord(word) {
                throw .syntax
            }
            index += 1
        }
    }

    private mutating func takeWord(_ word: ByteSlice) -> Bool {
        if word.isWord("bcast") {
            options.insert(.broadcast)
        } else if word.isWord("optin") {
            options.insert(.optIn)
        } else if word.isWord("optout") {
            options.insert(.optOut)
        } else if word.isWord("noloop") {
            options.insert(.noLoop)
        } else {
            return false
        }
        return true
    }

    /// Refuses options that do not go together, or with those that the client has.
    func check(after current: ClientTracking?) throws(CommandError) {
        guard options.contains(.broadcast) || prefixes.isEmpty else {
            throw .text("ERR PREFIX option requires BCAST mode to be enabled")
        }
        if let current, current.options.contains(.broadcast) != options.contains(.broadcast) {
            throw .text(
                """
                ERR You can't switch BCAST mode on/off before disabling tracking for this client, \
                and then re-enabling it with a different mode.
                """)
        }
        let hasChoice = !options.isDisjoint(with: [.optIn, .optOut])
        guard !(options.contains(.broadcast) && hasChoice) else {
            throw .text("ERR OPTIN and OPTOUT are not compatible with BCAST")
        }
        guard !options.isSuperset(of: [.optIn, .optOut]) else {
            throw .text("ERR You can't specify both OPTIN mode and OPTOUT mode")
        }
        if let old = current?.options,
            options.contains(.optIn) && old.contains(.optOut)
                || options.contains(.optOut) && old.contains(.optIn)
        {
            throw .text(
                """
                ERR You can't switch OPTIN/OPTOUT mode before disabling tracking for this client, \
                and then re-enabling it with a different mode.
                """)
        }
        if options.contains(.broadcast) { try checkPrefixes(beside: current?.prefixes ?? []) }
    }

    /// Refuses prefixes of which one begins with another: their client would hear of a key twice.
    private func checkPrefixes(beside current: [ByteString]) throws(CommandError) {
        for (index, prefix) in prefixes.enumerated() {
            for other in current where prefix.overlaps(other) {
                throw .overlap(prefix, "an existing", other)
            }
            for other in prefixes[(index + 1)...] where prefix.overlaps(other) {
                throw .overlap(prefix, "another provided", other)
            }
        }
    }

    /// What the client has from now on: new options, and its prefixes with the new ones.
    func joined(to current: ClientTracking?) -> ClientTracking {
        var joined = self
        joined.isCachingGiven = current?.isCachingGiven ?? false
        guard options.contains(.broadcast) else { return joined }
        if joined.prefixes.isEmpty { joined.prefixes = [""] }
        joined.prefixes = Set(joined.prefixes + (current?.prefixes ?? [])).sorted()
        return joined
    }

    /// What CLIENT TRACKINGINFO shows.
    var flags: [StaticString] {
        var flags: [StaticString] = ["on"]
        if options.contains(.broadcast) { flags.append("bcast") }
        if options.contains(.optIn) {
            flags.append("optin")
            if isCachingGiven { flags.append("caching-yes") }
        }
        if options.contains(.optOut) {
            flags.append("optout")
            if isCachingGiven { flags.append("caching-no") }
        }
        if options.contains(.noLoop) { flags.append("noloop") }
        if isRedirectBroken { flags.append("broken_redirect") }
        return flags
    }
}

extension ByteString {
    /// Whether one of both begins with the other.
    fileprivate func overlaps(_ other: ByteString) -> Bool {
        withSlice { own in
            other.withSlice { own.hasPrefix($0) || $0.hasPrefix(own) }
        }
    }
}

extension CommandError {
    fileprivate static func overlap(
        _ prefix: ByteString, _ which: StaticString, _ other: ByteString
    ) -> CommandError {
        var text = ByteBuffer()
        text.append("ERR Prefix '")
        prefix.withSlice { text.append($0.untilZero) }
        text.append("' overlaps with ")
        text.append(which)
        text.append(" prefix '")
        other.withSlice { text.append($0.untilZero) }
        text.append("'. Prefixes for a single client must not overlap.")
        return .composed(ByteString(text.bytes))
    }
}
