import Bytes
import Keyspace

/// The words behind `XREAD` and `XREADGROUP`.
struct StreamReadOptions {
    /// Entries of each stream at the most.
    private(set) var countMax = Int.max
    /// How long to wait, in milliseconds, 0 without end; nothing: not at all.
    private(set) var timeout: Int64?
    /// Whether what is delivered is not noted as pending.
    private(set) var needsNoAcknowledgement = false
    /// Which argument is the group; the consumer follows it.
    private(set) var groupIndex: Int?
    /// Which arguments are the keys; the identifiers follow them.
    private(set) var keys = 0..<0

    /// Which argument is the identifier of the stream whose key is at an index.
    func idIndex(ofKey index: Int) -> Int { index + keys.count }

    init(_ arguments: Slices, isOfGroup: Bool, now: Int64) throws(CommandError) {
        var index = 1
        while index < arguments.count, keys.isEmpty {
            let word = arguments[index]
            let left = arguments.count - index - 1
            if word.isWord("block"), left > 0 {
                timeout = try arguments.timeout(index + 1, .milliseconds, at: now)
                index += 2
            } else if word.isWord("count"), left > 0 {
                let count = try arguments.integer(index + 1)
                countMax = count > 0 ? Int(count) : .max
                index += 2
            } else if word.isWord("streams"), left > 0 {
                guard left.isMultiple(of: 2) else {
                    throw Self.unbalanced(isOfGroup: isOfGroup)
                }
                keys = (index + 1)..<(index + 1 + left / 2)
            } else if word.isWord("group"), left >= 2 {
                guard isOfGroup else { throw Self.onlyOfGroup("GROUP") }
                groupIndex = index + 1
                index += 3
            } else if word.isWord("noack") {
                guard isOfGroup else { throw Self.onlyOfGroup("NOACK") }
                needsNoAcknowledgement = true
                index += 1
            } else {
                throw .syntax
            }
        }
        guard !keys.isEmpty else { throw .syntax }
        guard !isOfGroup || groupIndex != nil else {
            throw .text("ERR Missing GROUP option for XREADGROUP")
        }
    }

    private static func unbalanced(isOfGroup: Bool) -> CommandError {
        .text(
            isOfGroup
                ? """
                ERR Unbalanced 'xreadgroup' list of streams: for each stream key an ID or '>' must \
                be specified.
                """
                : """
                ERR Unbalanced 'xread' list of streams: for each stream key an ID or '$' must be \
                specified.
                """)
    }

    private static func onlyOfGroup(_ option: String) -> CommandError {
        .composed(
            """
            ERR The \(option) option is only supported by XREADGROUP. You called XREAD instead.
            """)
    }
}
