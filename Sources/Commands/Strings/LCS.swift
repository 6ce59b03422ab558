import Bytes
import Keyspace
import RESP

extension StringCommands {
    static let lcs = DataCommand(
        CommandDeclaration(
            "lcs", arity: -3, [.readOnly], categories: [.string],
            keys: [
                KeySpecification(
                    [.readOnly, .access], begin: .index(1),
                    find: .range(last: 1, step: 1, limit: 0))
            ],
            docs: CommandDocs(
                "Returns the longest common subsequence of two strings, its length or its places.",
                complexity: "O(N*M) where N and M are the lengths of s1 and s2, respectively",
                since: "7.0.0", group: .string,
                arguments: [
                    .key("key1"), .key("key2"), .word("len", "LEN", .optional),
                    .word("idx", "IDX", .optional),
                    .integer("min-match-len", token: "MINMATCHLEN", .optional),
                    .word("withmatchlen", "WITHMATCHLEN", .optional),
                ]))
    ) { arguments, execution throws(CommandError) in
        let first = execution.database.entry(of: execution.key(arguments[1]))
        let second = execution.database.entry(of: execution.key(arguments[2]))
        guard first?.type ?? .string == .string, second?.type ?? .string == .string else {
            throw .text("ERR The specified keys must contain string values")
        }
        let options = try LCSOptions(arguments)

        var left = ByteBuffer()
        var right = ByteBuffer()
        first?.string.append(to: &left)
        second?.string.append(to: &right)
        let subsequence = try LongestCommonSubsequence(
            left.bytes, right.bytes, sizeMax: execution.settings.stringCountMax)
        switch options.form {
        case .length: execution.replies.integer(subsequence.count)
        case .text:
            // The owner has a name, so that it outlives the slice.
            let text = subsequence.text(left.bytes, right.bytes)
            execution.replies.bulk(text.bytes)
        case .places:
            let matches = subsequence.matches(left.bytes, right.bytes)
            execution.replies.places(of: matches, count: subsequence.count, options)
        }
    }
}

/// The words behind `LCS key key`.
struct LCSOptions: Equatable {
    enum Form: Equatable { case text, length, places }

    private(set) var form = Form.text
    /// Shorter matches are not listed.
    private(set) var matchCountMin = 0
    private(set) var givesMatchCounts = false

    init(_ arguments: Slices) throws(CommandError) {
        var wantsLength = false
        var wantsPlaces = false
        var index = 3
        while index < arguments.count {
            let word = arguments[index]
            if word.isWord("idx") {
                wantsPlaces = true
            } else if word.isWord("len") {
                wantsLength = true
            } else if word.isWord("withmatchlen") {
                givesMatchCounts = true
            } else if word.isWord("minmatchlen"), index + 1 < arguments.count {
                matchCountMin = Int(max(0, try arguments.integer(index + 1)))
                index += 1
            } else {
                throw .syntax
            }
            index += 1
        }
        if wantsLength, wantsPlaces {
            throw .text("ERR If you want both the length and indexes, please just use IDX.")
        }
        if wantsLength { form = .length }
        if wantsPlaces { form = .places }
    }
}

extension ReplyWriter {
    fileprivate func places(
        of matches: [LongestCommonSubsequence.Match], count: Int, _ options: LCSOptions
    ) {
        let shown = matches.filter { $0.count >= options.matchCountMin }
        map(2)
        bulk("matches")
        array(shown.count)
        for match in shown {
            array(options.givesMatchCounts ? 3 : 2)
            for start in [match.left, match.right] {
                array(2)
                integer(start)
                integer(start + match.count - 1)
            }
            if options.givesMatchCounts { integer(match.count) }
        }
        bulk("len")
        integer(count)
    }
}
