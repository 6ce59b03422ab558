import Bytes

// A record is a command in the form in which a client sends it, so that what replays the log is
// what executes clients' commands:
//
//     *3 CR LF  $3 CR LF SET CR LF  $1 CR LF k CR LF  $1 CR LF v CR LF
//
// the number of arguments, and for each its length in bytes, its bytes and a line end.

extension ByteBuffer {
    /// Begins a record; exactly `count` arguments follow.
    @inlinable
    public mutating func appendRecordHead(argumentCount count: Int) {
        append(UInt8(ascii: "*"))
        append(decimal: Int64(count))
        appendLineEnd()
    }

    @inlinable
    public mutating func appendRecordArgument(_ argument: ByteSlice) {
        append(UInt8(ascii: "$"))
        append(decimal: Int64(argument.count))
        appendLineEnd()
        append(argument)
        appendLineEnd()
    }

    @inlinable
    public mutating func appendRecordArgument(_ literal: StaticString) {
        appendRecordArgument(ByteSlice(literal))
    }

    /// A number in decimal.
    public mutating func appendRecordArgument(_ number: Int64) {
        var length = number.magnitude < 10 ? 1 : Decimal.digitCount(number.magnitude)
        if number < 0 { length += 1 }
        append(UInt8(ascii: "$"))
        append(decimal: Int64(length))
        appendLineEnd()
        append(decimal: number)
        appendLineEnd()
    }

    /// A whole record of few arguments, for what is not hot.
    public mutating func appendRecord(_ arguments: [ByteString]) {
        appendRecordHead(argumentCount: arguments.count)
        for argument in arguments { argument.withSlice { appendRecordArgument($0) } }
    }

    @usableFromInline
    mutating func appendSelect(_ database: Int) {
        append(ByteSlice("*2\r\n$6\r\nSELECT\r\n"))
        appendRecordArgument(Int64(database))
    }

    @inlinable
    mutating func appendLineEnd() {
        append(0x0d)
        append(0x0a)
    }
}
