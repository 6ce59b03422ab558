import Bytes
import Commands
import Configuration
import Keyspace
import Persistence
import RESP

extension StorageCommands {
    static let dump = SessionCommand(
        CommandDeclaration(
            "dump", arity: 2, [.readOnly], categories: [.keyspace],
            keys: [.key([.readOnly, .access])], tips: ["nondeterministic_output"],
            docs: CommandDocs(
                "Answers the value of a key in the form that RESTORE takes.",
                complexity: """
                    O(1) to access the key and additional O(N*M) to serialize it, where N is the \
                    number of Redis objects composing the value and M their average size. For \
                    small string values the time complexity is thus O(1)+O(1*M) where M is small, \
                    so simply O(1).
                    """,
                since: "2.6.0", group: .generic, arguments: [.key()]))
    ) { arguments, session throws(CommandError) in
        let key = session.server.execution.key(arguments[1])
        guard let entry = session.database.entry(of: key) else { return session.replies.null() }
        let snapshot = session.server.configuration.settings.snapshot
        var payload = ByteBuffer()
        DumpPayload.append(
            entry, to: &payload, compressing: snapshot.compresses, version: snapshot.version)
        session.replies.bulk(payload.bytes)
    }
}
