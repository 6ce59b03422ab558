import Bytes
import Commands
import Keyspace
import Platform
import RESP

/// MEMORY: where the memory is.
enum MemoryCommands {
    static let memory = SessionCommand(
        CommandDeclaration(
            "memory", arity: -2, [],
            docs: CommandDocs(
                "Holds the commands about memory.", complexity: "Depends on subcommand.",
                since: "4.0.0", group: .server)),
        subcommands: [doctor, mallocStats, purge, stats, usage, help])

    private static let readingTips: [StaticString] = [
        "nondeterministic_output", "request_policy:all_shards", "response_policy:special",
    ]

    private static func declaration(
        _ name: StaticString, complexity: StaticString, tips: [StaticString] = readingTips,
        _ summary: StaticString
    ) -> CommandDeclaration {
        CommandDeclaration(
            name, of: "memory", arity: 2, [], tips: tips,
            docs: CommandDocs(summary, complexity: complexity, since: "4.0.0", group: .server))
    }

    private static let usage = SessionCommand(
        CommandDeclaration(
            "usage", of: "memory", arity: -3, [.readOnly], keys: [.key([.readOnly], at: 2)],
            docs: CommandDocs(
                "Returns the bytes that a key and its value take.",
                complexity: "O(N) where N is the number of samples.", since: "4.0.0",
                group: .server,
                arguments: [.key(), .integer("count", token: "SAMPLES", .optional)]))
    ) { arguments, session throws(CommandError) in
        // Sizes are kept, not estimated from samples: the number is checked and not needed.
        var index = 3
        while index < arguments.count {
            guard arguments[index].isWord("samples"), index + 1 < arguments.count else {
                throw .syntax
            }
            guard try arguments.integer(index + 1) >= 0 else { throw .syntax }
            index += 2
        }
        guard let entry = session.database.entryUntouched(of: Key(arguments[2])) else {
            return session.replies.null()
        }
        session.replies.integer(entry.memoryUsage)
    }

    private static let stats = SessionCommand(
        declaration(
            "stats", complexity: "O(1)", "Returns where the memory of the server is.")
    ) { _, session throws(CommandError) in
        MemoryStatistics(session.server).write(to: session.replies)
    }

    private static let doctor = SessionCommand(
        declaration(
            "doctor", complexity: "O(1)", "Returns what is unusual about the memory, in words.")
    ) { _, session throws(CommandError) in
        let text = MemoryAdvice(session.server).text
        text.withSlice { session.replies.verbatim($0) }
    }

    private static let mallocStats = SessionCommand(
        declaration(
            "malloc-stats",
            complexity: "Depends on how much memory is allocated, could be slow",
            "Returns the allocator's own report.")
    ) { _, session throws(CommandError) in
        let report = session.server.world.process.allocatorReport()
        report.withSlice { session.replies.verbatim($0) }
    }

    private static let purge = SessionCommand(
        declaration(
            "purge", complexity: "Depends on how much memory is allocated, could be slow",
            tips: ["request_policy:all_shards", "response_policy:all_succeeded"],
            "Gives unused memory back to the system.")
    ) { _, session throws(CommandError) in
        session.server.world.process.releaseUnusedMemory()
        session.replies.ok()
    }

    private static let help = SessionCommand(
        CommandDeclaration(
            "help", of: "memory", arity: 2, [.loading, .stale],
            docs: CommandDocs(
                "Lists the subcommands and what they do.", complexity: "O(1)", since: "4.0.0",
                group: .server))
    ) { _, session throws(CommandError) in
        session.replies.help(
            of: "MEMORY",
            [
                "DOCTOR",
                "    What is unusual about the memory, in words.",
                "MALLOC-STATS",
                "    The allocator's own report.",
                "PURGE",
                "    Give unused memory back to the system.",
                "STATS",
                "    Where the memory of the server is.",
                "USAGE <key> [SAMPLES <count>]",
                "    Bytes that the key and its value take. Sizes are exact; <count> is accepted",
                "    and not needed.",
            ])
    }
}
