import Bytes
import Commands
import Configuration
import Keyspace
import RESP

// Client-side caching: clients are told when keys that they have read change.
//
// An invalidation names keys and nothing of their values, so it waits for no disk: who reads again
// after it gets a reply that does.
extension Server {
    // MARK: Who caches

    func enableTracking(_ client: Reference<Client>, _ tracking: ClientTracking) {
        if client.value.session.tracking == nil { self.tracking.clientCount += 1 }
        client.value.session.tracking = tracking
        client.value.flags.insert(.tracking)
        self.tracking.broadcasts.insert(client, tracking.prefixes)
        followTracking()
    }

    func disableTracking(_ client: Reference<Client>) {
        guard let old = client.value.session.tracking else { return }
        tracking.broadcasts.remove(client, old.prefixes)
        tracking.clientCount -= 1
        client.value.session.tracking = nil
        client.value.flags.remove(.tracking)
        followTracking()
    }

    /// Keys that were remembered are told of as long as there are any, also when nobody caches now.
    private func followTracking() {
        keyspace.shared.value.isTracked =
            tracking.clientCount > 0 || tracking.table.keyCount > 0
    }

    // MARK: What they have read

    /// Remembers the keys of a command that a client in tracking mode has executed.
    func rememberKeys(
        _ command: Reference<RegisteredCommand>, _ arguments: Slices,
        of client: Reference<Client>
    ) {
        // Of a script that only reads, the keys of its commands are remembered.
        guard command.value.flags.contains(.readOnly), !command.value.flags.contains(.pubSub),
            !command.value.categories.contains(.scripting),
            client.value.session.tracking?.remembersKeys == true,
            let positions = command.value.declaration.keyPositions(in: arguments)
        else { return }
        for position in positions {
            tracking.table.remember(
                arguments[position.index], of: client.value.identifier, live: clients)
        }
        limitTrackedKeys()
    }

    /// Forgets CLIENT CACHING behind the command that it was called for.
    func endCaching(
        _ command: Reference<RegisteredCommand>?, of client: Reference<Client>
    ) {
        guard client.value.session.tracking?.isCachingGiven == true,
            !client.value.flags.contains(.inTransaction)
        else { return }
        let declaration = command?.value.declaration
        let isOfClient = (declaration?.container ?? declaration?.name)?.isText("client") == true
        if !isOfClient { client.value.session.tracking?.isCachingGiven = false }
    }

    /// Lets clients forget keys until no more are remembered than `tracking-table-max-keys`.
    func limitTrackedKeys() {
        let countMax = configuration.settings.clients.trackedKeysMax
        guard countMax > 0 else { return }
        while tracking.table.keyCount > countMax {
            tracking.table.someKey(execution.random()).withSlice { tellReaders(of: $0) }
        }
    }

    // MARK: What has changed

    /// Hears of every change of a key.
    func trackedKeyChanged(_ key: ByteSlice) {
        let author = keyspace.shared.value.isExpiring ? nil : currentClient
        tracking.broadcasts.keyChanged(key, by: author?.value.identifier ?? 0)
        tellReaders(of: key)
    }

    private func tellReaders(of key: ByteSlice) {
        guard tracking.table.keyCount > 0 else { return followTracking() }
        for identifier in tracking.table.take(key) {
            guard let client = clients.find(identifier),
                let options = client.value.session.tracking?.options,
                !options.contains(.broadcast)
            else { continue }
            if client == currentClient {
                if options.contains(.noLoop) { continue }
                hasDeferredMessages = true
                tracking.pending.append(ByteString(key))
            } else {
                sendInvalidation(to: client) { replies in
                    replies.array(1)
                    replies.bulk(key)
                }
            }
        }
    }

    /// Tells all who cache that every key may have gone.
    func tellOfFlush() {
        for client in clients.all where client.value.flags.contains(.tracking) {
            if client == currentClient {
                hasDeferredMessages = true
                tracking.pending.append(nil)
            } else {
                sendFlush(to: client)
            }
        }
        tracking.table.removeAll()
        followTracking()
    }

    // MARK: Telling

    /// Tells a client what its own command has changed, behind the reply.
    func sendPendingInvalidations(to client: Reference<Client>) {
        guard !tracking.pending.isEmpty else { return }
        for key in exchange(&tracking.pending, with: []) {
            guard let key else {
                sendFlush(to: client)
                continue
            }
            sendInvalidation(to: client) { replies in
                replies.array(1)
                replies.bulk(key)
            }
        }
    }

    /// Tells the clients of prefixes what has changed in this turn.
    func sendBroadcasts() {
        guard tracking.broadcasts.hasChanges else { return }
        for prefix in tracking.broadcasts.takeChanges() {
            let keys = prefix.keys.sorted { $0.key < $1.key }
            for client in prefix.clients {
                let options = client.value.session.tracking?.options ?? []
                let own = options.contains(.noLoop) ? client.value.identifier : 0
                let told = keys.filter { own == 0 || $0.value != own }
                guard !told.isEmpty else { continue }
                sendInvalidation(to: client) { replies in
                    replies.array(told.count)
                    for (key, _) in told { replies.bulk(key) }
                }
            }
        }
    }

    /// The null is that of the protocol of who caches, also when another one hears it.
    private func sendFlush(to client: Reference<Client>) {
        let version = client.value.version
        sendInvalidation(to: client) { replies in
            ReplyWriter(replies.buffer, version: version).null()
        }
    }

    /// Sends an invalidation to a client that caches, or to the one that hears in its place.
    private func sendInvalidation(
        to client: Reference<Client>, _ writeKeys: (ReplyWriter) -> Void
    ) {
        guard let redirect = client.value.session.tracking?.redirect else { return }
        var listener = client
        if redirect != 0 {
            guard let found = clients.find(redirect) else { return tellBroken(client, redirect) }
            listener = found
        }
        guard listener.value.flags.isDisjoint(with: .closing) else { return }
        let isVersion3 = listener.value.version == .three
        // With version 2 of the protocol only a message can come unasked.
        guard isVersion3 || redirect != 0 && listener.value.flags.contains(.subscribed) else {
            return
        }
        write(to: listener) { replies in
            replies.push(isVersion3 ? 2 : 3)
            if isVersion3 {
                replies.bulk("invalidate")
            } else {
                replies.bulk("message")
                replies.bulk("__redis__:invalidate")
            }
            writeKeys(replies)
        }
    }

    /// Tells a client that the one that should hear in its place is gone.
    private func tellBroken(_ client: Reference<Client>, _ redirect: UInt64) {
        client.value.session.tracking?.isRedirectBroken = true
        guard client.value.version == .three else { return }
        write(to: client) { replies in
            replies.push(2)
            replies.bulk("tracking-redir-broken")
            replies.integer(Int64(redirect))
        }
    }

    /// Writes to a client; behind the reply when it is the one whose command runs.
    private func write(to client: Reference<Client>, _ body: (ReplyWriter) -> Void) {
        let isCurrent = client == currentClient
        if isCurrent { hasDeferredMessages = true }
        let buffer = isCurrent ? pubSub.deferred : client.value.replies
        body(ReplyWriter(buffer, version: client.value.version))
        wantsToSendMessage(client)
        if !isCurrent { checkOutputLimit(client) }
    }
}
