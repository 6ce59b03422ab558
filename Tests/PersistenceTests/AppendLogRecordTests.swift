import Bytes
import Testing

@testable import Persistence

@Suite struct AppendLogRecordTests {
    /// The error that ends the reading, or nothing, and the items before it.
    private func read(_ text: String) -> (items: [[String]], error: RecordError?) {
        text.withSlice { content in
            var reader = RecordReader(content)
            var items: [[String]] = []
            do throws(RecordError) {
                while true {
                    switch try reader.next() {
                    case .record:
                        items.append((0..<reader.arguments.count).map { reader.arguments[$0].text })
                    case .annotation: items.append([reader.item.text])
                    case .end: return (items, nil)
                    }
                }
            } catch {
                return (items, error)
            }
        }
    }

    private let small = "*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1\r\nv\r\n"

    @Test func readsWhatTheBuilderWrites() {
        var buffer = ByteBuffer()
        buffer.appendSelect(0)
        buffer.appendRecord(["SET", "k", "v"])
        #expect(buffer.bytes.text == small)
        buffer.appendRecordHead(argumentCount: 2)
        buffer.appendRecordArgument("INCRBY")
        buffer.appendRecordArgument(-1200)
        let (items, error) = read(buffer.bytes.text)
        #expect(items == [["SELECT", "0"], ["SET", "k", "v"], ["INCRBY", "-1200"]])
        #expect(error == nil)
    }

    @Test func everyCutInsideAnItemIsATruncationAtItsStart() {
        let text = small + "#TS:1700000000\r\n"
        let boundaries: Set<Int> = [0, 23, 50, 66]
        for size in 0...text.utf8.count {
            let (_, error) = read(String(decoding: text.utf8.prefix(size), as: UTF8.self))
            if boundaries.contains(size) {
                #expect(error == nil)
            } else {
                #expect(error?.isTruncation == true)
                #expect(error?.itemStart == boundaries.filter { $0 < size }.max())
            }
        }
    }

    @Test(arguments: [
        ("*1\r\n$4\r\nPINGxx", RecordError.Reason.lineEnd(0x78, 0x78), 12),
        ("*1\r\n$4\r\nPING\n\r", .lineEnd(0x0a, 0x0d), 12),
        ("*1\n$4\r\nPING\r\n", .lineEnd(0x0a, 0x24), 2),
        ("*1x\r\n$4\r\nPING\r\n", .lineEnd(0x78, 0x0d), 2),
        ("*01\r\n$4\r\nPING\r\n", .number, 1),
        ("*0\r\n", .argumentCount, 0),
        ("*-1\r\n", .number, 1),
        ("*1\r\n:4\r\nPING\r\n", .prefix(expected: 0x24, got: 0x3a), 4),
        ("PING\r\n", .prefix(expected: 0x2a, got: 0x50), 0),
        ("\0\0\0\0", .prefix(expected: 0x2a, got: 0), 0),
        ("*99999999999999999999\r\n", .number, 1),
        ("#x\n", .lineEnd(0x78, 0x0a), 1),
        ("#L\0\0v\r\n", .zeroInAnnotation, 2),
    ])
    func refusesWithThePlace(text: String, reason: RecordError.Reason, offset: Int) {
        let (items, error) = read("*1\r\n$4\r\nPING\r\n" + text)
        #expect(items == [["PING"]])
        #expect(error == RecordError(reason: reason, offset: 14 + offset, itemStart: 14))
    }

    @Test func annotationsEndAtTheLimit() {
        let longest = "#" + String(repeating: "x", count: 1020) + "\r\n"
        #expect(read(longest).items == [[longest]])
        #expect(read("#x" + longest.dropFirst()).error?.reason == .annotationTooLong)
    }
}
