import CPlatform

extension SegmentedTable {
    /// Points a slot at another element of the same hash.
    @inlinable
    public mutating func replace(_ slot: TableSlot, by element: UnsafeMutableRawPointer) {
        unsafe slot.address.pointee = unsafe SegmentLayout.word(slot.address.pointee, element)
    }

    /// Inserts an element whose key is not in the table.
    @inlinable
    public mutating func insert(_ element: UnsafeMutableRawPointer, hash: UInt64) {
        var segment = unsafe segment(hash)
        let fillMax =
            Int(bucketMask &+ 1) &* SegmentLayout.fillPerBucketMax.0
            / SegmentLayout.fillPerBucketMax.1
        if unsafe SegmentLayout.count(segment) >= fillMax {
            growSegment(of: hash)
            unsafe segment = unsafe self.segment(hash)
        }
        let bucket = unsafe SegmentLayout.bucket(
            segment, Int(truncatingIfNeeded: hash & bucketMask))
        unsafe put(SegmentLayout.word(hash, element), tag: SegmentLayout.tag(hash), into: bucket)
        unsafe SegmentLayout.setCount(segment, SegmentLayout.count(segment) &+ 1)
        elementCount &+= 1
    }

    @inlinable
    func put(_ word: UInt64, tag: UInt64, into home: UnsafeMutableRawPointer) {
        var bucket = unsafe home
        while true {
            let header = unsafe SegmentLayout.header(bucket)
            let free = ~header & SegmentLayout.slotTops(header)
            if free != 0 {
                let index = free.trailingZeroBitCount &>> 3
                unsafe SegmentLayout.setHeader(bucket, header | (tag &<< UInt64(index &* 8)))
                unsafe SegmentLayout.slot(bucket, index).pointee = word
                return
            }
            if header & SegmentLayout.chainFlag == 0 { unsafe chain(bucket) }
            unsafe bucket = unsafe SegmentLayout.next(bucket)
        }
    }

    /// Gives a full bucket a chained one, to which the element of slot 6 moves.
    @usableFromInline
    func chain(_ bucket: UnsafeMutableRawPointer) {
        let header = unsafe SegmentLayout.header(bucket)
        let chained = unsafe SegmentLayout.allocateChained()
        unsafe SegmentLayout.setHeader(chained, (header &>> 48) & 0xff)
        unsafe SegmentLayout.slot(chained, 0).pointee = unsafe SegmentLayout.slot(bucket, 6).pointee
        unsafe SegmentLayout.setHeader(bucket, (header & ~(0xff &<< 48)) | SegmentLayout.chainFlag)
        unsafe SegmentLayout.slot(bucket, 6).pointee = UInt64(UInt(bitPattern: chained))
    }

    /// Removes the element of a slot. The element itself stays its owner's.
    @inlinable
    public mutating func remove(_ slot: TableSlot, hash: UInt64) {
        let segment = unsafe segment(hash)
        let bucket = unsafe SegmentLayout.bucket(
            segment, Int(truncatingIfNeeded: hash & bucketMask))
        let holderBits = unsafe UInt(bitPattern: slot.address) & ~63
        let holder = unsafe UnsafeMutableRawPointer(bitPattern: holderBits).unsafelyUnwrapped
        let index = unsafe (Int(bitPattern: slot.address) & 63) / 8 - 1
        let header = unsafe SegmentLayout.header(holder) & ~(0xff &<< UInt64(index &* 8))
        unsafe SegmentLayout.setHeader(holder, header)
        if unsafe holder != bucket, header & (SegmentLayout.tags | SegmentLayout.chainFlag) == 0 {
            unsafe unchain(holder, from: bucket)
        }
        let left = unsafe SegmentLayout.count(segment) &- 1
        unsafe SegmentLayout.setCount(segment, left)
        elementCount &-= 1
        if left < SegmentLayout.mergeCountMax / 2, depth > 0 { mergeSegment(of: hash) }
    }

    /// Frees an empty bucket at the end of a chain.
    @usableFromInline
    func unchain(_ empty: UnsafeMutableRawPointer, from home: UnsafeMutableRawPointer) {
        var bucket = unsafe home
        while unsafe SegmentLayout.next(bucket) != empty {
            unsafe bucket = unsafe SegmentLayout.next(bucket)
        }
        let header = unsafe SegmentLayout.header(bucket)
        unsafe SegmentLayout.setHeader(bucket, header & ~SegmentLayout.chainFlag)
        unsafe SegmentLayout.slot(bucket, 6).pointee = 0
        unsafe ls_free_aligned(empty, SegmentLayout.bucketSize, 6)
    }

    /// Forgets every element. Only outside a snapshot.
    public mutating func removeAll() {
        precondition(!isSnapshotting)
        self = SegmentedTable()
    }
}

// MARK: - Growing and shrinking

extension SegmentedTable {
    @usableFromInline
    mutating func growSegment(of hash: UInt64) {
        if bucketMask < UInt64(SegmentLayout.bucketCountMax - 1) {
            doubleBuckets(to: (Int(bucketMask) + 1) * 2)
        } else {
            split(hash)
        }
    }

    /// Makes room for `expected` elements in an empty table, as when a file says how many come.
    public mutating func reserve(_ expected: Int) {
        guard count == 0, depth == 0, !isSnapshotting else { return }
        let perSegment = SegmentLayout.bucketCountMax * 5
        while Int(bucketMask) + 1 < SegmentLayout.bucketCountMax,
            expected > (Int(bucketMask) + 1) * 5
        {
            doubleBuckets(to: (Int(bucketMask) + 1) * 2)
        }
        var segments = 1
        // Half the directory at most is made ahead: a count in a file is only a claim.
        while expected > segments * perSegment, segments < 1 << 16 {
            splitAll()
            segments *= 2
        }
    }

    private mutating func splitAll() {
        let step = depth == 0 ? 0 : UInt64(1) << (64 - depth)
        let segments = 1 << Int(depth)
        var hash: UInt64 = 0
        for _ in 0..<segments {
            split(hash)
            hash &+= step
        }
    }

    /// Replaces the only segment by one with more buckets.
    private mutating func doubleBuckets(to bucketCount: Int) {
        precondition(depth == 0)
        let old = unsafe directory[0]
        let oldCount = Int(bucketMask) + 1
        let new = unsafe SegmentLayout.allocate(bucketCount: bucketCount)
        let mask = UInt64(bucketCount - 1)
        for index in 0..<bucketCount {
            let source = unsafe SegmentLayout.bucket(old, index & (oldCount - 1))
            unsafe SegmentLayout.setHeader(
                SegmentLayout.bucket(new, index),
                SegmentLayout.header(source) & SegmentLayout.savedFlag)
        }
        for index in 0..<oldCount {
            unsafe forEach(in: TableBucket(address: SegmentLayout.bucket(old, index))) { element in
                let hash = unsafe Element.hash(of: element)
                unsafe put(
                    SegmentLayout.word(hash, element), tag: SegmentLayout.tag(hash),
                    into: SegmentLayout.bucket(new, Int(hash & mask)))
            }
        }
        unsafe SegmentLayout.setCount(new, count)
        unsafe SegmentLayout.freeChains(of: old, bucketCount: oldCount)
        unsafe SegmentLayout.free(old, bucketCount: oldCount)
        unsafe directory[0] = unsafe new
        bucketMask = mask
    }

    private mutating func split(_ hash: UInt64) {
        let left = unsafe segment(hash)
        let localDepth = unsafe SegmentLayout.localDepth(left)
        if localDepth == depth { doubleDirectory() }
        let right = unsafe SegmentLayout.allocate(bucketCount: SegmentLayout.bucketCountMax)
        unsafe SegmentLayout.setLocalDepth(left, localDepth + 1)
        unsafe SegmentLayout.setLocalDepth(right, localDepth + 1)
        let span = 1 << Int(depth - localDepth)
        let start = Int(prefix(hash, localDepth)) << Int(depth - localDepth)
        for index in (start + span / 2)..<(start + span) { unsafe directory[index] = unsafe right }

        let bit: UInt64 = 1 << (63 - localDepth)
        var moved = 0
        for index in 0..<SegmentLayout.bucketCountMax {
            unsafe moved += splitBucket(
                SegmentLayout.bucket(left, index), to: SegmentLayout.bucket(right, index), bit: bit)
        }
        unsafe SegmentLayout.setCount(left, SegmentLayout.count(left) - moved)
        unsafe SegmentLayout.setCount(right, moved)
    }

    private func prefix(_ hash: UInt64, _ bits: UInt64) -> UInt64 {
        bits == 0 ? 0 : hash >> (64 - bits)
    }

    private mutating func doubleDirectory() {
        precondition(depth < 40, "four thousand times the elements that memory can hold")
        let size = 1 << Int(depth)
        let larger = UnsafeMutablePointer<UnsafeMutableRawPointer>.allocate(capacity: size * 2)
        for index in 0..<size {
            unsafe (larger + 2 * index).initialize(to: directory[index])
            unsafe (larger + 2 * index + 1).initialize(to: directory[index])
        }
        unsafe directory.deallocate()
        unsafe directory = unsafe larger
        depth += 1
    }

    /// Moves what has the bit set from one home bucket to another; returns how many moved.
    ///
    /// The slots keep the top sixteen bits of the hash; beyond them the element is asked.
    private func splitBucket(
        _ source: UnsafeMutableRawPointer, to target: UnsafeMutableRawPointer, bit: UInt64
    ) -> Int {
        let saved = unsafe SegmentLayout.header(source) & SegmentLayout.savedFlag
        unsafe SegmentLayout.setHeader(target, saved)
        let header = unsafe SegmentLayout.header(source)
        guard header & (SegmentLayout.tags | SegmentLayout.chainFlag) != 0 else { return 0 }
        // The chain is detached first, so that both homes are filled from their start.
        var moved = 0
        var detached = unsafe withUnsafeTemporaryAllocation(
            byteCount: SegmentLayout.bucketSize, alignment: 64
        ) { copy -> UnsafeMutableRawPointer? in
            guard let first = copy.baseAddress else { preconditionFailure("64 bytes are not none") }
            unsafe first.copyMemory(from: source, byteCount: SegmentLayout.bucketSize)
            unsafe SegmentLayout.setHeader(source, saved)
            unsafe moved += distribute(first, left: source, right: target, bit: bit)
            return unsafe header & SegmentLayout.chainFlag != 0 ? SegmentLayout.next(first) : nil
        }
        while let bucket = unsafe detached {
            let header = unsafe SegmentLayout.header(bucket)
            unsafe moved += distribute(bucket, left: source, right: target, bit: bit)
            unsafe detached =
                unsafe header & SegmentLayout.chainFlag != 0 ? SegmentLayout.next(bucket) : nil
            unsafe ls_free_aligned(bucket, SegmentLayout.bucketSize, 6)
        }
        return moved
    }

    private func distribute(
        _ bucket: UnsafeMutableRawPointer, left: UnsafeMutableRawPointer,
        right: UnsafeMutableRawPointer, bit: UInt64
    ) -> Int {
        let header = unsafe SegmentLayout.header(bucket)
        var used = header & SegmentLayout.slotTops(header)
        var moved = 0
        while used != 0 {
            let index = used.trailingZeroBitCount &>> 3
            let tag = (header &>> UInt64(index &* 8)) & 0xff
            let word = unsafe SegmentLayout.slot(bucket, index).pointee
            let isInWord = bit > SegmentLayout.addressMask
            let bits = unsafe isInWord ? word : Element.hash(of: SegmentLayout.element(word))
            if bits & bit != 0 { moved += 1 }
            unsafe put(word, tag: tag, into: bits & bit != 0 ? right : left)
            used &= used &- 1
        }
        return moved
    }

    /// Makes one segment of two sparse halves of the same prefix.
    @usableFromInline
    mutating func mergeSegment(of hash: UInt64) {
        guard !isSnapshotting else { return }
        let one = unsafe segment(hash)
        let localDepth = unsafe SegmentLayout.localDepth(one)
        guard localDepth > 0 else { return }
        let bit: UInt64 = 1 << (64 - localDepth)
        let other = unsafe segment(hash ^ bit)
        guard unsafe SegmentLayout.localDepth(other) == localDepth else { return }
        let total = unsafe SegmentLayout.count(one) + SegmentLayout.count(other)
        guard total <= SegmentLayout.mergeCountMax else { return }
        let (left, right) = unsafe hash & bit == 0 ? (one, other) : (other, one)
        for index in 0..<SegmentLayout.bucketCountMax {
            let target = unsafe SegmentLayout.bucket(left, index)
            var source = unsafe SegmentLayout.bucket(right, index)
            while true {
                // No bit is set in zero, so everything goes left.
                _ = unsafe distribute(source, left: target, right: target, bit: 1 << 63)
                guard unsafe SegmentLayout.header(source) & SegmentLayout.chainFlag != 0 else {
                    break
                }
                unsafe source = unsafe SegmentLayout.next(source)
            }
        }
        let span = 1 << Int(depth - localDepth + 1)
        let start = Int(prefix(hash, localDepth - 1)) << Int(depth - localDepth + 1)
        for index in start..<(start + span) { unsafe directory[index] = unsafe left }
        unsafe SegmentLayout.setLocalDepth(left, localDepth - 1)
        unsafe SegmentLayout.setCount(left, total)
        unsafe SegmentLayout.freeChains(of: right, bucketCount: SegmentLayout.bucketCountMax)
        unsafe SegmentLayout.free(right, bucketCount: SegmentLayout.bucketCountMax)
    }
}
