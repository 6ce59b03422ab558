/// A fast generator of random numbers that a seed determines (xoshiro256**); not for secrets.
@frozen
public struct SeededRandom: RandomNumberGenerator, Sendable {
    @usableFromInline var state: (UInt64, UInt64, UInt64, UInt64)

    public init(seed: UInt64) {
        // SplitMix64 spreads the seed, so that seeds that differ in one bit share nothing.
        var mixer = seed
        func mix() -> UInt64 {
            mixer &+= 0x9e37_79b9_7f4a_7c15
            var word = mixer
            word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
            word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
            return word ^ (word >> 31)
        }
        state = (mix(), mix(), mix(), mix())
    }

    @inlinable
    public mutating func next() -> UInt64 {
        let scrambled = rotated(state.1 &* 5, by: 7) &* 9
        let shifted = state.1 << 17
        state.2 ^= state.0
        state.3 ^= state.1
        state.1 ^= state.2
        state.0 ^= state.3
        state.2 ^= shifted
        state.3 = rotated(state.3, by: 45)
        return scrambled
    }

    /// A number below a bound.
    @inlinable
    public mutating func below(_ bound: UInt64) -> UInt64 {
        precondition(bound > 0)
        return next().multipliedFullWidth(by: bound).high
    }

    /// An index below a count.
    @inlinable
    public mutating func index(below count: Int) -> Int { Int(below(UInt64(count))) }

    /// Whether a chance of `numerator` in `denominator` came true.
    @inlinable
    public mutating func chance(_ numerator: UInt64, in denominator: UInt64) -> Bool {
        below(denominator) < numerator
    }

    @inlinable
    func rotated(_ word: UInt64, by bits: UInt64) -> UInt64 {
        word << bits | word >> (64 - bits)
    }
}
