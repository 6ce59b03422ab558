import Bytes
import Testing

@Suite struct DecimalSumTests {
    private func sum(_ left: StaticString, _ right: StaticString) throws(DecimalSumError) -> String
    {
        var text = ByteBuffer()
        try text.append(sumOf: ByteSlice(left), and: ByteSlice(right))
        return text.bytes.text
    }

    @Test func addsAsPeopleWrite() throws {
        #expect(try sum("1.50", "2.5") == "4")
        #expect(try sum("3.0e3", "0.25") == "3000.25")
        #expect(try sum("-1", "1") == "0")
        #expect(try sum("1e4000", "0").utf8.count == 4000)
    }

    @Test func saysWhichIsNoNumber() {
        #expect(throws: DecimalSumError.leftIsNotANumber) { try sum("", "1") }
        #expect(throws: DecimalSumError.leftIsNotANumber) { try sum("x", "y") }
        #expect(throws: DecimalSumError.rightIsNotANumber) { try sum("1", " 1") }
        #expect(throws: DecimalSumError.rightIsNotANumber) { try sum("1", "nan") }
        #expect(throws: DecimalSumError.sumIsNotFinite) { try sum("1", "inf") }
    }
}
