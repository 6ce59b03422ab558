/// Work that is done in steps, each of which returns.
///
/// Steps are called one after the other from one thread (in the simulation: from the test). State
/// that others share is behind atomics or a lock of the work's own.
public protocol Steppable: AnyObject, Sendable {
    func step() -> Step
}

/// What a step asks for.
public enum Step: Equatable, Sendable {
    /// There is more: call again at once.
    case again
    /// Nothing to do until somebody wakes the worker.
    case idle
    /// Nothing to do until then, or until somebody wakes the worker.
    case sleep(untilMonotonicMicroseconds: Int64)
    /// The work is over; the thread ends.
    case finished
}

/// Starts workers.
public protocol Threads: AnyObject, Sendable {
    /// Starts a thread that steps through the work until it is finished.
    ///
    /// - Parameter name: at most 15 ASCII characters are shown by the system.
    func start(_ name: String, _ work: any Steppable) -> any Worker

    /// Makes a bell that one thread waits for while others work for it.
    func makeBell() -> any Bell
}

/// What one thread waits for and others ring.
public protocol Bell: AnyObject, Sendable {
    /// Ends the waiting, now or when it next begins; so a ring is never lost. From any thread.
    func ring()

    /// Waits until somebody rings, or returns at once when somebody has since the last waiting.
    func wait()
}

/// A thread that steps through work.
public protocol Worker: AnyObject, Sendable {
    /// Ends the worker's waiting, now or when it next begins to wait; so a wake-up is never lost.
    ///
    /// One atomic operation when the worker is awake. From any thread.
    func wake()

    /// Waits until the work is finished.
    func join()
}
