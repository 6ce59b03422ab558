extension [UInt8] {
    /// The bytes that hexadecimal digits spell; blanks are ignored.
    init(hex text: String) {
        let digits = text.filter { !$0.isWhitespace }.map { UInt8($0.hexDigitValue ?? 0) }
        self = stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }
}
