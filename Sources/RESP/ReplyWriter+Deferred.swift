import Bytes

/// The head of an array or set whose elements are written before their number is known.
public struct DeferredCount {
    fileprivate let type: UInt8
    /// Where the head begins among the bytes of the buffer.
    fileprivate let offset: Int
    /// Bytes that were left free for it.
    fileprivate let room: Int
}

extension ReplyWriter {
    /// Begins an array of up to `countMax` elements; `settle` is to follow.
    public func deferredArray(countMax: Int) -> DeferredCount {
        deferred(UInt8(ascii: "*"), countMax)
    }

    /// Begins a set of up to `countMax` elements; `settle` is to follow.
    public func deferredSet(countMax: Int) -> DeferredCount {
        deferred(isVersion3 ? UInt8(ascii: "~") : UInt8(ascii: "*"), countMax)
    }

    private func deferred(_ type: UInt8, _ countMax: Int) -> DeferredCount {
        let room = Self.headSize(countMax)
        let head = DeferredCount(type: type, offset: buffer.value.count, room: room)
        buffer.value.append(repeating: 0, count: room)
        return head
    }

    private static func headSize(_ count: Int) -> Int {
        3 + Decimal.digitCount(UInt64(count))
    }

    /// Writes the head, now that the elements stand behind it.
    public func settle(_ head: DeferredCount, count: Int) {
        precondition(count >= 0)
        let size = Self.headSize(count)
        precondition(size <= head.room, "there are no more elements than was said")
        if size < head.room {
            buffer.value.remove(head.room - size, at: head.offset)
        }
        var rest = count
        var index = head.offset + size - 1
        buffer.value[index] = UInt8(ascii: "\n")
        buffer.value[index - 1] = UInt8(ascii: "\r")
        index -= 2
        while index > head.offset {
            buffer.value[index] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
            index -= 1
        }
        buffer.value[head.offset] = head.type
    }
}
