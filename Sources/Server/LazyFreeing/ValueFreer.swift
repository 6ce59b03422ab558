import Keyspace
import Platform
import Synchronization

/// Frees large values on a thread of its own, so that no client waits for it.
final class ValueFreer: Steppable {
    private let values = Mutex<[UnreachableValue]>([])
    private let pending = Atomic<Int>(0)
    private let isEnding = Atomic<Bool>(false)

    deinit { values.withLock { for value in $0 { value.free() } } }

    /// Values that are not freed yet. From any thread.
    var pendingCount: Int { pending.load(ordering: .relaxed) }

    /// Takes a value over; the thread is to be woken after that.
    func take(_ value: UnreachableValue) {
        pending.add(1, ordering: .relaxed)
        values.withLock { $0.append(value) }
    }

    /// Ends the thread after the value that it is freeing. The process ends, too.
    func end() { isEnding.store(true, ordering: .releasing) }

    func step() -> Step {
        if isEnding.load(ordering: .acquiring) { return .finished }
        guard let value = values.withLock({ $0.popLast() }) else { return .idle }
        value.free()
        pending.subtract(1, ordering: .relaxed)
        return .again
    }
}
