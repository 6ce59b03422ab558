import Bytes
import Keyspace
import RESP

/// The one frozen moment in which a command runs: the data, where its reply goes, what it leaves
/// to the log. A command sees nothing else: no disk, no socket, no clock.
public struct Execution: ~Copyable {
    public let keyspace: Keyspace
    /// The database that the client has selected.
    public var database: Database
    public var replies: ReplyWriter
    public var settings = CommandSettings()
    public var records = RecordList()
    /// Whether a record is replayed at start: nothing is answered, deadlines stay as they are.
    public var isReplaying = false
    /// Whether the command belongs to a transaction: it answers at once, whatever it finds.
    public var isInUnit = false
    /// Whether the command has asked to wait (`Execution+Block.swift`). The server takes the
    /// request and clears the mark.
    public var isBlocking = false
    /// What the command waits for; only of meaning while `isBlocking`.
    public internal(set) var blockRequest = BlockRequest()
    /// The first key of the running command, when the server has hashed it ahead.
    public var ahead: Key?
    private var randomState: UInt64
    private var words = SliceList()
    private var scratch = ByteBuffer(capacity: 128)

    public init(
        keyspace: Keyspace, replies: ReplyWriter, seed: UInt64
    ) {
        self.keyspace = keyspace
        self.database = keyspace[0]
        self.replies = replies
        self.randomState = seed
    }

    /// The frozen moment in Unix milliseconds.
    public var now: Int64 { keyspace.shared.value.now }

    /// The key that an argument names. The one that was hashed ahead for prefetching is not hashed
    /// again.
    public func key(_ argument: ByteSlice) -> Key {
        if let ahead, argument.isSamePlace(as: ahead.bytes) { return ahead }
        return Key(argument)
    }

    /// Sixty-four random bits (SplitMix64 from the server's seed).
    public mutating func random() -> UInt64 {
        randomState &+= 0x9e37_79b9_7f4a_7c15
        var mixed = randomState
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    // MARK: Records

    /// Notes changes of the data set. Unless replaced, the command is kept as typed.
    public mutating func changed(_ count: Int = 1) { records.changes += count }

    /// Keeps other words instead of the command as typed. Called again, it keeps one more.
    public mutating func keep(
        _ name: StaticString, _ first: ByteSlice? = nil, _ second: ByteSlice? = nil,
        _ third: ByteSlice? = nil, _ fourth: ByteSlice? = nil, _ fifth: ByteSlice? = nil
    ) {
        guard records.isKept else { return records.replaceByNothing() }
        words.removeAll()
        words.append(ByteSlice(name))
        // Spelled out, since a variadic parameter would allocate.
        if let first { words.append(first) }
        if let second { words.append(second) }
        if let third { words.append(third) }
        if let fourth { words.append(fourth) }
        if let fifth { words.append(fifth) }
        records.append(words.all, database: database.index, replaces: true)
    }

    /// Keeps a list of words instead of the command as typed, name first.
    public mutating func keep(_ words: Slices) {
        records.append(words, database: database.index, replaces: true)
    }

    /// Keeps the command as typed, but with another word in the place of one.
    mutating func keep(_ arguments: Slices, with word: ByteSlice, at index: Int) {
        guard records.isKept else { return records.replaceByNothing() }
        words.removeAll()
        for each in 0..<arguments.count { words.append(each == index ? word : arguments[each]) }
        records.append(words.all, database: database.index, replaces: true)
    }

    /// Keeps nothing, although something changed.
    public mutating func keepNothing() { records.replaceByNothing() }

    /// What is written into a buffer of the execution's own, valid until the next call of `written`
    /// or `decimal`.
    mutating func written(_ write: (inout ByteBuffer) -> Void) -> ByteSlice {
        scratch.removeAll()
        write(&scratch)
        return scratch.bytes
    }

    /// The digits of a number, valid until the next call of `decimal`.
    public mutating func decimal(_ value: Int64) -> ByteSlice {
        scratch.removeAll()
        scratch.append(decimal: value)
        return scratch.bytes
    }
}
