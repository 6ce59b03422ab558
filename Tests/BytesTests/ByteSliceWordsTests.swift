import Bytes
import Testing

@Suite struct ByteSliceWordsTests {
    private func words(_ line: String) -> [ByteString]? { line.withSlice { $0.words() } }

    @Test func splitsAtBlanksAndReadsQuotes() {
        #expect(words(" set  key\tvalue ") == ["set", "key", "value"])
        #expect(words("") == [])
        #expect(words(#""a b" 'c\'d' x"y""#) == ["a b", "c'd", "xy"])
        #expect(words(#""\x41\n\"\\\q" '\n'"#) == ["A\n\"\\q", "\\n"])
        #expect(words(#""""#) == [""])
    }

    @Test func refusesUnbalancedQuotes() {
        #expect(words(#""open"#) == nil)
        #expect(words(#"'open"#) == nil)
        #expect(words(#""closed"behind"#) == nil)
    }

    @Test func everyByteSurvivesBeingWrittenAsAWord() {
        let all = ByteString((0...255).map { UInt8($0) })
        #expect(all.asWord.withSlice { $0.words() } == [all])
        #expect(ByteString("plain.aof").asWord == "plain.aof")
        #expect(ByteString("").asWord.withSlice { $0.words() } == [""])
    }
}
