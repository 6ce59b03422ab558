import Bytes
import Structures

extension HashValue {
    /// Removes fields of a run whose deadline has passed.
    ///
    /// - Parameters:
    ///   - now: Unix milliseconds.
    ///   - tell: hears of each field before it goes.
    /// - Returns: how many went.
    mutating func expireInRun(at now: Int64, _ tell: (StringValue) -> Void) -> Int {
        guard value.encoding == .listpackExpiring else { return 0 }
        var run = value.run
        var removed = 0
        var end = 0
        while end < run.size {
            let field = HashView.triple(run, at: end)
            guard let deadline = field.deadline, deadline < now else { break }
            tell(field.field)
            for _ in 0..<3 { end = run.next(end) }
            removed += 1
        }
        guard removed > 0 else { return 0 }
        run.remove(at: 0, count: removed * 3)
        setRun(run)
        return removed
    }

    /// Goes on with the search for fields of a table whose deadline has passed, and removes them.
    ///
    /// The search goes page by page and remembers the earliest deadline that it meets; at its end
    /// that is the moment before which nothing has to be looked for.
    ///
    /// - Parameter pages: how many to look at, at the most.
    func expireInTable(
        at now: Int64, pages: Int, _ tell: (StringValue) -> Void
    ) -> (examined: Int, removed: Int) {
        guard value.encoding == .hashtable, table[note: HashView.Note.earliest] < now else {
            return (0, 0)
        }
        var (examined, removed) = (0, 0)
        for _ in 0..<pages {
            var past: [ByteString] = []
            var earliest = table[note: HashView.Note.earliestPassed]
            let cursor = ScanCursor(UInt64(table[note: HashView.Note.cursor]))
            let next = table.scan(from: cursor) { entry in
                examined += 1
                guard let deadline = entry.deadline else { return }
                if deadline < now {
                    var text = ByteBuffer()
                    entry.field.append(to: &text)
                    past.append(ByteString(text.bytes))
                } else {
                    earliest = min(earliest, deadline)
                }
            }
            table[note: HashView.Note.earliestPassed] = earliest
            table[note: HashView.Note.cursor] = Int64(next.number)
            for field in past { field.withSlice { expire($0, tell) } }
            removed += past.count
            if next == .start {
                table[note: HashView.Note.earliest] = earliest
                table[note: HashView.Note.earliestPassed] = .max
                break
            }
        }
        return (examined, removed)
    }

    private func expire(_ field: ByteSlice, _ tell: (StringValue) -> Void) {
        guard let place = table.place(of: TableKey(field)) else { return }
        tell(table[place].field)
        noteDeadline(table[place].deadline, nil)
        table.remove(place)
    }
}
