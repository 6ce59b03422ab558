import Bytes
import Commands
import Configuration
import RESP

// Subscriptions and delivery.
//
// A message takes the way of a reply: it is appended to the subscriber's replies and leaves at the
// end of the turn, as far as the subscriber's gate lets it. The gate is told the place of the log
// that the publisher's own reply waits for. So a message never shows what a crash could take back
// sooner than the publisher hears of it: not the writes of the same transaction, nor those that the
// same client sent before.
extension Server {
    // MARK: Subscriptions

    func subscribe(_ client: Reference<Client>, to name: ByteSlice, _ kind: SubscriptionKind) {
        pubSub.subscribe(client, to: name, kind)
        client.value.flags.insert(.subscribed)
        confirm(client, kind.subscribed, name, kind)
    }

    func unsubscribe(_ client: Reference<Client>, from name: ByteSlice, _ kind: SubscriptionKind) {
        if let number = pubSub[kind].find(name) { pubSub.unsubscribe(client, from: number, kind) }
        confirm(client, kind.unsubscribed, name, kind)
        followSubscriptions(of: client)
    }

    /// Ends all of a client's subscriptions of a kind; one that has none is told so.
    func unsubscribeFromAll(_ client: Reference<Client>, _ kind: SubscriptionKind) {
        let numbers = client.value.session.subscriptions[kind].keys.sorted()
        if numbers.isEmpty { confirm(client, kind.unsubscribed, nil, kind) }
        for number in numbers {
            let name = pubSub[kind].name(number)
            pubSub.unsubscribe(client, from: number, kind)
            name.withSlice { confirm(client, kind.unsubscribed, $0, kind) }
        }
        followSubscriptions(of: client)
    }

    /// Ends all subscriptions of a client without telling it.
    func forgetSubscriptions(of client: Reference<Client>) {
        guard !client.value.session.subscriptions.isEmpty else { return }
        for kind in SubscriptionKind.allCases {
            for number in client.value.session.subscriptions[kind].keys.sorted() {
                pubSub.unsubscribe(client, from: number, kind)
            }
        }
        followSubscriptions(of: client)
    }

    private func followSubscriptions(of client: Reference<Client>) {
        if client.value.session.subscriptions.isEmpty { client.value.flags.remove(.subscribed) }
    }

    /// Tells a client of a change of its subscriptions. It stands where the command's reply would,
    /// but is no reply: a client that wants none gets it all the same.
    private func confirm(
        _ client: Reference<Client>, _ word: StaticString, _ name: ByteSlice?,
        _ kind: SubscriptionKind
    ) {
        let isSilent = !client.value.flags.isDisjoint(with: [.repliesOff, .skipsReply])
        if isSilent { hasDeferredMessages = true }
        let buffer = isSilent ? pubSub.deferred : execution.replies.buffer
        let replies = ReplyWriter(buffer, version: client.value.version)
        replies.push(3)
        replies.bulk(word)
        if let name { replies.bulk(name) } else { replies.null() }
        replies.integer(client.value.session.subscriptions.told(of: kind))
    }

    // MARK: Delivery

    /// Gives a message to everybody who is subscribed to its channel, and then to those whose
    /// patterns match it. Returns how many that are.
    ///
    /// - Parameter publisher: the client whose command it is, if it is one's; it reads its own
    ///   message behind the command's reply.
    @discardableResult
    func publish(
        _ payload: ByteSlice, to channel: ByteSlice, _ kind: SubscriptionKind,
        from publisher: Reference<Client>?
    ) -> Int {
        var count = 0
        if let number = pubSub[kind].find(channel) {
            let message = Message(kind: kind, channel: channel, payload: payload)
            count += deliver(message, to: pubSub[kind].subscribers(number), publisher)
        }
        guard kind == .channel, pubSub.patterns.count > 0 else { return count }
        pubSub.index.forEachCandidate(of: channel) { number in
            let pattern = pubSub.patterns.name(number)
            pattern.withSlice { pattern in
                guard Glob.matches(channel, pattern) else { return }
                let message = Message(
                    kind: .pattern, pattern: pattern, channel: channel, payload: payload)
                count += deliver(message, to: pubSub.patterns.subscribers(number), publisher)
            }
        }
        return count
    }

    private func deliver(
        _ message: Message, to subscribers: [Reference<Client>], _ publisher: Reference<Client>?
    ) -> Int {
        pubSub.beginMessage()
        for client in subscribers where client.value.flags.isDisjoint(with: .closing) {
            let bytes = pubSub.encoded(message, for: client.value.version)
            if client == publisher {
                pubSub.deferred.value.append(bytes)
                hasDeferredMessages = true
            } else {
                deliver(bytes, to: client)
            }
        }
        return subscribers.count
    }

    private func deliver(_ bytes: ByteSlice, to client: Reference<Client>) {
        client.value.replies.value.append(bytes)
        wantsToSendMessage(client)
        let limit = limits.pubSubOutput.hard
        if limit > 0, client.value.replies.value.count >= limit { checkOutputLimit(client) }
        guard !client.value.flags.contains(.hasUntiedMessages) else { return }
        client.value.flags.insert(.hasUntiedMessages)
        pubSub.untied.append(client)
    }

    /// Lets the messages of a command that has ended wait for what its own reply waits for.
    func tieMessages(of publisher: Reference<Client>) {
        tieMessages(to: publisher.value.gate.largest)
    }

    /// Lets the messages that no command has tied wait for a place in the log.
    func tieMessages(to offset: UInt64) {
        for client in pubSub.untied {
            client.value.flags.remove(.hasUntiedMessages)
            client.value.gate.require(offset)
        }
        pubSub.untied.removeAll(keepingCapacity: true)
    }

    /// Puts behind a command's reply what was told to its own client meanwhile.
    func appendDeferredMessages(to client: Reference<Client>) {
        hasDeferredMessages = false
        sendPendingInvalidations(to: client)
        client.value.replies.value.append(pubSub.deferred.value.bytes)
        pubSub.deferred.value.removeAllAndFree()
    }
}
