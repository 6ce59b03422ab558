import Bytes
import Keyspace
import RESP

extension HashCommands {
    static let hgetall = DataCommand(
        whole("hgetall", "Returns all fields of a hash with their values.")
    ) { arguments, execution throws(CommandError) in
        guard let hash = try execution.hash(at: arguments[1]) else {
            return execution.replies.map(0)
        }
        let replies = execution.replies
        replies.map(hash.liveCount)
        hash.forEachElement { replies.string($0) }
    }

    static let hkeys = DataCommand(
        whole("hkeys", "Returns the fields of a hash without their values.")
    ) { arguments, execution throws(CommandError) in
        guard let hash = try execution.hash(at: arguments[1]) else {
            return execution.replies.array(0)
        }
        let replies = execution.replies
        replies.array(hash.liveCount)
        hash.forEachElement(values: false) { replies.string($0) }
    }

    static let hvals = DataCommand(
        whole("hvals", "Returns the values of all fields of a hash.")
    ) { arguments, execution throws(CommandError) in
        guard let hash = try execution.hash(at: arguments[1]) else {
            return execution.replies.array(0)
        }
        let replies = execution.replies
        replies.array(hash.liveCount)
        hash.forEachElement(fields: false) { replies.string($0) }
    }

    private static func whole(
        _ name: StaticString, _ summary: StaticString
    ) -> CommandDeclaration {
        CommandDeclaration(
            name, arity: 2, [.readOnly], categories: [.hash],
            keys: [.key([.readOnly, .access])], tips: ["nondeterministic_output_order"],
            docs: CommandDocs(
                summary, complexity: "O(N) where N is the size of the hash.", since: "2.0.0",
                group: .hash, arguments: [.key()]))
    }
}
