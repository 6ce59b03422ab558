import Platform
import Synchronization

// What a test does to the disk, or sees of it, from outside: no calls, so neither counted nor
// failed.

extension SimulatedFileSystem {
    /// Plans a fault. Of several that fit a call the one planned first happens.
    public func inject(_ fault: Fault) { state.withLock { $0.faults.append(fault) } }

    public func clearFaults() { state.withLock { $0.faults = [] } }

    /// The number of calls so far, those on open files included.
    public var callCount: Int { state.withLock { $0.callCount } }

    /// Changes the room on the disk; nil for no limit.
    public func setCapacity(_ capacity: UInt64?) { state.withLock { $0.capacity = capacity } }

    /// Flips bits of a byte at rest, in the cache too; false when there is no such byte.
    @discardableResult
    public func damage(_ path: String, at offset: Int, flipping mask: UInt8 = 0x01) -> Bool {
        state.withLock { disk in
            guard case .file(let number)? = disk.entry(at: path) else { return false }
            return disk.files[number].damage(at: offset, flipping: mask)
        }
    }

    /// Puts a durable file in place, with the directories it needs.
    public func place(_ path: String, _ bytes: [UInt8]) {
        state.withLock { $0.place(path, bytes) }
    }

    /// What readers see of a file now; nil when there is none.
    public func peek(_ path: String) -> [UInt8]? {
        state.withLock { disk in
            guard case .file(let number)? = disk.entry(at: path) else { return nil }
            return disk.files[number].content
        }
    }

    /// The bytes of a file that no loss of power can take.
    public func durableBytes(of path: String) -> [UInt8]? {
        state.withLock { disk in
            guard case .file(let number)? = disk.entry(at: path) else { return nil }
            return disk.files[number].durable
        }
    }

    /// The absolute paths of all files, sorted.
    public var paths: [String] { state.withLock { $0.paths() } }

    /// Changes of names that no `synchronizeDirectory` has covered, oldest first.
    public var unsynchronizedNames: [DirectoryOperation] { state.withLock { $0.operations } }

    /// Lets another process hold the lock on a file, or let it go (nil).
    public func setLockHolder(_ holder: Int32?, of path: String) {
        state.withLock { disk in
            if case .file(let number)? = disk.entry(at: path) { disk.locks[number] = holder }
        }
    }
}
