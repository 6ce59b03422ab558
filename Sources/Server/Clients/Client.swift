import Bytes
import Platform
import RESP

/// One connection, as far as every request needs it. What only some need is in its `session`.
///
/// Lives in a place of its own (`Reference<Client>`), from the accepted connection until the server
/// frees it; whoever keeps a reference longer than a turn is told by `Server.free`.
struct Client: ~Copyable {
    let identifier: UInt64
    let socket: Int32
    /// What its bytes pass through; none when they travel in plain.
    let encryption: Reference<TLSConnection>?
    var flags: ClientFlags = []
    /// Index of the selected database.
    var database = 0
    var version = ReplyWriter.Version.two

    /// What was received and not executed yet.
    var query = ByteBuffer()
    /// Bytes that `query` needs before it is worth parsing again.
    var queryNeeded = 0
    /// What was answered and not sent yet.
    let replies: Reference<ByteBuffer>
    var gate = ReplyGate()

    /// What the poller is asked to tell of the socket.
    var interest: PollInterest = .readable
    /// Monotonic seconds of the last request or of the last bytes taken by the other side.
    var lastInteraction: Int64
    let connectedAt: Int64
    /// The last command, by its number in the table; for `CLIENT LIST`.
    var lastCommand: Int32 = -1
    var commandCount: UInt64 = 0
    var bytesReceived: UInt64 = 0
    var bytesSent: UInt64 = 0
    /// Since when the output is above the soft limit, in monotonic seconds; 0 when it is not.
    var softLimitSince: Int64 = 0
    /// Bytes that count for `maxmemory-clients`; 0 while that is not limited.
    var countedSize = 0
    /// Index in the server's list.
    var index = 0

    let session: ClientSession

    init(
        identifier: UInt64, socket: Int32, address: AcceptedSocket,
        encryption: Reference<TLSConnection>? = nil, now: Int64
    ) {
        self.identifier = identifier
        self.socket = socket
        self.encryption = encryption
        self.replies = Reference(to: ByteBuffer())
        self.lastInteraction = now
        self.connectedAt = now
        self.session = ClientSession(address)
        if encryption != nil { flags.insert(.handshaking) }
    }

    deinit {
        replies.free()
        encryption?.free()
    }
}

/// What is special about a client. Any of `needsCare` sends a request the long way.
struct ClientFlags: OptionSet {
    let rawValue: UInt32

    static let authenticated = ClientFlags(rawValue: 1 << 0)
    /// Between MULTI and EXEC.
    static let inTransaction = ClientFlags(rawValue: 1 << 1)
    /// A watched key has changed: EXEC answers nil.
    static let watchBroken = ClientFlags(rawValue: 1 << 2)
    /// A command was refused while it was queued: EXEC is refused.
    static let transactionBroken = ClientFlags(rawValue: 1 << 3)
    /// CLIENT REPLY OFF; SKIP before the next command, and while it runs.
    static let repliesOff = ClientFlags(rawValue: 1 << 4)
    static let skipsNextReply = ClientFlags(rawValue: 1 << 5)
    static let skipsReply = ClientFlags(rawValue: 1 << 6)
    static let monitor = ClientFlags(rawValue: 1 << 7)
    static let noTouch = ClientFlags(rawValue: 1 << 8)
    static let noEvict = ClientFlags(rawValue: 1 << 9)
    /// Its requests wait: for a command that blocks, or for the snapshot's queue.
    static let waiting = ClientFlags(rawValue: 1 << 10)
    /// To be closed once its replies are sent.
    static let closesAfterReply = ClientFlags(rawValue: 1 << 11)
    /// To be closed at the end of the turn.
    static let closesSoon = ClientFlags(rawValue: 1 << 12)
    /// In the list of clients with something to send.
    static let hasOutput = ClientFlags(rawValue: 1 << 13)
    /// In the list of clients whose requests were put off.
    static let unfinished = ClientFlags(rawValue: 1 << 28)
    /// What it sent the last time was more than its share of a turn.
    static let sendsMuch = ClientFlags(rawValue: 1 << 29)
    static let unixSocket = ClientFlags(rawValue: 1 << 14)
    static let loopback = ClientFlags(rawValue: 1 << 15)
    /// Has not said who it is, and must.
    static let mustAuthenticate = ClientFlags(rawValue: 1 << 24)
    /// Its user may not do everything.
    static let restricted = ClientFlags(rawValue: 1 << 25)
    /// Its encryption is still being agreed on.
    static let handshaking = ClientFlags(rawValue: 1 << 26)

    /// Has subscriptions: of the class `pubsub`, and with version 2 of the protocol free to call
    /// few commands.
    static let subscribed = ClientFlags(rawValue: 1 << 16)
    /// In the list of clients that the present command has sent messages.
    static let hasUntiedMessages = ClientFlags(rawValue: 1 << 17)

    /// Caches, and is told when keys change.
    static let tracking = ClientFlags(rawValue: 1 << 18)
    /// What it has sent is in an `IOJob`.
    static let handedOver = ClientFlags(rawValue: 1 << 30)

    /// Where the short way through dispatch ends.
    static let needsCare: ClientFlags = [
        .inTransaction, .repliesOff, .skipsNextReply, .skipsReply, .noTouch, .monitor, .subscribed,
        .mustAuthenticate, .restricted, .tracking,
    ]
    /// The same for a client of a user who may not do everything, after that was checked.
    static let needsCareBesidesRights = needsCare.subtracting(.restricted)
    static let closing: ClientFlags = [.closesAfterReply, .closesSoon]
}
