/// All that is said of a command, once: dispatch, `COMMAND`, access control, the manual and the
/// argument fuzzer derive from it. What it does stands beside it (`DataCommand.run`).
public struct CommandDeclaration: Sendable {
    /// In lower case; of a subcommand, its own word.
    public let name: StaticString
    /// The command that this one is a subcommand of.
    public let container: StaticString?
    /// The number of arguments with the name; negative: at least so many.
    public let arity: Int
    public let flags: CommandFlags
    public let keys: [KeySpecification]
    /// Hints for clients (`COMMAND INFO`).
    public let tips: [StaticString]
    private let ownCategories: CommandCategories
    public let docs: CommandDocs

    public init(
        _ name: StaticString, of container: StaticString? = nil, arity: Int, _ flags: CommandFlags,
        categories: CommandCategories = [],
        keys: [KeySpecification] = [], tips: [StaticString] = [], docs: CommandDocs
    ) {
        precondition(arity != 0)
        self.name = name
        self.container = container
        self.arity = arity
        self.flags = flags
        self.ownCategories = categories
        self.keys = keys
        self.tips = tips
        self.docs = docs
    }

    /// The name with its container, `object|encoding`: as errors and `COMMAND` give it.
    public var fullName: String {
        container.map { "\($0)|\(name)" } ?? "\(name)"
    }

    public func accepts(argumentCount: Int) -> Bool {
        arity >= 0 ? argumentCount == arity : argumentCount >= -arity
    }

    /// The declared categories and those that follow from the flags.
    public var categories: CommandCategories {
        var all = ownCategories
        if flags.contains(.write) { all.insert(.write) }
        // A command that also answers administrators' questions is not a plain read.
        if flags.contains(.readOnly), !all.contains(.scripting) { all.insert(.read) }
        if flags.contains(.admin) { all.formUnion([.admin, .dangerous]) }
        if flags.contains(.pubSub) { all.insert(.pubSub) }
        if flags.contains(.blocking) { all.insert(.blocking) }
        all.insert(flags.contains(.fast) ? .fast : .slow)
        return all
    }
}
