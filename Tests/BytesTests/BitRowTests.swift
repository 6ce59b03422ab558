import Bytes
import Testing

/// Rows of bits against their plainest definition.
@Suite struct BitRowTests {
    private static func bytes(_ count: Int, _ seed: UInt64) -> [UInt8] {
        var state = seed
        return (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1
            return UInt8(truncatingIfNeeded: state >> 56)
        }
    }

    private static let counts = [0, 1, 3, 7, 8, 9, 31, 32, 33, 63, 100, 255, 256, 300, 1000, 4096]

    @Test(arguments: counts)
    func countsBits(_ count: Int) {
        for shift in 0..<9 {
            let bytes = Self.bytes(count + shift, UInt64(count))
            let expected = bytes[shift...].reduce(0) { $0 + $1.nonzeroBitCount }
            #expect(bytes.withSlice { $0[shift...].bitCount } == expected)
            let ones = [UInt8](repeating: 255, count: count + shift)
            #expect(ones.withSlice { $0[shift...].bitCount } == count * 8)
        }
    }

    @Test(arguments: counts)
    func findsTheFirstBit(_ count: Int) {
        for wanted in [true, false] {
            var bytes = [UInt8](repeating: wanted ? 0 : 255, count: count)
            #expect(bytes.withSlice { $0.firstBit(wanted) } == nil)
            for place in stride(from: 0, to: count * 8, by: 5).reversed() {
                bytes[place / 8] ^= 0x80 >> UInt8(place % 8)
                #expect(bytes.withSlice { $0.firstBit(wanted) } == place)
            }
        }
    }

    @Test func readsAndWritesNumbers() {
        var buffer = ByteBuffer()
        let original = Self.bytes(24, 9)
        original.withSlice { buffer.append($0) }
        for width in 1...64 {
            for offset in 0..<70 {
                let value = 0x0123_4567_89ab_cdef &* UInt64(offset + 1)
                let mask = UInt64.max >> UInt64(64 - width)
                let bytes = buffer.mutableBytes
                bytes.setBits(at: offset, count: width, to: value)
                #expect(bytes.bytes.bits(at: offset, count: width) == value & mask)
                for place in 0..<192 {
                    let isWithin = place >= offset && place < offset + width
                    let bit =
                        isWithin
                        ? value >> UInt64(offset + width - 1 - place) & 1 == 1
                        : original[place / 8] & 0x80 >> UInt8(place % 8) != 0
                    if bytes.bytes.bit(at: place) != bit {
                        Issue.record("bit \(place) of \(width) bits at \(offset)")
                        return
                    }
                }
                original.withSlice { bytes.replace(with: $0) }
            }
        }
    }

    @Test func replacesParts() {
        var buffer = ByteBuffer()
        buffer.append("hello world")
        buffer.replace(0..<5, with: ByteSlice("goodbye"))
        #expect(buffer.bytes == "goodbye world")
        buffer.replace(7..<13, with: .empty)
        #expect(buffer.bytes == "goodbye")
        buffer.replace(7..<7, with: ByteSlice("!"))
        #expect(buffer.bytes == "goodbye!")
    }
}
