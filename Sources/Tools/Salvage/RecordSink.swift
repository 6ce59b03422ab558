import Bytes
import Persistence

/// Takes the records that are kept, and writes them: in sealed batches, or bare.
///
/// A transaction is kept whole or not at all, and a batch never ends inside one.
struct RecordSink: ~Copyable {
    /// Bytes at which a batch is written.
    private static let batchSize = 256 << 10

    private var file: SalvageFile
    private var sealer: BatchSealer?
    private var batch = ByteBuffer()
    /// Where in the batch a transaction begins that has not ended.
    private var groupStart: Int?
    private var groupRecords = 0
    /// Whether the rest of a transaction is passed over, because a part of it is lost.
    private var isSkipping = false
    private(set) var records = 0

    /// - Parameter sealer: of an increment; nothing for commands without batch lines.
    init(_ file: SalvageFile, _ sealer: BatchSealer?) throws(ToolFailure) {
        self.file = file
        self.sealer = sealer
        guard sealer != nil else { return }
        // The head of an increment is a line without a batch.
        begin()
        try write()
    }

    private mutating func begin() { sealer?.begin(&batch) }

    private mutating func write() throws(ToolFailure) {
        sealer?.seal(&batch)
        try file.write(batch.bytes)
        batch.removeAll()
        begin()
    }

    var isInGroup: Bool { groupStart != nil }

    mutating func append(_ arguments: Slices, _ item: ByteSlice) throws(ToolFailure) {
        if arguments.count == 1, arguments[0].isWord("multi") {
            isSkipping = false
            // Of a transaction in which another begins, the end is lost.
            dropGroup()
            groupStart = batch.count
            groupRecords = 0
        }
        if arguments.count == 1, arguments[0].isWord("exec") {
            isSkipping = false
            // Without its beginning, an end has no meaning.
            guard groupStart != nil else { return }
            batch.append(item)
            groupStart = nil
            records += groupRecords + 1
            return try writeIfFull()
        }
        if isSkipping { return }
        batch.append(item)
        if groupStart == nil { records += 1 } else { groupRecords += 1 }
        try writeIfFull()
    }

    /// A time line.
    mutating func append(annotation: ByteSlice) { batch.append(annotation) }

    /// Goes on in another database.
    mutating func select(_ database: Int) {
        batch.appendRecord(["SELECT", ByteString(String(database))])
    }

    private mutating func writeIfFull() throws(ToolFailure) {
        if groupStart == nil, batch.count >= Self.batchSize { try write() }
    }

    /// Gives up a transaction of which a part is lost.
    ///
    /// - Parameter skippingRest: whether its end is still to come.
    /// - Returns: whether there was one.
    @discardableResult
    mutating func dropGroup(skippingRest: Bool = false) -> Bool {
        guard let start = groupStart else { return false }
        batch.truncate(to: start)
        groupStart = nil
        isSkipping = skippingRest
        return true
    }

    /// Says that whatever transaction was passed over has ended: none goes on over batches.
    mutating func endSkipping() { isSkipping = false }

    /// Writes what is left and makes the file durable.
    mutating func finish() throws(ToolFailure) {
        dropGroup()
        let isEmpty = batch.count <= (sealer == nil ? 0 : BatchLine.size)
        if !isEmpty { try write() }
        try file.finish()
    }
}
