import Keyspace

/// How far a group has read, while it is delivered entries.
///
/// How many entries of the stream it has read, counted from the very first, is known as long as none
/// was deleted where it has still to read; then it counts on. Where it was lost, a few places tell it
/// again: before the first entry, at the first, and at the last.
struct GroupPosition: Equatable {
    private(set) var lastID: StreamID
    /// −1 when that is unknown.
    private(set) var entriesRead: Int64

    init(of group: StreamGroup) {
        lastID = group.lastID
        entriesRead = group.entriesRead
    }

    /// Moves on to the next entry.
    mutating func advance(to id: StreamID, in stream: Stream) {
        if entriesRead != -1, lastID >= stream.firstID, !stream.hasDeleted(from: lastID) {
            entriesRead &+= 1
        } else if stream.entriesAdded > 0 {
            entriesRead = stream.distance(of: id) ?? -1
        }
        lastID = id
    }
}

// XSETID and XGROUP SETID may set the counters to anything, so that sums and differences wrap.
extension Stream {
    /// Whether an entry was deleted at or behind an identifier, as far as that is known.
    func hasDeleted(from id: StreamID) -> Bool {
        length > 0 && !maxDeletedID.isZero && id <= maxDeletedID
    }

    /// How many entries were ever added up to an identifier, that one included; nothing when that
    /// cannot be told.
    func distance(of id: StreamID) -> Int64? {
        if entriesAdded == 0 { return 0 }
        let added = Int64(bitPattern: entriesAdded)
        if length == 0, id <= lastID { return added }
        if !id.isZero, id < maxDeletedID { return nil }
        if id >= lastID { return id == lastID ? added : nil }
        guard maxDeletedID.isZero || maxDeletedID < firstID else { return nil }
        if id < firstID { return added &- Int64(length) }
        return id == firstID ? added &- Int64(length) &+ 1 : nil
    }

    /// How many entries a group has still to read; nothing when that cannot be told.
    func lag(of group: StreamGroup) -> Int64? {
        if entriesAdded == 0 { return 0 }
        let added = Int64(bitPattern: entriesAdded)
        if group.entriesRead != -1, !hasDeleted(from: group.lastID) {
            return added &- group.entriesRead
        }
        return distance(of: group.lastID).map { added &- $0 }
    }
}
