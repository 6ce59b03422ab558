import CPlatform

// How the directories follow their pages. A node that frozen copies lead to is never written: its
// copy takes its place first.
extension PackedTable {
    /// Lets every place of a page's range hold a reference to it.
    func point(_ hash: UInt64, to word: DirectoryWord) {
        let segment = changeableSegment(of: hash)
        let depthWithin = word.localDepth - segment.localDepth
        let span = 1 << (segment.depth - depthWithin)
        let start = Self.index(of: hash, in: segment) & ~(span - 1)
        let places = unsafe segment.directory.places
        for index in start..<(start + span) { unsafe places[index] = word }
    }

    /// Puts a page in the place of what stands at a prefix of hashes, which is the caller's.
    ///
    /// - Parameter depth: bits of the prefix.
    func place(_ page: TablePage, at hash: UInt64, depth: Int) {
        var segment = segment(of: hash)
        while depth > segment.localDepth + segment.depth {
            grow(segment, hash)
            segment = self.segment(of: hash)
        }
        nodesSize += page.node.memoryUsage
        point(hash, to: DirectoryWord(page: page, localDepth: depth))
    }

    private func changeableSegment(of hash: UInt64) -> DirectoryWord {
        let segment = segment(of: hash)
        guard root.isShared(segment.node) else { return segment }
        let copy = DirectoryWord(
            segment: Directory(node: root.unshared(segment.node)), depth: segment.depth,
            localDepth: segment.localDepth)
        pointTop(hash, to: copy)
        return copy
    }

    /// Lets every place of a segment's range in the top level hold a reference to it.
    func pointTop(_ hash: UInt64, to segment: DirectoryWord) {
        guard topDepth > 0 else { return directory = segment }
        if root.isShared(directory.node) {
            directory = DirectoryWord(top: Directory(node: root.unshared(directory.node)))
        }
        let span = 1 << (topDepth - segment.localDepth)
        let start = Int(hash >> UInt64(64 - topDepth)) & ~(span - 1)
        let places = unsafe directory.directory.places
        for index in start..<(start + span) { unsafe places[index] = segment }
    }

    // MARK: Splitting

    /// Splits the page of a hash in two by the next bit.
    func split(_ hash: UInt64) {
        let word = page(of: hash)
        let depth = word.localDepth
        precondition(depth < Self.depthMax)
        let segment = segment(of: hash)
        if depth == segment.localDepth + segment.depth { grow(segment, hash) }

        let page = word.page
        let bit: UInt64 = 1 << UInt64(63 - depth)
        let (left, right) = divided(page, by: bit)
        nodesSize += left.node.memoryUsage + right.node.memoryUsage
        point(hash & ~bit, to: DirectoryWord(page: left, localDepth: depth + 1))
        point(hash | bit, to: DirectoryWord(page: right, localDepth: depth + 1))
        retire(page.node)
    }

    /// Two pages with the entries of one, by a bit of their hash.
    private func divided(_ page: TablePage, by bit: UInt64) -> (TablePage, TablePage) {
        let count = page.count
        return unsafe withUnsafeTemporaryAllocation(of: Bool.self, capacity: count) { goesRight in
            var (rightCount, rightBytes, offset) = (0, 0, 0)
            for index in 0..<count {
                let entry = page.entry(index, at: offset)
                let isRight = KeyHash.hash(entry.field) & bit != 0
                unsafe goesRight[index] = isRight
                if isRight {
                    rightCount += 1
                    rightBytes += entry.size
                }
                offset += entry.size
            }
            let left = TablePage.make(
                count: count - rightCount, bytes: page.used - rightBytes, width: page.width,
                epoch: root.epoch)
            let right = TablePage.make(
                count: rightCount, bytes: rightBytes, width: page.width, epoch: root.epoch)
            offset = 0
            for index in 0..<count {
                let entry = page.entry(index, at: offset)
                let side = unsafe goesRight[index] ? right : left
                side.append(entry, tag: page.tag(index))
                offset += entry.size
            }
            return (left, right)
        }
    }

    /// Makes room for one bit more in the directory of a segment.
    private func grow(_ segment: DirectoryWord, _ hash: UInt64) {
        if segment.depth == Self.segmentDepthMax { splitSegment(segment, hash) }
        let segment = self.segment(of: hash)
        let count = 1 << segment.depth
        let larger = makeDirectory(count: count * 2)
        for index in 0..<count {
            let word = unsafe segment.directory.places[index]
            unsafe larger.places[2 * index] = word
            unsafe larger.places[2 * index + 1] = word
        }
        let depth = segment.depth + 1
        pointTop(
            hash,
            to: DirectoryWord(segment: larger, depth: depth, localDepth: segment.localDepth))
        retire(segment.node)
        deepest = max(deepest, segment.localDepth + depth)
    }

    /// Makes two segments of one, each with half of its places.
    private func splitSegment(_ segment: DirectoryWord, _ hash: UInt64) {
        if segment.localDepth == topDepth { doubleTop() }
        let half = 1 << (segment.depth - 1)
        let bit: UInt64 = 1 << UInt64(63 - segment.localDepth)
        for side in 0..<2 {
            let directory = makeDirectory(count: half)
            for index in 0..<half {
                unsafe directory.places[index] = segment.directory.places[side * half + index]
            }
            pointTop(
                side == 0 ? hash & ~bit : hash | bit,
                to: DirectoryWord(
                    segment: directory, depth: segment.depth - 1,
                    localDepth: segment.localDepth + 1))
        }
        retire(segment.node)
    }

    private func doubleTop() {
        let old = directory
        let count = 1 << topDepth
        let larger = makeDirectory(count: count * 2)
        for index in 0..<count {
            let word = unsafe topDepth == 0 ? old : old.directory.places[index]
            unsafe larger.places[2 * index] = word
            unsafe larger.places[2 * index + 1] = word
        }
        directory = DirectoryWord(top: larger)
        if topDepth > 0 { retire(old.node) }
        topDepth += 1
    }
}
