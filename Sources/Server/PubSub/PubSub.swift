import Bytes
import RESP

/// Who is subscribed to what, and the message that is being delivered.
///
/// A message is encoded once for each version of the protocol that a subscriber speaks, and these
/// bytes are appended to each subscriber's replies. Who has been sent something is noted until the
/// command (or its transaction) has ended: only then is it known which place of the log the message
/// follows.
final class PubSub {
    private var tables = PerKind { SubscriberTable($0) }
    private(set) var index = PatternIndex()

    /// The message that is being delivered, by version of the protocol; empty when not encoded yet.
    private let encodedForTwo = Reference(to: ByteBuffer())
    private let encodedForThree = Reference(to: ByteBuffer())
    /// What the client whose command runs is to read behind the command's reply.
    let deferred = Reference(to: ByteBuffer())
    /// The channel of the event that is being told.
    let channelName = Reference(to: ByteBuffer())
    /// Clients with messages of the present command whose place in the log is not known yet.
    var untied: [Reference<Client>] = []

    deinit {
        encodedForTwo.free()
        encodedForThree.free()
        deferred.free()
        channelName.free()
    }

    subscript(kind: SubscriptionKind) -> SubscriberTable { tables[kind] }

    var channels: SubscriberTable { tables[.channel] }
    var patterns: SubscriberTable { tables[.pattern] }
    var shardChannels: SubscriberTable { tables[.shardChannel] }

    func subscribe(_ client: Reference<Client>, to name: ByteSlice, _ kind: SubscriptionKind) {
        let change = tables[kind].subscribe(client, to: name)
        if kind == .pattern, case .name(let number) = change { index.insert(number, name) }
    }

    func unsubscribe(_ client: Reference<Client>, from number: Int, _ kind: SubscriptionKind) {
        guard case .name = tables[kind].unsubscribe(client, from: number) else { return }
        if kind == .pattern {
            patterns.name(number).withSlice { index.remove(number, $0) }
        }
        tables[kind].forget(number)
    }

    // MARK: Encoding

    /// Space that the encoded message may keep when it is done with.
    private static let idleBufferMax = 32 << 10

    /// Begins another message.
    func beginMessage() {
        empty(encodedForTwo)
        empty(encodedForThree)
    }

    private func empty(_ buffer: Reference<ByteBuffer>) {
        if buffer.value.capacity > Self.idleBufferMax {
            buffer.value.removeAllAndFree()
        } else {
            buffer.value.removeAll()
        }
    }

    /// The message in the form of a version of the protocol.
    func encoded(_ message: Message, for version: ReplyWriter.Version) -> ByteSlice {
        let buffer = version == .three ? encodedForThree : encodedForTwo
        if buffer.value.isEmpty { message.write(to: ReplyWriter(buffer, version: version)) }
        return buffer.value.bytes
    }

    func checkInvariants() {
        for kind in SubscriptionKind.allCases { tables[kind].checkInvariants() }
        index.checkInvariants()
    }
}

/// What is told to the subscribers of a channel or of a pattern.
struct Message {
    let kind: SubscriptionKind
    /// The pattern that the channel has matched, for its subscribers.
    var pattern = ByteSlice.empty
    let channel: ByteSlice
    let payload: ByteSlice

    func write(to replies: ReplyWriter) {
        replies.push(kind == .pattern ? 4 : 3)
        switch kind {
        case .channel: replies.bulk("message")
        case .pattern:
            replies.bulk("pmessage")
            replies.bulk(pattern)
        case .shardChannel: replies.bulk("smessage")
        }
        replies.bulk(channel)
        replies.bulk(payload)
    }
}
