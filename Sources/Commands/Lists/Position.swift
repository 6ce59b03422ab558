import Bytes
import Keyspace
import RESP

extension ListCommands {
    static let lpos = DataCommand(
        CommandDeclaration(
            "lpos", arity: -3, [.readOnly], categories: [.list],
            keys: [.key([.readOnly, .access])],
            docs: CommandDocs(
                "Returns the indexes of elements that are equal to one.",
                complexity: """
                    O(N) where N is the number of elements in the list, for the average case. When \
                    searching for elements near the head or the tail of the list, or when the \
                    MAXLEN option is provided, the command may run in constant time.
                    """,
                since: "6.0.6", group: .list,
                arguments: [
                    .key(), .string("element"), .integer("rank", token: "RANK", .optional),
                    .integer("num-matches", token: "COUNT", .optional),
                    .integer("len", token: "MAXLEN", .optional),
                ]))
    ) { arguments, execution throws(CommandError) in
        let options = try PositionOptions(arguments)
        let list = try execution.list(execution.key(arguments[1]))
        let found = list?.indexes(of: StringValue(arguments[2]), options) ?? []
        guard options.count != nil else {
            if let index = found.first {
                return execution.replies.integer(index)
            }
            return execution.replies.null()
        }
        execution.replies.array(found.count)
        for index in found { execution.replies.integer(index) }
    }
}

/// The words behind `LPOS key element`.
struct PositionOptions: Equatable {
    /// Which match is the first that counts; negative: the search goes backwards.
    private(set) var rank = 1
    /// How many matches are wanted, 0 for all; nothing: one, and not as an array.
    private(set) var count: Int?
    /// How many elements are looked at, 0 for all.
    private(set) var countMax = 0

    init(_ arguments: Slices) throws(CommandError) {
        var index = 3
        while index < arguments.count {
            let word = arguments[index]
            guard index + 1 < arguments.count else { throw .syntax }
            if word.isWord("rank") {
                rank = try arguments.signedCount(index + 1)
                guard rank != 0 else {
                    throw .text(
                        """
                        ERR RANK can't be zero: use 1 to start from the first match, 2 from the \
                        second ... or use negative to start from the end of the list
                        """)
                }
            } else if word.isWord("count") {
                count = try arguments.count(
                    index + 1, orElse: .text("ERR COUNT can't be negative"))
            } else if word.isWord("maxlen") {
                countMax = try arguments.count(
                    index + 1, orElse: .text("ERR MAXLEN can't be negative"))
            } else {
                throw .syntax
            }
            index += 2
        }
    }
}

extension ListView {
    /// Where elements are that are equal to one in canonical form, in the order of the search.
    func indexes(of wanted: StringValue, _ options: PositionOptions) -> [Int] {
        let count = count
        let backwards = options.rank < 0
        let looksMax = options.countMax == 0 ? Int.max : options.countMax
        let foundMax = options.count == 0 ? Int.max : options.count ?? 1
        var found: [Int] = []
        var looked = 0
        var toPass = abs(options.rank) - 1
        visit(from: backwards ? count - 1 : 0, backwards: backwards) {
            if $0 == wanted {
                if toPass == 0 {
                    found.append(backwards ? count - 1 - looked : looked)
                } else {
                    toPass -= 1
                }
            }
            looked += 1
            return found.count < foundMax && looked < looksMax
        }
        return found
    }
}
