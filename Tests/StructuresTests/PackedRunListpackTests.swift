import Bytes
import Structures
import Testing

/// Listpacks from outside become runs, or are refused.
@Suite struct PackedRunListpackTests {
    private static var values: [StringValue] {
        [
            .integer(0), .integer(127), .integer(128), .integer(-1), .integer(-4096),
            .integer(40_000),
            .integer(-8_388_608), .integer(1 << 31), .integer(.min), .integer(.max),
            .bytes(ByteSlice("")), .bytes(ByteSlice("text")), .bytes(ByteSlice("007")),
            .bytes(ByteSlice("-0")),
        ]
    }

    private static func listpack() -> (bytes: [UInt8], count: Int) {
        var run = PackedRun.make()
        for value in values { run.append(value) }
        for size in [63, 64, 4095, 4096, 17_000] {
            let text = [UInt8](repeating: 0x61, count: size)
            text.withSlice { run.append(.bytes($0)) }
        }
        var buffer = ByteBuffer()
        buffer.append(listpackOf: run)
        defer { run.free() }
        return (buffer.bytes.array, run.count)
    }

    @Test func whatIsWrittenIsRead() throws {
        let (bytes, count) = Self.listpack()
        let run = try #require(bytes.withSlice { PackedRun.make(verifying: $0) })
        defer { run.free() }
        #expect(run.count == count)
        var buffer = ByteBuffer()
        buffer.append(listpackOf: run)
        #expect(buffer.bytes.array == bytes)
        run.checkInvariants()
    }

    @Test func everyPartAndEveryChangedByteIsJudgedWithoutHarm() {
        let (bytes, _) = Self.listpack()
        let small = Array(bytes[..<200])
        for count in 0..<small.count {
            #expect(Array(small[..<count]).withSlice { PackedRun.make(verifying: $0) } == nil)
        }
        for index in 0..<300 {
            for change in [1, 0x80, 0xff] as [UInt8] {
                var damaged = bytes
                damaged[index] ^= change
                if let run = damaged.withSlice({ PackedRun.make(verifying: $0) }) {
                    run.checkInvariants()
                    run.free()
                }
            }
        }
    }

    @Test func integersWrittenAsTextBecomeIntegers() throws {
        // A text of two digits, and a 5 in the widest form.
        let elements: [UInt8] = [0x82, 0x31, 0x32, 3, 0xf4, 5, 0, 0, 0, 0, 0, 0, 0, 9]
        let size = UInt8(elements.count + 7)
        let bytes = [size, 0, 0, 0, 0xff, 0xff] + elements + [0xff]
        let run = try #require(bytes.withSlice { PackedRun.make(verifying: $0) })
        defer { run.free() }
        #expect(run.find(.integer(12)) != nil)
        #expect(run.find(.integer(5)) != nil)
        #expect(run.elements.array == [12, 1, 5, 1])
    }
}
