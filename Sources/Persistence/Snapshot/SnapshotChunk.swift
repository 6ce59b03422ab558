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

    var bytes = ByteBuffer(capacity: SnapshotChunk.capacity)

    /// Where in `bytes` a string begins that may be compressed, ascending: its length in the
    /// file's coding, then its bytes.
    var strings: [Int] = []

    /// A large string that follows `bytes` in the file, read from where it lies.
    var tail: PinnedValue?

    /// Whether the tail is still to get its length, and may be compressed; otherwise its bytes
    /// follow as they are.
    var tailIsRDBString = false

    /// What the chunk counts for in the queue, in bytes. A large string takes no memory of its own,
    /// but its chunk takes more than the little that it holds.
    var weight: Int { bytes.count + (tail == nil ? 0 : Self.tailWeight) }

    private static let tailWeight = 64 << 10

    /// Makes the chunk ready to be filled again, once its tail has been given back.
    func reset() {
        precondition(tail == nil)
        if bytes.capacity > Self.keptCapacityMax {
            bytes = ByteBuffer(capacity: Self.capacity)
        } else {
            bytes.removeAll()
        }
        strings.removeAll(keepingCapacity: true)
    }
}
