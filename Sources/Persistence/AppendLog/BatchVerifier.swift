import Bytes

/// Follows the batch lines of one log file and says of each batch whether it is intact.
public struct BatchVerifier {
    public enum Outcome: Equatable, Sendable {
        case intact(BatchLine)
        /// The line is none that a batch can have.
        case malformed
        /// The file ends before the batch does.
        case short
        /// The checksum is another one.
        case wrong(BatchLine)

        public var text: String {
            switch self {
            case .intact: "the batch is intact"
            case .malformed: "a batch line is not well-formed"
            case .short: "the file ends inside a batch"
            case .wrong: "the checksum of a batch is wrong"
            }
        }
    }

    /// The checksum in the last line that was intact; nothing before the first.
    public private(set) var checksum: UInt64?
    private let seed: UInt64?

    /// - Parameter sequence: the number of the increment; when it is not known, the first line of
    ///   the file is believed.
    public init(incrementSequence sequence: Int64?) {
        seed = sequence.map { BatchLine.seed(ofIncrement: $0) }
    }

    /// - Parameters:
    ///   - line: an annotation that `BatchLine.isClaimed(by:)`.
    ///   - offset: where its batch begins, behind the line.
    public mutating func verify(
        _ line: ByteSlice, before offset: Int, in content: ByteSlice
    ) -> Outcome {
        guard let read = BatchLine(line) else { return .malformed }
        guard UInt64(content.count - offset) >= read.size else { return .short }
        if let previous = checksum ?? seed {
            let batch = content[offset..<offset + Int(read.size)]
            let sum = BatchLine.checksum(of: line, batch: batch, previous: previous)
            guard sum == read.checksum else { return .wrong(read) }
        }
        checksum = read.checksum
        return .intact(read)
    }
}
