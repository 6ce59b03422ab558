import Bytes
import Commands
import RESP

/// CLIENT and what it says of the own connection.
enum ClientCommands {
    static let client = SessionCommand(
        CommandDeclaration(
            "client", arity: -2, [],
            docs: CommandDocs(
                "Holds the commands about connections.", complexity: "Depends on subcommand.",
                since: "2.4.0", group: .connection)),
        subcommands: [
            id, info, list, kill, setname, getname, setinfo, caching, getredir, tracking,
            trackinginfo, noEvict,
            noTouch, pause, unpause, reply, unblock, help,
        ])

    private static let id = SessionCommand(
        declaration("id", since: "5.0.0", "Returns the number of the connection.")
    ) { _, session throws(CommandError) in
        session.replies.integer(Int64(session.client.value.identifier))
    }

    private static let setname = SessionCommand(
        declaration(
            "setname", arity: 3, since: "2.6.9", "Gives the connection a name.",
            arguments: [.string("connection-name")])
    ) { arguments, session throws(CommandError) in
        guard ClientName.isValid(arguments[2]) else { throw ClientName.refusal }
        session.state.name = ByteString(arguments[2])
        session.replies.ok()
    }

    private static let getname = SessionCommand(
        declaration("getname", since: "2.6.9", "Returns the name of the connection.")
    ) { _, session throws(CommandError) in
        let name = session.state.name
        if name.isEmpty { session.replies.null() } else { session.replies.bulk(name) }
    }

    private static let setinfo = SessionCommand(
        CommandDeclaration(
            "setinfo", of: "client", arity: 4, [.noScript, .loading, .stale],
            categories: [.connection],
            tips: ["request_policy:all_nodes", "response_policy:all_succeeded"],
            docs: CommandDocs(
                "Notes which library the client uses.", complexity: "O(1)", since: "7.2.0",
                group: .connection,
                arguments: [
                    .oneOf(
                        "attr",
                        [
                            .string("libname", token: "LIB-NAME"),
                            .string("libver", token: "LIB-VER"),
                        ])
                ]))
    ) { arguments, session throws(CommandError) in
        let (word, value) = (arguments[2], arguments[3])
        let isName = word.isWord("lib-name")
        guard isName || word.isWord("lib-ver") else {
            throw .quoting("ERR Unrecognized option '", word, "'")
        }
        guard ClientName.isValid(value) else {
            throw .quoting(
                "ERR ", word, " cannot contain spaces, newlines or special characters.")
        }
        if isName {
            session.state.libraryName = ByteString(value)
        } else {
            session.state.libraryVersion = ByteString(value)
        }
        session.replies.ok()
    }

    private static let help = SessionCommand(
        CommandDeclaration(
            "help", of: "client", arity: 2, [.loading, .stale], categories: [.connection],
            docs: CommandDocs(
                "Lists the subcommands and what they do.", complexity: "O(1)", since: "5.0.0",
                group: .connection))
    ) { _, session throws(CommandError) in
        session.replies.help(of: "CLIENT", helpLines)
    }

    /// The declaration of a subcommand about the own connection.
    static func declaration(
        _ name: StaticString, arity: Int = 2, _ more: CommandFlags = [], since: StaticString,
        complexity: StaticString = "O(1)", tips: [StaticString] = [], _ summary: StaticString,
        arguments: [ArgumentDocs] = []
    ) -> CommandDeclaration {
        CommandDeclaration(
            name, of: "client", arity: arity, more.union([.noScript, .loading, .stale]),
            categories: [.connection], tips: tips,
            docs: CommandDocs(
                summary, complexity: complexity, since: since, group: .connection,
                arguments: arguments))
    }

    private static let helpLines: [StaticString] = [
        "CACHING (YES|NO)",
        "    Track the keys of the next command in OPTIN mode, or do not in OPTOUT mode.",
        "GETNAME",
        "    The name of this connection.",
        "GETREDIR",
        "    The connection that invalidations of this one go to; -1 when none is set.",
        "ID",
        "    The number of this connection.",
        "INFO",
        "    What CLIENT LIST says of this connection.",
        "KILL <ip:port>",
        "    End the connection from <ip:port>.",
        "KILL <option> <value> [<option> <value> [...]]",
        "    End all connections that fit every option:",
        "    * ID <client-id>",
        "      The connection of this number.",
        "    * ADDR (<ip:port>|<unixsocket>:0)",
        "      Connections from this address.",
        "    * LADDR (<ip:port>|<unixsocket>:0)",
        "      Connections to this address.",
        "    * TYPE (NORMAL|MASTER|REPLICA|PUBSUB)",
        "      Connections of this kind.",
        "    * USER <username>",
        "      Connections of this user.",
        "    * SKIPME (YES|NO)",
        "      Whether this connection is spared (default: yes).",
        "LIST [options ...]",
        "    A line for each connection, or for some:",
        "    * TYPE (NORMAL|MASTER|REPLICA|PUBSUB)",
        "      Connections of this kind.",
        "    * ID <client-id> [<client-id> ...]",
        "      The connections of these numbers.",
        "NO-EVICT (ON|OFF)",
        "    Spare this connection when connections use too much memory.",
        "NO-TOUCH (ON|OFF)",
        "    Let commands of this connection leave no mark of use at keys.",
        "PAUSE <timeout> [WRITE|ALL]",
        "    Let commands, or writes only, wait for <timeout> milliseconds.",
        "REPLY (ON|OFF|SKIP)",
        "    Answer this connection, do not, or do not answer its next command.",
        "SETINFO (LIB-NAME|LIB-VER) <value>",
        "    Note the client's library, for CLIENT LIST.",
        "SETNAME <name>",
        "    Name this connection.",
        "TRACKING (ON|OFF) [REDIRECT <id>] [BCAST] [PREFIX <prefix> [...]]",
        "         [OPTIN] [OPTOUT] [NOLOOP]",
        "    Tell this connection when keys that it has read change, so that it may cache.",
        "TRACKINGINFO",
        "    How the keys of this connection are tracked.",
        "UNBLOCK <client-id> [TIMEOUT|ERROR]",
        "    End the wait of a connection as if its time were over, or with an error.",
        "UNPAUSE",
        "    End a pause.",
    ]
}
