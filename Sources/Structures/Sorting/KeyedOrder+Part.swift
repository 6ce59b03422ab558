extension KeyedOrder {
    /// Sorts so far that a part of the order is right, without looking at the keys.
    ///
    /// The quicksort of Bentley and McIlroy, which leaves out what does not reach into the part. The
    /// steps are those of Redis, since the order of equals follows from them and clients see it.
    ///
    /// - Parameter compare: the things of two indexes: negative when the first one comes before.
    public mutating func sortPart(_ part: Range<Int>, by compare: (Int, Int) -> Int) {
        sort(from: 0, to: count, part, compare)
    }

    private func order(_ left: Int, _ right: Int, _ compare: (Int, Int) -> Int) -> Int {
        unsafe compare(Int(items[left].index), Int(items[right].index))
    }

    private func swap(_ left: Int, _ right: Int) {
        let item = unsafe items[left]
        unsafe items[left] = items[right]
        unsafe items[right] = item
    }

    private func swap(_ left: Int, _ right: Int, count: Int) {
        for offset in 0..<max(0, count) { swap(left + offset, right + offset) }
    }

    private func sort(
        from begin: Int, to end: Int, _ part: Range<Int>, _ compare: (Int, Int) -> Int
    ) {
        var start = begin
        var count = end - begin
        while true {
            if count < 7 { return insert(start, count, compare) }
            swap(start, pivot(start, count, compare))
            let (less, greater) = divide(start, count, compare)
            if less > 1, reaches(part, start, less) {
                sort(from: start, to: start + less, part, compare)
            }
            start += count - greater
            count = greater
            guard greater > 1, reaches(part, start, greater) else { return }
        }
    }

    /// Whether a run of places has to be sorted for a part to be right.
    private func reaches(_ part: Range<Int>, _ start: Int, _ count: Int) -> Bool {
        let (first, last) = (part.lowerBound, part.upperBound - 1)
        let isBefore = first < start && last < start
        let isBehind = first > start + count - 1 && last > start + count - 1
        return !isBefore && !isBehind
    }

    private func insert(_ start: Int, _ count: Int, _ compare: (Int, Int) -> Int) {
        for place in 1..<max(1, count) {
            var target = start + place
            while target > start, order(target - 1, target, compare) > 0 {
                swap(target, target - 1)
                target -= 1
            }
        }
    }

    private func pivot(_ start: Int, _ count: Int, _ compare: (Int, Int) -> Int) -> Int {
        let middle = start + count / 2
        guard count > 7 else { return middle }
        let last = start + count - 1
        guard count > 40 else { return median(start, middle, last, compare) }
        let step = count / 8
        return median(
            median(start, start + step, start + 2 * step, compare),
            median(middle - step, middle, middle + step, compare),
            median(last - 2 * step, last - step, last, compare), compare)
    }

    private func median(_ a: Int, _ b: Int, _ c: Int, _ compare: (Int, Int) -> Int) -> Int {
        if order(a, b, compare) < 0 {
            if order(b, c, compare) < 0 { return b }
            return order(a, c, compare) < 0 ? c : a
        }
        if order(b, c, compare) > 0 { return b }
        return order(a, c, compare) < 0 ? a : c
    }

    /// Moves what is less than the first to the front, what is greater to the back, and the equals
    /// between them; returns how many are less and how many are greater.
    private func divide(
        _ start: Int, _ count: Int, _ compare: (Int, Int) -> Int
    ) -> (less: Int, greater: Int) {
        // Equals gather at both ends first: up to `equalEnd` and from behind `equalStart`.
        var (equalEnd, low) = (start + 1, start + 1)
        var (high, equalStart) = (start + count - 1, start + count - 1)
        while true {
            while low <= high {
                let result = order(low, start, compare)
                guard result <= 0 else { break }
                if result == 0 {
                    swap(equalEnd, low)
                    equalEnd += 1
                }
                low += 1
            }
            while low <= high {
                let result = order(high, start, compare)
                guard result >= 0 else { break }
                if result == 0 {
                    swap(high, equalStart)
                    equalStart -= 1
                }
                high -= 1
            }
            guard low <= high else { break }
            swap(low, high)
            low += 1
            high -= 1
        }
        let end = start + count
        let atFront = min(equalEnd - start, low - equalEnd)
        swap(start, low - atFront, count: atFront)
        let atBack = min(equalStart - high, end - equalStart - 1)
        swap(low, end - atBack, count: atBack)
        return (low - equalEnd, equalStart - high)
    }
}
