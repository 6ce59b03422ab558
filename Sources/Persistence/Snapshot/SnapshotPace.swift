/// Decides how long the next slice of a snapshot may take, and starts nothing itself.
///
/// While clients are served, slices get a share of the time that passes, saved up until it is worth
/// a slice; when nobody has wanted anything for a while, all of it, in slices that are short enough
/// for whoever comes.
public struct SnapshotPace: Equatable, Sendable {
    /// Bounds of a slice while there is other work, and its length when there is none.
    static let busySliceMicroseconds: ClosedRange<Int64> = 50...1000
    static let idleSliceMicroseconds: Int64 = 1000
    /// How long nobody must have wanted anything. Clients in a closed loop are gone for less.
    static let idleAfterMicroseconds: Int64 = 2000
    /// How long to wait for clients, at the most, while a slice is saved up.
    public static let waitMicroseconds: Int64 = 500

    /// Percent of the time that slices may take while clients are served, 1…100.
    public let share: Int64
    private var saved: Int64 = 0
    private var lastLook: Int64
    private var lastRequest: Int64
    /// Whether the last slice was one of those without anybody to serve.
    public private(set) var isIdle = false

    /// - Parameter now: monotonic microseconds.
    public init(share: Int64, now: Int64) {
        precondition((1...100).contains(share))
        self.share = share
        lastLook = now
        lastRequest = now
    }

    /// The length of the slice to take now, in microseconds; 0 when it is not time yet.
    ///
    /// - Parameters:
    ///   - now: monotonic microseconds.
    ///   - isBusy: whether the turn had requests.
    public mutating func slice(at now: Int64, isBusy: Bool) -> Int64 {
        if isBusy { lastRequest = now }
        let elapsed = max(0, now - lastLook)
        lastLook = now
        isIdle = now - lastRequest >= Self.idleAfterMicroseconds
        if isIdle { return Self.idleSliceMicroseconds }
        saved = min(saved + elapsed * share, Self.busySliceMicroseconds.upperBound * 100)
        guard saved >= Self.busySliceMicroseconds.lowerBound * 100 else { return 0 }
        defer { saved = 0 }
        return saved / 100
    }
}
