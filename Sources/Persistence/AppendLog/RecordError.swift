/// Why the content of a log file cannot be read on, and where.
public struct RecordError: Error, Equatable, Sendable {
    public enum Reason: Equatable, Sendable {
        /// The content ends inside an item, where so many bytes were to come.
        case endsEarly(expected: Int, got: Int)
        case lineEnd(UInt8, UInt8)
        case prefix(expected: UInt8, got: UInt8)
        case number
        case argumentCount
        case annotationTooLong
        case zeroInAnnotation
        case unexpectedMulti
        case unexpectedExec
        /// The content ends inside a transaction.
        case endsInGroup
    }

    public let reason: Reason
    /// The byte at fault, counted from the content's start.
    public let offset: Int
    /// Where the item that cannot be read begins.
    public let itemStart: Int

    public init(reason: Reason, offset: Int, itemStart: Int) {
        self.reason = reason
        self.offset = offset
        self.itemStart = itemStart
    }

    /// Whether the content is right as far as it goes.
    public var isTruncation: Bool {
        if case .endsEarly = reason { return true }
        return false
    }
}

extension RecordError: CustomStringConvertible {
    public var description: String {
        func hex(_ byte: UInt8) -> String {
            let digits = String(byte, radix: 16)
            return digits.utf8.count == 1 ? "0" + digits : digits
        }
        func shown(_ byte: UInt8) -> String {
            byte > 0x20 && byte < 0x7f
                ? String(UnicodeScalar(byte)) : "\\x" + hex(byte)
        }
        return switch reason {
        case .endsEarly(let expected, let got):
            "the file ends inside a command: Expected to read \(expected) bytes, got \(got) bytes"
        case .lineEnd(let first, let second):
            "Expected \\r\\n, got: \(hex(first))\(hex(second))"
        case .prefix(let expected, let got):
            "Expected prefix '\(shown(expected))', got: '\(shown(got))'"
        case .number: "a count or length is not a plain decimal number"
        case .argumentCount: "a command has no arguments"
        case .annotationTooLong:
            "an annotation is longer than \(RecordReader.annotationSizeMax) bytes"
        case .zeroInAnnotation: "an annotation holds a zero byte"
        case .unexpectedMulti: "Unexpected MULTI"
        case .unexpectedExec: "Unexpected EXEC"
        case .endsInGroup: "the file ends inside a transaction"
        }
    }
}
