import Platform
import Synchronization

/// A lock on a file of the simulated disk.
final class SimulatedFileLock: FileLock {
    let path: String
    private let number: Int
    private let disk: SimulatedFileSystem
    private let isReleased = Atomic<Bool>(false)

    init(path: String, number: Int, of disk: SimulatedFileSystem) {
        self.path = path
        self.number = number
        self.disk = disk
    }

    deinit { release() }

    func release() {
        guard !isReleased.exchange(true, ordering: .acquiringAndReleasing) else { return }
        disk.state.withLock { $0.locks[number] = nil }
    }
}
