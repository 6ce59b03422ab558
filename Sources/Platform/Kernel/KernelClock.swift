import CPlatform
import Glibc

/// The kernel's clocks.
public final class KernelClock: Clock {
    public init() {}

    private func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        _ = unsafe clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
    }

    public var wallMicroseconds: Int64 { read(CLOCK_REALTIME) }
    public var monotonicMicroseconds: Int64 { read(CLOCK_MONOTONIC) }

    public var countsTicks: Bool { true }

    public func offsetFromUTC(atWallSeconds seconds: Int64) -> Int {
        ls_utc_offset(seconds)
    }

    public func sleep(microseconds: Int64) {
        guard microseconds > 0 else { return }
        var time = timespec(
            tv_sec: Int(microseconds / 1_000_000), tv_nsec: Int(microseconds % 1_000_000) * 1000)
        // A signal interrupts; what is left is slept then.
        var left = timespec()
        while unsafe nanosleep(&time, &left) != 0, errno == EINTR { time = left }
    }
}

/// The kernel's random bytes.
public final class KernelEntropy: Entropy {
    public init() {}

    public func bytes(count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }
}
