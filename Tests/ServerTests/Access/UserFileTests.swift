import Bytes
import Testing

@testable import Server

@Suite struct UserFileTests {
    private func read(_ text: String) throws -> [UserDefinition] {
        try UserFile(ByteString(text), path: "users.acl", UserRightsTests.context).users
    }

    @Test func whatIsWrittenIsReadAgain() throws {
        let users = try read(
            "user b on nopass ~* &* +@all\n\n \t\nuser a off #"
                + String(repeating: "0a", count: 32) + " %R~x (~y +get)\r\n")
        #expect(users.map(\.name) == ["b", "a"])
        let text = UserFile.text(of: users.map { User($0.name, $0.rights) })
        let again = try UserFile(text, path: "users.acl", UserRightsTests.context).users
        #expect(UserFile.text(of: again.map { User($0.name, $0.rights) }) == text)
    }

    @Test(arguments: [
        ("usr a on", "users.acl:1 should start with user keyword followed by the username. "),
        ("\nuser", "users.acl:2 should start with user keyword followed by the username. "),
        ("user a on\nuser a off", "WARNING: Duplicate user 'a' found on line 2. "),
        ("user a\tb on", "'users.acl:1: username 'a\tb' contains invalid characters. "),
        ("user a (+get", "users.acl:1: Unmatched parenthesis in selector definition."),
        (
            "user a +x ~* ~a -y nonsense",
            "users.acl:1: Error in applying operation '+x': Unknown command or category name in "
                + "ACL. users.acl:1: Adding a pattern after the * pattern (or the 'allkeys' flag) "
                + "is not valid and does not have any effect. Try 'resetkeys' to start with an "
                + "empty list of patterns. users.acl:1: Error in applying operation '-y': Unknown "
                + "command or category name in ACL. "
        ),
    ])
    func everyMistakeIsNamed(_ text: String, _ expected: String) {
        let mistakes = #expect(throws: UserFile.Mistakes.self) { try read(text) }
        #expect(
            mistakes?.text.text == expected
                + "WARNING: ACL errors detected, no change to the previously active ACL rules was "
                + "performed")
    }
}
