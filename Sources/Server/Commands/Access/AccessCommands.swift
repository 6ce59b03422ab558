import Bytes
import Commands
import Platform
import RESP

/// ACL: users, and what they may do.
enum AccessCommands {
    static let acl = SessionCommand(
        CommandDeclaration(
            "acl", arity: -2, [],
            docs: CommandDocs(
                "Holds the commands about access control.",
                complexity: "Depends on subcommand.", since: "6.0.0", group: .server)),
        subcommands: [
            cat, deluser, dryrun, genpass, getuser, help, list, load, log, save, setuser, users,
            whoami,
        ])

    /// The declaration of a subcommand.
    static func declaration(
        _ name: StaticString, arity: Int, _ more: CommandFlags = [], tips: [StaticString] = [],
        since: StaticString = "6.0.0", complexity: StaticString = "O(1)", _ summary: StaticString,
        arguments: [ArgumentDocs] = [],
        history: [(version: StaticString, change: StaticString)] = []
    ) -> CommandDeclaration {
        CommandDeclaration(
            name, of: "acl", arity: arity, more.union([.noScript, .loading, .stale]), tips: tips,
            docs: CommandDocs(
                summary, complexity: complexity, since: since, group: .server,
                arguments: arguments, history: history))
    }

    /// Of subcommands that every node of a cluster has to hear.
    static let allNodes: [StaticString] = [
        "request_policy:all_nodes", "response_policy:all_succeeded",
    ]

    private static let whoami = SessionCommand(
        declaration("whoami", arity: 2, [], "Returns the user of the connection.")
    ) { _, session throws(CommandError) in
        session.replies.bulk(session.state.userName)
    }

    private static let cat = SessionCommand(
        declaration(
            "cat", arity: -2,
            complexity: "O(1) since the categories and commands are a fixed set.",
            "Lists the categories of commands, or the commands of one.",
            arguments: [.string("categoryname", .optional)])
    ) { arguments, session throws(CommandError) in
        guard arguments.count <= 3 else { throw .tooManyWords(arguments, of: "ACL") }
        let replies = session.replies
        guard arguments.count == 3 else {
            replies.array(CommandCategories.names.count)
            for entry in CommandCategories.names { replies.bulk(entry.name) }
            return
        }
        let found = CommandCategories.names.first { arguments[2].isWord($0.name) }
        guard let category = found?.category else {
            throw .quoting("ERR Unknown category '", arguments[2], "'", countMax: 128)
        }
        let names = session.server.table.commands
            .filter { $0.value.categories.contains(category) }
            .map { $0.value.fullName }
        replies.array(names.count)
        for name in names { replies.bulk(name) }
    }

    private static let passwordBitsMax: Int64 = 4096

    private static let genpass = SessionCommand(
        declaration(
            "genpass", arity: -2, [], "Makes a password that nobody can guess.",
            arguments: [.integer("bits", .optional)])
    ) { arguments, session throws(CommandError) in
        guard arguments.count <= 3 else { throw .tooManyWords(arguments, of: "ACL") }
        let bits = arguments.count == 3 ? try arguments.integer(2) : 256
        guard bits > 0, bits <= passwordBitsMax else {
            throw .composed(
                "ERR ACL GENPASS argument must be the number of bits for the output password, "
                    + "a positive number up to \(passwordBitsMax)")
        }
        let digitCount = Int(bits + 3) / 4
        let random = session.server.world.entropy.bytes(count: digitCount)
        session.replies.bulk(ByteString(random.map { Hexadecimal.digit($0 & 15) }))
    }

    private static let help = SessionCommand(
        CommandDeclaration(
            "help", of: "acl", arity: 2, [.loading, .stale],
            docs: CommandDocs(
                "Lists the subcommands and what they do.", complexity: "O(1)", since: "6.0.0",
                group: .server))
    ) { _, session throws(CommandError) in
        session.replies.help(of: "ACL", helpLines)
    }

    private static let helpLines: [StaticString] = [
        "CAT [<category>]",
        "    The categories of commands, or the commands of one.",
        "DELUSER <username> [<username> ...]",
        "    Remove users and end their connections.",
        "DRYRUN <username> <command> [<arg> ...]",
        "    Whether a user might run a command, without running it.",
        "GENPASS [<bits>]",
        "    A password that nobody can guess, of 256 bits or as many as are asked for.",
        "GETUSER <username>",
        "    What a user may do.",
        "LIST",
        "    All users in the form of the configuration file.",
        "LOAD",
        "    Read the file of users again.",
        "LOG [<count> | RESET]",
        "    What users were refused of late.",
        "SAVE",
        "    Write the users to their file.",
        "SETUSER <username> <attribute> [<attribute> ...]",
        "    Make or change a user.",
        "USERS",
        "    The names of all users.",
        "WHOAMI",
        "    The user of this connection.",
    ]
}
