import Bytes
import Persistence

/// What `--report` tells of a file: how many keys and bytes, by database and by the layout of the
/// values, which keys are the largest, and when keys expire.
struct RDBReport {
    struct Amount {
        var keys = 0
        /// In the file, with key and deadline.
        var size = 0

        mutating func add(_ size: Int) {
            keys += 1
            self.size += size
        }
    }

    struct LargeKey {
        let database: Int
        let key: ByteString
        let type: RDBType
        let size: Int
        let deadline: Int64?
    }

    private let largestCount: Int
    private let now: Int64
    private(set) var version = 0
    private(set) var fileSize = 0
    private(set) var total = Amount()
    /// By database, then by layout.
    private(set) var databases: [Int: [RDBType: Amount]] = [:]
    /// The largest first.
    private(set) var largest: [LargeKey] = []
    private(set) var expiry = [Amount](repeating: Amount(), count: ExpiryRange.allCases.count)

    init(largest count: Int, now: Int64) {
        largestCount = count
        self.now = now
    }

    mutating func read(_ walk: inout RDBWalk) throws(ToolFailure) {
        while let entry = try walk.next() {
            let key = entry.key
            // The key stays in place while the value is passed.
            try walk.skip()
            let size = walk.offset - entry.start
            total.add(size)
            databases[entry.database, default: [:]][entry.record.type, default: Amount()].add(size)
            expiry[ExpiryRange.of(entry.record.deadline, now: now).rawValue].add(size)
            if largest.count < largestCount || size > largest.last?.size ?? .max {
                note(entry, key, size)
            }
        }
        version = walk.version
        fileSize = walk.offset
    }

    private mutating func note(_ entry: RDBEntry, _ key: ByteSlice, _ size: Int) {
        guard largestCount > 0 else { return }
        let place = largest.firstIndex { $0.size < size } ?? largest.count
        largest.insert(
            LargeKey(
                database: entry.database, key: ByteString(key), type: entry.record.type, size: size,
                deadline: entry.record.deadline), at: place)
        if largest.count > largestCount { largest.removeLast() }
    }
}

/// How long a key has to live.
enum ExpiryRange: Int, CaseIterable {
    case none, past, minute, hour, day, week, month, later

    static func of(_ deadline: Int64?, now: Int64) -> ExpiryRange {
        guard let deadline else { return .none }
        switch deadline.subtractingReportingOverflow(now).partialValue / 1000 {
        case _ where deadline < now: return .past
        case ..<60: return .minute
        case ..<3600: return .hour
        case ..<86_400: return .day
        case ..<604_800: return .week
        case ..<2_592_000: return .month
        default: return .later
        }
    }

    var text: String {
        switch self {
        case .none: "no expiry"
        case .past: "expired"
        case .minute: "within a minute"
        case .hour: "within an hour"
        case .day: "within a day"
        case .week: "within a week"
        case .month: "within 30 days"
        case .later: "later"
        }
    }
}
