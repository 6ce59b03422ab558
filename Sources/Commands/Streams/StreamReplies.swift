import Bytes
import Keyspace
import RESP

extension ReplyWriter {
    func streamID(_ id: StreamID) {
        let count =
            Decimal.digitCount(id.milliseconds) + 1 + Decimal.digitCount(id.sequence)
        buffer.value.reserve(count + Decimal.countMax)
        buffer.value.append(UInt8(ascii: "$"))
        buffer.value.append(decimal: Int64(count))
        buffer.value.append("\r\n")
        buffer.value.append(id)
        buffer.value.append("\r\n")
    }

    /// The entry that an iterator has reached: its identifier, and its fields and values in turn.
    func streamEntry(_ entries: inout StreamIterator) {
        array(2)
        streamID(entries.id)
        let count = entries.fieldCount
        array(count * 2)
        for _ in 0..<count {
            let (field, value) = entries.nextField()
            string(field)
            string(value)
        }
    }

    /// An entry that is there.
    func streamEntry(_ id: StreamID, of stream: Stream) {
        var entries = StreamIterator(stream, from: id, through: id)
        guard entries.next() else { preconditionFailure("the entry was looked up before") }
        streamEntry(&entries)
    }

    /// Entries of an iterator as an array: the one that it has reached, if any, and those behind it.
    ///
    /// - Parameter countMax: at the most so many; there can be no more.
    func streamEntries(_ entries: inout StreamIterator, countMax: Int) {
        let head = deferredArray(countMax: countMax)
        var count = 0
        if countMax > 0, entries.hasReached || entries.next() {
            repeat {
                streamEntry(&entries)
                count += 1
            } while count < countMax && entries.next()
        }
        settle(head, count: count)
    }
}
