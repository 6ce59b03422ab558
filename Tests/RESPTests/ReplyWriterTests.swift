import Bytes
import RESP
import Testing

@Suite struct ReplyWriterTests {
    private func written(_ version: ReplyWriter.Version, _ body: (ReplyWriter) -> Void) -> String {
        let buffer = Reference(to: ByteBuffer())
        defer { buffer.free() }
        body(ReplyWriter(buffer, version: version))
        return buffer.value.bytes.text
    }

    @Test func typesThatVersionTwoLacksAreDowngraded() {
        let body: (ReplyWriter) -> Void = { replies in
            replies.map(1)
            replies.set(2)
            replies.null()
            replies.nullArray()
            replies.boolean(true)
            replies.double(1.5)
            replies.double(.infinity)
            replies.bigNumber(ByteSlice("12345678901234567890"))
            "hi".withSlice { replies.verbatim($0) }
            replies.push(1)
        }
        #expect(
            written(.three, body)
                == "%1\r\n~2\r\n_\r\n_\r\n#t\r\n,1.5\r\n,inf\r\n(12345678901234567890\r\n"
                + "=6\r\ntxt:hi\r\n>1\r\n")
        #expect(
            written(.two, body)
                == "*2\r\n*2\r\n$-1\r\n*-1\r\n:1\r\n$3\r\n1.5\r\n$3\r\ninf\r\n"
                + "$20\r\n12345678901234567890\r\n$2\r\nhi\r\n*1\r\n")
    }

    @Test func lineEndsInsideALineBecomeBlanks() {
        #expect(written(.two) { $0.error("\nERR a\r\nb\r\n") } == "-ERR a  b\r\n")
    }

    @Test func integersAreWrittenAtTheirBounds() {
        #expect(written(.two) { $0.integer(Int64.min) } == ":-9223372036854775808\r\n")
        #expect(written(.two) { $0.bulk(decimal: -10) } == "$3\r\n-10\r\n")
    }
}
