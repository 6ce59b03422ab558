import Platform

/// The time of a turn and each client's share of it, in ticks of the processor's counter.
///
/// Nobody knows what a request costs before it has run, so what has passed is looked at after each,
/// and the rest of a client's requests is put off when its share is used up.
struct TurnTime {
    /// No share is smaller than this part of a turn: a batch of short requests fits in, and those
    /// profit from being executed together.
    private static let sharesMax: UInt64 = 500
    /// Part of a turn that is left for who was put off, however much the others have used.
    private static let partAtLeast: UInt64 = 8

    /// Of a whole turn; without end where nothing is measured.
    private var ticks = UInt64.max
    private var end = UInt64.max
    private var share = UInt64.max
    private var shareEnd = UInt64.max

    /// A turn begins with so many clients that are ready.
    mutating func begin(_ ticks: UInt64, among count: Int) {
        self.ticks = ticks
        end = Self.end(after: ticks)
        divide(among: count)
    }

    /// Shares the time out anew.
    mutating func divide(among count: Int) {
        share = ticks == .max ? .max : ticks / min(UInt64(max(1, count)), Self.sharesMax)
    }

    /// Makes sure that something is left of the turn.
    mutating func prolong() { end = max(end, Self.end(after: ticks / Self.partAtLeast)) }

    var isOver: Bool { end != .max && TickCounter.now > end }

    /// The next client's share begins.
    mutating func beginShare() { shareEnd = Self.end(after: share) }

    func isShareOver(at tick: UInt64) -> Bool { tick > shareEnd }

    private static func end(after ticks: UInt64) -> UInt64 {
        let (end, isBeyond) = TickCounter.now.addingReportingOverflow(ticks)
        return isBeyond ? .max : end
    }
}
