import Bytes
import Commands
import Configuration
import Platform
import RESP

/// ACL LOAD and SAVE: the file of users.
extension AccessCommands {
    private static let perUser: StaticString = "O(N). Where N is the number of configured users."

    static let load = SessionCommand(
        declaration(
            "load", arity: 2, .admin, complexity: perUser,
            "Puts the users of their file in the place of all.")
    ) { _, session throws(CommandError) in
        let server = session.server
        try server.requireUsersFile()
        let former: [User]
        do throws(UserFile.Mistakes) {
            former = try server.loadUsersFile()
        } catch {
            throw .composed(ByteString(Array("ERR ".utf8) + error.text.array))
        }
        // As in Redis, whoever is not the default user has to say anew who they are.
        server.endClients(of: former, asking: session.client)
        session.replies.ok()
    }

    static let save = SessionCommand(
        declaration(
            "save", arity: 2, .admin, tips: allNodes, complexity: perUser,
            "Writes the users to their file.")
    ) { _, session throws(CommandError) in
        let server = session.server
        try server.requireUsersFile()
        let text = UserFile.text(of: server.access.sorted)
        do throws(IOError) {
            try text.withSlice { (text) throws(IOError) in
                try server.world.fileSystem.replaceFile(at: server.usersFile, with: text)
            }
        } catch {
            server.log.warning("Writing ACL file for ACL SAVE: \(error.message)")
            throw .text(
                """
                ERR There was an error trying to save the ACLs. Please check the server logs for \
                more information
                """)
        }
        session.replies.ok()
    }
}

extension Server {
    fileprivate var usersFile: String { configuration.settings.security.usersFile }

    fileprivate func requireUsersFile() throws(CommandError) {
        guard usersFile.isEmpty else { return }
        throw .text(
            """
            ERR This Redis instance is not configured to use an ACL file. You may want to specify \
            users via the ACL SETUSER command and then issue a CONFIG REWRITE (assuming you have a \
            Redis configuration file set) in order to store users in the Redis configuration.
            """)
    }

    /// Puts the users of the file in the place of all, or changes nothing.
    ///
    /// - Returns: the users that are no more.
    fileprivate func loadUsersFile() throws(UserFile.Mistakes) -> [User] {
        let text: ByteString
        do throws(IOError) {
            text = try world.fileSystem.contents(of: usersFile)
        } catch {
            throw UserFile.Mistakes(
                text: ByteString(
                    "Error loading ACLs, opening file '\(usersFile)': "
                        + SystemCode.message(of: error.code)))
        }
        let file = try UserFile(text, path: usersFile, accessContext)
        let former = access.replace(by: file.users, accessContext)
        noteRights()
        return former
    }

    // MARK: Start

    /// Makes the users that the configuration or the file of users names.
    func loadUsers() throws(StartupFailure) {
        let configured = configuration.loaded.users
        guard usersFile.isEmpty || configured.isEmpty else {
            log.warning(
                "Configuring Redis with users defined in redis.conf and at the same setting an ACL "
                    + "file path is invalid. This setup is very likely to lead to configuration "
                    + "errors and security holes, please define either an ACL file or declare "
                    + "users directly in your redis.conf, but not both.")
            throw StartupFailure(status: 1)
        }
        for words in configured { try makeUser(words[0], Array(words.dropFirst())) }
        guard !usersFile.isEmpty else { return }
        do throws(UserFile.Mistakes) {
            _ = try loadUsersFile()
        } catch {
            log.warning("Aborting Redis startup because of ACL errors: \(error.text.text)")
            throw StartupFailure(status: 1)
        }
    }

    private func makeUser(
        _ name: ByteString, _ rules: [ByteString]
    ) throws(StartupFailure) {
        if name.withSlice({ $0.hasSpaces }) {
            log.warning("Spaces not allowed in ACL usernames")
            throw failureToLoadUsers()
        }
        var rights = UserRights(accessContext)
        do throws(AccessRules.Refusal) {
            // Parentheses were matched when the line was read.
            try rights.apply((try? AccessRules.merge(rules)) ?? rules, accessContext)
        } catch {
            log.warning(
                "Error loading ACL rule '\(error.rule.text)' for the user named '\(name.text)': "
                    + "\(error.reason.text)")
            throw failureToLoadUsers()
        }
        if !rights.isEnabled {
            log.notice(
                "The user '\(name.text)' is disabled (there is no 'on' modifier in the user "
                    + "description). Make sure this is not a configuration error.")
        }
        access.set(rights, of: name)
    }

    private func failureToLoadUsers() -> StartupFailure {
        log.warning("Critical error while loading ACLs. Exiting.")
        return StartupFailure(status: 1)
    }
}
