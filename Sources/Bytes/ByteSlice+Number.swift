import CPlatform

extension ByteSlice {
    /// The bytes as a signed integer, or nothing unless they are its canonical decimal form.
    ///
    /// Canonical is what Redis accepts everywhere: digits with an optional minus sign, no plus, no
    /// leading zero, no blank, in the range of 64 bits. So text and integer have one form each.
    @inlinable
    public var integer: Int64? {
        guard count > 0, count <= 20 else { return nil }
        var index = 0
        let isNegative = unsafe base[0] == 0x2d
        if isNegative {
            guard count > 1 else { return nil }
            index = 1
        }
        let first = unsafe base[index] &- 0x30
        guard first <= 9 else { return nil }
        if first == 0 { return count == 1 ? 0 : nil }
        var magnitude = UInt64(first)
        index += 1
        while index < count {
            let digit = unsafe base[index] &- 0x30
            guard digit <= 9 else { return nil }
            let (shifted, overflowed) = magnitude.multipliedReportingOverflow(by: 10)
            let (sum, carried) = shifted.addingReportingOverflow(UInt64(digit))
            guard !overflowed, !carried else { return nil }
            magnitude = sum
            index += 1
        }
        if isNegative {
            guard magnitude <= UInt64(Int64.max) + 1 else { return nil }
            return Int64(bitPattern: 0 &- magnitude)
        }
        guard magnitude <= UInt64(Int64.max) else { return nil }
        return Int64(bitPattern: magnitude)
    }

    /// The bytes as an unsigned integer in canonical decimal form, or nothing.
    public var unsignedInteger: UInt64? {
        guard count > 0, count <= 20, self[0].isASCIIDigit else { return nil }
        guard self[0] != 0x30 || count == 1 else { return nil }
        var magnitude: UInt64 = 0
        for index in 0..<count {
            guard self[index].isASCIIDigit else { return nil }
            let (shifted, overflowed) = magnitude.multipliedReportingOverflow(by: 10)
            let (sum, carried) = shifted.addingReportingOverflow(UInt64(self[index] &- 0x30))
            guard !overflowed, !carried else { return nil }
            magnitude = sum
        }
        return magnitude
    }

    /// The bytes as a number to sort by: as `double`, but blanks may come first, and nothing is 0.
    public var score: Double? {
        if let score = shortScore { return score }
        var value = 0.0
        let status = unsafe withUnsafeBytes { bytes in
            unsafe ls_parse_score(bytes.bindMemory(to: CChar.self).baseAddress, count, &value)
        }
        return status == 0 ? value : nil
    }

    /// A number of a few digits: both parts of the quotient are exact then, and it is rounded once.
    private var shortScore: Double? {
        guard count > 0, count <= 16 else { return nil }
        var index = unsafe base[0] == 0x2d ? 1 : 0
        var (digits, divisor, hasPoint) = (0.0, 1.0, false)
        guard index < count else { return nil }
        while index < count {
            let byte = unsafe base[index]
            if byte.isASCIIDigit {
                digits = digits * 10 + Double(byte &- 0x30)
                if hasPoint { divisor *= 10 }
            } else if byte == 0x2e, !hasPoint, index + 1 < count {
                hasPoint = true
            } else {
                return nil
            }
            index += 1
        }
        return unsafe base[0] == 0x2d ? -digits / divisor : digits / divisor
    }

    /// The bytes as one double from end to end; a number that is too large is infinite, one that is
    /// too small 0.
    public var doubleOrLimit: Double? {
        var value = 0.0
        let status = unsafe withUnsafeBytes { bytes in
            unsafe ls_parse_double_or_limit(
                bytes.bindMemory(to: CChar.self).baseAddress, count, &value)
        }
        return status == 0 ? value : nil
    }

    /// The bytes as one double from end to end (`strtod`'s forms, infinities included, NaN not).
    public var double: Double? {
        var value = 0.0
        let status = unsafe withUnsafeBytes { bytes in
            unsafe ls_parse_double(bytes.bindMemory(to: CChar.self).baseAddress, count, &value)
        }
        return status == 0 ? value : nil
    }
}
