/// What a client may know of one key: its value, and between which moments its deadline lies.
struct ModelValue: Hashable {
    var content: ModelContent
    /// Unix milliseconds; a time to live is counted from a moment that the client knows roughly.
    var deadline: ClosedRange<Int64>?

    init(_ content: ModelContent, deadline: ClosedRange<Int64>?) {
        self.content = content
        self.deadline = deadline
    }

    init(text: String, deadline: ClosedRange<Int64>?) {
        self.init(.text(text), deadline: deadline)
    }

    /// Whether what was found can be this.
    func isExplained(by found: FoundValue) -> Bool {
        guard found.content == content else { return false }
        switch (found.deadline, deadline) {
        case (nil, nil): return true
        case (let moment?, let range?): return range.contains(moment)
        default: return false
        }
    }

    /// Whether it can be gone by itself at a moment.
    func mayBePast(at moment: Int64) -> Bool { deadline.map { $0.lowerBound < moment } ?? false }

    /// Whether it can still be there at a moment.
    func mayRemain(at moment: Int64) -> Bool { deadline.map { $0.upperBound >= moment } ?? true }
}

/// The keys of one client, of which nobody else changes any.
typealias ModelState = [String: ModelValue]

/// Whether what a start found is a state, up to keys that went because their time was over.
///
/// - Parameter latest: the latest moment that any clock has shown.
func isExplained(_ found: [String: FoundValue], by state: ModelState, latest: Int64) -> Bool {
    guard found.keys.allSatisfy({ state[$0] != nil }) else { return false }
    return state.allSatisfy { key, value in
        guard let there = found[key] else { return value.mayBePast(at: latest) }
        return value.isExplained(by: there)
    }
}

/// The moments between which a command was executed, in Unix milliseconds.
struct ModelWindow {
    var earliest: Int64
    var latest: Int64
    /// The latest moment that the clock has ever shown: before it was set back, keys went for good.
    var latestEver: Int64

    init(_ now: Int64, latestEver: Int64) {
        earliest = now
        latest = now
        self.latestEver = latestEver
    }

    mutating func widen(to moment: Int64) {
        earliest = min(earliest, moment)
        latest = max(latest, moment)
        latestEver = max(latestEver, moment)
    }
}
