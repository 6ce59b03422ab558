import Bytes

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

    /// Makes the chunk ready to be filled again.
    func reset() {
        if bytes.capacity > Self.keptCapacityMax {
            bytes = ByteBuffer(capacity: Self.capacity)
        } else {
            bytes.removeAll()
        }
        strings.removeAll(keepingCapacity: true)
    }
}
