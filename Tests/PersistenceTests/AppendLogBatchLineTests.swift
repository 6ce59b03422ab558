import Bytes
import Testing

@testable import Persistence

@Suite struct AppendLogBatchLineTests {
    private func sealed(_ content: String, previous: UInt64) -> (bytes: [UInt8], checksum: UInt64) {
        var buffer = ByteBuffer()
        buffer.appendBatchLinePlace()
        buffer.append(text: content)
        let checksum = buffer.sealBatch(
            end: LogOffset(1200), durable: LogOffset(1150), previous: previous)
        return (buffer.bytes.array, checksum)
    }

    @Test func aLineSaysWhatWasSealed() {
        let seed = BatchLine.seed(ofIncrement: 3)
        let (bytes, checksum) = sealed("*1\r\n$4\r\nPING\r\n", previous: seed)
        bytes.withSlice { slice in
            let head = slice[..<BatchLine.size]
            let line = BatchLine(head)
            #expect(line?.end == LogOffset(1200))
            #expect(line?.size == 14)
            #expect(line?.durable == LogOffset(1150))
            #expect(line?.checksum == checksum)
            let batch = slice[BatchLine.size...]
            #expect(BatchLine.checksum(of: head, batch: batch, previous: seed) == checksum)
            let stale = BatchLine.seed(ofIncrement: 2)
            #expect(BatchLine.checksum(of: head, batch: batch, previous: stale) != checksum)
        }
    }

    @Test func everyChangedBitIsNoticed() {
        let seed = BatchLine.seed(ofIncrement: 1)
        var (bytes, _) = sealed("*1\r\n$4\r\nPING\r\n", previous: seed)
        for index in bytes.indices {
            for bit in 0..<8 {
                bytes[index] ^= 1 << bit
                bytes.withSlice { slice in
                    let head = slice[..<BatchLine.size]
                    let line = BatchLine(head)
                    let sum = BatchLine.checksum(
                        of: head, batch: slice[BatchLine.size...], previous: seed)
                    #expect(line?.checksum != sum)
                }
                bytes[index] ^= 1 << bit
            }
        }
    }

    @Test func readersSkipTheLine() throws {
        let (bytes, _) = sealed("*1\r\n$4\r\nPING\r\n", previous: 0)
        try bytes.withSlice { slice throws(RecordError) in
            var reader = RecordReader(slice)
            #expect(try reader.next() == .annotation)
            #expect(reader.item.count == BatchLine.size)
            #expect(try reader.next() == .record)
            #expect(try reader.next() == .end)
        }
    }
}
