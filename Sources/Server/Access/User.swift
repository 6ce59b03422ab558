import Bytes
import Commands

/// Somebody who may do some things: a name, ways to prove it, and rights. Clients refer to their user,
/// so a change of the rights is in force for all of them at once.
final class User {
    let name: ByteString
    var rights: UserRights

    init(_ name: ByteString, _ rights: UserRights) {
        self.name = name
        self.rights = rights
    }

    /// Whether the user may do everything, so that nothing has to be checked.
    var isUnrestricted: Bool { rights.selectors.contains(where: \.isUnrestricted) }

    /// Whether a new client is this user, if it is the default one, without saying so.
    var needsNoAuthentication: Bool { rights.isOpen && rights.isEnabled }

    /// Whether the password is one of the user's, found out in a time that does not depend on it.
    func accepts(_ password: ByteSlice) -> Bool {
        guard rights.isEnabled else { return false }
        if rights.isOpen { return true }
        let sent = SHA256.hex(of: password)
        return rights.passwords.reduce(false) { isRight, digest in
            let isThisOne = digest.withSlice { digest in
                sent.withSlice { digest.isSecretlyEqual(to: $0) }
            }
            return isThisOne || isRight
        }
    }
}

/// What the rules of a user add up to. A value, so that rules are tried on a copy and a wrong one leaves
/// nothing behind.
struct UserRights {
    private(set) var isEnabled = false
    /// Whether any password will do.
    private(set) var isOpen = false
    /// Whether payloads of RESTORE are examined in depth, where that depends on the user.
    private(set) var sanitizesPayloads = true
    /// SHA-256 digests in hexadecimal digits.
    private(set) var passwords: [ByteString] = []
    /// The first is the user's own, the others were added in parentheses.
    private(set) var selectors: [UserSelector]

    /// A user who may do nothing.
    init(_ context: AccessRuleContext) { selectors = [context.makeSelector()] }

    /// The default user of a server without passwords.
    static func ofEverybody(_ context: AccessRuleContext) -> UserRights {
        var rights = UserRights(context)
        for rule in ["+@all", "~*", "&*", "on", "nopass"] as [StaticString] {
            // None of these rules can be refused.
            try? rights.apply(ByteSlice(rule), context)
        }
        return rights
    }

    /// `requirepass`: one password, or none asked for.
    mutating func setOnlyPassword(_ password: ByteString) {
        isOpen = password.isEmpty
        passwords = password.isEmpty ? [] : [password.withSlice { SHA256.hex(of: $0) }]
    }

    // MARK: Rules

    /// Applies a rule. An empty one does nothing.
    mutating func apply(
        _ rule: ByteSlice, _ context: AccessRuleContext
    ) throws(AccessRuleError) {
        guard !rule.isEmpty else { return }
        let word = rule.untilZero
        if word.isWord("on") || word.isWord("off") {
            isEnabled = word.isWord("on")
        } else if word.isWord("sanitize-payload") || word.isWord("skip-sanitize-payload") {
            sanitizesPayloads = word.isWord("sanitize-payload")
        } else if word.isWord("nopass") || word.isWord("resetpass") {
            isOpen = word.isWord("nopass")
            passwords.removeAll()
        } else if word.isWord("clearselectors") {
            selectors.removeLast(selectors.count - 1)
        } else if word.isWord("reset") {
            self = UserRights(context)
        } else if rule[0] == UInt8(ascii: "("), rule.last == UInt8(ascii: ")") {
            let selector = try Self.selector(rule[1..<(rule.count - 1)], context)
            selectors.append(selector)
        } else if ">#<!".utf8.contains(rule[0]) {
            try applyPassword(rule)
        } else {
            try selectors[0].apply(rule, context.table)
        }
    }

    /// The selector of the rules between parentheses. What cannot be split into words has no rules.
    private static func selector(
        _ rules: ByteSlice, _ context: AccessRuleContext
    ) throws(AccessRuleError) -> UserSelector {
        var selector = context.makeSelector()
        for rule in rules.words() ?? [] {
            try rule.withSlice { (rule) throws(AccessRuleError) in
                try selector.apply(rule, context.table)
            }
        }
        return selector
    }

    /// Applies `>password`, `#digest`, `<password` or `!digest`.
    private mutating func applyPassword(_ rule: ByteSlice) throws(AccessRuleError) {
        let sign = rule[0]
        let isDigest = sign == UInt8(ascii: "#") || sign == UInt8(ascii: "!")
        if isDigest, !rule[1...].isPasswordDigest { throw .badHash }
        let digest = isDigest ? ByteString(rule[1...]) : SHA256.hex(of: rule[1...])
        let known = passwords.firstIndex(of: digest)
        if sign == UInt8(ascii: ">") || sign == UInt8(ascii: "#") {
            if known == nil { passwords.append(digest) }
            isOpen = false
        } else {
            guard let known else { throw .noSuchPassword }
            passwords.remove(at: known)
        }
    }
}

/// What rules refer to: the commands there are, and what a new selector begins with.
struct AccessRuleContext {
    let table: CommandTable
    /// `acl-pubsub-default`
    let allowsAllChannels: Bool

    func makeSelector() -> UserSelector {
        UserSelector(table, allowsAllChannels: allowsAllChannels)
    }
}

extension ByteSlice {
    /// Whether this is a SHA-256 digest in lower-case hexadecimal digits.
    fileprivate var isPasswordDigest: Bool {
        guard count == 2 * SHA256.size else { return false }
        for index in 0..<count {
            let byte = self[index]
            guard byte.isASCIIDigit || (0x61...0x66).contains(byte) else { return false }
        }
        return true
    }
}
