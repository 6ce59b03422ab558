import Platform
import Synchronization

/// What the log thread does: the jobs that the data thread gives away.
final class LogWorker: Steppable {
    private let handOver: LogHandOver
    private let isEnding = Atomic<Bool>(false)
    /// Tells the data thread that there is something to take back.
    private let wakeDataThread: @Sendable () -> Void

    init(_ handOver: LogHandOver, wakeDataThread: @escaping @Sendable () -> Void) {
        self.handOver = handOver
        self.wakeDataThread = wakeDataThread
    }

    /// Lets the thread end after the job that it may have; it is to be woken.
    func end() { isEnding.store(true, ordering: .releasing) }

    func step() -> Step {
        if handOver.performIfGiven() {
            wakeDataThread()
            return .again
        }
        return isEnding.load(ordering: .acquiring) ? .finished : .idle
    }
}
