/// Decides before a snapshot begins whether the disk has room for it, and remembers the refusal.
///
/// A snapshot that does not fit would fill the disk, take the log's room away and fail in the end.
/// It owns no file: whoever asks has measured.
struct DiskBudget: Equatable {
    enum Purpose: String, Equatable { case save = "dump", rewrite = "rewrite" }

    struct Refusal: Equatable {
        let purpose: Purpose
        /// Bytes.
        var needed: UInt64
        var available: UInt64
        /// Unix milliseconds.
        let since: Int64

        var text: String {
            "a \(purpose.rawValue) needs about \(needed) bytes and \(available) are free"
        }
    }

    /// What was refused last and has not been possible since.
    private(set) var refusal: Refusal?
    /// Since the start.
    private(set) var refusals: UInt64 = 0
    private var nextLine: Int64 = 0

    /// Between two lines of the log about the same shortage, in milliseconds.
    static let lineInterval: Int64 = 60_000

    /// - Parameters:
    ///   - available: bytes; nil when it could not be measured, which refuses nothing.
    ///   - now: Unix milliseconds.
    /// - Returns: whether there is room.
    mutating func allows(
        _ purpose: Purpose, needing needed: UInt64, of available: UInt64?, at now: Int64
    ) -> Bool {
        guard let available, available < needed else {
            if refusal?.purpose == purpose { clear() }
            return true
        }
        refusals += 1
        if refusal?.purpose != purpose {
            nextLine = now
        }
        refusal = Refusal(
            purpose: purpose, needed: needed, available: available,
            since: refusal?.purpose == purpose ? refusal?.since ?? now : now)
        return false
    }

    /// Whether the refusal is to be told now; once a minute while nothing changes.
    mutating func takeLine(at now: Int64) -> Bool {
        guard refusal != nil, now >= nextLine else { return false }
        nextLine = now + Self.lineInterval
        return true
    }

    mutating func clear() {
        refusal = nil
        nextLine = 0
    }
}
