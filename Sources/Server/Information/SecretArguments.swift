import Bytes

/// Which arguments of a request are passwords, and so are shown nowhere.
enum SecretArguments {
    static let replacement: StaticString = "(redacted)"

    private static let directives: [StaticString] = [
        "requirepass", "masterauth", "masteruser", "tls-key-file-pass",
        "tls-client-key-file-pass",
    ]

    /// Whether an argument of a request is to be hidden.
    ///
    /// - Parameter command: its full name in lower case.
    static func contains(_ index: Int, of arguments: Slices, to command: String) -> Bool {
        switch command {
        case "auth": return index > 0
        case "hello": return isCredential(index, of: arguments)
        case "migrate": return isForeignCredential(index, of: arguments)
        case "acl|setuser": return index > 1
        case "config|set":
            guard index > 2, index % 2 == 1 else { return false }
            return directives.contains { arguments[index - 1].isWord($0) }
        default: return false
        }
    }

    /// Whether an argument of HELLO is the user or the password behind AUTH.
    private static func isCredential(_ index: Int, of arguments: Slices) -> Bool {
        var option = 2
        while option < arguments.count {
            let isAuth = arguments[option].isWord("auth")
            let end = option + (isAuth ? 3 : 2)
            if index > option, index < end { return isAuth }
            option = end
        }
        return false
    }

    /// Whether an argument of MIGRATE is what another server wants to hear: `AUTH` and a password, or
    /// `AUTH2`, a user and a password.
    private static func isForeignCredential(_ index: Int, of arguments: Slices) -> Bool {
        var option = 6
        while option < arguments.count, !arguments[option].isWord("keys") {
            var count = 0
            if arguments[option].isWord("auth") { count = 1 }
            if arguments[option].isWord("auth2") { count = 2 }
            if index > option, index <= option + count { return true }
            option += 1 + count
        }
        return false
    }
}
