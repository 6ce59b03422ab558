import Bytes
import Keyspace

/// 64 bits that stand for what a value holds, however it is encoded and in whatever order its
/// elements lie.
///
/// To compare values with, not against people who choose them.
enum ValueDigest {
    static func of(_ value: RDBValue?) -> UInt64 {
        switch value {
        case nil, .module: 0
        case .string(let text): XXH3.hash(text)
        case .collection(let stored): of(stored)
        }
    }

    private static func of(_ value: StoredValue) -> UInt64 {
        var scratch = ByteBuffer()
        var sum = UInt64(value.type.rawValue) &+ 1
        switch value.type {
        case .string: preconditionFailure("a string is no collection")
        case .list:
            var nodes = ByteBuffer()
            var walk = ListWalk(ListView(value))
            while let element = walk.next(using: &nodes) {
                sum = mixed(sum, hash(element, &scratch))
            }
        case .set:
            var walk = SetWalk(SetContents(value))
            while let member = walk.next() { sum &+= mixed(1, hash(member, &scratch)) }
        case .sortedSet:
            SortedSet(value).forEach { member, score in
                sum &+= mixed(hash(member, &scratch), score.bitPattern)
            }
        case .hash:
            var walk = HashView(value).walk()
            while let field = walk.next() {
                let pair = mixed(hash(field.field, &scratch), hash(field.value, &scratch))
                sum &+= mixed(pair, UInt64(bitPattern: field.deadline ?? -1))
            }
        case .stream: return of(Stream(value), sum, &scratch)
        }
        return sum
    }

    private static func of(
        _ stream: Stream, _ start: UInt64, _ scratch: inout ByteBuffer
    ) -> UInt64 {
        var sum = start
        for id in [stream.lastID, stream.maxDeletedID] { sum = mixed(sum, id) }
        sum = mixed(sum, stream.entriesAdded)
        var entries = StreamIterator(stream)
        while entries.next() {
            sum = mixed(sum, entries.id)
            for _ in 0..<entries.fieldCount {
                let (field, value) = entries.nextField()
                sum = mixed(sum, hash(field, &scratch))
                sum = mixed(sum, hash(value, &scratch))
            }
        }
        var groups: UInt64 = 0
        stream.forEachGroup { groups &+= of($0) }
        return mixed(sum, groups)
    }

    /// When consumers were last seen is nobody's data.
    private static func of(_ group: StreamGroup) -> UInt64 {
        var sum = mixed(XXH3.hash(group.name), group.lastID)
        sum = mixed(sum, UInt64(bitPattern: group.entriesRead))
        group.forEachConsumer { consumer in
            var own = XXH3.hash(consumer.name)
            var pending = PendingIterator(consumer)
            while let entry = pending.next() {
                own = mixed(own, entry.id)
                own = mixed(own, UInt64(bitPattern: entry.deliveryTime))
                own = mixed(own, entry.deliveryCount)
            }
            sum &+= mixed(2, own)
        }
        return sum
    }

    private static func hash(_ element: StringValue, _ scratch: inout ByteBuffer) -> UInt64 {
        XXH3.hash(element.text(using: &scratch))
    }

    private static func mixed(_ sum: UInt64, _ id: StreamID) -> UInt64 {
        mixed(mixed(sum, id.milliseconds), id.sequence)
    }

    /// Both numbers in one, in which their order shows.
    private static func mixed(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let product = (left ^ 0x9e37_79b9_7f4a_7c15).multipliedFullWidth(by: right | 1)
        var sum = product.low ^ product.high ^ right &* 0xc2b2_ae3d_27d4_eb4f &+ left
        sum = (sum ^ sum >> 29) &* 0x1656_67b1_9e37_79f9
        return sum ^ sum >> 32
    }
}
