/// The quoted form of a byte string: `"ab\n\x00"`.
///
/// What `WordSplitter` reads back to the same bytes. `CONFIG REWRITE`, `MONITOR`, `DEBUG` and log
/// lines show byte strings in this form.
public enum Quoting {
    /// Appends the bytes between double quotes; what is not printable ASCII is escaped.
    public static func represent(_ bytes: ByteSlice, to target: inout ByteBuffer) {
        target.append(UInt8(ascii: "\""))
        for index in 0..<bytes.count {
            let byte = bytes[index]
            if let letter = letter(escaping: byte) {
                target.append(UInt8(ascii: "\\"))
                target.append(letter)
            } else if byte >= 0x20, byte < 0x7f {
                target.append(byte)
            } else {
                target.append("\\x")
                target.append(Hexadecimal.digit(byte >> 4))
                target.append(Hexadecimal.digit(byte & 15))
            }
        }
        target.append(UInt8(ascii: "\""))
    }

    /// The quoted form as text; it is ASCII.
    public static func represent(_ bytes: ByteSlice) -> String {
        var buffer = ByteBuffer()
        represent(bytes, to: &buffer)
        return buffer.bytes.text
    }

    private static func letter(escaping byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "\\"), UInt8(ascii: "\""): byte
        case 0x0a: UInt8(ascii: "n")
        case 0x0d: UInt8(ascii: "r")
        case 0x09: UInt8(ascii: "t")
        case 0x07: UInt8(ascii: "a")
        case 0x08: UInt8(ascii: "b")
        default: nil
        }
    }

    /// The byte that a backslash and a letter stand for.
    static func byte(escapedBy letter: UInt8) -> UInt8 {
        switch letter {
        case UInt8(ascii: "n"): 0x0a
        case UInt8(ascii: "r"): 0x0d
        case UInt8(ascii: "t"): 0x09
        case UInt8(ascii: "a"): 0x07
        case UInt8(ascii: "b"): 0x08
        default: letter
        }
    }
}

extension ByteString {
    /// The bytes as one word of a line: bare when they can be, else in double quotes with escapes.
    public var asWord: ByteString {
        let isBare =
            !isEmpty
            && array.allSatisfy { byte in
                byte > 0x20 && byte < 0x7f && byte != 0x22 && byte != 0x27 && byte != 0x5c
            }
        return isBare ? self : quoted
    }

    /// The bytes in double quotes, with escapes for quotes, backslashes and unprintable bytes.
    public var quoted: ByteString {
        var buffer = ByteBuffer(capacity: count + 2)
        withSlice { Quoting.represent($0, to: &buffer) }
        return ByteString(buffer.bytes)
    }
}
