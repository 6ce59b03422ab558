/// How accesses mark entries for eviction: the time of the last use or change, or how frequent uses
/// are.
///
/// For a time an entry keeps 24 bits of seconds. For frequency it keeps 16 bits of minutes (the
/// time of the last decay) and 8 bits of a logarithmic counter, as Redis does, so that `OBJECT
/// FREQ`, `IDLETIME` and the RDB's opcodes mean the same.
public struct EvictionClock: Sendable {
    /// What a mark tells of its entry, as `maxmemory-policy` asks.
    public enum Subject: Sendable { case lastUse, lastChange, frequency }

    public var subject = Subject.lastUse
    public var logFactor = 10
    /// Minutes after which the counter of an idle entry falls by one.
    public var decayMinutes = 1
    /// Unix seconds of the frozen moment.
    public var seconds: Int64 = 0
    private var random: UInt64 = 0x2545_f491_4f6c_dd1d

    public static let frequencyAtBirth: UInt32 = 5
    public var countsFrequency: Bool { subject == .frequency }

    private static let secondsMask: UInt32 = 0xff_ffff

    public init() {}

    private var minutes: UInt32 { UInt32(truncatingIfNeeded: seconds / 60) & 0xffff }

    /// The mark of an entry that is made now.
    public var newborn: UInt32 {
        countsFrequency
            ? minutes << 8 | Self.frequencyAtBirth
            : UInt32(truncatingIfNeeded: seconds) & Self.secondsMask
    }

    /// The mark of an entry with the given mark that is used now.
    mutating func touched(_ mark: UInt32) -> UInt32 {
        switch subject {
        case .lastUse: return newborn
        case .lastChange: return mark
        case .frequency:
            let frequency = frequency(mark)
            return minutes << 8 | incremented(frequency)
        }
    }

    /// The counter after decay, 0…255.
    public func frequency(_ mark: UInt32) -> UInt32 {
        let elapsed = Int((minutes &- (mark >> 8)) & 0xffff)
        let periods = decayMinutes > 0 ? elapsed / decayMinutes : 0
        let counter = Int(mark & 0xff)
        return UInt32(max(0, counter - periods))
    }

    /// Seconds since the last use or change; only meaningful where a time is kept.
    public func idleSeconds(_ mark: UInt32) -> Int64 {
        let now = UInt32(truncatingIfNeeded: seconds) & Self.secondsMask
        return Int64((now &- mark) & Self.secondsMask)
    }

    /// The mark of an entry last used so long ago.
    public func mark(idleSeconds: Int64) -> UInt32 {
        UInt32(truncatingIfNeeded: seconds &- idleSeconds) & Self.secondsMask
    }

    /// The mark of an entry with this counter.
    public func mark(frequency: UInt8) -> UInt32 { minutes << 8 | UInt32(frequency) }

    /// One more use, with a probability that falls as the counter grows.
    private mutating func incremented(_ counter: UInt32) -> UInt32 {
        guard counter < 255 else { return 255 }
        random ^= random << 13
        random ^= random >> 7
        random ^= random << 17
        let draw = Double(random >> 11) / Double(UInt64(1) << 53)
        let base = Double(max(0, Int(counter) - Int(Self.frequencyAtBirth)))
        return draw < 1 / (base * Double(logFactor) + 1) ? counter + 1 : counter
    }
}
