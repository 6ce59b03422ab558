import Bytes
import Commands
import RESP

/// ACL, as far as one user needs it.
enum AccessCommands {
    static let acl = SessionCommand(
        CommandDeclaration(
            "acl", arity: -2, [],
            docs: CommandDocs(
                "Holds the commands about access control.",
                complexity: "Depends on subcommand.", since: "6.0.0", group: .server)),
        subcommands: [whoami, help])

    private static let whoami = SessionCommand(
        CommandDeclaration(
            "whoami", of: "acl", arity: 2, [.noScript, .loading, .stale],
            docs: CommandDocs(
                "Returns the user of the connection.", complexity: "O(1)", since: "6.0.0",
                group: .server))
    ) { _, session throws(CommandError) in
        session.replies.bulk(session.state.userName)
    }

    private static let help = SessionCommand(
        CommandDeclaration(
            "help", of: "acl", arity: 2, [.loading, .stale],
            docs: CommandDocs(
                "Lists the subcommands and what they do.", complexity: "O(1)", since: "6.0.0",
                group: .server))
    ) { _, session throws(CommandError) in
        session.replies.help(of: "ACL", ["WHOAMI", "    The user of this connection."])
    }
}
