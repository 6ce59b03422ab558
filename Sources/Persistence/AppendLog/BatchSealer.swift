import Bytes

/// Makes the batches of an increment: gives each the line that continues the one before it.
public struct BatchSealer: Sendable {
    /// The log offset behind the last batch.
    public private(set) var end: LogOffset
    /// The checksum in the last line.
    public private(set) var checksum: UInt64

    /// For a new file.
    ///
    /// - Parameter start: the log offset at which the file begins.
    public init(incrementSequence sequence: Int64, from start: LogOffset) {
        end = start
        checksum = BatchLine.seed(ofIncrement: sequence)
    }

    /// For a file that goes on behind a line.
    public init(behind line: BatchLine) {
        end = line.end
        checksum = line.checksum
    }

    /// Makes room for a line at the beginning of an empty buffer; records follow.
    public func begin(_ batch: inout ByteBuffer) {
        precondition(batch.isEmpty)
        batch.appendBatchLinePlace()
    }

    /// Fills in the line. A batch without records is the head of a file.
    ///
    /// What was sealed before is told to be durable: so the file has to be, as a whole, before
    /// anybody reads it.
    public mutating func seal(_ batch: inout ByteBuffer) {
        let durable = end
        end = end.advanced(by: batch.count - BatchLine.size)
        checksum = batch.sealBatch(end: end, durable: durable, previous: checksum)
    }
}
