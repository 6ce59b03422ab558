/// Decides how long the next slice of a snapshot may take, and starts nothing itself.
///
/// While clients are served, slices get a share of the time; when nobody wants anything, all of it,
/// in slices that are short enough for whoever comes. A delay per key, as tests ask for it, limits
/// how many keys may have been saved by now.
public struct SnapshotPace: Equatable, Sendable {
    /// Bounds of a slice while there is other work, and its length when there is none.
    static let busySliceMicroseconds: ClosedRange<Int64> = 50...1000
    static let idleSliceMicroseconds: Int64 = 1000

    /// Percent of the time that slices may take while clients are served, 1…99.
    public var share: Int64

    public init(share: Int64) {
        precondition((1...99).contains(share))
        self.share = share
    }

    /// The length of the next slice in microseconds.
    ///
    /// - Parameter busyMicroseconds: what the turn's other work took; 0 when there was none.
    public func slice(afterBusy busyMicroseconds: Int64) -> Int64 {
        guard busyMicroseconds > 0 else { return Self.idleSliceMicroseconds }
        let wanted = busyMicroseconds * share / (100 - share)
        let bounds = Self.busySliceMicroseconds
        return min(max(wanted, bounds.lowerBound), bounds.upperBound)
    }
}
