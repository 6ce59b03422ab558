/// Amounts of memory as text: `1gb` in configuration files, `1.50M` in `INFO`.
public enum MemorySize {
    /// Bytes of a text such as `1gb`, or nothing when it is not an amount.
    ///
    /// No unit and `b` are bytes; `k`, `m`, `g` count in thousands and `kb`, `mb`, `gb` in 1024s,
    /// in either case. An amount beyond 64 bits is not one, and neither is a unit without digits.
    public static func parse(_ text: ByteSlice) -> UInt64? {
        var amount: UInt64 = 0
        var index = 0
        while index < text.count, text[index].isASCIIDigit {
            let (shifted, overflowed) = amount.multipliedReportingOverflow(by: 10)
            let (sum, carried) = shifted.addingReportingOverflow(UInt64(text[index] - 0x30))
            guard !overflowed, !carried else { return nil }
            amount = sum
            index += 1
        }
        guard index > 0, let scale = scale(of: text[index...]) else { return nil }
        let (bytes, overflowed) = amount.multipliedReportingOverflow(by: scale)
        return overflowed ? nil : bytes
    }

    private static func scale(of unit: ByteSlice) -> UInt64? {
        if unit.isEmpty || unit.isWord("b") { return 1 }
        if unit.isWord("k") { return 1_000 }
        if unit.isWord("kb") { return 1 << 10 }
        if unit.isWord("m") { return 1_000_000 }
        if unit.isWord("mb") { return 1 << 20 }
        if unit.isWord("g") { return 1_000_000_000 }
        if unit.isWord("gb") { return 1 << 30 }
        return nil
    }

    /// The form that people read: `512B`, `1.50K`, `3.25G`; two decimals, 1024s.
    public static func human(_ bytes: UInt64) -> String {
        guard bytes >= 1024 else { return "\(bytes)B" }
        var index = 1
        while index < units.count - 1, bytes >> UInt64(10 * (index + 1)) > 0 { index += 1 }
        let unit = UInt64(1) << UInt64(10 * index)
        // Hundredths, rounded half to even as `%.2f` rounds an exact tie.
        let (whole, rest) = bytes.quotientAndRemainder(dividingBy: unit)
        let (high, low) = rest.multipliedFullWidth(by: 100)
        let (quotient, remainder) = unit.dividingFullWidth((high, low))
        var hundredths = whole * 100 + quotient
        let half = unit / 2
        if remainder > half || (remainder == half && hundredths % 2 == 1) { hundredths += 1 }
        let fraction = hundredths % 100
        return "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction)\(units[index])"
    }

    private static let units = ["B", "K", "M", "G", "T", "P"]

    /// The form that configuration files use: the largest exact unit of 1024s, `64mb`, `1000`.
    public static func exact(_ bytes: UInt64) -> String {
        guard bytes > 0 else { return "0" }
        if bytes % (1 << 30) == 0 { return "\(bytes >> 30)gb" }
        if bytes % (1 << 20) == 0 { return "\(bytes >> 20)mb" }
        if bytes % (1 << 10) == 0 { return "\(bytes >> 10)kb" }
        return "\(bytes)"
    }
}
