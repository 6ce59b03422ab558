import Bytes
import Testing

@Suite struct WordSplitterTests {
    @Test(
        arguments: [
            ("", []), ("   \t ", []), ("set k v\r\n", ["set", "k", "v"]),
            (#"save """#, ["save", ""]), (#"a"b c"  d"#, ["ab c", "d"]),
            (#""\n\r\t\a\b\\\"\q""#, ["\n\r\t\u{7}\u{8}\\\"q"]), (#""\x41\x6a\xZ1""#, ["AjxZ1"]),
            (#"'it\'s \n'"#, [#"it's \n"#]), ("a'b'", ["ab"]), (#"x\y"#, [#"x\y"#]),
            ("a\u{0}b c", ["a"]), ("\u{b}a\u{b}b", ["a\u{b}b"]), ("''", [""]),
        ] as [(String, [String])])
    func splits(line: String, expected: [String]) throws {
        let words = try #require(line.withSlice { $0.words() })
        #expect(words.map(\.text) == expected)
    }

    @Test(arguments: [
        #""abc"#, "'abc", #""abc"d"#, "'a'b", #""\"#, #""abc\""#, "\"a\u{0}\"", #"'\'"#, #""a""b""#,
    ])
    func refusesUnbalancedQuotes(line: String) {
        #expect(line.withSlice { $0.words() } == nil)
    }

    @Test func readsBackWhatWasRepresented() {
        let bytes = Array(UInt8.min...UInt8.max)
        let quoted = bytes.withSlice { Quoting.represent($0) }
        let words = quoted.withSlice { $0.words() }
        #expect(words == [ByteString(bytes)])
    }

    @Test func representsAsRedisDoes() {
        let bytes = Array("a\"\\ \n\r\t\u{7}\u{8}".utf8) + [0, 0x1f, 0x7f, 0xff]
        let quoted = bytes.withSlice { Quoting.represent($0) }
        #expect(quoted == #""a\"\\ \n\r\t\a\b\x00\x1f\x7f\xff""#)
    }
}
