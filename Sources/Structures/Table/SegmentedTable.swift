import CPlatform

/// What a `SegmentedTable` needs to know of the things that it points to.
public protocol SegmentedTableElement {
    /// The hash under which the element was inserted.
    static func hash(of element: UnsafeMutableRawPointer) -> UInt64
}

/// A hash table by extendible hashing that never rehashes as a whole.
///
/// ```
/// directory (2^depth)  ->  segment: 64-byte header, then 256 buckets of 64 bytes
/// bucket:  [ seven tags | flags ][ slot 0 ] … [ slot 6 ]
/// slot:    [ hash bits 48…63 | address of the element, 48 bits ]
/// ```
///
/// The top bits of a hash choose the segment, its low eight bits the bucket, bits 8…14 are the tag
/// (with the top bit set; 0 is a free slot). A bucket that is full hands slot 6 to a chained bucket
/// and keeps the chain's address there. A segment that is full splits in two by the next bit of the
/// prefix; two halves that became sparse merge. So there is no growth pause, no doubled memory and
/// no second table; the longest step moves one segment. A table of one segment starts with four
/// buckets and doubles them up to 256, since small collections use the same structure.
///
/// Every home bucket carries one bit that says whether the running snapshot has saved it. The bit's
/// meaning flips with each snapshot (`savedFlag` is the value that means 'saved'), so beginning one
/// touches nothing. Splits and doublings hand the bit on to both halves; merges wait while a
/// snapshot runs. Outside a snapshot every bit equals `savedFlag`.
///
/// The table owns its segments, not its elements.
@safe
public struct SegmentedTable<Element: SegmentedTableElement>: ~Copyable {
    @usableFromInline var directory: UnsafeMutablePointer<UnsafeMutableRawPointer>
    @usableFromInline var depth: UInt64
    /// Number of buckets in a segment less one; below 255 only while there is one segment.
    @usableFromInline var bucketMask: UInt64
    @usableFromInline var elementCount: Int
    @usableFromInline var savedFlag: UInt64
    public internal(set) var isSnapshotting: Bool

    /// The number of elements.
    @inlinable public var count: Int { elementCount }

    public init() {
        depth = 0
        elementCount = 0
        bucketMask = UInt64(SegmentLayout.bucketCountMin - 1)
        savedFlag = 0
        isSnapshotting = false
        unsafe directory = .allocate(capacity: 1)
        let first = unsafe SegmentLayout.allocate(bucketCount: SegmentLayout.bucketCountMin)
        unsafe directory.initialize(to: first)
    }

    deinit {
        unsafe forEachSegment { segment in
            unsafe SegmentLayout.freeChains(of: segment, bucketCount: Int(bucketMask) + 1)
            unsafe SegmentLayout.free(segment, bucketCount: Int(bucketMask) + 1)
        }
        unsafe directory.deallocate()
    }

    /// Visits each segment once, in the order of the prefixes. `visit` may free it.
    func forEachSegment(_ visit: (UnsafeMutableRawPointer) -> Void) {
        var index = 0
        while index < 1 << Int(depth) {
            let segment = unsafe directory[index]
            let step = unsafe 1 << Int(depth - SegmentLayout.localDepth(segment))
            unsafe visit(segment)
            index += step
        }
    }
}

/// Where things stand in a segment, and what its words mean.
@usableFromInline

enum SegmentLayout {
    @usableFromInline static let bucketCountMax = 256
    static let bucketCountMin = 4
    @usableFromInline static let bucketSize = 64
    @usableFromInline static let headerSize = 64
    /// Slots per bucket times three quarters: beyond it a segment grows or splits.
    @usableFromInline static let fillPerBucketMax = (21, 4)
    /// Two halves that hold this much together become one.
    @usableFromInline static let mergeCountMax = 448

    @usableFromInline static let tags: UInt64 = 0x00ff_ffff_ffff_ffff
    @usableFromInline static let tagTops: UInt64 = 0x0080_8080_8080_8080
    @usableFromInline static let tagTopsBeforeChain: UInt64 = 0x0000_8080_8080_8080
    @usableFromInline static let chainFlag: UInt64 = 1 << 56
    @usableFromInline static let savedFlag: UInt64 = 1 << 57
    @usableFromInline static let addressMask: UInt64 = 0x0000_ffff_ffff_ffff

    static func localDepth(_ segment: UnsafeMutableRawPointer) -> UInt64 {
        unsafe UInt64(segment.load(as: UInt32.self))
    }

    static func setLocalDepth(_ segment: UnsafeMutableRawPointer, _ depth: UInt64) {
        unsafe segment.storeBytes(of: UInt32(depth), as: UInt32.self)
    }

    @inlinable
    static func count(_ segment: UnsafeMutableRawPointer) -> Int {
        unsafe Int(segment.load(fromByteOffset: 4, as: UInt32.self))
    }

    @inlinable
    static func setCount(_ segment: UnsafeMutableRawPointer, _ count: Int) {
        unsafe segment.storeBytes(
            of: UInt32(truncatingIfNeeded: count), toByteOffset: 4, as: UInt32.self)
    }

    @inlinable
    static func bucket(
        _ segment: UnsafeMutableRawPointer, _ index: Int
    ) -> UnsafeMutableRawPointer {
        unsafe segment + (headerSize &+ index &* bucketSize)
    }

    @inlinable
    static func header(_ bucket: UnsafeMutableRawPointer) -> UInt64 {
        unsafe bucket.load(as: UInt64.self)
    }

    @inlinable
    static func setHeader(_ bucket: UnsafeMutableRawPointer, _ header: UInt64) {
        unsafe bucket.storeBytes(of: header, as: UInt64.self)
    }

    @inlinable
    static func slot(
        _ bucket: UnsafeMutableRawPointer, _ index: Int
    ) -> UnsafeMutablePointer<UInt64> {
        unsafe (bucket + (8 &+ index &* 8)).assumingMemoryBound(to: UInt64.self)
    }

    /// The bucket chained behind one whose header has the chain flag.
    @inlinable
    static func next(_ bucket: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer {
        let word = unsafe slot(bucket, 6).pointee
        return unsafe UnsafeMutableRawPointer(bitPattern: UInt(word)).unsafelyUnwrapped
    }

    /// The top bits of the tags that slots in use have; the chain's place is not a slot.
    @inlinable
    static func slotTops(_ header: UInt64) -> UInt64 {
        header & chainFlag != 0 ? tagTopsBeforeChain : tagTops
    }

    @inlinable
    static func tag(_ hash: UInt64) -> UInt64 { ((hash &>> 8) & 0x7f) | 0x80 }

    @inlinable
    static func word(
        _ hash: UInt64, _ element: UnsafeMutableRawPointer
    ) -> UInt64 {
        (hash & ~addressMask) | UInt64(UInt(bitPattern: element))
    }

    @inlinable
    static func element(_ word: UInt64) -> UnsafeMutableRawPointer {
        unsafe UnsafeMutableRawPointer(bitPattern: UInt(word & addressMask)).unsafelyUnwrapped
    }

    /// A word with the top bit of each byte set where a tag equals `tag` (or, rarely, seems to).
    @inlinable
    static func matches(_ header: UInt64, _ tag: UInt64) -> UInt64 {
        let difference = header ^ (tag &* 0x0101_0101_0101_0101)
        return (difference &- 0x0101_0101_0101_0101) & ~difference & slotTops(header)
    }

    static func allocate(bucketCount: Int) -> UnsafeMutableRawPointer {
        let size = headerSize + bucketCount * bucketSize
        if bucketCount == bucketCountMax { return unsafe SegmentSlab.allocate() }
        guard let segment = unsafe ls_allocate_aligned(size, 6) else {
            preconditionFailure("out of memory for a table segment")
        }
        return unsafe segment
    }

    static func free(_ segment: UnsafeMutableRawPointer, bucketCount: Int) {
        if bucketCount == bucketCountMax { return unsafe SegmentSlab.free(segment) }
        unsafe ls_free_aligned(segment, headerSize + bucketCount * bucketSize, 6)
    }

    @inlinable
    static func allocateChained() -> UnsafeMutableRawPointer {
        guard let bucket = unsafe ls_allocate_aligned(bucketSize, 6) else {
            preconditionFailure("out of memory for a table bucket")
        }
        return unsafe bucket
    }

    static func freeChains(of segment: UnsafeMutableRawPointer, bucketCount: Int) {
        for index in 0..<bucketCount {
            var bucket = unsafe bucket(segment, index)
            var isHome = true
            while true {
                let header = unsafe header(bucket)
                let following = unsafe header & chainFlag != 0 ? next(bucket) : nil
                if !isHome { unsafe ls_free_aligned(bucket, bucketSize, 6) }
                guard let next = unsafe following else { break }
                unsafe bucket = next
                isHome = false
            }
        }
    }
}
