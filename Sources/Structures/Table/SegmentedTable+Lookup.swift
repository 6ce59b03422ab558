import CPlatform

/// A home bucket: where the elements of some hashes are, with their chain.
@safe
public struct TableBucket {
    @usableFromInline let address: UnsafeMutableRawPointer

    @inlinable init(address: UnsafeMutableRawPointer) { unsafe self.address = unsafe address }
}

/// A place that holds an element; valid until the table changes.
@safe
public struct TableSlot {
    @usableFromInline let address: UnsafeMutablePointer<UInt64>

    @inlinable init(address: UnsafeMutablePointer<UInt64>) { unsafe self.address = unsafe address }

    @inlinable public var element: UnsafeMutableRawPointer {
        unsafe SegmentLayout.element(address.pointee)
    }
}

extension SegmentedTable {
    @inlinable
    func segment(_ hash: UInt64) -> UnsafeMutableRawPointer {
        // A shift by 64 is not a shift by 0 to the processor, hence the two steps.
        unsafe directory[Int(truncatingIfNeeded: (hash &>> 1) &>> (63 &- depth))]
    }

    @inlinable
    func bucketAddress(_ hash: UInt64) -> UnsafeMutableRawPointer {
        unsafe SegmentLayout.bucket(segment(hash), Int(truncatingIfNeeded: hash & bucketMask))
    }

    /// The home bucket of a hash.
    @inlinable
    public func bucket(of hash: UInt64) -> TableBucket {
        unsafe TableBucket(address: bucketAddress(hash))
    }

    /// Asks the processor to fetch the home bucket of a hash: the first of two stages.
    @inlinable
    public func prefetchBucket(_ hash: UInt64) { unsafe ls_prefetch(bucketAddress(hash)) }

    /// Asks for the element that the hash probably leads to: the second stage.
    @inlinable
    public func prefetchElement(_ hash: UInt64) {
        let bucket = unsafe bucketAddress(hash)
        let matches = unsafe SegmentLayout.matches(
            SegmentLayout.header(bucket), SegmentLayout.tag(hash))
        guard matches != 0 else { return }
        let slot = unsafe SegmentLayout.slot(bucket, matches.trailingZeroBitCount &>> 3)
        unsafe ls_prefetch(SegmentLayout.element(slot.pointee))
    }

    /// The slot of the element that has this hash and satisfies `isMatch`.
    @inlinable
    public func find(
        _ hash: UInt64, where isMatch: (UnsafeMutableRawPointer) -> Bool
    ) -> TableSlot? {
        var bucket = unsafe bucketAddress(hash)
        let tag = SegmentLayout.tag(hash)
        let high = hash &>> 48
        while true {
            let header = unsafe SegmentLayout.header(bucket)
            var matches = SegmentLayout.matches(header, tag)
            while matches != 0 {
                let slot = unsafe SegmentLayout.slot(bucket, matches.trailingZeroBitCount &>> 3)
                let word = unsafe slot.pointee
                if word &>> 48 == high, unsafe isMatch(SegmentLayout.element(word)) {
                    return unsafe TableSlot(address: slot)
                }
                matches &= matches &- 1
            }
            if header & SegmentLayout.chainFlag == 0 { return nil }
            unsafe bucket = unsafe SegmentLayout.next(bucket)
        }
    }

    /// Visits the elements of a home bucket and its chain.
    @inlinable
    public func forEach(
        in bucket: TableBucket, _ visit: (UnsafeMutableRawPointer) -> Void
    ) {
        var address = unsafe bucket.address
        while true {
            let header = unsafe SegmentLayout.header(address)
            var used = header & SegmentLayout.slotTops(header)
            while used != 0 {
                let slot = unsafe SegmentLayout.slot(address, used.trailingZeroBitCount &>> 3)
                unsafe visit(SegmentLayout.element(slot.pointee))
                used &= used &- 1
            }
            if header & SegmentLayout.chainFlag == 0 { return }
            unsafe address = unsafe SegmentLayout.next(address)
        }
    }

    /// Visits every element, segment by segment.
    public func forEach(_ visit: (UnsafeMutableRawPointer) -> Void) {
        unsafe forEachSegment { segment in
            for index in 0...Int(bucketMask) {
                let bucket = unsafe TableBucket(address: SegmentLayout.bucket(segment, index))
                unsafe forEach(in: bucket, visit)
            }
        }
    }

    /// An element drawn with the help of random numbers; every element can be drawn, and about
    /// equally often.
    ///
    /// - Parameter random: gives 64 random bits a call.
    public func randomElement(_ random: () -> UInt64) -> UnsafeMutableRawPointer? {
        guard count > 0 else { return nil }
        while true {
            let bucket = unsafe TableBucket(address: bucketAddress(random()))
            var population = 0
            unsafe forEach(in: bucket) { _ in population += 1 }
            // A draw beyond the population is a miss, so that crowded buckets are not favoured.
            let draw = Int(truncatingIfNeeded: random() & 15)
            guard draw < population || population > 16 else { continue }
            var rest = draw % population
            var drawn: UnsafeMutableRawPointer?
            unsafe forEach(in: bucket) { element in
                if rest == 0 { unsafe drawn = unsafe element }
                rest -= 1
            }
            if let drawn = unsafe drawn { return unsafe drawn }
        }
    }

    /// Bytes that the table itself takes, without its elements.
    public var size: Int {
        let segmentSize =
            SegmentLayout.headerSize + (Int(bucketMask) + 1) * SegmentLayout.bucketSize
        var segments = 0
        unsafe forEachSegment { _ in segments += 1 }
        return segments * segmentSize + (1 << Int(depth)) * 8
    }

    /// The number of home buckets.
    public var bucketCount: Int {
        var segments = 0
        unsafe forEachSegment { _ in segments += 1 }
        return segments * (Int(bucketMask) + 1)
    }
}
