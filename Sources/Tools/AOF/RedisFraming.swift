import Bytes

/// Reads a command as `redis-check-aof` does, to say what that says where it stumbles.
///
/// Nothing is decided by it: whether a file holds is for the server's reader, which is stricter. It
/// follows the C that Redis's tool is written in: a number is read from a line of at most 127 bytes
/// by `strtol`, a line end is compared behind it, and what is printed is what lies in that buffer,
/// zeros behind its end, bytes above 127 with the sign of a C character.
struct RedisFraming {
    private static let lineSizeMax = 127

    private let content: ByteSlice
    private var offset: Int
    /// The place that an error names: where the last thing read began.
    private(set) var place: Int
    /// What is wrong; nothing where the content just ends.
    private(set) var text: String?
    /// Line ends that were read.
    private(set) var lines = 0

    init(_ content: ByteSlice, at start: Int) {
        self.content = content
        offset = start
        place = start
    }

    /// Reads one command.
    ///
    /// - Parameters:
    ///   - isInGroup: whether it stands between MULTI and EXEC.
    ///   - name: of the file.
    /// - Returns: whether it has the form that Redis's tool asks for.
    mutating func read(isInGroup: Bool, _ name: String) -> Bool {
        guard let count = number(after: UInt8(ascii: "*")) else { return false }
        var index = 0
        while index < count {
            guard let argument = string() else { return false }
            if index == 0, argument.isWord("multi"), isInGroup {
                text = "Unexpected MULTI in AOF \(name)"
                return false
            }
            if index == 0, argument.isWord("exec"), !isInGroup {
                text = "Unexpected EXEC in AOF \(name)"
                return false
            }
            index += 1
        }
        return true
    }

    private mutating func number(after prefix: UInt8) -> Int? {
        place = offset
        guard offset < content.count else { return nil }
        var end = offset
        while end < content.count, end - offset < Self.lineSizeMax {
            end += 1
            if content[end - 1] == 0x0a { break }
        }
        let line = content[offset..<end]
        guard line[0] == prefix else {
            text = "Expected prefix '\(Self.character(prefix))', got: '\(Self.character(line[0]))'"
            return nil
        }
        let (value, behind) = Self.integer(line)
        guard lineEnd(line, behind) else { return nil }
        offset = end
        return value
    }

    /// What `strtol` reads behind the prefix, and where it stops.
    private static func integer(_ line: ByteSlice) -> (value: Int, end: Int) {
        var index = 1
        while index < line.count, line[index].isASCIISpace { index += 1 }
        var isNegative = false
        if index < line.count, line[index] == UInt8(ascii: "-") || line[index] == UInt8(ascii: "+")
        {
            isNegative = line[index] == UInt8(ascii: "-")
            index += 1
        }
        let start = index
        var value = 0
        while index < line.count, line[index].isASCIIDigit {
            let (product, isBeyond) = value.multipliedReportingOverflow(by: 10)
            let (sum, isOver) = product.addingReportingOverflow(Int(line[index] - 0x30))
            value = isBeyond || isOver ? .max : sum
            index += 1
        }
        guard index > start else { return (0, 1) }
        return (isNegative ? -value : value, index)
    }

    private mutating func string() -> ByteSlice? {
        guard let size = number(after: UInt8(ascii: "$")) else { return nil }
        guard size >= 0, size <= Int.max - 2 else {
            text = "Expected to read string of \(size) bytes, which is not in the suitable range"
            return nil
        }
        place = offset
        let left = content.count - offset
        guard left >= size + 2 else {
            text = "Expected to read \(size + 2) bytes, got \(left) bytes"
            return nil
        }
        let bytes = content[offset..<offset + size + 2]
        guard lineEnd(bytes, size) else { return nil }
        offset += size + 2
        return bytes[..<size].untilZero
    }

    private mutating func lineEnd(_ bytes: ByteSlice, _ index: Int) -> Bool {
        let first = index < bytes.count ? bytes[index] : 0
        let second = index + 1 < bytes.count ? bytes[index + 1] : 0
        guard first == 0x0d, second == 0x0a else {
            text = "Expected \\r\\n, got: \(Self.hexadecimal(first))\(Self.hexadecimal(second))"
            return false
        }
        lines += 1
        return true
    }

    private static func hexadecimal(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 16)
        if byte >= 0x80 { return "ffffff" + digits }
        return digits.utf8.count == 1 ? "0" + digits : digits
    }

    private static func character(_ byte: UInt8) -> String {
        String(decoding: [byte], as: UTF8.self)
    }
}
