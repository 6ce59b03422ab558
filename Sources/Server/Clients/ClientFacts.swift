import Bytes
import Commands
import Platform
import RESP

/// What CLIENT LIST says of a connection, as plain values.
struct ClientFacts {
    var identifier: UInt64 = 0
    /// `address:port` of both sides.
    var peer = ""
    var local = ""
    var socket: Int32 = 0
    var name: ByteString = ""
    /// Seconds since the connection was accepted, and since something passed over it.
    var age: Int64 = 0
    var idle: Int64 = 0
    var flags = ""
    var database = 0
    /// Subscriptions of each kind.
    var channelCount = 0
    var patternCount = 0
    var shardChannelCount = 0
    /// Queued commands; nothing outside of a transaction.
    var queuedCount: Int?
    /// Bytes received and not executed yet, and the space for more.
    var queryCount = 0
    var querySpace = 0
    /// Bytes of the arguments of queued commands.
    var queuedSize = 0
    /// Bytes answered and not sent yet, and the size of their buffer.
    var replyCount = 0
    var replyCapacity = 0
    /// Bytes that the connection takes in all.
    var size = 0
    var waitsToSend = false
    /// The client that hears of changed keys in its place; 0 for itself, -1 when it does not cache.
    var redirect: Int64 = -1
    var command = "NULL"
    var user: ByteString = "default"
    var version = ReplyWriter.Version.two
    var libraryName: ByteString = ""
    var libraryVersion: ByteString = ""

    /// What of the reply buffer counts as Redis's fixed buffer; the rest counts as its list.
    static let fixedReplySize = 16 << 10

    /// Appends the line without its end, with the fields of Redis 7.2 in their order.
    func append(to line: inout ByteBuffer) {
        let listSize = max(0, replyCapacity - Self.fixedReplySize)
        line.append(text: "id=\(identifier) addr=\(peer) laddr=\(local) fd=\(socket) name=")
        line.append(name)
        line.append(text: " age=\(age) idle=\(idle) flags=\(flags) db=\(database)")
        line.append(text: " sub=\(channelCount) psub=\(patternCount)")
        line.append(text: " ssub=\(shardChannelCount) multi=\(queuedCount ?? -1)")
        line.append(text: " qbuf=\(queryCount) qbuf-free=\(querySpace)")
        // Arguments are slices of the query buffer and take nothing themselves.
        line.append(text: " argv-mem=0 multi-mem=\(queuedSize)")
        let fixedSize = min(replyCapacity, Self.fixedReplySize)
        line.append(text: " rbs=\(fixedSize) rbp=\(fixedSize)")
        line.append(text: " obl=\(min(replyCount, Self.fixedReplySize))")
        line.append(text: " oll=\(listSize > 0 ? 1 : 0) omem=\(listSize) tot-mem=\(size)")
        line.append(text: " events=\(waitsToSend ? "rw" : "r") cmd=\(command) user=")
        line.append(user)
        line.append(text: " redir=\(redirect) resp=\(version.rawValue) lib-name=")
        line.append(libraryName)
        line.append(" lib-ver=")
        line.append(libraryVersion)
    }

    /// The letters for what is special about a client; `N` for nothing.
    static func letters(of flags: ClientFlags, _ tracking: ClientTracking? = nil) -> String {
        func shown(_ letters: KeyValuePairs<String, ClientFlags>) -> String {
            letters.reduce("") { $0 + (flags.contains($1.value) ? $1.key : "") }
        }
        let text =
            shown(["O": .monitor, "P": .subscribed, "x": .inTransaction, "b": .waiting])
            + (tracking?.letters ?? "")
            + shown([
                "d": .watchBroken, "c": .closesAfterReply, "A": .closesSoon, "U": .unixSocket,
                "e": .noEvict, "T": .noTouch,
            ])
        return text.isEmpty ? "N" : text
    }
}

extension Server {
    func facts(of client: Reference<Client>) -> ClientFacts {
        let session = client.value.session
        var facts = ClientFacts()
        facts.identifier = client.value.identifier
        facts.peer = session.address.peer
        facts.local = session.address.local
        facts.socket = client.value.socket
        facts.name = session.name
        facts.age = clock.monotonicSeconds - client.value.connectedAt
        facts.idle = clock.monotonicSeconds - client.value.lastInteraction
        facts.flags = ClientFacts.letters(of: client.value.flags, session.tracking)
        facts.database = client.value.database
        facts.channelCount = session.subscriptions[.channel].count
        facts.patternCount = session.subscriptions[.pattern].count
        facts.shardChannelCount = session.subscriptions[.shardChannel].count
        facts.queuedCount = session.transaction?.queued.count
        facts.queryCount = client.value.query.count
        facts.querySpace = client.value.query.capacity - client.value.query.count
        facts.queuedSize = session.transaction?.size ?? 0
        facts.replyCount = client.value.replies.value.count
        facts.replyCapacity = client.value.replies.value.capacity
        facts.size = size(of: client)
        facts.waitsToSend = client.value.interest.contains(.writable)
        if client.value.lastCommand >= 0 {
            facts.command = table[client.value.lastCommand].value.fullName
        }
        facts.redirect = session.redirectShown
        facts.user = session.userName
        facts.version = client.value.version
        facts.libraryName = session.libraryName
        facts.libraryVersion = session.libraryVersion
        return facts
    }

    /// Bytes that a client takes: its buffers, its queued commands and itself.
    func size(of client: Reference<Client>) -> Int {
        let session = client.value.session
        return client.value.query.capacity + client.value.replies.value.capacity
            + (client.value.encryption == nil ? 0 : TLSConnection.usualSize)
            + (session.transaction?.size ?? 0) + (session.blocked?.size ?? 0)
            + session.subscriptions.size + (session.tracking?.size ?? 0)
            + MemoryLayout<Client>.size
            + MemoryLayout<AcceptedSocket>.size + session.name.count
            + session.address.peer.utf8.count + session.address.local.utf8.count
    }
}
