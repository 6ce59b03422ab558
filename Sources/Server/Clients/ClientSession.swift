import Bytes
import Platform

/// What a connection carries along besides its buffers: names, transaction, what it waits for.
final class ClientSession {
    let address: AcceptedSocket
    var name: ByteString = ""
    var libraryName: ByteString = ""
    var libraryVersion: ByteString = ""
    /// Who the client is; nothing when it may do everything, as the log that is replayed may.
    var user: User?
    var userName: ByteString { user?.name ?? AccessControl.defaultName }
    var transaction: Transaction?
    /// Keys whose change breaks the transaction to come.
    var watched: [WatchedKey] = []
    /// Channels and patterns of which the client is told.
    var subscriptions = ClientSubscriptions()
    /// How the client hears of changed keys, if it caches.
    var tracking: ClientTracking?
    /// What the client waits for before its next request is looked at.
    var wait: ClientWait?
    /// The command of the client that waits for keys.
    var blocked: BlockedClient?
    /// The end of the client's last write in the log, for WAIT and WAITAOF.
    var lastWriteOffset: UInt64 = 0

    init(_ address: AcceptedSocket) { self.address = address }
}

/// A key that a client watches.
struct WatchedKey: Hashable {
    let database: Int
    let key: ByteString
}

/// What a client that sends no replies waits for.
struct ClientWait {
    enum Cause {
        /// WAITAOF: the log's durable mark has to pass an offset. When replicas are asked for as
        /// well, that is not enough, and there are none.
        case durability(offset: UInt64, replicas: Bool)
        /// WAIT: replicas, of which there are none.
        case replicas
        /// Nothing more: the client was told an error meanwhile.
        case answered
        /// CLIENT PAUSE, until a moment that all clients share.
        case pause
        /// The snapshot's queue is full, and the next write would add to it.
        case snapshot
        /// So much waits for the disk that no more is to be written (`aof-unsynced-limit`).
        case log
    }

    var cause: Cause
    /// Monotonic microseconds; nothing waits for ever.
    var deadline: Int64?
}
