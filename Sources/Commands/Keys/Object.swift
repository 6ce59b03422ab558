import Bytes
import Keyspace
import RESP

extension KeyCommands {
    static let object = DataCommand(
        CommandDeclaration(
            "object", arity: -2, [],
            docs: CommandDocs(
                "Holds the commands that look at how a value is stored.",
                complexity: "Depends on subcommand.", since: "2.2.3", group: .generic)),
        subcommands: [
            objectEncoding, objectFrequency, objectHelp, objectIdleTime, objectReferences,
        ]
    )

    private static let objectEncoding = DataCommand(
        object("encoding", since: "2.2.3", "Returns how a value is encoded in memory.")
    ) { arguments, execution throws(CommandError) in
        guard let entry = entry(of: arguments[2], execution) else {
            return execution.replies.null()
        }
        execution.replies.bulk(entry.encoding.name)
    }

    /// The entry of a key that is asked about. That it is missing is no event.
    private static func entry(
        of argument: ByteSlice, _ execution: borrowing Execution
    ) -> Entry? {
        execution.database.entryUnmarked(of: execution.key(argument), tellsMiss: false)
    }

    private static let objectFrequency = DataCommand(
        object(
            "freq", since: "4.0.0", "Returns the logarithmic counter of how often a key is used.")
    ) { arguments, execution throws(CommandError) in
        guard let entry = entry(of: arguments[2], execution) else {
            return execution.replies.null()
        }
        guard execution.keyspace.shared.value.evictionClock.countsFrequency else {
            throw .text(
                """
                ERR An LFU maxmemory policy is not selected, access frequency not tracked. Please \
                note that when switching between policies at runtime LRU and LFU data will take \
                some time to adjust.
                """)
        }
        let clock = execution.keyspace.shared.value.evictionClock
        execution.replies.integer(Int64(clock.frequency(entry.clock)))
    }

    private static let objectIdleTime = DataCommand(
        object("idletime", since: "2.2.3", "Returns the seconds since a key was last used.")
    ) { arguments, execution throws(CommandError) in
        guard let entry = entry(of: arguments[2], execution) else {
            return execution.replies.null()
        }
        guard !execution.keyspace.shared.value.evictionClock.countsFrequency else {
            throw .text(
                """
                ERR An LFU maxmemory policy is selected, idle time not tracked. Please note that \
                when switching between policies at runtime LRU and LFU data will take some time \
                to adjust.
                """)
        }
        let clock = execution.keyspace.shared.value.evictionClock
        execution.replies.integer(clock.idleSeconds(entry.clock))
    }

    private static let objectReferences = DataCommand(
        object("refcount", since: "2.2.3", "Returns how many owners the value of a key has.")
    ) { arguments, execution throws(CommandError) in
        guard let entry = entry(of: arguments[2], execution) else {
            return execution.replies.null()
        }
        // Nothing is shared here. Redis shares small integers, and clients may look for that.
        if entry.encoding == .integer, case .integer(0..<10000) = entry.string {
            return execution.replies.integer(Int64(Int32.max))
        }
        execution.replies.integer(1)
    }

    private static let objectHelp = DataCommand(
        CommandDeclaration(
            "help", of: "object", arity: 2, [.loading, .stale], categories: [.keyspace],
            docs: CommandDocs(
                "Lists the subcommands and what they do.",
                complexity: "O(1)", since: "6.2.0", group: .generic))
    ) { _, execution throws(CommandError) in
        execution.replies.help(
            of: "OBJECT",
            [
                "ENCODING <key>",
                "    How the value of the key is encoded in memory.",
                "FREQ <key>",
                "    How often the key is used, as a counter that grows with the logarithm.",
                "    Only known under an LFU policy of maxmemory-policy.",
                "IDLETIME <key>",
                "    Seconds since the key was last used. Not known under an LFU policy.",
                "REFCOUNT <key>",
                "    How many owners the value of the key has.",
            ])
    }

    private static func object(
        _ name: StaticString, since: StaticString, _ summary: StaticString
    ) -> CommandDeclaration {
        CommandDeclaration(
            name, of: "object", arity: 3, [.readOnly], categories: [.keyspace],
            keys: [.key([.readOnly], at: 2)], tips: ["nondeterministic_output"],
            docs: CommandDocs(
                summary, complexity: "O(1)", since: since, group: .generic, arguments: [.key()]))
    }
}

extension ReplyWriter {
    /// The answer to `HELP` in Redis's form: a line each, the first and the last the same for all.
    ///
    /// - Parameters:
    ///   - container: in upper case.
    ///   - lines: each subcommand with its arguments, then indented what it does.
    public func help(of container: StaticString, _ lines: [StaticString]) {
        array(lines.count + 3)
        var first = ByteBuffer()
        first.append(container)
        first.append(" <subcommand> [<arg> [value] [opt] ...]. Subcommands are:")
        simple(first.bytes)
        for line in lines { simple(line) }
        simple("HELP")
        simple("    Prints this help.")
    }
}
