import CPlatform

extension PackedTable {
    /// Makes one page of two sparse halves of the same prefix. Returns whether it did.
    func merge(_ hash: UInt64) -> Bool {
        let one = page(of: hash)
        let depth = one.localDepth
        guard depth > 0 else { return false }
        let segment = segment(of: hash)
        if depth == segment.localDepth {
            // The other half belongs to the next segment.
            guard mergeSegments(hash) else { return false }
        }
        let bit: UInt64 = 1 << UInt64(64 - depth)
        let other = page(of: hash ^ bit)
        guard other.localDepth == depth else { return false }
        let count = one.page.count + other.page.count
        let bytes = one.page.used + other.page.used
        guard count <= TablePage.mergeCountMax, bytes <= TablePage.mergeBytesMax else {
            return false
        }
        let page = TablePage.make(
            count: count, bytes: bytes, width: max(one.page.width, other.page.width),
            epoch: root.epoch)
        page.take(one.page)
        page.take(other.page)
        nodesSize += page.node.memoryUsage
        point(hash, to: DirectoryWord(page: page, localDepth: depth - 1))
        retire(one.node)
        retire(other.node)
        shrink(hash, from: depth)
        return true
    }

    /// Takes a bit from the directory of a segment when no page needs it any more.
    ///
    /// - Parameter depth: of the pages that were merged.
    private func shrink(_ hash: UInt64, from depth: Int) {
        var segment = segment(of: hash)
        guard depth == segment.localDepth + segment.depth else { return }
        var hasShrunk = false
        while segment.depth > 0, !needsDepth(segment) {
            let count = 1 << (segment.depth - 1)
            let smaller = makeDirectory(count: count)
            for index in 0..<count {
                unsafe smaller.places[index] = segment.directory.places[2 * index]
            }
            let word = DirectoryWord(
                segment: smaller, depth: segment.depth - 1, localDepth: segment.localDepth)
            pointTop(hash, to: word)
            retire(segment.node)
            segment = word
            hasShrunk = true
        }
        if hasShrunk { noteDeepest() }
    }

    /// Whether a page has the full depth of its segment's directory.
    private func needsDepth(_ segment: DirectoryWord) -> Bool {
        let full = segment.localDepth + segment.depth
        for index in 0..<(1 << segment.depth)
        where unsafe segment.directory.places[index].localDepth == full { return true }
        return false
    }

    private func noteDeepest() {
        var deepest = 0
        forEachSegment { deepest = max(deepest, $0.localDepth + $0.depth) }
        self.deepest = deepest
    }

    /// Makes one segment of two small halves of the same prefix. Returns whether it did.
    private func mergeSegments(_ hash: UInt64) -> Bool {
        let one = segment(of: hash)
        guard one.localDepth > 0 else { return false }
        let bit: UInt64 = 1 << UInt64(64 - one.localDepth)
        let other = segment(of: hash ^ bit)
        guard other.localDepth == one.localDepth else { return false }
        let depth = max(one.depth, other.depth)
        guard depth <= Self.segmentDepthMax - 3 else { return false }
        let (left, right) = hash & bit == 0 ? (one, other) : (other, one)
        let count = 1 << depth
        let joined = makeDirectory(count: count * 2)
        for index in 0..<count {
            unsafe joined.places[index] =
                left.directory.places[index >> (depth - left.depth)]
            unsafe joined.places[count + index] =
                right.directory.places[index >> (depth - right.depth)]
        }
        pointTop(
            hash,
            to: DirectoryWord(segment: joined, depth: depth + 1, localDepth: one.localDepth - 1))
        retire(left.node)
        retire(right.node)
        noteDeepest()
        halveTop()
        return true
    }

    /// Takes bits from the top level as long as no segment needs them.
    private func halveTop() {
        while topDepth > 0 {
            let places = unsafe directory.directory.places
            for index in 0..<(1 << topDepth)
            where unsafe places[index].localDepth == topDepth { return }
            let old = directory
            if topDepth == 1 {
                directory = unsafe places[0]
            } else {
                let smaller = makeDirectory(count: 1 << (topDepth - 1))
                for index in 0..<(1 << (topDepth - 1)) {
                    unsafe smaller.places[index] = places[2 * index]
                }
                directory = DirectoryWord(top: smaller)
            }
            topDepth -= 1
            retire(old.node)
        }
    }
}
