import Bytes
import Commands

/// The words of RESTORE behind key, time to live and payload.
struct RestoreOptions: Equatable {
    /// What the entry's mark for eviction is to say.
    enum Use: Equatable {
        case idle(seconds: Int64)
        case frequency(UInt8)
    }

    var replaces = false
    var isAbsolute = false
    var use: Use?

    init(_ arguments: Slices) throws(CommandError) {
        var index = 4
        while index < arguments.count {
            let word = arguments[index]
            let hasMore = index + 1 < arguments.count
            if word.isWord("replace") {
                replaces = true
            } else if word.isWord("absttl") {
                isAbsolute = true
            } else if word.isWord("idletime"), hasMore, !isFrequency {
                index += 1
                use = .idle(
                    seconds: try Self.number(
                        arguments, index, upTo: .max,
                        "ERR Invalid IDLETIME value, must be >= 0"))
            } else if word.isWord("freq"), hasMore, !isIdle {
                index += 1
                let value = try Self.number(
                    arguments, index, upTo: 255,
                    "ERR Invalid FREQ value, must be >= 0 and <= 255")
                use = .frequency(UInt8(value))
            } else {
                throw .syntax
            }
            index += 1
        }
    }

    private var isIdle: Bool { if case .idle = use { true } else { false } }
    private var isFrequency: Bool { if case .frequency = use { true } else { false } }

    private static func number(
        _ arguments: Slices, _ index: Int, upTo most: Int64, _ refusal: StaticString
    ) throws(CommandError) -> Int64 {
        let value = try arguments.integer(index)
        guard value >= 0, value <= most else { throw .text(refusal) }
        return value
    }
}
