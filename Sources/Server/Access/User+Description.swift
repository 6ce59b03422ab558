import Bytes

// A user in the words that would make it again: what ACL LIST shows and files hold.
extension User {
    /// `user`, the name and the rules.
    var line: ByteString {
        var text = ByteBuffer()
        text.append("user ")
        text.append(name)
        text.append(" ")
        rights.describe(to: &text)
        return ByteString(text.bytes)
    }
}

extension UserRights {
    /// The words for what is said of the user as a whole, in Redis's order.
    var flagNames: [StaticString] {
        var names: [StaticString] = [isEnabled ? "on" : "off"]
        if isOpen { names.append("nopass") }
        names.append(sanitizesPayloads ? "sanitize-payload" : "skip-sanitize-payload")
        return names
    }

    func describe(to text: inout ByteBuffer) {
        for name in flagNames {
            text.append(name)
            text.append(" ")
        }
        for password in passwords {
            text.append("#")
            text.append(password)
            text.append(" ")
        }
        selectors[0].describe(to: &text)
        for selector in selectors.dropFirst() {
            text.append(" (")
            selector.describe(to: &text)
            text.append(")")
        }
    }
}

extension UserSelector {
    fileprivate func describe(to text: inout ByteBuffer) {
        let keys = keyRules
        text.append(keys)
        if !keys.isEmpty { text.append(" ") }
        if !allowsAllChannels { text.append("resetchannels ") }
        let channels = channelRules
        text.append(channels)
        if !channels.isEmpty { text.append(" ") }
        text.append(commands.description)
    }

    /// The rules about keys, with blanks between them.
    var keyRules: ByteString {
        if allowsAllKeys { return "~*" }
        return Self.joined(
            keyPatterns.map { pattern in
                let sign: StaticString =
                    switch pattern.access {
                    case .read: "%R~"
                    case .write: "%W~"
                    default: "~"
                    }
                return (sign, pattern.pattern)
            })
    }

    /// The rules about channels, with blanks between them.
    var channelRules: ByteString {
        allowsAllChannels ? "&*" : Self.joined(channelPatterns.map { ("&", $0) })
    }

    private static func joined(
        _ rules: [(sign: StaticString, pattern: ByteString)]
    ) -> ByteString {
        var text = ByteBuffer()
        for (index, rule) in rules.enumerated() {
            if index > 0 { text.append(" ") }
            text.append(rule.sign)
            text.append(rule.pattern)
        }
        return ByteString(text.bytes)
    }
}
