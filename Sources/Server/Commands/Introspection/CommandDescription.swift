import Bytes
import Commands
import RESP

/// An entry of COMMAND INFO.
struct CommandDescription {
    private let table: CommandTable

    init(_ table: CommandTable) { self.table = table }

    /// Writes name, arity, flags, first key, last key, step, categories, tips, key specifications
    /// and subcommands.
    func write(_ command: Reference<RegisteredCommand>, to replies: ReplyWriter) {
        let declaration = command.value.declaration
        replies.array(10)
        replies.bulk(command.value.fullName)
        replies.integer(declaration.arity)
        writeSimple(CommandFlags.names.filter { declaration.flags.contains($0.flag) }.map(\.name))
        let range = Self.keyRange(of: declaration)
        replies.integer(range.first)
        replies.integer(range.last)
        replies.integer(range.step)
        writeSimple(
            CommandCategories.names.filter { declaration.categories.contains($0.category) }
                .map { "@\($0.name)" })
        replies.set(declaration.tips.count)
        for tip in declaration.tips { replies.bulk(tip) }
        replies.set(declaration.keys.count)
        for specification in declaration.keys { write(specification, to: replies) }
        replies.set(command.value.subcommands.count)
        for number in command.value.subcommands { write(table[number], to: replies) }

        func writeSimple<Name: CustomStringConvertible>(_ names: [Name]) {
            replies.set(names.count)
            for name in names { name.description.withSlice { replies.simple($0) } }
        }
    }

    /// First key, last key and step of old, which describe one run of keys: that of the
    /// specifications which begins first, and the others that go on where it ends.
    static func keyRange(of declaration: CommandDeclaration) -> (first: Int, last: Int, step: Int) {
        var range: (first: Int, last: Int, step: Int)?
        for specification in declaration.keys {
            guard case .index(let first) = specification.begin,
                case .range(let last, let step, let limit) = specification.find,
                limit == 0
            else { continue }
            let end = last >= 0 ? first + last : last
            guard let known = range else {
                range = (first, end, step)
                continue
            }
            if known.last >= 0, first == known.last + 1, step == known.step { range?.last = end }
        }
        return range ?? (0, 0, 0)
    }

    private func write(_ specification: KeySpecification, to replies: ReplyWriter) {
        replies.map(specification.notes == nil ? 3 : 4)
        if let notes = specification.notes {
            replies.bulk("notes")
            replies.bulk(notes)
        }
        replies.bulk("flags")
        let names = KeySpecification.names(of: specification.use)
        replies.set(names.count)
        for name in names { replies.simple(name) }
        replies.bulk("begin_search")
        write(specification.begin, to: replies)
        replies.bulk("find_keys")
        write(specification.find, to: replies)
    }

    private func write(_ begin: KeySpecification.Begin, to replies: ReplyWriter) {
        switch begin {
        case .index(let index):
            write("index", [("index", index)], to: replies)
        case .keyword(let word, let from):
            replies.map(2)
            replies.bulk("type")
            replies.bulk("keyword")
            replies.bulk("spec")
            replies.map(2)
            replies.bulk("keyword")
            replies.bulk(word)
            replies.bulk("startfrom")
            replies.integer(from)
        case .unknown: write("unknown", [], to: replies)
        }
    }

    private func write(_ find: KeySpecification.Find, to replies: ReplyWriter) {
        switch find {
        case .range(let last, let step, let limit):
            write(
                "range", [("lastkey", last), ("keystep", step), ("limit", limit)], to: replies)
        case .count(let place, let first, let step):
            write(
                "keynum", [("keynumidx", place), ("firstkey", first), ("keystep", step)],
                to: replies)
        case .unknown: write("unknown", [], to: replies)
        }
    }

    private func write(
        _ type: StaticString, _ values: [(name: StaticString, value: Int)],
        to replies: ReplyWriter
    ) {
        replies.map(2)
        replies.bulk("type")
        replies.bulk(type)
        replies.bulk("spec")
        replies.map(values.count)
        for (name, value) in values {
            replies.bulk(name)
            replies.integer(value)
        }
    }
}
