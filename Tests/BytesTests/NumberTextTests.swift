import Bytes
import Testing

@Suite struct NumberTextTests {
    @Test(
        arguments: [
            (3, "3"), (3.1, "3.1"), (1e7, "10000000"), (1e18, "1000000000000000000"),
            (5e18, "5e+18"), (1e19, "1e+19"), (-1e30, "-1e+30"), (1.5e300, "1.5e+300"),
            (123456.789, "123456.789"), (0.000001, "0.000001"), (1e-7, "1e-7"),
            (1.5e-7, "1.5e-7"), (1.234e-6, "1.234e-6"), (12345678.90123456, "1.234567890123456e+7"),
            (-12345678.90123456, "-1.234567890123456e+7"), (.leastNonzeroMagnitude, "5e-324"),
            (1234.5678901234567, "1234.5678901234567"),
            (12345.678901234567, "1.2345678901234567e+4"),
            (0.00012345678901234567, "1.2345678901234567e-4"),
            (1.7976931348623157e308, "1.7976931348623157e+308"), (4.6e18, "4600000000000000000"),
            (46_116_860_184_273_879_040, "46116860184273880000"), (1e22, "1e+22"),
            (1.23456789e23, "1.23456789e+23"),
            // Not the fewest, but what Redis writes.
            (1e23, "99999999999999990000000"), (.infinity, "inf"), (-.infinity, "-inf"),
            (.nan, "nan"), (0, "0"), (-0.0, "-0"),
        ] as [(Double, String)])
    func writesTheShortestDoubles(value: Double, expected: String) {
        var buffer = ByteBuffer()
        buffer.append(shortest: value)
        #expect(buffer.bytes.text == expected)
    }

    @Test func shortestDoublesReadBack() throws {
        var bits: UInt64 = 0x9e37_79b9_7f4a_7c15
        for _ in 0..<20_000 {
            bits = bits &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let value = Double(bitPattern: bits)
            guard value.isNormal else { continue }
            var buffer = ByteBuffer()
            buffer.append(shortest: value)
            #expect(buffer.bytes.double == value)
        }
    }

    @Test(
        arguments: [
            (3, "3"), (3.1, "3.1000000000000001"), (1e20, "1e+20"), (-.infinity, "-inf"),
        ] as [(Double, String)])
    func writesSeventeenDigits(value: Double, expected: String) {
        var buffer = ByteBuffer()
        buffer.append("<")
        buffer.append(seventeenDigits: value)
        #expect(buffer.bytes.text == "<" + expected)
    }

    @Test(
        arguments: [
            ("0", 0), ("12", 12), ("12b", 12), ("10k", 10_000), ("10Kb", 10_240),
            ("1m", 1_000_000), ("1MB", 1 << 20), ("3g", 3_000_000_000), ("3gB", 3 << 30),
            ("18446744073709551615", .max), ("18446744073709551616", nil),
            ("17179869184gb", nil), ("", nil), ("gb", nil), ("-1", nil), ("1.5gb", nil),
            ("10 kb", nil), ("+1", nil), ("1tb", nil), ("10kbb", nil),
        ] as [(String, UInt64?)])
    func readsAmountsOfMemory(text: String, expected: UInt64?) {
        #expect(text.withSlice { MemorySize.parse($0) } == expected)
    }

    @Test(
        arguments: [
            (0, "0B"), (1023, "1023B"), (1024, "1.00K"), (1536, "1.50K"), (1_048_575, "1024.00K"),
            (1 << 20, "1.00M"), (1_572_864, "1.50M"), (5_368_709_120, "5.00G"), (1 << 40, "1.00T"),
            (1 << 50, "1.00P"), (.max, "16384.00P"),
        ] as [(UInt64, String)])
    func showsAmountsToPeople(bytes: UInt64, expected: String) {
        #expect(MemorySize.human(bytes) == expected)
    }

    @Test func showsExactAmounts() {
        #expect(MemorySize.exact(1 << 30) == "1gb")
        #expect(MemorySize.exact(64 << 20) == "64mb")
        #expect(MemorySize.exact(10 << 10) == "10kb")
        #expect(MemorySize.exact(1000) == "1000")
        #expect(MemorySize.exact(0) == "0")
    }
}
