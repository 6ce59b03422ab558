import CPlatform

/// A place in the order in which `scan` visits the home buckets.
///
/// The order is that of the bucket's index with its eight bits reversed, then that of the prefix.
/// A split or merge only cuts or joins neighbours in it and a doubling of the buckets of a small
/// table divides a place in two that follow each other, so whatever is in the table from the first
/// call to the last is visited, as `SCAN` promises. The number that clients keep has the reversed
/// index in its top eight bits of 53 and 45 bits of the prefix below; 0 is the start and the end.
/// Clients in JavaScript keep it as a double, which is exact up to 53 bits.
public struct ScanCursor: Equatable, Sendable {
    public let number: UInt64

    public init(_ number: UInt64) { self.number = number }
    public static let start = ScanCursor(0)

    /// Bits of the prefix in the number.
    @usableFromInline static let prefixWidth: UInt64 = 45

    @inlinable
    init(reversed: UInt64, prefix: UInt64) {
        number = reversed &<< Self.prefixWidth | prefix &>> (64 &- Self.prefixWidth)
    }

    @inlinable var reversed: UInt8 {
        UInt8(truncatingIfNeeded: number &>> Self.prefixWidth)
    }

    @inlinable var prefix: UInt64 { number &<< (64 &- Self.prefixWidth) }
}

extension SegmentedTable {
    /// Visits the elements of the bucket at the cursor and returns the cursor of the next one.
    @inlinable
    public func scan(
        from cursor: ScanCursor, _ visit: (UnsafeMutableRawPointer) -> Void
    ) -> ScanCursor {
        let reversed = cursor.reversed
        let prefix = cursor.prefix
        let index = UInt64(bitReversed(reversed)) & bucketMask
        let segment = unsafe segment(prefix)
        unsafe forEach(
            in: TableBucket(address: SegmentLayout.bucket(segment, Int(index))), visit)

        let next = prefixAfter(prefix)
        if next != 0 { return ScanCursor(reversed: UInt64(reversed), prefix: next) }
        // In a small table one bucket stands for several neighbouring places.
        let width = UInt16(SegmentLayout.bucketCountMax / (Int(bucketMask) + 1))
        let nextReversed = (UInt16(reversed) & ~(width &- 1)) &+ width
        guard nextReversed < 256 else { return .start }
        return ScanCursor(reversed: UInt64(nextReversed), prefix: 0)
    }

    /// The prefix at which the segment behind the given one begins, or 0 after the last.
    @usableFromInline
    func prefixAfter(_ prefix: UInt64) -> UInt64 {
        let localDepth = unsafe SegmentLayout.localDepth(segment(prefix))
        guard localDepth > 0 else { return 0 }
        let step: UInt64 = 1 << (64 - localDepth)
        return (prefix & ~(step &- 1)) &+ step
    }

    @usableFromInline
    func bitReversed(_ byte: UInt8) -> UInt8 {
        var (rest, reversed) = (byte, UInt8(0))
        for _ in 0..<8 {
            reversed = reversed << 1 | rest & 1
            rest >>= 1
        }
        return reversed
    }
}

// MARK: - The snapshot's bit

/// How far a snapshot has walked a table: segment by segment in the order of the prefixes.
public struct SnapshotPosition: Equatable, Sendable {
    @usableFromInline var prefix: UInt64 = 0
    @usableFromInline var index = 0

    public init() {}
}

extension SegmentedTable {
    /// From here on every bucket counts as not saved.
    public mutating func beginSnapshot() {
        precondition(!isSnapshotting)
        savedFlag ^= SegmentLayout.savedFlag
        isSnapshotting = true
    }

    /// Ends a snapshot whose walk has reached the end.
    public mutating func endSnapshot() {
        precondition(isSnapshotting)
        isSnapshotting = false
    }

    @inlinable
    public func isSaved(_ bucket: TableBucket) -> Bool {
        unsafe SegmentLayout.header(bucket.address) & SegmentLayout.savedFlag == savedFlag
    }

    /// Notes that the running snapshot has what the bucket holds.
    @inlinable
    public mutating func markSaved(_ bucket: TableBucket) {
        let header = unsafe SegmentLayout.header(bucket.address) & ~SegmentLayout.savedFlag
        unsafe SegmentLayout.setHeader(bucket.address, header | savedFlag)
    }

    /// The next bucket of the walk that is not saved, or nothing at the end of the table.
    ///
    /// Elements of the buckets ahead are prefetched. A split behind the position only adds buckets
    /// that carry their bit; one ahead is walked when it is reached.
    ///
    /// - Parameter budget: buckets to look at, at the most; 0 when it returns means 'call again'.
    @inlinable
    public func nextUnsaved(
        _ position: inout SnapshotPosition, budget: inout Int
    ) -> TableBucket? {
        while position.prefix != .max, budget > 0 {
            let segment = unsafe segment(position.prefix)
            while position.index <= Int(bucketMask), budget > 0 {
                let bucket = unsafe TableBucket(
                    address: SegmentLayout.bucket(segment, position.index))
                unsafe prefetchElements(segment, position.index &+ 2)
                position.index &+= 1
                budget &-= 1
                if !isSaved(bucket) { return bucket }
            }
            guard position.index > Int(bucketMask) else { return nil }
            position.index = 0
            let next = prefixAfter(position.prefix)
            position.prefix = next == 0 ? .max : next
        }
        return nil
    }

    /// Whether the walk has passed the last bucket.
    @inlinable
    public func isAtEnd(_ position: SnapshotPosition) -> Bool { position.prefix == .max }

    @inlinable
    func prefetchElements(_ segment: UnsafeMutableRawPointer, _ index: Int) {
        guard index <= Int(bucketMask) else { return }
        unsafe prefetchElements(in: TableBucket(address: SegmentLayout.bucket(segment, index)))
    }

    /// Asks for the elements of a home bucket, without its chain, so that the waits for them overlap.
    @inlinable
    public func prefetchElements(in bucket: TableBucket) {
        let header = unsafe SegmentLayout.header(bucket.address)
        var used = header & SegmentLayout.slotTops(header)
        while used != 0 {
            let slot = unsafe SegmentLayout.slot(
                bucket.address, used.trailingZeroBitCount &>> 3)
            let element = unsafe SegmentLayout.element(slot.pointee)
            // Most elements reach into a second line.
            unsafe ls_prefetch(element)
            unsafe ls_prefetch(element + 64)
            used &= used &- 1
        }
    }
}
