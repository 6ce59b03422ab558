/// The two clocks: the one on the wall, which can be set and jumps, and the one that only goes on.
public protocol Clock: AnyObject, Sendable {
    /// Since 1970, UTC.
    var wallMicroseconds: Int64 { get }
    /// Since an arbitrary moment; never goes back.
    var monotonicMicroseconds: Int64 { get }
    /// The wall's distance from UTC in seconds, daylight saving included, at a moment of the wall.
    func offsetFromUTC(atWallSeconds seconds: Int64) -> Int
    /// Whether `TickCounter` runs with this clock, so that work may be measured out by it.
    var countsTicks: Bool { get }
    /// Lets the calling thread do nothing for so long.
    func sleep(microseconds: Int64)
}

extension Clock {
    @inlinable public var wallMilliseconds: Int64 { wallMicroseconds / 1000 }
    @inlinable public var wallSeconds: Int64 { wallMicroseconds / 1_000_000 }
}
