import Bytes
import Commands
import RESP

extension AdministrationCommands {
    static let info = SessionCommand(
        CommandDeclaration(
            "info", arity: -1, [.loading, .stale], categories: [.dangerous],
            tips: [
                "nondeterministic_output", "request_policy:all_shards", "response_policy:special",
            ],
            docs: CommandDocs(
                "Tells the state of the server, a line for each figure.", complexity: "O(1)",
                since: "1.0.0", group: .server,
                arguments: [.string("section", [.optional, .multiple])],
                history: [("7.0.0", "Added support for taking multiple section arguments.")]))
    ) { arguments, session throws(CommandError) in
        var text = ByteBuffer(capacity: 8192)
        InfoSection.append(arguments.dropFirst(1), of: session.server, to: &text)
        session.replies.verbatim(text.bytes)
    }
}
