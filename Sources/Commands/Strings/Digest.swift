import Bytes
import Keyspace
import RESP

extension StringCommands {
    static let digest = DataCommand(
        CommandDeclaration(
            "digest", arity: 2, [.readOnly, .fast], categories: [.string],
            keys: [.key([.readOnly, .access])],
            docs: CommandDocs(
                "Returns the XXH3 hash of the string value of a key in hexadecimal digits.",
                complexity: "O(N) where N is the length of the string value.",
                since: "8.4.0", group: .string, arguments: [.key()]))
    ) { arguments, execution throws(CommandError) in
        let entry = execution.database.entry(of: execution.key(arguments[1]))
        guard let value = try entry.requireString() else { return execution.replies.null() }
        var digest = ByteBuffer(capacity: XXH3.digitCount)
        value.appendDigest(to: &digest)
        execution.replies.bulk(digest.bytes)
    }
}
