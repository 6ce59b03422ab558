import Bytes

/// Writes replies into a client's reply buffer, in the protocol version that the client speaks.
///
/// A handle: the buffer belongs to the client. Types that version 2 lacks are written as Redis
/// downgrades them: maps and sets as flat arrays, doubles as bulk strings, null as `$-1`.
public struct ReplyWriter {
    public enum Version: Int, Sendable { case two = 2, three = 3 }

    public let buffer: Reference<ByteBuffer>
    public var version: Version

    public init(_ buffer: Reference<ByteBuffer>, version: Version = .two) {
        self.buffer = buffer
        self.version = version
    }

    public var isVersion3: Bool { version == .three }

    public func ok() { buffer.value.append("+OK\r\n") }

    /// A status line of our own words.
    public func simple(_ text: StaticString) {
        buffer.value.append(UInt8(ascii: "+"))
        buffer.value.append(text)
        newline()
    }

    public func simple(_ text: ByteSlice) {
        buffer.value.append(UInt8(ascii: "+"))
        appendLineSafe(text)
        newline()
    }

    /// An error line. Line ends around the text go, those inside become blanks.
    ///
    /// - Parameter text: with its code word and without the dash.
    public func error(_ text: ByteSlice) {
        var (start, end) = (0, text.count)
        while start < end, text[start].isLineEnd { start += 1 }
        while start < end, text[end - 1].isLineEnd { end -= 1 }
        buffer.value.append(UInt8(ascii: "-"))
        appendLineSafe(text[start..<end])
        newline()
    }

    public func error(_ text: StaticString) { error(ByteSlice(text)) }
    public func error(_ text: String) { text.withSlice { error($0) } }

    public func integer(_ value: Int64) {
        buffer.value.append(UInt8(ascii: ":"))
        buffer.value.append(decimal: value)
        newline()
    }

    public func integer(_ value: Int) { integer(Int64(value)) }

    /// `1` or `0`, as commands of old answer yes or no.
    public func integer(_ value: Bool) { buffer.value.append(value ? ":1\r\n" : ":0\r\n") }

    public func bulk(_ bytes: ByteSlice) { buffer.value.append(bulk: bytes) }

    public func bulk(_ text: StaticString) { bulk(ByteSlice(text)) }
    public func bulk(_ text: String) { text.withSlice { bulk($0) } }
    public func bulk(_ bytes: ByteString) { bytes.withSlice { bulk($0) } }

    /// A bulk string with the digits of an integer.
    public func bulk(decimal value: Int64) { buffer.value.append(bulk: value) }

    public func null() { buffer.value.append(isVersion3 ? "_\r\n" : "$-1\r\n") }

    /// The null that stands for an array.
    public func nullArray() { buffer.value.append(isVersion3 ? "_\r\n" : "*-1\r\n") }

    public func array(_ count: Int) { header(UInt8(ascii: "*"), count) }

    /// - Parameter count: of pairs.
    public func map(_ count: Int) {
        isVersion3 ? header(UInt8(ascii: "%"), count) : array(count * 2)
    }

    public func set(_ count: Int) { header(UInt8(ascii: isVersion3 ? "~" : "*"), count) }

    public func push(_ count: Int) { header(UInt8(ascii: isVersion3 ? ">" : "*"), count) }

    /// Additional data before a reply; version 2 has no place for it and gets nothing.
    ///
    /// - Returns: whether the caller is to write the pairs.
    public func attribute(_ count: Int) -> Bool {
        guard isVersion3 else { return false }
        header(UInt8(ascii: "|"), count)
        return true
    }

    public func boolean(_ value: Bool) {
        guard isVersion3 else { return integer(value) }
        buffer.value.append(value ? "#t\r\n" : "#f\r\n")
    }

    public func double(_ value: Double) {
        var text = ByteBuffer(capacity: 32)
        text.append(shortest: value)
        guard isVersion3 else { return bulk(text.bytes) }
        buffer.value.append(UInt8(ascii: ","))
        buffer.value.append(text.bytes)
        newline()
    }

    /// - Parameter digits: an integer of any size as text.
    public func bigNumber(_ digits: ByteSlice) {
        guard isVersion3 else { return bulk(digits) }
        buffer.value.append(UInt8(ascii: "("))
        buffer.value.append(digits)
        newline()
    }

    /// Text for people. - Parameter format: three letters, `txt` or `mkd`.
    public func verbatim(_ text: ByteSlice, format: StaticString = "txt") {
        guard isVersion3 else { return bulk(text) }
        precondition(format.utf8CodeUnitCount == 3)
        buffer.value.append(UInt8(ascii: "="))
        buffer.value.append(decimal: Int64(text.count + 4))
        newline()
        buffer.value.append(format)
        buffer.value.append(UInt8(ascii: ":"))
        buffer.value.append(text)
        newline()
    }

    private func header(_ type: UInt8, _ count: Int) {
        buffer.value.append(type)
        buffer.value.append(decimal: Int64(count))
        newline()
    }

    private func newline() { buffer.value.append("\r\n") }

    /// Line ends inside a line would be taken for its end; they become blanks.
    private func appendLineSafe(_ text: ByteSlice) {
        guard text.firstIndex(of: 0x0d) != nil || text.firstIndex(of: 0x0a) != nil else {
            return buffer.value.append(text)
        }
        for index in 0..<text.count {
            let byte = text[index]
            buffer.value.append(byte.isLineEnd ? 0x20 : byte)
        }
    }
}

extension UInt8 {
    fileprivate var isLineEnd: Bool { self == 0x0d || self == 0x0a }
}
