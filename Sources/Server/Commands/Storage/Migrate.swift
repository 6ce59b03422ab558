import Bytes
import Commands
import Keyspace
import RESP

extension StorageCommands {
    /// MIGRATE of keys that are not there answers as Redis does; any other is refused, as this server
    /// opens no connections.
    static let migrate = SessionCommand(
        CommandDeclaration(
            "migrate", arity: -6, [.write, .movableKeys], categories: [.keyspace, .dangerous],
            keys: [
                .key([.readWrite, .access, .delete], at: 3),
                KeySpecification(
                    [.readWrite, .access, .delete, .incomplete],
                    begin: .keyword("KEYS", from: -2),
                    find: .range(last: -1, step: 1, limit: 0)),
            ],
            tips: ["nondeterministic_output"],
            docs: CommandDocs(
                "Moves keys to another server.",
                complexity: """
                    This command actually executes a DUMP+DEL in the source instance, and a \
                    RESTORE in the target instance. See the pages of these commands for time \
                    complexity. Also an O(N) data transfer between the two instances is performed.
                    """,
                since: "2.6.0", group: .generic, arguments: migrateArguments,
                history: [
                    ("3.0.0", "Added the `COPY` and `REPLACE` options."),
                    ("3.0.6", "Added the `KEYS` option."), ("4.0.7", "Added the `AUTH` option."),
                    ("6.0.0", "Added the `AUTH2` option."),
                ]))
    ) { arguments, session throws(CommandError) in
        let keys = try migratedKeys(arguments)
        _ = try arguments.integer(5)
        _ = try arguments.integer(4)
        let isOneThere = (0..<keys.count).contains {
            session.database.entry(of: Key(keys[$0])) != nil
        }
        guard isOneThere else { return session.replies.simple("NOKEY") }
        throw .text(
            """
            ERR MIGRATE is not supported by this server: it opens no connections. Use DUMP, RESTORE \
            and DEL.
            """)
    }

    private static let migrateArguments: [ArgumentDocs] = [
        .string("host"), .integer("port"),
        .oneOf("key_or_empty_string", [.key(), .word("empty_string", "")]),
        .integer("destination-db"), .integer("timeout"),
        .word("copy", "COPY", .optional, since: "3.0.0"),
        .word("replace", "REPLACE", .optional, since: "3.0.0"),
        .oneOf(
            "authentication", .optional,
            [
                .string("auth", token: "AUTH", since: "4.0.7"),
                ArgumentDocs(
                    "auth2", .block, token: "AUTH2", since: "6.0.0",
                    parts: [.string("username"), .string("password")]),
            ]),
        ArgumentDocs(
            "keys", .key, token: "KEYS", [.optional, .multiple], since: "3.0.6",
            keySpecification: 1),
    ]

    /// The keys that are to be moved, if the options are right.
    private static func migratedKeys(_ arguments: Slices) throws(CommandError) -> Slices {
        var index = 6
        while index < arguments.count {
            let word = arguments[index]
            let more = arguments.count - index - 1
            if word.isWord("copy") || word.isWord("replace") {
                index += 1
            } else if word.isWord("auth") {
                guard more >= 1 else { throw .syntax }
                index += 2
            } else if word.isWord("auth2") {
                guard more >= 2 else { throw .syntax }
                index += 3
            } else if word.isWord("keys") {
                guard arguments[3].isEmpty else {
                    throw .text(
                        """
                        ERR When using MIGRATE KEYS option, the key argument must be set to the \
                        empty string
                        """)
                }
                return arguments.dropFirst(index + 1)
            } else {
                throw .syntax
            }
        }
        return arguments[3...3]
    }
}
