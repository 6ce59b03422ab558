import Bytes
import RESP
import Testing

@Suite struct RequestBatchTests {
    private let limits = RequestLimits(bulkCountMax: 1 << 29, isAuthenticated: true)

    /// The requests of a text that arrives in parts of the given size, looked at as a server does.
    private func requests(_ text: String, inPartsOf size: Int) throws -> [[String]] {
        var buffer = ByteBuffer()
        var batch = RequestBatch()
        var needed = 0
        var found: [[String]] = []
        let bytes = Array(text.utf8)
        var sent = 0
        while sent < bytes.count {
            let end = min(sent + size, bytes.count)
            Array(bytes[sent..<end]).withSlice { buffer.append($0) }
            sent = end
            while buffer.count >= max(1, needed) {
                try batch.parse(buffer.bytes, limits)
                for index in 0..<batch.count {
                    let arguments = batch[index].arguments
                    found.append((0..<arguments.count).map { arguments[$0].text })
                }
                let consumed = batch.consumed
                buffer.removeFirst(consumed)
                needed = batch.needed
                if consumed == 0 { break }
            }
        }
        let rest = buffer.count
        #expect(rest == 0)
        return found
    }

    @Test(arguments: [1, 2, 3, 5, 7, 64, 1000])
    func partsOfAnySizeGiveTheSameRequests(size: Int) throws {
        let text =
            "*1\r\n$4\r\nPING\r\nSET a  'b c'\r\n\r\n*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$0\r\n\r\n"
            + "*0\r\n*-1\r\n*2\r\n$3\r\nGET\r\n$12\r\nab\r\ncd$1\r\n*9\r\nget x\n"
        let found = try requests(text, inPartsOf: size)
        #expect(
            found == [
                ["PING"], ["SET", "a", "b c"], ["SET", "k", ""], ["GET", "ab\r\ncd$1\r\n*9"],
                ["get", "x"],
            ])
    }

    @Test func bytesInTheLogsFormAreKeptAndOthersAreNot() throws {
        var buffer = ByteBuffer()
        buffer.append("*1\r\n$4\r\nPING\r\n*1\r\n$4\r\nPINGxx*1\r\n$4\r\nPING\r\n")
        var batch = RequestBatch()
        try batch.parse(buffer.bytes, limits)
        let count3 = batch.count
        #expect(count3 == 3)
        #expect(batch[0].canonical == "*1\r\n$4\r\nPING\r\n")
        #expect(batch[1].canonical.isEmpty, "Redis does not look at the two bytes either")
        #expect(batch[2].canonical == "*1\r\n$4\r\nPING\r\n")
    }

    @Test(arguments: [
        ("*x\r\n", ProtocolError.invalidMultibulkLength),
        ("*2147483648\r\n", .invalidMultibulkLength),
        ("*1\r\n:4\r\n", .expectedDollar(UInt8(ascii: ":"))),
        ("*1\r\n$-1\r\n", .invalidBulkLength),
        ("*1\r\n$536870913\r\n", .invalidBulkLength),
        ("*1\r\n$04\r\nPING\r\n", .invalidBulkLength),
        ("SET \"a\r\n", .unbalancedQuotes),
    ])
    func violationsAreNamed(text: String, error: ProtocolError) {
        text.withSlice { bytes in
            var batch = RequestBatch()
            #expect(throws: error) { try batch.parse(bytes, limits) }
        }
    }

    @Test func requestsBeforeAViolationAreDelivered() throws {
        var buffer = ByteBuffer()
        buffer.append("*1\r\n$4\r\nPING\r\n*1\r\n!\r\n")
        var batch = RequestBatch()
        try batch.parse(buffer.bytes, limits)
        let count1 = batch.count
        #expect(count1 == 1)
        buffer.removeFirst(batch.consumed)
        #expect(throws: ProtocolError.expectedDollar(UInt8(ascii: "!"))) {
            try batch.parse(buffer.bytes, limits)
        }
    }

    @Test func strangersMaySendLittle() {
        let strangers = RequestLimits(bulkCountMax: 1 << 29, isAuthenticated: false)
        "*11\r\n".withSlice { bytes in
            var batch = RequestBatch()
            #expect(throws: ProtocolError.unauthenticatedMultibulkLength) {
                try batch.parse(bytes, strangers)
            }
        }
        "*1\r\n$16385\r\n".withSlice { bytes in
            var batch = RequestBatch()
            #expect(throws: ProtocolError.unauthenticatedBulkLength) {
                try batch.parse(bytes, strangers)
            }
        }
    }

    @Test func longRequestsAreNotLookedAtForEveryByte() throws {
        let count = 20_000
        var text = "*\(count)\r\n"
        for _ in 0..<count { text += "$3\r\nabc\r\n" }
        var buffer = ByteBuffer()
        var batch = RequestBatch()
        var looks = 0
        var needed = 0
        for byte in text.utf8 {
            buffer.append(byte)
            guard buffer.count >= max(1, needed) else { continue }
            looks += 1
            try batch.parse(buffer.bytes, limits)
            needed = batch.needed
        }
        let count1 = batch.count
        #expect(count1 == 1)
        #expect(batch[0].arguments.count == count)
        #expect(looks < 200)
    }
}
