/// Decimal digits that identify a positive, finite double: `digits × 10^exponent`.
///
/// This is Grisu2 ("Printing Floating-Point Numbers Quickly and Accurately with Integers", Florian
/// Loitsch, 2010): the boundaries halfway to the neighbours are scaled by a power of ten into 64
/// bits, and digits are made until what is left lies between them. The digits read back as the same
/// double and are the fewest, but for about one double in a thousand, where the error of the scaling
/// leaves more of them. Redis 7.2 makes the same ones: the table and every rounding here are part
/// of what clients see.
struct FewestDigits {
    private var digits = InlineArray<20, UInt8>(repeating: 0)
    private(set) var count = 0
    private(set) var exponent = 0

    /// Between these, the scaled exponent leaves a whole part of at most 32 bits.
    private static let exponents = -60 ... -32

    init(of value: Double) {
        precondition(value > 0 && value.isFinite)
        let upperEnd: Scaled
        let lowerEnd: Scaled
        let exact: Scaled
        (lowerEnd, exact, upperEnd) = Self.boundaries(of: value)
        let power = Self.power(for: upperEnd.exponent)
        exponent = -power.decimal
        let middle = exact * power.value
        var upper = upperEnd * power.value
        var lower = lowerEnd * power.value
        // The products are off by one at most; inside of this nothing is.
        upper.fraction -= 1
        lower.fraction += 1
        generate(
            upper: upper, toMiddle: upper.fraction - middle.fraction,
            width: upper.fraction - lower.fraction)
    }

    subscript(index: Int) -> UInt8 { digits[index] }

    /// The double, and the points halfway to its neighbours, all with the exponent of the upper one.
    private static func boundaries(of value: Double) -> (Scaled, Scaled, Scaled) {
        let isNormal = value.exponentBitPattern != 0
        let hidden: UInt64 = isNormal ? 1 << 52 : 0
        let fraction = value.significandBitPattern | hidden
        let exponent = (isNormal ? Int(value.exponentBitPattern) : 1) - 1075
        let upper = Scaled(fraction: fraction << 1 + 1, exponent: exponent - 1).normalized
        let exact = Scaled(fraction: fraction, exponent: exponent).normalized
        // Below a power of two, the neighbours are half as far apart.
        let shift = fraction == 1 << 52 ? 2 : 1
        let halfway = fraction << UInt64(shift) - 1
        let lower = Scaled(
            fraction: halfway << UInt64(exponent - shift - upper.exponent),
            exponent: upper.exponent)
        return (lower, exact, upper)
    }

    /// A power of ten that brings a binary exponent between `exponents`. Two may do: which one is
    /// taken decides about the last digit.
    private static func power(for exponent: Int) -> (value: Scaled, decimal: Int) {
        let guess = Int(-Double(exponent + PowersOfTen.count) * 0.30102999566398114)
        var index = (guess - PowersOfTen.first) / PowersOfTen.step
        while true {
            let power = PowersOfTen[index]
            let scaled = exponent + power.exponent + 64
            if scaled < exponents.lowerBound {
                index += 1
            } else if scaled > exponents.upperBound {
                index -= 1
            } else {
                return (power, PowersOfTen.first + index * PowersOfTen.step)
            }
        }
    }

    private mutating func generate(upper: Scaled, toMiddle: UInt64, width: UInt64) {
        let shift = UInt64(-upper.exponent)
        var whole = upper.fraction >> shift
        var part = upper.fraction & (1 << shift - 1)
        var unit: UInt64 = 1_000_000_000
        var places = 10
        while places > 0 {
            append(whole / unit)
            whole %= unit
            places -= 1
            let rest = whole << shift + part
            if rest <= width {
                exponent += places
                return roundLast(rest: rest, width: width, unit: unit << shift, toMiddle: toMiddle)
            }
            unit /= 10
        }
        var scale: UInt64 = 1
        var width = width
        while true {
            part *= 10
            width &*= 10
            scale &*= 10
            places -= 1
            append(part >> shift)
            part &= 1 << shift - 1
            if part < width {
                exponent += places
                return roundLast(
                    rest: part, width: width, unit: 1 << shift, toMiddle: toMiddle &* scale)
            }
        }
    }

    private mutating func append(_ digit: UInt64) {
        if digit == 0, count == 0 { return }
        digits[count] = UInt8(truncatingIfNeeded: digit) + 0x30
        count += 1
    }

    /// Lowers the last digit as long as that comes nearer to the double and stays inside.
    private mutating func roundLast(rest: UInt64, width: UInt64, unit: UInt64, toMiddle: UInt64) {
        var rest = rest
        while rest < toMiddle, width &- rest >= unit,
            rest &+ unit < toMiddle || toMiddle &- rest > rest &+ unit &- toMiddle
        {
            digits[count - 1] -= 1
            rest &+= unit
        }
    }
}

/// `fraction × 2^exponent`.
private struct Scaled {
    var fraction: UInt64
    var exponent: Int

    /// The same number with the highest bit set.
    var normalized: Scaled {
        let shift = fraction.leadingZeroBitCount
        return Scaled(fraction: fraction << UInt64(shift), exponent: exponent - shift)
    }

    /// The upper 64 bits of the product, rounded.
    static func * (left: Scaled, right: Scaled) -> Scaled {
        let product = left.fraction.multipliedFullWidth(by: right.fraction)
        let exponent = left.exponent + right.exponent + 64
        return Scaled(fraction: product.high + product.low >> 63, exponent: exponent)
    }
}

/// Every eighth power of ten from 10^-348 to 10^340, rounded to 64 bits.
private enum PowersOfTen {
    static let first = -348
    static let step = 8
    static let count = 87

    static subscript(index: Int) -> Scaled {
        let decimal = first + index * step
        // The whole part of the binary logarithm, exact in this range.
        let logarithm = (decimal * 217_706) >> 16
        return Scaled(fraction: fractions[index], exponent: logarithm - 63)
    }

    private static let fractions: InlineArray<87, UInt64> = [
        0xfa8fd5a0081c0288, 0xbaaee17fa23ebf76, 0x8b16fb203055ac76, 0xcf42894a5dce35ea,
        0x9a6bb0aa55653b2d, 0xe61acf033d1a45df, 0xab70fe17c79ac6ca, 0xff77b1fcbebcdc4f,
        0xbe5691ef416bd60c, 0x8dd01fad907ffc3c, 0xd3515c2831559a83, 0x9d71ac8fada6c9b5,
        0xea9c227723ee8bcb, 0xaecc49914078536d, 0x823c12795db6ce57, 0xc21094364dfb5637,
        0x9096ea6f3848984f, 0xd77485cb25823ac7, 0xa086cfcd97bf97f4, 0xef340a98172aace5,
        0xb23867fb2a35b28e, 0x84c8d4dfd2c63f3b, 0xc5dd44271ad3cdba, 0x936b9fcebb25c996,
        0xdbac6c247d62a584, 0xa3ab66580d5fdaf6, 0xf3e2f893dec3f126, 0xb5b5ada8aaff80b8,
        0x87625f056c7c4a8b, 0xc9bcff6034c13053, 0x964e858c91ba2655, 0xdff9772470297ebd,
        0xa6dfbd9fb8e5b88f, 0xf8a95fcf88747d94, 0xb94470938fa89bcf, 0x8a08f0f8bf0f156b,
        0xcdb02555653131b6, 0x993fe2c6d07b7fac, 0xe45c10c42a2b3b06, 0xaa242499697392d3,
        0xfd87b5f28300ca0e, 0xbce5086492111aeb, 0x8cbccc096f5088cc, 0xd1b71758e219652c,
        0x9c40000000000000, 0xe8d4a51000000000, 0xad78ebc5ac620000, 0x813f3978f8940984,
        0xc097ce7bc90715b3, 0x8f7e32ce7bea5c70, 0xd5d238a4abe98068, 0x9f4f2726179a2245,
        0xed63a231d4c4fb27, 0xb0de65388cc8ada8, 0x83c7088e1aab65db, 0xc45d1df942711d9a,
        0x924d692ca61be758, 0xda01ee641a708dea, 0xa26da3999aef774a, 0xf209787bb47d6b85,
        0xb454e4a179dd1877, 0x865b86925b9bc5c2, 0xc83553c5c8965d3d, 0x952ab45cfa97a0b3,
        0xde469fbd99a05fe3, 0xa59bc234db398c25, 0xf6c69a72a3989f5c, 0xb7dcbf5354e9bece,
        0x88fcf317f22241e2, 0xcc20ce9bd35c78a5, 0x98165af37b2153df, 0xe2a0b5dc971f303a,
        0xa8d9d1535ce3b396, 0xfb9b7cd9a4a7443c, 0xbb764c4ca7a44410, 0x8bab8eefb6409c1a,
        0xd01fef10a657842c, 0x9b10a4e5e9913129, 0xe7109bfba19c0c9d, 0xac2820d9623bf429,
        0x80444b5e7aa7cf85, 0xbf21e44003acdd2d, 0x8e679c2f5e44ff8f, 0xd433179d9c8cb841,
        0x9e19db92b4e31ba9, 0xeb96bf6ebadf77d9, 0xaf87023b9bf0ee6b,
    ]
}
