import Bytes
import Commands
import RESP

/// COMMAND: what the declarations say of every command.
enum CommandCommands {
    static let command = SessionCommand(
        CommandDeclaration(
            "command", arity: -1, [.loading, .stale], categories: [.connection],
            tips: ["nondeterministic_output_order"],
            docs: CommandDocs(
                "Returns what clients have to know of each command.",
                complexity: "O(N) where N is the total number of Redis commands",
                since: "2.8.13", group: .server)),
        subcommands: [count, list, info, docs, getkeys, getkeysandflags, help]
    ) { _, session throws(CommandError) in
        let table = session.server.table
        let numbers = table.topLevel
        session.replies.array(numbers.count)
        for number in numbers {
            CommandDescription(table).write(table[number], to: session.replies)
        }
    }

    private static func declaration(
        _ name: StaticString, arity: Int, since: StaticString, complexity: StaticString,
        isOrdered: Bool = true, _ summary: StaticString, arguments: [ArgumentDocs] = []
    ) -> CommandDeclaration {
        CommandDeclaration(
            name, of: "command", arity: arity, [.loading, .stale], categories: [.connection],
            tips: isOrdered ? [] : ["nondeterministic_output_order"],
            docs: CommandDocs(
                summary, complexity: complexity, since: since, group: .server,
                arguments: arguments))
    }

    private static let count = SessionCommand(
        declaration(
            "count", arity: 2, since: "2.8.13", complexity: "O(1)",
            "Returns the number of commands.")
    ) { _, session throws(CommandError) in
        session.replies.integer(session.server.table.topLevel.count)
    }

    private static let list = SessionCommand(
        declaration(
            "list", arity: -2, since: "7.0.0",
            complexity: "O(N) where N is the total number of Redis commands", isOrdered: false,
            "Returns the names of commands.",
            arguments: [
                ArgumentDocs(
                    "filterby", .oneOf, token: "FILTERBY", .optional,
                    parts: [
                        .string("module-name", token: "MODULE"),
                        .string("category", token: "ACLCAT"),
                        .pattern("pattern", token: "PATTERN"),
                    ])
            ])
    ) { arguments, session throws(CommandError) in
        let filter = try CommandFilter(arguments.dropFirst(2))
        let table = session.server.table
        let names = table.commands
            .filter {
                table.isReachable($0)
                    && filter.matches($0.value.declaration, name: $0.value.fullName)
            }
            .map { $0.value.fullName }
        session.replies.array(names.count)
        for name in names { session.replies.bulk(name) }
    }

    private static let info = SessionCommand(
        declaration(
            "info", arity: -2, since: "2.8.13",
            complexity: "O(N) where N is the number of commands to look up", isOrdered: false,
            "Returns what clients have to know of some commands.",
            arguments: [.string("command-name", [.optional, .multiple])])
    ) { arguments, session throws(CommandError) in
        let table = session.server.table
        let description = CommandDescription(table)
        guard arguments.count > 2 else {
            let numbers = table.topLevel
            session.replies.array(numbers.count)
            for number in numbers { description.write(table[number], to: session.replies) }
            return
        }
        session.replies.array(arguments.count - 2)
        for index in 2..<arguments.count {
            if let command = table.find(path: arguments[index]) {
                description.write(command, to: session.replies)
            } else {
                session.replies.null()
            }
        }
    }

    private static let docs = SessionCommand(
        declaration(
            "docs", arity: -2, since: "7.0.0",
            complexity: "O(N) where N is the number of commands to look up", isOrdered: false,
            "Returns the documentation of commands.",
            arguments: [.string("command-name", [.optional, .multiple])])
    ) { arguments, session throws(CommandError) in
        let table = session.server.table
        var found: [Reference<RegisteredCommand>] = []
        if arguments.count == 2 {
            found = table.topLevel.map { table[$0] }
        } else {
            for index in 2..<arguments.count {
                if let command = table.find(path: arguments[index]) { found.append(command) }
            }
        }
        session.replies.map(found.count)
        for command in found {
            session.replies.bulk(command.value.fullName)
            CommandDocumentation(table).write(command, to: session.replies)
        }
    }

    private static let ofRequest: [ArgumentDocs] = [
        .string("command"), .string("arg", [.optional, .multiple]),
    ]

    private static let getkeys = SessionCommand(
        declaration(
            "getkeys", arity: -3, since: "2.8.13",
            complexity: "O(N) where N is the number of arguments to the command",
            "Returns the keys of a request.", arguments: ofRequest)
    ) { arguments, session throws(CommandError) in
        let request = arguments.dropFirst(2)
        let positions = try session.server.table.keyPositions(in: request)
        session.replies.array(positions.count)
        for position in positions { session.replies.bulk(request[position.index]) }
    }

    private static let getkeysandflags = SessionCommand(
        declaration(
            "getkeysandflags", arity: -3, since: "7.0.0",
            complexity: "O(N) where N is the number of arguments to the command",
            "Returns the keys of a request and what it does to them.", arguments: ofRequest)
    ) { arguments, session throws(CommandError) in
        let request = arguments.dropFirst(2)
        let positions = try session.server.table.keyPositions(in: request)
        let replies = session.replies
        replies.array(positions.count)
        for position in positions {
            replies.array(2)
            replies.bulk(request[position.index])
            let names = KeySpecification.names(of: position.use)
            replies.set(names.count)
            for name in names { replies.simple(name) }
        }
    }

    private static let help = SessionCommand(
        declaration(
            "help", arity: 2, since: "5.0.0", complexity: "O(1)",
            "Lists the subcommands and what they do.")
    ) { _, session throws(CommandError) in
        session.replies.help(
            of: "COMMAND",
            [
                "(no subcommand)",
                "    What clients have to know of each command.",
                "COUNT",
                "    The number of commands.",
                "DOCS [<command-name> ...]",
                "    The documentation of these commands, or of all.",
                "GETKEYS <full-command>",
                "    The keys of a request.",
                "GETKEYSANDFLAGS <full-command>",
                "    The keys of a request and what it does to them.",
                "INFO [<command-name> ...]",
                "    What clients have to know of these commands, or of all.",
                "LIST [FILTERBY (MODULE <name>|ACLCAT <category>|PATTERN <pattern>)]",
                "    The names of all commands, or of those that fit.",
            ])
    }
}

extension CommandTable {
    /// The commands that are no subcommands and have a name.
    var topLevel: [CommandNumber] {
        commands.filter { $0.value.container == nil && isReachable($0) }.map { $0.value.number }
    }

    /// The command of a name that may go on with a subcommand: `client|list`.
    func find(path: ByteSlice) -> Reference<RegisteredCommand>? {
        guard let bar = path.firstIndex(of: UInt8(ascii: "|")) else { return find(path) }
        guard let container = find(path[..<bar]) else { return nil }
        return find(path[(bar + 1)...], in: container)
    }

    /// Where the keys of a request stand, for COMMAND GETKEYS.
    func keyPositions(in request: Slices) throws(CommandError) -> [KeyPosition] {
        guard var command = find(request[0]) else {
            throw .text("ERR Invalid command specified")
        }
        if command.value.isContainer, request.count > 1 {
            guard let subcommand = find(request[1], in: command) else {
                throw .text("ERR Invalid command specified")
            }
            command = subcommand
        }
        let declaration = command.value.declaration
        guard !declaration.keys.isEmpty else {
            throw .text("ERR The command has no key arguments")
        }
        guard declaration.accepts(argumentCount: request.count) else {
            throw .text("ERR Invalid number of arguments specified for command")
        }
        guard
            let positions = declaration.keyPositions(in: request)
                ?? (declaration.flags.contains(.noMandatoryKeys) ? [] : nil)
        else {
            throw .text("ERR Invalid arguments specified for command")
        }
        return positions
    }
}

/// Which commands and subcommands COMMAND LIST means.
enum CommandFilter {
    case all
    case module
    /// Nothing when there is no category of that name.
    case category(CommandCategories?)
    case pattern(ByteString)

    /// - Parameter options: what follows `COMMAND LIST`.
    init(_ options: Slices) throws(CommandError) {
        guard options.count > 0 else {
            self = .all
            return
        }
        guard options.count == 3, options[0].isWord("filterby") else { throw .syntax }
        let value = options[2]
        if options[1].isWord("module") {
            self = .module
        } else if options[1].isWord("aclcat") {
            let found = CommandCategories.names.first { value.isWord($0.name) }
            self = .category(found?.category)
        } else if options[1].isWord("pattern") {
            self = .pattern(ByteString(value))
        } else {
            throw .syntax
        }
    }

    func matches(_ declaration: CommandDeclaration, name: String) -> Bool {
        switch self {
        case .all: return true
        // There are no modules.
        case .module: return false
        case .category(let category):
            return category.map { declaration.categories.contains($0) } ?? false
        case .pattern(let pattern):
            return name.withSlice { name in
                pattern.withSlice { Glob.matches(name, $0, ignoringCase: true) }
            }
        }
    }
}
