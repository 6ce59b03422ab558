import Bytes
import RESP
import Testing

@Suite struct DeferredCountTests {
    @Test(arguments: [(0, 0), (0, 9), (9, 9), (9, 10), (10, 10), (3, 100_000), (12, 5000)])
    func theHeadTakesThePlaceThatItNeeds(_ count: Int, _ countMax: Int) {
        for version in [ReplyWriter.Version.two, .three] {
            let buffer = Reference(to: ByteBuffer())
            defer { buffer.free() }
            let replies = ReplyWriter(buffer, version: version)
            replies.ok()
            let array = replies.deferredArray(countMax: countMax)
            for _ in 0..<count { replies.integer(7) }
            replies.settle(array, count: count)
            let set = replies.deferredSet(countMax: countMax)
            replies.settle(set, count: 0)
            replies.ok()
            let elements = String(repeating: ":7\r\n", count: count)
            let empty = version == .three ? "~0\r\n" : "*0\r\n"
            let whole = buffer.value.bytes.text
            #expect(whole == "+OK\r\n*\(count)\r\n" + elements + empty + "+OK\r\n")
        }
    }
}
