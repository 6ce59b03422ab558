import CPlatform

extension ScoreIndex {
    public func insert(_ hash: UInt32, score: Double) {
        if unsafe directory == nil {
            unsafe directory = Directory.allocate(capacity: 1)
            unsafe directory.unsafelyUnwrapped[0] =
                ScorePage.make(for: 8, depth: 0).address
            depth = 0
            pageCount = 1
        }
        var page = page(of: hash)
        while page.count >= ScorePage.countMax, page.depth < Self.depthMax, !isAlike(page) {
            split(page, hash)
            page = self.page(of: hash)
        }
        if page.count == page.capacity {
            page = page.resized(for: page.count + 1)
            point(to: page, hash)
        }
        page.insert(hash, score, at: page.countBelow(hash))
    }

    /// Removes the entry at an index of matches, which have no meaning afterwards.
    public func remove(_ matches: Matches, at index: Int) {
        precondition(matches.range.contains(index))
        var page = matches.page
        page.remove(at: index)
        if page.isTooLarge(for: page.count) {
            page = page.resized(for: page.count)
            point(to: page, matches.hash)
        }
        while page.depth > 0, page.count < ScorePage.countMax / 4,
            let joined = joined(page, matches.hash)
        {
            page = joined
        }
    }

    /// Frees everything.
    public func free() {
        guard let directory = unsafe directory else { return }
        var slot = 0
        while slot < 1 << depth {
            let page = unsafe ScorePage(directory[slot])
            slot += 1 << (depth - page.depth)
            page.free()
        }
        unsafe directory.deallocate()
        unsafe self.directory = nil
    }

    private func page(of hash: UInt32) -> ScorePage {
        guard let directory = unsafe directory else { preconditionFailure("no directory") }
        return unsafe ScorePage(directory[slot(of: hash)])
    }

    /// Whether all hashes of a page are the same, so that dividing it would not help.
    private func isAlike(_ page: ScorePage) -> Bool {
        unsafe page.hashes[0] == page.hashes[page.count - 1]
    }

    /// Lets all slots of a page's prefix point to it.
    func point(to page: ScorePage, _ hash: UInt32) {
        guard let directory = unsafe directory else { preconditionFailure("no directory") }
        let count = 1 << (depth - page.depth)
        let first = slot(of: hash) & ~(count - 1)
        for slot in first..<(first + count) { unsafe directory[slot] = page.address }
    }

    private func split(_ page: ScorePage, _ hash: UInt32) {
        if page.depth == depth { doubleDirectory() }
        let bit = UInt32(1) << UInt32(31 - page.depth)
        let prefix = page.depth == 0 ? 0 : hash & ~((UInt32.max) >> UInt32(page.depth))
        let middle = page.countBelow(prefix | bit)
        let left = ScorePage.make(for: max(8, middle), depth: page.depth + 1)
        let right = ScorePage.make(for: max(8, page.count - middle), depth: page.depth + 1)
        left.append(0..<middle, of: page)
        right.append(middle..<page.count, of: page)
        page.free()
        point(to: left, prefix)
        point(to: right, prefix | bit)
        pageCount += 1
    }

    func doubleDirectory() {
        guard let old = unsafe directory else { preconditionFailure("no directory") }
        let made = Directory.allocate(capacity: 2 << depth)
        for slot in 0..<(1 << depth) {
            unsafe made[2 * slot] = unsafe old[slot]
            unsafe made[2 * slot + 1] = unsafe old[slot]
        }
        unsafe old.deallocate()
        unsafe directory = unsafe made
        depth += 1
    }

    /// Joins a sparse page with the one that differs in the last bit of its prefix, if both fit
    /// well into one.
    private func joined(_ page: ScorePage, _ hash: UInt32) -> ScorePage? {
        let bit = UInt32(1) << UInt32(32 - page.depth)
        let other = self.page(of: hash ^ bit)
        guard other.depth == page.depth else { return nil }
        guard page.count + other.count <= ScorePage.countMax / 2 else { return nil }
        let (left, right) = hash & bit == 0 ? (page, other) : (other, page)
        let joined = ScorePage.make(
            for: max(8, left.count + right.count), depth: page.depth - 1)
        joined.append(0..<left.count, of: left)
        joined.append(0..<right.count, of: right)
        left.free()
        right.free()
        point(to: joined, hash)
        pageCount -= 1
        if pageCount * 8 < 1 << depth { halveDirectory() }
        return joined
    }

    /// Halves the directory, as long as no page needs its last bit.
    private func halveDirectory() {
        while depth > 0, let old = unsafe directory {
            let half = 1 << (depth - 1)
            for slot in 0..<half {
                guard unsafe old[2 * slot] == old[2 * slot + 1] else { return }
            }
            let made = Directory.allocate(capacity: half)
            for slot in 0..<half { unsafe made[slot] = unsafe old[2 * slot] }
            unsafe old.deallocate()
            unsafe directory = unsafe made
            depth -= 1
        }
    }

    /// Bytes that the allocator spends.
    public var memoryUsage: Int {
        guard let directory = unsafe directory else { return 0 }
        var sum = SizeClass.size(8 << depth)
        var slot = 0
        while slot < 1 << depth {
            let page = unsafe ScorePage(directory[slot])
            sum += page.memoryUsage
            slot += 1 << (depth - page.depth)
        }
        return sum
    }

    /// Traps when the index contradicts itself; returns the count of entries.
    public func checkInvariants() -> Int {
        guard let directory = unsafe directory else { return 0 }
        var (sum, pages, slot) = (0, 0, 0)
        while slot < 1 << depth {
            let page = unsafe ScorePage(directory[slot])
            precondition(page.depth <= depth)
            precondition(page.count <= page.capacity)
            let count = 1 << (depth - page.depth)
            precondition(slot % count == 0)
            for same in slot..<(slot + count) {
                precondition(unsafe directory[same] == page.address)
            }
            for index in 0..<page.count {
                let hash = unsafe page.hashes[index]
                precondition((slot..<(slot + count)).contains(self.slot(of: hash)))
                if index > 0 { precondition(unsafe page.hashes[index - 1] <= hash) }
            }
            (sum, pages, slot) = (sum + page.count, pages + 1, slot + count)
        }
        precondition(pages == pageCount)
        return sum
    }
}
