import Bytes
import Commands
import Configuration
import RESP

// Who clients are, and what that lets them do.
extension Server {
    var accessContext: AccessRuleContext {
        AccessRuleContext(
            table: table,
            allowsAllChannels: configuration.settings.security.pubsubDefault == .allchannels)
    }

    // MARK: Users of clients

    /// Makes a client the default user, as every client begins.
    func setDefaultUser(of client: Reference<Client>) {
        set(access.defaultUser, of: client, isAuthenticated: !access.asksForAuthentication)
    }

    /// Makes a client a user.
    ///
    /// - Parameter isAuthenticated: whether it has proved it, or need not.
    func set(_ user: User, of client: Reference<Client>, isAuthenticated: Bool) {
        client.value.session.user = user
        if isAuthenticated {
            client.value.flags.insert(.authenticated)
        } else {
            client.value.flags.remove(.authenticated)
        }
        noteRights(of: client)
    }

    /// Marks a client whose requests have to be looked at before they run: it has to say who it is, or
    /// its user may not do everything. All others are not asked anything.
    private func noteRights(of client: Reference<Client>) {
        client.value.flags.remove([.mustAuthenticate, .restricted])
        if access.asksForAuthentication, !client.value.flags.contains(.authenticated) {
            client.value.flags.insert(.mustAuthenticate)
        }
        if client.value.session.user?.isUnrestricted == false {
            client.value.flags.insert(.restricted)
        }
    }

    /// Brings the marks of all clients up to date, after the rights of users have changed.
    func noteRights() { for client in clients.all { noteRights(of: client) } }

    /// Ends the connections of users who are no more, the asking one after its reply.
    func endClients(of removed: [User], asking: Reference<Client>?) {
        guard !removed.isEmpty else { return }
        for client in clients.all {
            guard let user = client.value.session.user, removed.contains(where: { $0 === user })
            else { continue }
            // Until the connection ends, it may do nothing.
            set(access.defaultUser, of: client, isAuthenticated: false)
            end(client, asking: asking)
        }
    }

    /// Ends the connections of a user that are subscribed to what new rights do not allow. As in Redis,
    /// nobody is looked at while every channel that was allowed stays so.
    func endSubscribers(
        of user: User, under rights: UserRights, asking: Reference<Client>
    ) {
        guard !rights.selectors.contains(where: \.allowsAllChannels) else { return }
        let allowed = Set(rights.selectors.flatMap(\.channelPatterns))
        let isSame = user.rights.selectors.allSatisfy {
            !$0.allowsAllChannels && allowed.isSuperset(of: $0.channelPatterns)
        }
        guard !isSame else { return }
        for client in clients.all
        where client.value.session.user === user && isSubscribed(client, beyond: rights) {
            end(client, asking: asking)
        }
    }

    private func isSubscribed(_ client: Reference<Client>, beyond rights: UserRights) -> Bool {
        SubscriptionKind.allCases.contains { kind in
            client.value.session.subscriptions[kind].keys.contains { number in
                pubSub[kind].name(number).withSlice { name in
                    !rights.selectors.contains {
                        $0.allows(channel: name, isPattern: kind == .pattern)
                    }
                }
            }
        }
    }

    /// Ends a connection, the asking one after its reply.
    private func end(_ client: Reference<Client>, asking: Reference<Client>?) {
        if client == asking {
            client.value.flags.insert(.closesAfterReply)
        } else {
            closeSoon(client)
        }
    }

    // MARK: Refusals

    /// Why the client's user may not run a command with these arguments, as the client is told. What is
    /// refused is noted in the log.
    func accessRefusal(
        of command: Reference<RegisteredCommand>, _ arguments: Slices, _ client: Reference<Client>
    ) -> CommandError? {
        guard let user = client.value.session.user,
            let denial = user.denial(of: command, arguments)
        else { return nil }
        let isQueued = client.value.flags.contains(.inTransaction)
        note(denial, of: command, arguments, isQueued ? .multi : .toplevel, client)
        return .composed(
            ByteString(Array("NOPERM ".utf8) + denial.text(to: user, of: command).array))
    }

    /// Counts and notes that a user was refused something.
    func note(
        _ denial: AccessDenial, of command: Reference<RegisteredCommand>, _ arguments: Slices,
        _ context: AccessLog.Context, _ client: Reference<Client>
    ) {
        let name = client.value.session.userName
        switch denial {
        case .command:
            statistics.deniedCommands &+= 1
            note(.command, context, ByteString(command.value.fullName), name, client)
        case .key(let index):
            statistics.deniedKeys &+= 1
            note(.key, context, ByteString(arguments[index]), name, client)
        case .channel(let index):
            statistics.deniedChannels &+= 1
            note(.channel, context, ByteString(arguments[index]), name, client)
        }
    }

    /// Counts and notes a password that was wrong.
    ///
    /// - Parameter command: the word that the client sent: AUTH or HELLO.
    func noteWrongPassword(of user: ByteSlice, _ command: ByteSlice, _ client: Reference<Client>) {
        statistics.authenticationFailures &+= 1
        let isQueued = client.value.flags.contains(.inTransaction)
        note(
            .auth, isQueued ? .multi : .toplevel, ByteString(command), ByteString(user), client)
    }

    private func note(
        _ reason: AccessLog.Reason, _ context: AccessLog.Context, _ object: ByteString,
        _ user: ByteString, _ client: Reference<Client>
    ) {
        var line = ByteBuffer()
        facts(of: client).append(to: &line)
        access.log.note(
            reason, context, object: object, user: user, client: ByteString(line.bytes),
            now: clock.wallMilliseconds, countMax: configuration.settings.security.logCountMax)
    }
}

extension AccessDenial {
    /// What a client is told of it, without the code word. Names of keys and channels are not repeated,
    /// since the text may be shown to others.
    func text(to user: User, of command: Reference<RegisteredCommand>) -> ByteString {
        switch self {
        case .command:
            ByteString(
                Array("User ".utf8) + user.name.array
                    + Array(
                        " has no permissions to run the '\(command.value.fullName)' command".utf8))
        case .key: "No permissions to access a key"
        case .channel: "No permissions to access a channel"
        }
    }

    /// The same for somebody who tries out what a user may do.
    func fullText(
        to user: User, of command: Reference<RegisteredCommand>, _ arguments: Slices
    ) -> ByteString {
        let (index, kind): (Int, String)
        switch self {
        case .command: return text(to: user, of: command)
        case .key(let place): (index, kind) = (place, "key")
        case .channel(let place): (index, kind) = (place, "channel")
        }
        return ByteString(
            Array("User ".utf8) + user.name.array
                + Array(" has no permissions to access the '".utf8)
                + arguments[index].array + Array("' \(kind)".utf8))
    }
}
