import CPlatform
import Synchronization

/// The memory of full-size segments: slabs of 2 MiB, aligned to their size and backed by huge pages
/// where the system grants them, cut into 127 segments. A slab whose last segment is freed goes
/// back to the allocator.
///
/// ```
/// slab:  [ 64-byte header: free list, number in use, neighbours ][ segment 0 ] … [ segment 126 ]
/// ```
///
/// Segments are small against a slab, and the tables of all databases share slabs. A keyspace allocates
/// and frees on its own thread; a process that has several, as the tests do, shares the list, so a lock
/// is taken, once for each segment of a thousand elements.

enum SegmentSlab {
    private static let size = 1 << 21
    private static let segmentSize =
        SegmentLayout.headerSize + SegmentLayout.bucketCountMax * SegmentLayout.bucketSize
    private static let segmentCount = (size - headerSize) / segmentSize
    private static let headerSize = 64

    private static let lock = Mutex(())
    /// The head of the list of slabs that have a free segment; under the lock.
    nonisolated(unsafe) private static var available: UnsafeMutablePointer<Header>?

    @unsafe
    private struct Header {
        var freeSegment: UnsafeMutableRawPointer?
        var inUse = 0
        var previous: UnsafeMutablePointer<Header>?
        var next: UnsafeMutablePointer<Header>?
    }

    /// A segment of zero bytes.
    static func allocate() -> UnsafeMutableRawPointer {
        let address = lock.withLock { _ in unsafe UInt(bitPattern: take()) }
        guard let segment = unsafe UnsafeMutableRawPointer(bitPattern: address) else {
            preconditionFailure("a segment has an address")
        }
        unsafe memset(segment, 0, segmentSize)
        return unsafe segment
    }

    static func free(_ segment: UnsafeMutableRawPointer) {
        let address = UInt(bitPattern: segment)
        lock.withLock { _ in
            guard let segment = unsafe UnsafeMutableRawPointer(bitPattern: address) else { return }
            unsafe giveBack(segment)
        }
    }

    private static func take() -> UnsafeMutableRawPointer {
        let slab = unsafe available ?? makeSlab()
        guard let segment = unsafe slab.pointee.freeSegment else {
            preconditionFailure("a slab in the list has a free segment")
        }
        unsafe slab.pointee.freeSegment = segment.load(as: UnsafeMutableRawPointer?.self)
        unsafe slab.pointee.inUse += 1
        if unsafe slab.pointee.freeSegment == nil { unsafe unlink(slab) }
        return unsafe segment
    }

    private static func giveBack(_ segment: UnsafeMutableRawPointer) {
        let base = UInt(bitPattern: segment) & ~UInt(size - 1)
        guard let slab = unsafe UnsafeMutablePointer<Header>(bitPattern: base) else {
            preconditionFailure("a segment lies in a slab")
        }
        let wasFull = unsafe slab.pointee.freeSegment == nil
        unsafe segment.storeBytes(
            of: slab.pointee.freeSegment, as: UnsafeMutableRawPointer?.self)
        unsafe slab.pointee.freeSegment = segment
        unsafe slab.pointee.inUse -= 1
        if wasFull { unsafe link(slab) }
        if unsafe slab.pointee.inUse == 0 {
            unsafe unlink(slab)
            unsafe ls_free_aligned(slab, size, 21)
        }
    }

    private static func makeSlab() -> UnsafeMutablePointer<Header> {
        guard let memory = unsafe ls_allocate_huge(size) else {
            preconditionFailure("out of memory for a slab of table segments")
        }
        let slab = unsafe memory.bindMemory(to: Header.self, capacity: 1)
        unsafe slab.initialize(to: Header())
        for index in (0..<segmentCount).reversed() {
            let segment = unsafe memory + (headerSize + index * segmentSize)
            unsafe segment.storeBytes(
                of: slab.pointee.freeSegment, as: UnsafeMutableRawPointer?.self)
            unsafe slab.pointee.freeSegment = segment
        }
        unsafe link(slab)
        return unsafe slab
    }

    private static func link(_ slab: UnsafeMutablePointer<Header>) {
        unsafe slab.pointee.previous = nil
        unsafe slab.pointee.next = available
        unsafe available?.pointee.previous = slab
        unsafe available = slab
    }

    private static func unlink(_ slab: UnsafeMutablePointer<Header>) {
        let (previous, next) = unsafe (slab.pointee.previous, slab.pointee.next)
        if let previous = unsafe previous {
            unsafe previous.pointee.next = next
        } else {
            unsafe available = next
        }
        unsafe next?.pointee.previous = previous
        unsafe slab.pointee.previous = nil
        unsafe slab.pointee.next = nil
    }
}
