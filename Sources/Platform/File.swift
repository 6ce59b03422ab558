import Bytes

/// An open file.
///
/// One thread uses it at a time, except that `synchronize` may run beside `write`. A call that was
/// interrupted by a signal is repeated inside. What `write` accepted survives the death of the
/// process; only what a later successful `synchronize` covered survives the loss of power.
public protocol File: AnyObject, Sendable {
    var path: String { get }

    /// Reads at a place and returns the number of bytes, less than asked for only at the end.
    func read(
        into target: UnsafeMutableRawBufferPointer, at offset: UInt64
    ) throws(IOError) -> Int

    /// Writes at the file's position (its end, when opened for appending) and moves it on.
    ///
    /// - Returns: the number of bytes taken, which may be fewer than offered, and is not 0 unless
    ///   `bytes` is empty.
    func write(_ bytes: ByteSlice) throws(IOError) -> Int

    /// Writes at a place, all or an error; not for files opened for appending.
    func write(_ bytes: ByteSlice, at offset: UInt64) throws(IOError)

    /// Forces what was written so far to the disk (`fdatasync`).
    ///
    /// A failure is final for the bytes since the last success: the kernel may have dropped them,
    /// and a second call may succeed without them.
    func synchronize() throws(IOError)

    /// Asks the kernel to begin writing a part out; promises nothing.
    func startWriteback(from offset: UInt64, count: UInt64)

    /// Tells the kernel that a part need not stay in its cache; promises nothing.
    func dropCached(from offset: UInt64, count: UInt64)

    func truncate(to size: UInt64) throws(IOError)

    func size() throws(IOError) -> UInt64

    /// Closes the file; the last reference going does it too. No other call may follow.
    func close()
}

extension File {
    /// Writes everything, in as many calls as it takes.
    ///
    /// After an error some of the bytes may have been written; `size` tells.
    public func writeAll(_ bytes: ByteSlice) throws(IOError) {
        var rest = bytes
        while !rest.isEmpty { rest = rest[try write(rest)...] }
    }

    /// Appends up to `count` bytes from a place in the file to a buffer and returns how many.
    public func read(
        into buffer: inout ByteBuffer, upTo count: Int, at offset: UInt64
    ) throws(IOError) -> Int {
        var failure: IOError?
        let filled = unsafe buffer.appendFilled(upTo: count) { target in
            do throws(IOError) {
                return unsafe try self.read(into: target, at: offset)
            } catch {
                failure = error
                return 0
            }
        }
        if let failure { throw failure }
        return filled
    }
}
