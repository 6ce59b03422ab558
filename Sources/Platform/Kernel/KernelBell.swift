import CPlatform
import Synchronization

/// A bell that is a word of memory on which the kernel lets a thread sleep.
///
/// The word says `awake`, `called` (somebody has rung since the last waiting) or `asleep`. Only the
/// thread that waits turns it to `asleep`, and only from `awake`, so a ring is never lost; only who
/// turns it away from `asleep` has to bother the kernel.
@safe
final class KernelBell: Bell, @unchecked Sendable {
    private static let awake: UInt32 = 0
    private static let called: UInt32 = 1
    private static let asleep: UInt32 = 2

    private let word: UnsafeMutablePointer<Atomic<UInt32>>
    private let spinCount: Int

    /// - Parameter spinCount: looks at the word before the kernel is asked to let the thread sleep.
    init(spinCount: Int) {
        self.spinCount = spinCount
        unsafe word = .allocate(capacity: 1)
        unsafe word.initialize(to: Atomic(Self.awake))
    }

    deinit {
        unsafe word.deinitialize(count: 1)
        unsafe word.deallocate()
    }

    func ring() {
        // A read-modify-write and no mere load: what the caller stored before must be visible to
        // whoever this wakes.
        let before = unsafe word.pointee.exchange(Self.called, ordering: .sequentiallyConsistent)
        if before == Self.asleep { unsafe ls_futex_wake(futex) }
    }

    func wait() { wait(until: nil) }

    /// Waits for a ring or a moment, in monotonic microseconds, and takes note of the ring.
    func wait(until deadline: Int64?) {
        let clock = KernelClock()
        for _ in 0..<spinCount {
            if unsafe word.pointee.load(ordering: .relaxed) == Self.called { break }
            ls_spin_pause()
        }
        let (slept, _) = unsafe word.pointee.compareExchange(
            expected: Self.awake, desired: Self.asleep, ordering: .sequentiallyConsistent)
        while slept, unsafe word.pointee.load(ordering: .acquiring) == Self.asleep {
            var timeout: Int64 = -1
            if let deadline {
                timeout = deadline - clock.monotonicMicroseconds
                if timeout <= 0 { break }
            }
            unsafe ls_futex_wait(futex, Self.asleep, timeout)
        }
        _ = unsafe word.pointee.exchange(Self.awake, ordering: .sequentiallyConsistent)
    }

    private var futex: UnsafeMutablePointer<UInt32> {
        unsafe UnsafeMutableRawPointer(word).assumingMemoryBound(to: UInt32.self)
    }
}
