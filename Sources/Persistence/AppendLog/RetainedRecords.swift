import Bytes

/// The records that are not durable yet, in case they have to be written again.
///
/// A queue of bytes in chunks of fixed size: under `everysec` a second of writing can be hundreds of
/// megabytes, and neither growing nor forgetting may ever move them.
struct RetainedRecords: ~Copyable {
    private final class Chunk {
        var bytes = ByteBuffer(capacity: RetainedRecords.chunkSize)
        /// Bytes that were ever put in; what was removed at the front leaves no room.
        var used = 0

        var room: Int { RetainedRecords.chunkSize - used }
    }

    static let chunkSize = 1 << 20
    /// Empty chunks that are kept for what comes next.
    private static let spareCountMax = 8

    /// From `head` on they hold bytes; before it they are forgotten.
    private var chunks: [Chunk] = []
    private var head = 0
    private var spares: [Chunk] = []
    private(set) var count = 0

    var isEmpty: Bool { count == 0 }
    /// Bytes of memory that the chunks take.
    var size: Int { (chunks.count - head + spares.count) * Self.chunkSize }

    mutating func append(_ bytes: ByteSlice) {
        count += bytes.count
        var rest = bytes
        while !rest.isEmpty {
            if head == chunks.count || chunks[chunks.count - 1].room == 0 {
                chunks.append(spares.popLast() ?? Chunk())
            }
            let chunk = chunks[chunks.count - 1]
            let size = min(rest.count, chunk.room)
            chunk.bytes.append(rest[..<size])
            chunk.used += size
            rest = rest[size...]
        }
    }

    mutating func removeFirst(_ removed: Int) {
        precondition(removed <= count)
        count -= removed
        var rest = removed
        while rest > 0 {
            let chunk = chunks[head]
            let size = min(rest, chunk.bytes.count)
            chunk.bytes.removeFirst(size)
            rest -= size
            guard chunk.bytes.isEmpty else { break }
            head += 1
            recycle(chunk)
        }
        if head == chunks.count || head > 64 {
            chunks.removeFirst(head)
            head = 0
        }
    }

    mutating func removeAll() { removeFirst(count) }

    /// Adds everything to the end of a buffer.
    func copy(to buffer: inout ByteBuffer) {
        buffer.reserve(count)
        for chunk in chunks[head...] { buffer.append(chunk.bytes.bytes) }
    }

    private mutating func recycle(_ chunk: Chunk) {
        guard spares.count < Self.spareCountMax else { return }
        chunk.bytes.removeAll()
        chunk.used = 0
        spares.append(chunk)
    }
}
