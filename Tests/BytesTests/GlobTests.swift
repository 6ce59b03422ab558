import Bytes
import Testing

@Suite struct GlobTests {
    @Test(arguments: [
        ("hello", "h?llo", true), ("hllo", "h?llo", false), ("hello", "h[ae]llo", true),
        ("hillo", "h[ae]llo", false), ("hbllo", "h[^e]llo", true), ("hello", "h[^e]llo", false),
        ("hbllo", "h[b-a]llo", true), ("h*llo", #"h\*llo"#, true), ("hello", #"h\*llo"#, false),
        ("a", "**", true), ("", "*", false), ("", "", true), ("", "a", false), ("a", "", false),
        ("abc", "abc***", true), ("abcabd", "*abd", true), ("abcabd", "a*b*d", true),
        (#"\"#, #"\"#, true), ("a]", #"a[\]]"#, true), ("a", "[]", false), ("a", "[^]", true),
        ("a", "[a", true), ("a", "[^a", false), ("-", "[a-", true), ("b", "[a-", false),
        ("ab", "[a", false), ("x", "[^", true), ("A", "a", false),
    ])
    func matchesAsRedisDoes(text: String, pattern: String, expected: Bool) {
        #expect(matches(text, pattern) == expected)
    }

    @Test func ignoresCaseWhenAsked() {
        #expect(matches("MaxMemory", "maxm*Y", ignoringCase: true))
        #expect(matches("B", "[a-c]", ignoringCase: true))
        #expect(matches("b", "[A-C]", ignoringCase: true))
        #expect(!matches("d", "[A-C]", ignoringCase: true))
        #expect(!matches("B", #"[\b]"#, ignoringCase: true))
    }

    @Test func doesBoundedWork() {
        let text = String(repeating: "a", count: 20_000)
        let pattern = String(repeating: "a*", count: 40) + "b"
        #expect(!matches(text, pattern))
    }

    private func matches(_ text: String, _ pattern: String, ignoringCase: Bool = false) -> Bool {
        text.withSlice { text in
            pattern.withSlice { Glob.matches(text, $0, ignoringCase: ignoringCase) }
        }
    }
}
