// A line of words as Redis writes it in configuration files, manifests and inline requests.
//
// Words stand between blanks. A word may be quoted, wholly or in part: double quotes know the
// escapes \n \r \t \a \b \\ \" and \xHH, single quotes only \'. A closing quote is followed by a
// blank or by the end of the line. Example: `set "my key" 'it\'s'` is three words.

extension ByteSlice {
    /// The words of a line, or nothing when a quote is not closed or not followed by a blank.
    public func words() -> [ByteString]? {
        var words: [ByteString] = []
        var index = 0
        while true {
            while index < count, self[index].isASCIISpace { index += 1 }
            if index == count { return words }
            guard let word = word(at: &index) else { return nil }
            words.append(ByteString(word))
        }
    }

    private func word(at index: inout Int) -> [UInt8]? {
        var word: [UInt8] = []
        while index < count, !self[index].isASCIISpace, self[index] != 0 {
            let byte = self[index]
            index += 1
            guard byte == 0x22 || byte == 0x27 else {
                word.append(byte)
                continue
            }
            guard appendQuoted(by: byte, to: &word, at: &index) else { return nil }
            return index == count || self[index].isASCIISpace ? word : nil
        }
        // As in C, a zero byte ends the line.
        if index < count, self[index] == 0 { index = count }
        return word
    }

    /// Reads up to the closing quote; false when there is none.
    private func appendQuoted(by quote: UInt8, to word: inout [UInt8], at index: inout Int) -> Bool
    {
        while index < count {
            let byte = self[index]
            index += 1
            if byte == quote { return true }
            guard byte == 0x5c, index < count else {
                word.append(byte)
                continue
            }
            if quote == 0x27 {
                let isEscapedQuote = self[index] == quote
                word.append(isEscapedQuote ? quote : byte)
                if isEscapedQuote { index += 1 }
            } else {
                word.append(escapedByte(at: &index))
            }
        }
        return false
    }

    /// The byte that an escape stands for; `index` is behind the backslash.
    private func escapedByte(at index: inout Int) -> UInt8 {
        let letter = self[index]
        if letter == 0x78, index + 2 < count,
            let high = self[index + 1].hexadecimalDigit, let low = self[index + 2].hexadecimalDigit
        {
            index += 3
            return high << 4 | low
        }
        index += 1
        switch letter {
        case UInt8(ascii: "n"): return 0x0a
        case UInt8(ascii: "r"): return 0x0d
        case UInt8(ascii: "t"): return 0x09
        case UInt8(ascii: "b"): return 0x08
        case UInt8(ascii: "a"): return 0x07
        default: return letter
        }
    }
}

extension UInt8 {
    /// The value of an ASCII hexadecimal digit, or nothing.
    public var hexadecimalDigit: UInt8? {
        switch self {
        case 0x30...0x39: self - 0x30
        case 0x41...0x46: self - 0x37
        case 0x61...0x66: self - 0x57
        default: nil
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
        var text: [UInt8] = [0x22]
        for byte in array {
            switch byte {
            case 0x22, 0x5c: text += [0x5c, byte]
            case 0x0a: text += Array("\\n".utf8)
            case 0x0d: text += Array("\\r".utf8)
            case 0x09: text += Array("\\t".utf8)
            case 0x07: text += Array("\\a".utf8)
            case 0x08: text += Array("\\b".utf8)
            case 0x20..<0x7f: text.append(byte)
            default:
                let digits = Array("0123456789abcdef".utf8)
                text += [0x5c, 0x78, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return ByteString(text + [0x22])
    }
}
