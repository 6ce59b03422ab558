import Bytes
import Keyspace

// Commands that wait. A command that finds nothing at its keys asks to block instead of answering,
// and returns. The server keeps a copy of the request and runs it again, from its beginning, when
// one of the keys has changed; if it asks to block again, it goes on waiting in its old place.
//
//     let timeout = try arguments.timeout(arguments.count - 1, .seconds, at: execution.now)
//     … return when something was found …
//     guard execution.mayBlock else { return execution.replies.nullArray() }
//     execution.block(on: 1..<(arguments.count - 1), holding: .list, for: timeout)
extension Execution {
    /// Whether the command may wait. Inside a transaction, and when a record is replayed, it has to
    /// answer at once.
    public var mayBlock: Bool { !isInUnit && !isReplaying }

    /// Asks to let the client wait until one of its keys has changed. The command does not answer;
    /// when the time is over, the client is answered with the null of an array.
    ///
    /// - Parameters:
    ///   - keys: which of the request's arguments are the keys.
    ///   - type: of the values that end the wait; a key of another type is passed over.
    ///   - milliseconds: what `Slices.timeout` gave; 0 is without end.
    ///   - endsWithoutKey: whether the command is run again, too, when a key has gone or has become
    ///     of another type, as it then is an error to go on waiting (`XREADGROUP`).
    ///   - words: what is run instead of the request, name first; the request itself when nothing.
    ///     The keys stand at the same places.
    public mutating func block(
        on keys: Range<Int>, holding type: ValueType, for milliseconds: Int64,
        endsWithoutKey: Bool = false, rerunning words: Slices? = nil
    ) {
        precondition(mayBlock, "a command that may not block answers at once")
        isBlocking = true
        blockRequest = BlockRequest(
            keys: keys, type: type, milliseconds: milliseconds, endsWithoutKey: endsWithoutKey,
            words: words.map { words in
                (0..<words.count).map { ByteString(words[$0]) }
            })
    }
}

/// What a command waits for.
public struct BlockRequest {
    /// Which arguments are the keys.
    public var keys = 0..<0
    /// Of the values that end the wait.
    public var type = ValueType.list
    /// How long; 0 is without end.
    public var milliseconds: Int64 = 0
    /// Whether a key that goes, or becomes of another type, ends the wait as well.
    public var endsWithoutKey = false
    /// What is run instead of the request.
    public var words: [ByteString]?
}

extension Slices {
    /// An argument as a time that is not negative and ends within 64 bits, in milliseconds. Seconds
    /// may have a fraction, and each begun millisecond counts.
    ///
    /// - Parameter now: Unix milliseconds.
    public func timeout(
        _ index: Int, _ unit: TimeUnit, at now: Int64
    ) throws(CommandError) -> Int64 {
        let milliseconds: Int64
        switch unit {
        case .seconds:
            guard let seconds = self[index].double else {
                throw .text("ERR timeout is not a float or out of range")
            }
            // The first number beyond 64 bits is itself a double.
            guard seconds * 1000 < 0x1p63 else { throw .text("ERR timeout is out of range") }
            // Less than a millisecond below zero still rounds to none.
            milliseconds = seconds * 1000 <= -1 ? -1 : Int64((seconds * 1000).rounded(.up))
        case .milliseconds:
            guard let exact = self[index].integer else {
                throw .text("ERR timeout is not an integer or out of range")
            }
            milliseconds = exact
        }
        guard milliseconds >= 0 else { throw .text("ERR timeout is negative") }
        guard milliseconds <= Int64.max - now else { throw .text("ERR timeout is out of range") }
        return milliseconds
    }
}
