import Platform
import Synchronization

/// A clock that is told the time.
public final class SimulatedClock: Clock {
    private let wall: Atomic<Int64>
    private let monotonic = Atomic<Int64>(1_000_000_000)
    private let offset = Atomic<Int>(0)

    /// - Parameter wallMicroseconds: since 1970.
    public init(wallMicroseconds: Int64 = 1_700_000_000_000_000) { wall = Atomic(wallMicroseconds) }

    public var wallMicroseconds: Int64 { wall.load(ordering: .relaxed) }
    public var monotonicMicroseconds: Int64 { monotonic.load(ordering: .relaxed) }
    /// The processor's counter goes on by itself: what depended on it would differ from run to run.
    public var countsTicks: Bool { false }
    public func offsetFromUTC(atWallSeconds seconds: Int64) -> Int {
        offset.load(ordering: .relaxed)
    }

    public func sleep(microseconds: Int64) { advance(microseconds: max(0, microseconds)) }

    /// Lets time pass on both clocks.
    public func advance(microseconds: Int64) {
        precondition(microseconds >= 0)
        wall.add(microseconds, ordering: .relaxed)
        monotonic.add(microseconds, ordering: .relaxed)
    }

    /// Lets the clock on the wall jump, forwards or back.
    public func jumpWall(microseconds: Int64) { wall.add(microseconds, ordering: .relaxed) }

    public func setOffsetFromUTC(seconds: Int) { offset.store(seconds, ordering: .relaxed) }
}

/// Bytes that a seed decides.
public final class SimulatedEntropy: Entropy {
    private let random: Mutex<SeededRandom>

    public init(seed: UInt64) { random = Mutex(SeededRandom(seed: seed)) }

    public func bytes(count: Int) -> [UInt8] {
        random.withLock { random in
            (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next() >> 32) }
        }
    }
}
