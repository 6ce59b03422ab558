import Bytes

/// Why a command does not do what it was asked. The texts are what clients match on.
public enum CommandError: Error, Sendable {
    case wrongType
    case syntax
    case notAnInteger
    case notAFloat
    case noSuchKey
    case stringTooLong
    case offsetOutOfRange
    case overflow
    case notANumberOrInfinite
    case databaseIndexOutOfRange
    case sameObject
    /// A text of one command alone, with its code word.
    case text(StaticString)
    /// A text that names something of the request, with its code word.
    case composed(ByteString)

    /// The error line without the dash.
    public func withText<Result>(_ body: (ByteSlice) -> Result) -> Result {
        switch self {
        case .composed(let text): text.withSlice(body)
        default: body(ByteSlice(fixedText))
        }
    }

    private var fixedText: StaticString {
        switch self {
        case .wrongType:
            "WRONGTYPE Operation against a key holding the wrong kind of value"
        case .syntax: "ERR syntax error"
        case .notAnInteger: "ERR value is not an integer or out of range"
        case .notAFloat: "ERR value is not a valid float"
        case .noSuchKey: "ERR no such key"
        case .stringTooLong: "ERR string exceeds maximum allowed size (proto-max-bulk-len)"
        case .offsetOutOfRange: "ERR offset is out of range"
        case .overflow: "ERR increment or decrement would overflow"
        case .notANumberOrInfinite: "ERR increment would produce NaN or Infinity"
        case .databaseIndexOutOfRange: "ERR DB index is out of range"
        case .sameObject: "ERR source and destination objects are the same"
        case .text(let text): text
        case .composed: ""
        }
    }

    public static func composed(_ text: String) -> CommandError { .composed(ByteString(text)) }

    /// A text that quotes a word of the request, byte for byte up to a zero byte as C would.
    ///
    /// - Parameter countMax: bytes of the word, at the most.
    public static func quoting(
        _ before: StaticString, _ word: ByteSlice, _ after: String = "", countMax: Int = .max
    ) -> CommandError {
        let word = word.untilZero
        var text = ByteBuffer()
        text.append(before)
        text.append(word[..<min(word.count, countMax)])
        text.append(text: after)
        return .composed(ByteString(text.bytes))
    }

    /// - Parameter container: in lower case.
    public static func unknownSubcommand(
        _ word: ByteSlice, of container: StaticString
    ) -> CommandError {
        .quoting(
            "ERR unknown subcommand '", word, "'. Try \("\(container)".uppercased()) HELP.",
            countMax: 128)
    }

    /// The answer to a number of arguments that the command does not take.
    ///
    /// - Parameter name: in lower case, with its container: `config|set`.
    public static func wrongArity(_ name: String) -> CommandError {
        .composed("ERR wrong number of arguments for '\(name)' command")
    }
}
