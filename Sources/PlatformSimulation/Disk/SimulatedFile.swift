import Bytes
import Platform
import Synchronization

/// An open file of the simulated disk.
final class SimulatedFile: File {
    let path: String
    private let number: Int
    private let access: FileAccess
    private let disk: SimulatedFileSystem
    private let position = Mutex(0)
    private let isClosed = Atomic<Bool>(false)

    init(path: String, number: Int, access: FileAccess, of disk: SimulatedFileSystem) {
        self.path = path
        self.number = number
        self.access = access
        self.disk = disk
    }

    deinit { close() }

    private func requireOpen() {
        precondition(!isClosed.load(ordering: .acquiring), "\(path) is used after it was closed")
    }

    func read(
        into target: UnsafeMutableRawBufferPointer, at offset: UInt64
    ) throws(IOError) -> Int {
        requireOpen()
        // As with the kernel's files, a short read is continued here and seen by nobody.
        var filled = 0
        while filled < target.count {
            let place = Int(offset) + filled
            let bytes = try read(upTo: target.count - filled, at: place)
            if bytes.isEmpty { break }
            for (index, byte) in bytes.enumerated() { unsafe target[filled + index] = byte }
            filled += bytes.count
        }
        return filled
    }

    private func read(upTo room: Int, at offset: Int) throws(IOError) -> [UInt8] {
        try disk.call(.read, path) { disk, effect throws(Refusal) in
            guard access == .read || access == .readWrite else {
                throw Refusal(code: SystemCode.badDescriptor)
            }
            let content = disk.files[number].content
            let start = min(offset, content.count)
            var count = room
            if case .shortRead(let limit)? = effect { count = min(count, max(1, limit)) }
            return Array(content[start..<min(start + count, content.count)])
        }
    }

    func write(_ bytes: ByteSlice) throws(IOError) -> Int {
        requireOpen()
        if bytes.isEmpty { return 0 }
        let array = bytes.array
        let start = access == .append ? nil : position.withLock { $0 }
        let count = try disk.call(.write, path) { disk, effect throws(Refusal) in
            try disk.write(array, to: number, at: start, access, effect)
        }
        position.withLock { $0 += count }
        return count
    }

    func write(_ bytes: ByteSlice, at offset: UInt64) throws(IOError) {
        precondition(access != .append)
        requireOpen()
        var rest = bytes.array
        var start = Int(offset)
        while !rest.isEmpty {
            let part = rest
            let place = start
            let count = try disk.call(.write, path) { disk, effect throws(Refusal) in
                try disk.write(part, to: number, at: place, access, effect)
            }
            rest.removeFirst(count)
            start += count
        }
    }

    func synchronize() throws(IOError) {
        requireOpen()
        try disk.call(.synchronize, path) { disk, effect throws(Refusal) in
            switch effect {
            case .fail(let code, let count)?:
                disk.files[number].failToSynchronize(after: count)
                throw Refusal(code: code)
            case .lie?: return
            default: disk.files[number].synchronize()
            }
        }
    }

    func truncate(to size: UInt64) throws(IOError) {
        requireOpen()
        try disk.call(.truncate, path) { disk, _ throws(Refusal) in
            if access == .read { throw Refusal(code: SystemCode.invalid) }
            disk.files[number].truncate(to: Int(size))
        }
    }

    func size() throws(IOError) -> UInt64 {
        requireOpen()
        return try disk.call(.status, path) { disk, _ throws(Refusal) in
            UInt64(disk.files[number].content.count)
        }
    }

    // Hints change nothing that a test could see.
    func startWriteback(from offset: UInt64, count: UInt64) { requireOpen() }
    func dropCached(from offset: UInt64, count: UInt64) { requireOpen() }

    func close() {
        guard !isClosed.exchange(true, ordering: .acquiringAndReleasing) else { return }
        disk.state.withLock { $0.close(number) }
    }
}

extension DiskState {
    /// Writes what fits; nil as the start is the end of the file.
    mutating func write(
        _ bytes: [UInt8], to number: Int, at start: Int?, _ access: FileAccess,
        _ effect: Fault.Effect?
    ) throws(Refusal) -> Int {
        if access == .read { throw Refusal(code: SystemCode.badDescriptor) }
        var count = bytes.count
        if case .shortWrite(let limit)? = effect { count = min(count, max(1, limit)) }
        let size = files[number].content.count
        let offset = start ?? size
        if let room {
            let growth = max(0, offset + count - size)
            let excess = growth - Int(min(UInt64(growth), room))
            count -= excess
            if count <= 0 { throw Refusal(code: SystemCode.noSpace) }
        }
        files[number].write(Array(bytes.prefix(count)), at: offset)
        files[number].modifiedMilliseconds = now
        return count
    }
}
