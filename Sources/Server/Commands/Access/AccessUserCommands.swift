import Bytes
import Commands
import RESP

/// ACL SETUSER, DELUSER, GETUSER, LIST, USERS and DRYRUN: users one by one.
extension AccessCommands {
    private static let perUser: StaticString = "O(N). Where N is the number of configured users."

    static let setuser = SessionCommand(
        declaration(
            "setuser", arity: -3, .admin, tips: allNodes,
            complexity: "O(N). Where N is the number of rules provided.",
            "Makes a user, or changes what a user may do.",
            arguments: [.string("username"), .string("rule", [.optional, .multiple])],
            history: [
                ("6.2.0", "Added Pub/Sub channel patterns."),
                ("7.0.0", "Added selectors and key based permissions."),
            ])
    ) { arguments, session throws(CommandError) in
        guard !arguments[2].hasSpaces else {
            throw .text("ERR Usernames can't contain spaces or null characters")
        }
        let rules = (3..<arguments.count).map { ByteString(arguments[$0]) }
        try session.server.changeUser(named: arguments[2], by: rules, asking: session.client)
        session.replies.ok()
    }

    static let deluser = SessionCommand(
        declaration(
            "deluser", arity: -3, .admin, tips: allNodes,
            complexity: "O(1) amortized time considering the typical user.",
            "Removes users and ends their connections.",
            arguments: [.string("username", .multiple)])
    ) { arguments, session throws(CommandError) in
        let names = arguments.dropFirst(2)
        for index in 0..<names.count where names[index] == "default" {
            throw .text("ERR The 'default' user cannot be removed")
        }
        let server = session.server
        let removed = (0..<names.count).compactMap { server.access.remove(names[$0]) }
        server.endClients(of: removed, asking: session.client)
        session.replies.integer(removed.count)
    }

    static let list = SessionCommand(
        declaration(
            "list", arity: 2, .admin, complexity: perUser,
            "Lists the users in the form of the configuration file.")
    ) { _, session throws(CommandError) in
        let users = session.server.access.sorted
        session.replies.array(users.count)
        for user in users { session.replies.bulk(user.line) }
    }

    static let users = SessionCommand(
        declaration(
            "users", arity: 2, .admin, complexity: perUser, "Lists the names of the users.")
    ) { _, session throws(CommandError) in
        let users = session.server.access.sorted
        session.replies.array(users.count)
        for user in users { session.replies.bulk(user.name) }
    }

    static let getuser = SessionCommand(
        declaration(
            "getuser", arity: 3, .admin,
            complexity: """
                O(N). Where N is the number of password, command and pattern rules that the user \
                has.
                """,
            "Returns what a user may do.", arguments: [.string("username")],
            history: [
                ("6.2.0", "Added Pub/Sub channel patterns."),
                (
                    "7.0.0",
                    """
                    Added selectors and changed the format of key and channel patterns from a list \
                    to their rule representation.
                    """
                ),
            ])
    ) { arguments, session throws(CommandError) in
        let replies = session.replies
        guard let rights = session.server.access.user(named: arguments[2])?.rights else {
            return replies.null()
        }
        replies.map(6)
        replies.bulk("flags")
        replies.set(rights.flagNames.count)
        for name in rights.flagNames { replies.bulk(name) }
        replies.bulk("passwords")
        replies.array(rights.passwords.count)
        for password in rights.passwords { replies.bulk(password) }
        describe(rights.selectors[0], to: replies)
        replies.bulk("selectors")
        replies.array(rights.selectors.count - 1)
        for selector in rights.selectors.dropFirst() {
            replies.map(3)
            describe(selector, to: replies)
        }
    }

    /// The three fields that a selector has.
    private static func describe(_ selector: UserSelector, to replies: ReplyWriter) {
        replies.bulk("commands")
        replies.bulk(selector.commands.description)
        replies.bulk("keys")
        replies.bulk(selector.keyRules)
        replies.bulk("channels")
        replies.bulk(selector.channelRules)
    }

    static let dryrun = SessionCommand(
        declaration(
            "dryrun", arity: -4, .admin, since: "7.0.0", complexity: "O(1).",
            "Tells whether a user might run a command, without running it.",
            arguments: [
                .string("username"), .string("command"), .string("arg", [.optional, .multiple]),
            ])
    ) { arguments, session throws(CommandError) in
        let server = session.server
        guard let user = server.access.user(named: arguments[2]) else {
            throw .quoting("ERR User '", arguments[2], "' not found")
        }
        let request = arguments.dropFirst(3)
        guard let command = server.table.find(ofRequest: request) else {
            throw .quoting("ERR Command '", request[0], "' not found")
        }
        guard command.value.declaration.accepts(argumentCount: request.count) else {
            throw .wrongArity(command.value.fullName)
        }
        guard let denial = user.denial(of: command, request) else { return session.replies.ok() }
        session.replies.bulk(denial.fullText(to: user, of: command, request))
    }
}

extension Server {
    /// Applies all rules to a user, or none of them; a user that does not exist is made.
    fileprivate func changeUser(
        named name: ByteSlice, by rules: [ByteString], asking: Reference<Client>
    ) throws(CommandError) {
        let context = accessContext
        let user = access.user(named: name)
        var rights = user?.rights ?? UserRights(context)
        let merged: [ByteString]
        do throws(AccessRules.Unmatched) {
            merged = try AccessRules.merge(rules)
        } catch {
            throw rules[error.index].withSlice {
                .quoting("ERR Unmatched parenthesis in acl selector starting at '", $0, "'.")
            }
        }
        do throws(AccessRules.Refusal) {
            try rights.apply(merged, context)
        } catch {
            let reason = error.reason.text
            throw error.rule.withSlice {
                .quoting("ERR Error in ACL SETUSER modifier '", $0, "': \(reason)")
            }
        }
        if let user { endSubscribers(of: user, under: rights, asking: asking) }
        access.set(rights, of: ByteString(name))
        noteRights()
    }
}

extension CommandTable {
    /// The command or subcommand that a request names.
    func find(ofRequest request: Slices) -> Reference<RegisteredCommand>? {
        guard let command = find(request[0]) else { return nil }
        guard command.value.isContainer, request.count > 1 else { return command }
        return find(request[1], in: command)
    }
}
