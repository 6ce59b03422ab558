import Bytes

/// What users were refused of late (`ACL LOG`), the latest first.
///
/// The same refusal again within a minute counts up its entry and brings it to the front, if it is among
/// the first ten.
struct AccessLog {
    enum Reason: String { case command, key, channel, auth }
    enum Context: String { case toplevel, multi, lua }

    struct Entry {
        let identifier: Int64
        var count: Int64 = 1
        let reason: Reason
        let context: Context
        /// The command, key or channel.
        let object: ByteString
        let user: ByteString
        /// What CLIENT LIST says of the client that was refused last.
        var client: ByteString
        /// Unix milliseconds.
        let created: Int64
        var updated: Int64

        fileprivate func isSame(as other: Entry) -> Bool {
            reason == other.reason && context == other.context && object == other.object
                && user == other.user && abs(updated - other.updated) <= AccessLog.groupingMax
        }
    }

    /// Milliseconds within which the same refusal is the same entry.
    private static let groupingMax: Int64 = 60_000
    /// Entries that are looked at for the same refusal.
    private static let searchedMax = 10

    private(set) var entries: [Entry] = []
    private var nextIdentifier: Int64 = 0

    /// - Parameters:
    ///   - now: Unix milliseconds.
    ///   - countMax: `acllog-max-len`
    mutating func note(
        _ reason: Reason, _ context: Context, object: ByteString, user: ByteString,
        client: ByteString, now: Int64, countMax: Int
    ) {
        var entry = Entry(
            identifier: nextIdentifier, reason: reason, context: context, object: object,
            user: user, client: client, created: now, updated: now)
        let known = entries.prefix(Self.searchedMax).firstIndex { $0.isSame(as: entry) }
        if let known {
            entry = entries.remove(at: known)
            entry.client = client
            entry.updated = now
            entry.count += 1
        } else {
            nextIdentifier += 1
        }
        entries.insert(entry, at: 0)
        // As in Redis, only a new entry makes old ones go: a smaller limit shows with the next one.
        if known == nil, entries.count > countMax { entries.removeLast(entries.count - countMax) }
    }

    mutating func removeAll() { entries.removeAll() }
}
