/// Where a command's keys stand among its arguments, and what happens to them.
public struct KeySpecification: Sendable {
    /// What is done to the keys: `RO`, `RW`, `OW`, `RM` with their details.
    public struct Use: OptionSet, Sendable {
        public let rawValue: UInt16
        public init(rawValue: UInt16) { self.rawValue = rawValue }

        public static let readOnly = Use(rawValue: 1 << 0)
        public static let readWrite = Use(rawValue: 1 << 1)
        public static let overwrite = Use(rawValue: 1 << 2)
        public static let remove = Use(rawValue: 1 << 3)
        public static let access = Use(rawValue: 1 << 4)
        public static let update = Use(rawValue: 1 << 5)
        public static let insert = Use(rawValue: 1 << 6)
        public static let delete = Use(rawValue: 1 << 7)
        public static let notKey = Use(rawValue: 1 << 8)
        public static let incomplete = Use(rawValue: 1 << 9)
        public static let variableFlags = Use(rawValue: 1 << 10)

        /// In the order in which `COMMAND INFO` lists them.
        public static let names: [(use: Use, name: StaticString)] = [
            (.readOnly, "RO"), (.readWrite, "RW"), (.overwrite, "OW"), (.remove, "RM"),
            (.access, "access"), (.update, "update"), (.insert, "insert"), (.delete, "delete"),
            (.notKey, "not_key"), (.incomplete, "incomplete"),
            (.variableFlags, "variable_flags"),
        ]
    }

    public enum Begin: Sendable, Equatable {
        case index(Int)
        /// After a word, looked for from a position on (negative: from the end).
        case keyword(StaticString, from: Int)
        case unknown

        public static func == (left: Begin, right: Begin) -> Bool {
            switch (left, right) {
            case (.index(let a), .index(let b)): a == b
            case (.unknown, .unknown): true
            default: false
            }
        }
    }

    public enum Find: Sendable {
        /// Up to `last` (relative to the first; negative: from the end of the arguments), every
        /// `step` arguments; `limit` as Redis defines it.
        case range(last: Int, step: Int, limit: Int)
        /// A number of keys stands at `count`, the keys from `first` on, every `step`.
        case count(at: Int, first: Int, step: Int)
        case unknown
    }

    public let use: Use
    public let begin: Begin
    public let find: Find
    /// What the specification leaves unsaid, for `COMMAND INFO`.
    public let notes: StaticString?

    public init(_ use: Use, begin: Begin, find: Find, notes: StaticString? = nil) {
        self.use = use
        self.begin = begin
        self.find = find
        self.notes = notes
    }

    /// One key at an argument's index.
    public static func key(
        _ use: Use, at index: Int = 1, notes: StaticString? = nil
    ) -> KeySpecification {
        KeySpecification(
            use, begin: .index(index), find: .range(last: 0, step: 1, limit: 0), notes: notes)
    }

    /// Keys from an index to the last argument.
    public static func keys(
        _ use: Use, from index: Int = 1, step: Int = 1
    ) -> KeySpecification {
        KeySpecification(
            use, begin: .index(index), find: .range(last: -1, step: step, limit: 0))
    }

    /// A number of keys at an index, and the keys behind it.
    public static func counted(_ use: Use, at index: Int) -> KeySpecification {
        KeySpecification(
            use, begin: .index(index), find: .count(at: 0, first: 1, step: 1))
    }
}
