import Bytes
import Testing

@Suite struct CRC64CorrectionTests {
    private func sum(_ bytes: [UInt8]) -> UInt64 { bytes.withSlice { CRC64.of($0) } }

    @Test(arguments: [1, 2, 69, 1000])
    func findsTheOneByteThatIsWrong(count: Int) {
        let right = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37) }
        for index in stride(from: 0, to: count, by: max(1, count / 40)) {
            for difference: UInt8 in [1, 0x80, 0xff] {
                var wrong = right
                wrong[index] ^= difference
                let found = CRC64Correction.locate(sum(wrong) ^ sum(right), count: count)
                #expect(found == CRC64Correction(index: index, difference: difference))
            }
        }
    }

    @Test func findsNothingWhereMoreIsWrong() {
        let right = [UInt8](repeating: 0x41, count: 500)
        var wrong = right
        wrong[17] ^= 1
        wrong[400] ^= 2
        #expect(CRC64Correction.locate(sum(wrong) ^ sum(right), count: 500) == nil)
        #expect(CRC64Correction.locate(0, count: 500) == nil)
        // A byte in front of the run explains nothing in it.
        wrong = right
        wrong[0] ^= 1
        #expect(CRC64Correction.locate(sum(wrong) ^ sum(right), count: 499) == nil)
    }
}
