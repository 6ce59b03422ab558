import Bytes
import Configuration
import Structures

/// What all databases of a keyspace share: the frozen moment, counters, and who is to be told.
public struct SharedState: ~Copyable {
    /// The moment in which commands run, in Unix milliseconds. The server sets it; nobody else
    /// asks a clock.
    public var now: Int64 = 0
    /// What an access writes into an entry's eviction clock, and how.
    public var evictionClock = EvictionClock()
    /// Whether keys past their deadline go as they are met. Not while a log is replayed, whose own
    /// records say when they went.
    public var expiresOnAccess = true
    /// Whether an access leaves no trace in the eviction clock (`CLIENT NO-TOUCH`).
    public var leavesNoTrace = false

    /// Up to which size values keep their compact encodings.
    public var encodings = EncodingSettings()

    public var hits: UInt64 = 0
    public var misses: UInt64 = 0
    public var expired: UInt64 = 0
    public var expiredFields: UInt64 = 0
    public var evicted: UInt64 = 0
    /// Times that an expiry cycle stopped because its share of time was used up.
    public var expiryCyclesCutShort: UInt64 = 0

    /// Which keys a command saw and changed, for the reply gate.
    public var footprint = Footprint()

    /// How many keys clients watch; 0 keeps `onWatchedChange` out of the way.
    public var watchedCount = 0
    /// Hears of every change of a key while keys are watched: database and key.
    public var onWatchedChange: ((Int, ByteSlice) -> Void)?
    /// Whether clients cache; else `onTrackedChange` is kept out of the way.
    public var isTracked = false
    /// Hears of every change of a key while clients cache.
    public var onTrackedChange: ((ByteSlice) -> Void)?
    /// Hears that a key which has expired or is evicted is gone now; only while somebody measures how
    /// long that takes.
    public var onGone: (() -> Void)?
    /// Whether a key or fields of it are going because their time is over.
    public internal(set) var isExpiring = false
    /// Hears, while clients cache, that a database was emptied.
    public var onTrackedFlush: (() -> Void)?
    /// Which keys clients wait for; none keeps the two notices below out of the way.
    public var awaited = AwaitedKeys()
    /// Hears of every change of a key that may be waited for: database, key, and the type of its
    /// value; nothing when it has gone.
    public var onAwaitedChange: ((Int, Key, ValueType?) -> Void)?
    /// Hears that a database holds other keys than before, all at once.
    public var onReplaced: ((Int) -> Void)?
    /// Classes of events that are told; none of them while there is no channel to tell them on.
    public var events: KeyspaceEvents = []
    /// Hears of the events of these classes: database, event, and key.
    public var onKeyEvent: ((Int, KeyEvent, ByteSlice) -> Void)?
    /// Hears of every key that goes because its deadline has passed, before it goes.
    public var onExpired: ((Int, ByteSlice) -> Void)?
    /// Hears of every field of a hash that goes because its deadline has passed, before it goes.
    public var onFieldExpired: ((Int, ByteSlice, StringValue) -> Void)?
    /// Hears of every key that goes to make room, before it goes.
    public var onEvicted: ((Int, ByteSlice) -> Void)?
    public var freesLazily = LazyFreeing()
    /// Takes over large values that are to be freed elsewhere; without it they are freed where they go.
    public var onUnreachable: ((UnreachableValue) -> Void)?
    /// Hears that a client has removed all keys; says whether that is saved already.
    public var onFlushedAll: (() -> Bool)?

    /// Takes what a running snapshot has to save before it changes.
    var sink: (any SnapshotSink)?
    /// Tables that were emptied or flushed whole and wait to be freed or saved in slices.
    var detached: [DetachedTable] = []
    /// Databases that the running snapshot has not finished, by their index at its beginning.
    var isSnapshotting = false
}

/// Takes entries as they were at the moment a snapshot began.
public protocol SnapshotSink: AnyObject {
    /// Copies the entry into the snapshot. It is valid for the time of the call.
    ///
    /// - Parameter database: the index that the entry's database had when the snapshot began.
    func save(_ entry: Entry, in database: Int)
}

/// The keys that the running command has seen and changed, and which log offsets they depend on.
///
/// Under `appendfsync always` a reply must not show what a crash could take back. A change notes
/// the end of its record at the slot of its key's hash; a read collects the largest note among the
/// slots that it looks at, and its reply waits for that offset. Keys that share a slot wait a little
/// longer than they need, never shorter.
@safe
public struct Footprint: ~Copyable {
    private static let slotCount = 1 << 16
    private static let changedCountMax = 64

    /// Whether anybody needs to know; off, the notes cost one test.
    public private(set) var isKept = false
    private var slots: [UInt64] = []
    private var changed: [UInt64] = []
    private var changedEverything = false
    private var everything: UInt64 = 0
    /// The largest offset that what was seen depends on; `max` stands for all that was appended.
    public private(set) var seen: UInt64 = 0

    /// Begins or ends keeping notes. Nothing noted before is known after.
    public mutating func keep(_ keeps: Bool) {
        guard keeps != isKept else { return }
        isKept = keeps
        slots = keeps ? Array(repeating: 0, count: Self.slotCount) : []
        changed = []
        changed.reserveCapacity(keeps ? Self.changedCountMax : 0)
        everything = 0
    }

    /// Forgets what the previous command saw and changed.
    public mutating func begin() {
        seen = 0
        changedEverything = false
        changed.removeAll(keepingCapacity: true)
    }

    mutating func see(_ hash: UInt64) {
        seen = max(seen, everything, slots[Int(hash & UInt64(Self.slotCount - 1))])
    }

    /// Notes that the command looked at the whole keyspace.
    public mutating func seeEverything() { seen = .max }

    mutating func change(_ hash: UInt64) {
        if changed.count == Self.changedCountMax {
            changedEverything = true
        } else {
            changed.append(hash)
        }
    }

    /// Notes that any key may have changed.
    mutating func changeEverything() { changedEverything = true }

    /// Ties what the command changed to the offset behind its record.
    public mutating func settle(at offset: UInt64) {
        if changedEverything { everything = offset }
        for hash in changed { slots[Int(hash & UInt64(Self.slotCount - 1))] = offset }
        begin()
    }
}
