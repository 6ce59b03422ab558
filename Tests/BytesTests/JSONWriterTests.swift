import Bytes
import Testing

@Suite struct JSONWriterTests {
    @Test func membersAndElementsAreSeparatedOnce() {
        var json = JSONWriter()
        json.beginObject()
        json.name("empty")
        json.beginArray()
        json.endArray()
        json.name("numbers")
        json.beginArray()
        json.integer(-1)
        json.integer(UInt64.max)
        json.beginObject()
        json.endObject()
        json.endArray()
        json.name("is")
        json.flag(true)
        json.name("none")
        json.null()
        json.endObject()
        #expect(
            json.text.bytes.text
                == #"{"empty":[],"numbers":[-1,18446744073709551615,{}],"is":true,"none":null}"#)
    }

    @Test(arguments: [
        ([UInt8]("a\"\\\n\r\t\u{1}\u{7f}".utf8), #""a\"\\\n\r\t\u0001\u007f""#),
        ([UInt8]("ä€😀".utf8), "\"ä€😀\""),
        ([0x61, 0xff, 0x80], #""a\u00ff\u0080""#),
        ([], "\"\""),
    ])
    func bytesAreQuotedWithoutLoss(bytes: [UInt8], text: String) {
        var json = JSONWriter()
        bytes.withSlice { json.string($0) }
        #expect(json.text.bytes.text == text)
    }
}
