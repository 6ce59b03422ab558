import Bytes

// Every batch that is written to an increment is announced by an annotation, which Redis 7.0 and
// later skip as they skip all lines that begin with `#`:
//
//     #LS:1 00000000000004b0 0000000032 000000000000047e 8c1f0a6c2f3d9b55 CR LF
//           end              size       durable          checksum
//
// All numbers are hexadecimal, in lower case, and have a fixed width, so the line is always 69 bytes long.
//
//   end       the log offset behind the batch
//   size      the bytes of the batch, which follow this line at once; 0 in the line at the head of
//             an increment, whose `end` says where in the stream the increment begins
//   durable   the log offset that had certainly reached the disk before the batch was written
//   checksum  CRC-64, continued from the checksum of the batch line before it in the file, of this
//             line up to the checksum and then of the batch. The first line of a file continues
//             from the CRC-64 of `incr <sequence>` with the file's sequence number, so bytes that
//             another file has left on the disk never look current.
//
// The line stands before its batch so that a reader knows at once what is missing. What follows a
// complete batch without such a line was appended by another server and is read by Redis's rules. A
// batch whose checksum does not match was torn, unless a later line of the set says that it was
// durable: then it was damaged afterwards, and that is never passed over. Since a line depends only
// on the line before it, a file can be cut before any of them and continued there.

/// What an annotation says about the batch that follows it.
public struct BatchLine: Equatable, Sendable {
    /// The line's length in bytes, CR LF included.
    public static let size = 69
    /// How much of the line the checksum covers.
    public static let coveredSize = 51

    public var end: LogOffset
    /// Bytes of the batch.
    public var size: UInt64
    public var durable: LogOffset
    public var checksum: UInt64

    /// Whether an annotation claims to be such a line, intact or not: by its beginning, or by
    /// everything else.
    public static func isClaimed(by annotation: ByteSlice) -> Bool {
        annotation.hasPrefix(ByteSlice("#LS:")) || BatchLine(numbersOf: annotation) != nil
    }

    /// Reads a line, or nothing when it is not exactly one.
    public init?(_ line: ByteSlice) {
        guard line.hasPrefix(ByteSlice("#LS:1 ")) else { return nil }
        self.init(numbersOf: line)
    }

    private init?(numbersOf line: ByteSlice) {
        guard line.count == Self.size, line[22] == 0x20, line[33] == 0x20, line[50] == 0x20 else {
            return nil
        }
        guard line[67] == 0x0d, line[68] == 0x0a else { return nil }
        guard let end = Self.number(line[6..<22]), let size = Self.number(line[23..<33]),
            let durable = Self.number(line[34..<50]), let checksum = Self.number(line[51..<67])
        else { return nil }
        self.end = LogOffset(end)
        self.size = size
        self.durable = LogOffset(durable)
        self.checksum = checksum
    }

    private static func number(_ digits: ByteSlice) -> UInt64? {
        var number: UInt64 = 0
        for index in 0..<digits.count {
            // One spelling for each number, so that every changed bit shows.
            guard let digit = digits[index].hexadecimalDigit,
                digits[index] == Hexadecimal.digit(digit)
            else { return nil }
            number = number << 4 | UInt64(digit)
        }
        return number
    }

    /// What the first line of an increment continues from.
    public static func seed(ofIncrement sequence: Int64) -> UInt64 {
        "incr \(sequence)".withSlice { CRC64.of($0) }
    }

    /// The checksum that a line and its batch should have.
    ///
    /// - Parameters:
    ///   - line: a whole line.
    ///   - previous: the checksum in the line before it, or the file's seed.
    public static func checksum(of line: ByteSlice, batch: ByteSlice, previous: UInt64) -> UInt64 {
        var sum = sum(of: line, previous: previous)
        sum.update(batch)
        return sum.value
    }

    /// The part of the checksum that the line itself makes; the batch is added to it.
    static func sum(of line: ByteSlice, previous: UInt64) -> CRC64 {
        var sum = CRC64(continuing: previous)
        sum.update(line[..<coveredSize])
        return sum
    }
}

extension ByteBuffer {
    /// Makes room for a batch line, to be filled in by `sealBatch` when the batch is complete.
    mutating func appendBatchLinePlace() {
        append(ByteSlice("#LS:1 0000000000000000 0000000000 0000000000000000 0000000000000000"))
        appendLineEnd()
    }

    /// Fills in the batch line that begins the buffer; the rest of the buffer is the batch.
    ///
    /// - Parameter previous: the checksum of the line before, or the file's seed.
    /// - Returns: the checksum, which the next line continues.
    mutating func sealBatch(end: LogOffset, durable: LogOffset, previous: UInt64) -> UInt64 {
        precondition(count >= BatchLine.size)
        setHexadecimal(end.value, at: 6..<22)
        setHexadecimal(UInt64(count - BatchLine.size), at: 23..<33)
        setHexadecimal(durable.value, at: 34..<50)
        let checksum = BatchLine.checksum(
            of: bytes[..<BatchLine.size], batch: bytes[BatchLine.size...], previous: previous)
        setHexadecimal(checksum, at: 51..<67)
        return checksum
    }

    private mutating func setHexadecimal(_ number: UInt64, at places: Range<Int>) {
        var rest = number
        for index in places.reversed() {
            self[index] = Hexadecimal.digit(UInt8(rest & 15))
            rest >>= 4
        }
        precondition(rest == 0, "the number does not fit its place")
    }
}
