/// What a directive's value looks like.
public enum DirectiveKind: Sendable {
    case yesNo
    case integer(ClosedRange<Int>)
    /// Bytes, with units.
    case memory(from: UInt64, to: UInt64)
    /// Bytes with units, or a percentage of `maxmemory`.
    case memoryOrPercent
    case octal(ClosedRange<Int>)
    /// One of a list of words.
    case word([String])
    /// Any of a list of words.
    case words([String])
    case text
    /// A form of its own, described in a few words.
    case special(String)
}

/// A value that is given as one word of a list, in the order in which the list is shown.
public protocol DirectiveWord: RawRepresentable, CaseIterable, Sendable, Equatable
where RawValue == String {}

extension ClosedRange<Int> {
    /// What fits into 31 bits, not negative.
    static let int31 = 0...2_147_483_647
    static let int31Positive = 1...2_147_483_647
    static let int32 = -2_147_483_648...2_147_483_647
    static let int63 = 0...Int.max
    static let int63Positive = 1...Int.max
    static let ports = 0...65535
}

extension ClosedRange<Int> {
    /// The value, or the bound that it lies beyond.
    func nearest(to value: Int) -> Int { Swift.min(Swift.max(value, lowerBound), upperBound) }
}
