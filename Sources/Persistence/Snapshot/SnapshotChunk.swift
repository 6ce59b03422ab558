import Bytes
import Keyspace

/// A run of the file as the data thread makes it: final but for strings that may be compressed.
///
/// One thread has it at a time; the queue hands it over.
final class SnapshotChunk: @unchecked Sendable {
    /// A chunk is handed over when it holds this much; a large value makes it larger.
    static let sizeTarget = 512 << 10

    /// With room for an entry that begins before the target.
    static let capacity = sizeTarget + (64 << 10)

    /// An allocation that a large value made larger than this is not kept for the next chunk.
    private static let keptCapacityMax = 2 << 20

    var content = ValueBuffer(capacity: SnapshotChunk.capacity)

    /// A large value that follows `content` in the file, read from where it lies.
    var tail: SnapshotTail?

    /// What the chunk counts for in the queue, in bytes. A large value takes no memory of its own,
    /// but its chunk takes more than the little that it holds.
    var weight: Int { content.count + (tail == nil ? 0 : Self.tailWeight) }

    private static let tailWeight = 64 << 10

    /// Makes the chunk ready to be filled again, once its tail has been given back.
    func reset() {
        precondition(tail == nil)
        if content.bytes.capacity > Self.keptCapacityMax {
            content = ValueBuffer(capacity: Self.capacity)
        } else {
            content.removeAll()
        }
    }
}

/// A large value that stays pinned until the snapshot's thread has written it.
struct SnapshotTail {
    enum Form {
        /// What stands behind the key in an RDB file of a version.
        case rdb(version: Int)

        /// The records that make the value; of a string, only the bytes.
        case records(key: ByteString)
    }

    let pinned: PinnedValue
    let form: Form
}
