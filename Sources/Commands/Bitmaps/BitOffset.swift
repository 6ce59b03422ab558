import Bytes
import Keyspace

extension Execution {
    /// The offset of a bit, as an argument gives it.
    ///
    /// - Parameter width: of a field in bits; then `#` before the number counts in fields. 0 where
    ///   the command has none.
    func bitOffset(_ argument: ByteSlice, width: Int = 0) throws(CommandError) -> Int {
        let countsFields = width > 0 && argument.first == UInt8(ascii: "#")
        let digits = countsFields ? argument[1...] : argument
        guard var offset = digits.integer else { throw .bitOffsetOutOfRange }
        // Redis lets this overflow, and clients get the same fields from both.
        if countsFields { offset &*= Int64(width) }
        guard offset >= 0 else { throw .bitOffsetOutOfRange }
        // A record was accepted once, whatever the limit is by now.
        guard isReplaying || offset >> 3 < settings.stringCountMax else {
            throw .bitOffsetOutOfRange
        }
        return Int(offset)
    }

    /// The bytes of a string value; those of an integer are valid until the next call.
    mutating func bytes(of value: StringValue) -> ByteSlice {
        switch value {
        case .bytes(let bytes): bytes
        case .integer(let integer): decimal(integer)
        }
    }
}

extension CommandError {
    static var bitOffsetOutOfRange: CommandError {
        .text("ERR bit offset is not an integer or out of range")
    }
}
