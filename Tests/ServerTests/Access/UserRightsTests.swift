import Bytes
import Commands
import Testing

@testable import Server

/// What rules add up to, and how they are shown again.
@Suite struct UserRightsTests {
    nonisolated(unsafe) static let table = CommandTable(CommandCatalogue.all, SessionCommands.all)
    nonisolated(unsafe) static let context = AccessRuleContext(
        table: table, allowsAllChannels: false)

    private func rights(of rules: String) throws -> UserRights {
        var rights = UserRights(Self.context)
        let words = rules.split(separator: " ").map { ByteString(String($0)) }
        try rights.apply(try AccessRules.merge(words), Self.context)
        return rights
    }

    private func shown(_ rights: UserRights) -> String {
        var text = ByteBuffer()
        rights.describe(to: &text)
        return text.bytes.text
    }

    @Test(arguments: [
        ("", "off sanitize-payload resetchannels -@all"),
        ("on nopass ~* &* +@all", "on nopass sanitize-payload ~* &* +@all"),
        ("~a %R~b %W~c %RW~d %rw~b", "off sanitize-payload ~a ~b %W~c ~d resetchannels -@all"),
        ("%R~a %W~a", "off sanitize-payload ~a resetchannels -@all"),
        ("+get -get +GET", "off sanitize-payload resetchannels -@all +get"),
        ("+config|get +config", "off sanitize-payload resetchannels -@all +config"),
        ("+config -config|SET", "off sanitize-payload resetchannels -@all +config -config|set"),
        ("+@read -get +@read", "off sanitize-payload resetchannels -@all -get +@read"),
        ("+@all -@write +@all", "off sanitize-payload resetchannels +@all"),
        ("+select|0 +select|1", "off sanitize-payload resetchannels -@all +select|0 +select|1"),
        ("&a &b &a", "off sanitize-payload resetchannels &a &b -@all"),
        (
            "+get (~x +set) (%R~y +@read )",
            "off sanitize-payload resetchannels -@all +get (~x resetchannels -@all +set) "
                + "(%R~y resetchannels -@all +@read)"
        ),
        ("(~x +set) clearselectors", "off sanitize-payload resetchannels -@all"),
        (
            "on nopass skip-sanitize-payload +get ~* (+set) reset",
            "off sanitize-payload resetchannels -@all"
        ),
    ])
    func areShownAsTheyCouldBeGiven(_ rules: String, _ expected: String) throws {
        let rights = try rights(of: rules)
        #expect(shown(rights) == expected)
        // What is shown makes the same rights again.
        #expect(try shown(self.rights(of: expected)) == expected)
    }

    @Test(arguments: [
        ("+nosuch", "Unknown command or category name in ACL"),
        ("+@nosuch", "Unknown command or category name in ACL"),
        ("-select|0", "Unknown command or category name in ACL"),
        ("+config|nosuch", "Unknown command or category name in ACL"),
        ("+config|get|x", "Allowing first-arg of a subcommand is not supported"),
        ("+get|", "Syntax error"), ("nosuch", "Syntax error"), ("%X~a", "Syntax error"),
        ("%~a", "Syntax error"), ("%RR~a", "Syntax error"),
        (
            "~* ~a",
            """
            Adding a pattern after the * pattern (or the 'allkeys' flag) is not valid and does not \
            have any effect. Try 'resetkeys' to start with an empty list of patterns
            """
        ),
        ("<pw", "The password you are trying to remove from the user does not exist"),
        (
            "#ABC",
            """
            The password hash must be exactly 64 characters and contain only lowercase hexadecimal \
            characters
            """
        ),
    ])
    func wrongRulesAreRefused(_ rules: String, _ expected: String) {
        let refusal = #expect(throws: AccessRules.Refusal.self) { try rights(of: rules) }
        #expect(refusal.map { "\($0.reason.text)" } == expected)
    }

    @Test func aParenthesisHasToBeClosed() {
        let unmatched = #expect(throws: AccessRules.Unmatched.self) {
            try rights(of: "on (~a +get")
        }
        #expect(unmatched?.index == 1)
    }

    @Test func passwordsAreDigests() throws {
        let user = User("u", try rights(of: "on >one >two >one"))
        #expect(user.rights.passwords.count == 2)
        for (password, isRight) in [("one", true), ("two", true), ("On", false), ("", false)] {
            #expect(password.withSlice { user.accepts($0) } == isRight)
        }
        try user.rights.apply(["<one"], Self.context)
        #expect(!"one".withSlice { user.accepts($0) })
        try user.rights.apply(["off"], Self.context)
        #expect(!"two".withSlice { user.accepts($0) })
        try user.rights.apply(["on", "nopass"], Self.context)
        #expect("anything".withSlice { user.accepts($0) })
    }

    @Test(arguments: [
        ("+get ~a*", "get abc", nil), ("+get ~a*", "get b", AccessDenial.key(1)),
        ("+get ~a*", "set abc 1", .command), ("+get", "get a", .key(1)),
        ("+@all %R~r* %W~w*", "get r", nil), ("+@all %R~r* %W~w*", "get w", .key(1)),
        ("+@all %R~r* %W~w*", "set w 1", nil), ("+@all %R~r* %W~w*", "set w 1 get", .key(1)),
        ("+@all %R~r* %W~w*", "copy r w", nil), ("+@all %R~r* %W~w*", "copy w r", .key(1)),
        ("+@all ~a", "mget a b a", .key(2)), ("+@all ~a", "zunionstore a 2 a b", .key(4)),
        ("+select|0", "select 0", nil), ("+select|0", "select 1", .command),
        ("+config|get", "config get x", nil), ("+config|get", "config set x 1", .command),
        ("-@all", "auth x", nil), ("-@all", "hello", nil), ("-@all", "ping", .command),
        ("-@all (+get ~a) (+set ~b)", "get a", nil),
        ("-@all (+get ~a) (+set ~b)", "set a 1", .key(1)),
    ])
    func aRequestIsJudgedByAllSelectors(
        _ rules: String, _ request: String, _ expected: AccessDenial?
    ) throws {
        let user = User("u", try rights(of: rules))
        let denial = try withWords(request) { words in
            let command = try #require(Self.table.find(ofRequest: words))
            return user.denial(of: command, words)
        }
        #expect(denial == expected)
    }
}
