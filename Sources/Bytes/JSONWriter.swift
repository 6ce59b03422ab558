/// Writes JSON (RFC 8259), compact, piece by piece into a buffer: commas and escapes are its own
/// business, and nothing is kept but the text.
///
/// ```
/// var json = JSONWriter()
/// json.beginObject()
/// json.name("size")
/// json.integer(4711)
/// json.endObject()            // {"size":4711}
/// ```
///
/// Long output may be drained between any two calls: take `text` and empty it.
public struct JSONWriter: ~Copyable {
    public var text = ByteBuffer()
    /// Whether the next value follows another one of the same object or array.
    private var follows = false
    private var depth = 0

    public init() {}

    public mutating func beginObject() { begin(UInt8(ascii: "{")) }
    public mutating func endObject() { end(UInt8(ascii: "}")) }
    public mutating func beginArray() { begin(UInt8(ascii: "[")) }
    public mutating func endArray() { end(UInt8(ascii: "]")) }

    /// Names the member of an object whose value comes next.
    public mutating func name(_ name: StaticString) {
        separate()
        quote(ByteSlice(name))
        text.append(UInt8(ascii: ":"))
        follows = false
    }

    public mutating func name(_ name: String) {
        separate()
        name.withSlice { quote($0) }
        text.append(UInt8(ascii: ":"))
        follows = false
    }

    /// A string of bytes. UTF-8 stays as it is; of anything else each byte above 127 becomes the
    /// character of its number, so that nothing is lost.
    public mutating func string(_ bytes: ByteSlice) {
        separate()
        quote(bytes)
        follows = true
    }

    public mutating func string(_ value: String) { value.withSlice { string($0) } }

    public mutating func integer(_ value: Int64) { number { $0.append(decimal: value) } }
    public mutating func integer(_ value: UInt64) { number { $0.append(decimal: value) } }
    public mutating func integer(_ value: Int) { integer(Int64(value)) }
    /// A number that is finite.
    public mutating func number(fewestDigits value: Double) {
        precondition(value.isFinite)
        number { $0.append(fewestDigits: value) }
    }
    public mutating func flag(_ value: Bool) { number { $0.append(value ? "true" : "false") } }
    public mutating func null() { number { $0.append("null") } }

    // MARK: Parts

    private mutating func begin(_ bracket: UInt8) {
        separate()
        text.append(bracket)
        depth += 1
        follows = false
    }

    private mutating func end(_ bracket: UInt8) {
        precondition(depth > 0)
        depth -= 1
        text.append(bracket)
        follows = true
    }

    private mutating func number(_ append: (inout ByteBuffer) -> Void) {
        separate()
        append(&text)
        follows = true
    }

    private mutating func separate() {
        if follows { text.append(UInt8(ascii: ",")) }
    }

    /// Whether bytes are printable ASCII that nothing is to be escaped in, as most are.
    private static func isPlain(_ bytes: ByteSlice) -> Bool {
        for index in 0..<bytes.count {
            let byte = bytes[index]
            let isEscaped = byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
            guard byte >= 0x20, byte < 0x7f, !isEscaped else { return false }
        }
        return true
    }

    private mutating func quote(_ bytes: ByteSlice) {
        if Self.isPlain(bytes) {
            text.append(UInt8(ascii: "\""))
            text.append(bytes)
            return text.append(UInt8(ascii: "\""))
        }
        let isText = String(validating: bytes.array, as: UTF8.self) != nil
        text.append(UInt8(ascii: "\""))
        for index in 0..<bytes.count {
            let byte = bytes[index]
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                text.append(UInt8(ascii: "\\"))
                text.append(byte)
            case 0x0a: text.append("\\n")
            case 0x0d: text.append("\\r")
            case 0x09: text.append("\\t")
            case 0x20..<0x7f: text.append(byte)
            case 0x80... where isText: text.append(byte)
            default:
                text.append("\\u00")
                text.append(Hexadecimal.digit(byte >> 4))
                text.append(Hexadecimal.digit(byte & 15))
            }
        }
        text.append(UInt8(ascii: "\""))
    }
}
