import CPlatform

/// Why two decimal numbers as text have no sum.
public enum DecimalSumError: Error, Equatable, Sendable {
    case leftIsNotANumber
    case rightIsNotANumber
    /// The sum is infinite, or not a number.
    case sumIsNotFinite
}

extension ByteBuffer {
    /// Longest sum as text: the largest number has 4933 digits before the point.
    private static let decimalCountMax = 5 * 1024

    /// Appends the sum of two decimal numbers as people write it: no exponent, up to seventeen
    /// digits behind the point, no zeros at the end. What C's `long double` can tell apart counts.
    public mutating func append(
        sumOf left: ByteSlice, and right: ByteSlice
    ) throws(DecimalSumError) {
        let status = unsafe appendFilled(upTo: Self.decimalCountMax) { free in
            unsafe left.withUnsafeBytes { left in
                unsafe right.withUnsafeBytes { right in
                    unsafe Int(
                        ls_add_decimals(
                            left.bindMemory(to: CChar.self).baseAddress, left.count,
                            right.bindMemory(to: CChar.self).baseAddress, right.count,
                            free.bindMemory(to: CChar.self).baseAddress, free.count))
                }
            }
        }
        switch status {
        case -1: throw .leftIsNotANumber
        case -2: throw .rightIsNotANumber
        case -3: throw .sumIsNotFinite
        default: precondition(status > 0)
        }
    }
}
