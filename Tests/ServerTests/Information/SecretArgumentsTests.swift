import Bytes
import Testing

@testable import Server

@Suite struct SecretArgumentsTests {
    @Test(arguments: [
        ("auth", "auth pw", [1]), ("auth", "auth user pw", [1, 2]),
        ("hello", "hello 3 auth user pw setname me", [3, 4]),
        ("hello", "hello 3 setname auth auth user pw", [5, 6]), ("hello", "hello 3", []),
        ("config|set", "config set requirepass pw", [3]),
        ("config|set", "config set port 1 MASTERAUTH pw maxmemory requirepass", [5]),
        ("migrate", "migrate host 1 key 0 10 COPY AUTH pw REPLACE", [8]),
        ("migrate", "migrate host 1 '' 0 10 auth2 user pw keys auth auth", [7, 8]),
        ("migrate", "migrate auth auth2 auth auth auth", []),
        ("config|get", "config get requirepass", []), ("set", "set auth pw", []),
    ])
    func areHidden(_ command: String, _ line: String, _ expected: [Int]) {
        let hidden = withWords(line) { words in
            (0..<words.count).filter { SecretArguments.contains($0, of: words, to: command) }
        }
        #expect(hidden == expected)
    }

    @Test func theSlowLogKeepsFewAndShortWords() {
        let line = "set " + String(repeating: "x ", count: 40)
        let many = withWords(line) { SlowLog.shorten($0, of: "set") }
        #expect(many.count == SlowLog.wordsMax)
        #expect(many.last == "... (10 more arguments)")
        let exact = "set " + String(repeating: "x ", count: 31)
        #expect(withWords(exact) { SlowLog.shorten($0, of: "set") }.last == "x")

        let long = withWords("set k " + String(repeating: "v", count: 200)) {
            SlowLog.shorten($0, of: "set")
        }
        #expect(long[2].text == String(repeating: "v", count: 128) + "... (72 more bytes)")
        let secret = withWords("auth pw") { SlowLog.shorten($0, of: "auth") }
        #expect(secret == ["auth", "(redacted)"])
    }
}
