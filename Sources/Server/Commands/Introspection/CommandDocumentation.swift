import Bytes
import Commands
import RESP

/// An entry of COMMAND DOCS.
struct CommandDocumentation {
    private let table: CommandTable

    init(_ table: CommandTable) { self.table = table }

    /// Writes the map of what is known of a command; what is empty is left out.
    func write(_ command: Reference<RegisteredCommand>, to replies: ReplyWriter) {
        let docs = command.value.declaration.docs
        let subcommands = command.value.subcommands
        let hasFields = [
            !docs.complexity.isEmpty, docs.deprecation != nil, docs.deprecation != nil,
            docs.deprecation != nil, !docs.history.isEmpty, !docs.arguments.isEmpty,
            !subcommands.isEmpty,
        ]
        replies.map(3 + hasFields.count { $0 })
        field("summary", docs.summary, replies)
        field("since", docs.since, replies)
        replies.bulk("group")
        replies.bulk(docs.group.rawValue)
        if !docs.complexity.isEmpty { field("complexity", docs.complexity, replies) }
        if let deprecation = docs.deprecation {
            replies.bulk("doc_flags")
            replies.set(1)
            replies.simple("deprecated")
            field("deprecated_since", deprecation.since, replies)
            field("replaced_by", deprecation.by, replies)
        }
        if !docs.history.isEmpty {
            replies.bulk("history")
            replies.set(docs.history.count)
            for entry in docs.history {
                replies.array(2)
                replies.bulk(entry.version)
                replies.bulk(entry.change)
            }
        }
        if !docs.arguments.isEmpty {
            replies.bulk("arguments")
            write(docs.arguments, to: replies)
        }
        guard !subcommands.isEmpty else { return }
        replies.bulk("subcommands")
        replies.map(subcommands.count)
        for number in subcommands {
            replies.bulk(table[number].value.fullName)
            write(table[number], to: replies)
        }
    }

    private func write(_ arguments: [ArgumentDocs], to replies: ReplyWriter) {
        replies.array(arguments.count)
        for argument in arguments { write(argument, to: replies) }
    }

    private func write(_ argument: ArgumentDocs, to replies: ReplyWriter) {
        let isGroup = argument.kind == .oneOf || argument.kind == .block
        let flags = Self.names(of: argument.options)
        let hasFields = [
            !isGroup, argument.keySpecification != nil, argument.token != nil,
            argument.since != nil, !flags.isEmpty, !argument.parts.isEmpty,
        ]
        replies.map(2 + hasFields.count { $0 })
        field("name", argument.name, replies)
        replies.bulk("type")
        replies.bulk(argument.kind.rawValue)
        if !isGroup { field("display_text", argument.display ?? argument.name, replies) }
        if let index = argument.keySpecification {
            replies.bulk("key_spec_index")
            replies.integer(index)
        }
        if let token = argument.token { field("token", token, replies) }
        if let since = argument.since { field("since", since, replies) }
        if !flags.isEmpty {
            replies.bulk("flags")
            replies.set(flags.count)
            for flag in flags { replies.simple(flag) }
        }
        guard !argument.parts.isEmpty else { return }
        replies.bulk("arguments")
        write(argument.parts, to: replies)
    }

    private static func names(of options: ArgumentDocs.Options) -> [StaticString] {
        let names: [(ArgumentDocs.Options, StaticString)] = [
            (.optional, "optional"), (.multiple, "multiple"), (.multipleToken, "multiple_token"),
        ]
        return names.filter { options.contains($0.0) }.map(\.1)
    }

    private func field(_ name: StaticString, _ value: StaticString, _ replies: ReplyWriter) {
        replies.bulk(name)
        replies.bulk(value)
    }
}

extension StaticString {
    fileprivate var isEmpty: Bool { utf8CodeUnitCount == 0 }
}
