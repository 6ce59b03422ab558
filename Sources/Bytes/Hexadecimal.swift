/// Hexadecimal digits.
public enum Hexadecimal {
    /// The lower-case digit of a value below 16.
    @inlinable
    public static func digit(_ value: UInt8) -> UInt8 {
        precondition(value < 16)
        return value < 10 ? 0x30 + value : 0x61 + value - 10
    }
}

extension UInt8 {
    /// The value of an ASCII hexadecimal digit in either case, or nothing.
    public var hexadecimalDigit: UInt8? {
        switch self {
        case 0x30...0x39: self - 0x30
        case 0x41...0x46: self - 0x37
        case 0x61...0x66: self - 0x57
        default: nil
        }
    }
}
