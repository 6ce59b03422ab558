import Bytes
import CPlatform
import Glibc
import Synchronization

/// A file of the kernel's.
public final class KernelFile: File {
    public let path: String
    private let descriptor: Int32
    private let isClosed = Atomic<Bool>(false)

    init(path: String, descriptor: Int32) {
        self.path = path
        self.descriptor = descriptor
    }

    deinit { close() }

    private func failure(_ operation: IOError.Operation) -> IOError {
        IOError(code: errno, operation: operation, path: path)
    }

    public func read(
        into target: UnsafeMutableRawBufferPointer, at offset: UInt64
    ) throws(IOError) -> Int {
        var filled = 0
        while filled < target.count {
            let count = unsafe pread(
                descriptor, target.baseAddress! + filled, target.count - filled,
                Int(offset) + filled)
            if count < 0 {
                if errno == EINTR { continue }
                throw failure(.read)
            }
            if count == 0 { break }
            filled += count
        }
        return filled
    }

    public func write(_ bytes: ByteSlice) throws(IOError) -> Int {
        if bytes.isEmpty { return 0 }
        while true {
            let count = unsafe Glibc.write(descriptor, bytes.start, bytes.count)
            if count > 0 { return count }
            if count < 0, errno == EINTR { continue }
            if count == 0 { throw IOError(code: EIO, operation: .write, path: path) }
            throw failure(.write)
        }
    }

    public func write(_ bytes: ByteSlice, at offset: UInt64) throws(IOError) {
        var written = 0
        while written < bytes.count {
            let count = unsafe pwrite(
                descriptor, bytes.start + written, bytes.count - written, Int(offset) + written)
            if count < 0, errno == EINTR { continue }
            if count <= 0 { throw failure(.write) }
            written += count
        }
    }

    public func synchronize() throws(IOError) {
        // Not repeated on any error: the kernel reports a lost page once, and forgets it.
        if fdatasync(descriptor) != 0 { throw failure(.synchronize) }
    }

    public func startWriteback(from offset: UInt64, count: UInt64) {
        ls_start_writeback(descriptor, offset, count)
    }

    public func dropCached(from offset: UInt64, count: UInt64) {
        _ = posix_fadvise(descriptor, Int(offset), Int(count), POSIX_FADV_DONTNEED)
    }

    public func truncate(to size: UInt64) throws(IOError) {
        while ftruncate(descriptor, Int(size)) != 0 {
            if errno != EINTR { throw failure(.truncate) }
        }
    }

    public func size() throws(IOError) -> UInt64 {
        var facts = stat()
        guard unsafe fstat(descriptor, &facts) == 0 else { throw failure(.status) }
        return UInt64(facts.st_size)
    }

    public func close() {
        guard !isClosed.exchange(true, ordering: .acquiringAndReleasing) else { return }
        _ = Glibc.close(descriptor)
    }
}
