import Bytes
import Keyspace
import RESP

extension KeyCommands {
    static let ttl = DataCommand(
        timeToLive(
            "ttl", since: "1.0.0", isStable: false, history: [("2.8.0", "Added the -2 reply.")],
            "Returns the seconds after which a key goes.")
    ) { arguments, execution throws(CommandError) in
        replyTime(arguments[1], &execution) { deadline, now in seconds(max(0, deadline - now)) }
    }

    static let pttl = DataCommand(
        timeToLive(
            "pttl", since: "2.6.0", isStable: false, history: [("2.8.0", "Added the -2 reply.")],
            "Returns the milliseconds after which a key goes.")
    ) { arguments, execution throws(CommandError) in
        replyTime(arguments[1], &execution) { deadline, now in max(0, deadline - now) }
    }

    static let expiretime = DataCommand(
        timeToLive(
            "expiretime", since: "7.0.0", isStable: true,
            "Returns the moment at which a key goes, in Unix seconds.")
    ) { arguments, execution throws(CommandError) in
        replyTime(arguments[1], &execution) { deadline, _ in seconds(deadline) }
    }

    static let pexpiretime = DataCommand(
        timeToLive(
            "pexpiretime", since: "7.0.0", isStable: true,
            "Returns the moment at which a key goes, in Unix milliseconds.")
    ) { arguments, execution throws(CommandError) in
        replyTime(arguments[1], &execution) { deadline, _ in deadline }
    }

    /// Answers a time that follows from a key's deadline and the present moment; -1 for a key that
    /// stays, -2 for one that is missing.
    private static func replyTime(
        _ argument: ByteSlice, _ execution: inout Execution, _ time: (Int64, Int64) -> Int64
    ) {
        guard let entry = execution.database.entryUnmarked(of: execution.key(argument)) else {
            return execution.replies.integer(-2)
        }
        guard let deadline = entry.deadline else { return execution.replies.integer(-1) }
        execution.replies.integer(time(deadline, execution.now))
    }

    /// The nearest whole number of seconds.
    private static func seconds(_ milliseconds: Int64) -> Int64 {
        milliseconds / 1000 + (milliseconds % 1000 >= 500 ? 1 : 0)
    }

    private static func timeToLive(
        _ name: StaticString, since: StaticString, isStable: Bool,
        history: [(version: StaticString, change: StaticString)] = [], _ summary: StaticString
    ) -> CommandDeclaration {
        CommandDeclaration(
            name, arity: 2, [.readOnly, .fast], categories: [.keyspace],
            keys: [.key([.readOnly, .access])], tips: isStable ? [] : ["nondeterministic_output"],
            docs: CommandDocs(
                summary, complexity: "O(1)", since: since, group: .generic, arguments: [.key()],
                history: history))
    }
}
