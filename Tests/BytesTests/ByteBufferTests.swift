import Bytes
import Testing

@Suite struct ByteBufferTests {
    @Test func keepsItsBytesThroughGrowthAndConsumption() {
        var buffer = ByteBuffer()
        var expected: [UInt8] = []
        for index in 0..<1000 {
            buffer.append(decimal: Int64(index))
            expected += Array(String(index).utf8)
            if index % 3 == 0 {
                buffer.removeFirst(1)
                expected.removeFirst(1)
            }
        }
        #expect(buffer.bytes.array == expected)
    }
}
