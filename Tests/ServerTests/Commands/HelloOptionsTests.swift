import Bytes
import Commands
import RESP
import Testing

@testable import Server

@Suite struct HelloOptionsTests {
    private func refusal(_ line: String) -> String? {
        ServerTests.refusal(of: line) { (words) throws(CommandError) in
            _ = try HelloOptions(words)
        }
    }

    @Test func everythingMayBeLeftOut() throws {
        try withWords("hello") { words in
            let options = try HelloOptions(words)
            #expect(options.version == nil)
            #expect(options.credentials == nil)
            #expect(options.name == nil)
        }
    }

    @Test func optionsComeInAnyOrder() throws {
        for line in [
            "hello 3 auth default secret setname me", "HELLO 3 SETNAME me AUTH default secret",
        ] {
            try withWords(line) { words in
                let options = try HelloOptions(words)
                #expect(options.version == .three)
                #expect(options.credentials?.user.text == "default")
                #expect(options.credentials?.password.text == "secret")
                #expect(options.name?.text == "me")
            }
        }
    }

    @Test(arguments: [
        ("hello x", "ERR Protocol version is not an integer or out of range"),
        ("hello 1", "NOPROTO unsupported protocol version"),
        ("hello 4", "NOPROTO unsupported protocol version"),
        ("hello 99999999999", "NOPROTO unsupported protocol version"),
        ("hello 3 auth default", "ERR Syntax error in HELLO option 'auth'"),
        ("hello 3 setname", "ERR Syntax error in HELLO option 'setname'"),
        ("hello 3 color red", "ERR Syntax error in HELLO option 'color'"),
        (
            "hello 3 setname a\tb",
            "ERR Client names cannot contain spaces, newlines or special characters."
        ),
    ])
    func refuses(_ line: String, _ expected: String) {
        #expect(refusal(line) == expected)
    }

    @Test func secretsAreComparedWhole() {
        #expect(isEqual("secret", "secret"))
        #expect(!isEqual("secret", "secreT"))
        #expect(!isEqual("secret", "secre"))
        #expect(!isEqual("secret", "secretsecret"))
        #expect(!isEqual("secret", "''"))
        #expect(!isEqual("aa", "aaaa"))
    }

    private func isEqual(_ kept: String, _ sent: String) -> Bool {
        withWords("\(kept) \(sent)") { $0[0].isSecretlyEqual(to: $0[1]) }
    }
}
