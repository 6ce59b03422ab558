import CPlatform

// Doubles as text, in the two forms that Redis uses.
extension ByteBuffer {
    /// Appends seventeen significant digits, as C's `%.17g`: the log and the older formats.
    public mutating func append(seventeenDigits value: Double) {
        // Whole numbers of up to fifteen digits are themselves; negative zero has a sign.
        if value.magnitude < 1e15, let whole = Int64(exactly: value),
            whole != 0 || value.sign == .plus
        {
            return append(decimal: whole)
        }
        reserve(32)
        end &+= unsafe Int(
            ls_format_double(
                value,
                UnsafeMutableRawPointer(storage + end)
                    .assumingMemoryBound(to: CChar.self), 32))
    }

    /// Appends a fixed number of digits behind the point, as C's `%.4f`.
    public mutating func append(fixed value: Double, digits: Int) {
        // The largest number has 309 digits before the point.
        let countMax = 330 + digits
        reserve(countMax)
        end &+= unsafe Int(
            ls_format_fixed(
                value, Int32(digits),
                UnsafeMutableRawPointer(storage + end)
                    .assumingMemoryBound(to: CChar.self), countMax))
    }

    /// Appends the fewest digits that read back as the same double, as Redis 7.2 replies them.
    ///
    /// Whole numbers up to 2^62 are written as integers, negative zero as `-0`, infinities as
    /// `inf` and `-inf`, what is not a number as `nan`.
    public mutating func append(shortest value: Double) {
        let integerMax = 4_611_686_018_427_387_904.0
        if value != 0, value.magnitude <= integerMax, Double(Int64(value)) == value {
            return append(decimal: Int64(value))
        }
        append(fewestDigits: value)
    }

    /// Appends the fewest digits that read back as the same double, whole numbers like all others:
    /// `1e+8`. So Redis 7.2 puts scores into a digest.
    public mutating func append(fewestDigits value: Double) {
        if value.isNaN { return append("nan") }
        if value.isInfinite { return append(value < 0 ? "-inf" : "inf") }
        if value == 0 { return append(value.sign == .minus ? "-0" : "0") }
        if value < 0 { append(UInt8(ascii: "-")) }
        append(digits: FewestDigits(of: value.magnitude), isNegative: value < 0)
    }

    /// Chooses between `1200`, `0.0012` and `1.2e+30` for the value `digits × 10^exponent`.
    private mutating func append(digits: FewestDigits, isNegative: Bool) {
        let count = digits.count
        let scientific = count + digits.exponent - 1
        if digits.exponent >= 0, abs(scientific) < count + 7 {
            append(digits, 0..<count)
            append(repeating: UInt8(ascii: "0"), count: digits.exponent)
        } else if digits.exponent < 0, digits.exponent > -7 || abs(scientific) < 4 {
            let whole = count + digits.exponent
            if whole <= 0 {
                append("0.")
                append(repeating: UInt8(ascii: "0"), count: -whole)
                append(digits, 0..<count)
            } else {
                append(digits, 0..<whole)
                append(UInt8(ascii: "."))
                append(digits, whole..<count)
            }
        } else {
            append(digits, 0..<1)
            if count > 1 { append(UInt8(ascii: ".")) }
            append(digits, 1..<count)
            append(scientific < 0 ? "e-" : "e+")
            append(decimal: Int64(abs(scientific)))
        }
    }

    private mutating func append(_ digits: FewestDigits, _ range: Range<Int>) {
        for index in range { append(digits[index]) }
    }
}
