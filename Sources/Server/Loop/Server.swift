import Bytes
import Commands
import Configuration
import Keyspace
import Platform
import RESP

/// The server: one data thread that polls, executes and logs, and reads and writes as well unless
/// there are threads for that.
///
/// A turn of the loop (`Server+Turn.swift`) reads what clients sent, executes it, hands the
/// records to the log and sends the replies that the log's promise covers. Everything here belongs
/// to the data thread.
final class Server {
    let world: World
    let log: ServerLog
    let keyspace: Keyspace
    let table: CommandTable
    let polling: any Polling
    var configuration: ServerConfiguration
    var execution: Execution
    /// Where replies go that nobody reads: of replays, and of clients that asked for silence.
    let discarded: Reference<ByteBuffer>

    var clock = LoopClock()
    var clients = ClientList()
    var listeners: [Listener] = []
    var events = PollEvents(capacity: 1024)
    /// The requests that are being executed.
    var requests = ParsedRequests()
    /// Clients with something to send at the end of the turn.
    var outputs: [Reference<Client>] = []
    /// The same for clients that have a message and asked for nothing; they come after the others.
    var recipients: [Reference<Client>] = []
    /// Clients to be freed at the end of the turn.
    var closing: [Reference<Client>] = []

    /// What dispatch has to look at before each command; none of it is the usual case.
    var care: ServerCare = []
    var statistics = ServerStatistics()
    var rates = ServerRates()
    var identity: ServerIdentity
    /// Records of keys that went because their deadline had passed or to make room, ahead of the
    /// command's own.
    var expiries = RecordList()
    /// Records of the unit that is being executed: a transaction, or a command with several.
    var unit = RecordList()
    var persistence: PersistenceState
    var slowLog = SlowLog()
    var latency = LatencyMonitor()
    /// What the removal under way is measured as, and since when, in monotonic microseconds.
    var removal: (event: String, start: Int64)?
    var watchers = Watchers()
    let pubSub = PubSub()
    var tracking = TrackingState()
    /// The client whose command runs, and not a script's; nothing while the server works by itself.
    var currentClient: Reference<Client>?
    /// Whether the client whose command runs has been told something that it reads behind its reply.
    var hasDeferredMessages = false
    var access: AccessControl
    var pause = ClientPause()
    var monitors: [Reference<Client>] = []
    let scripts = ScriptState()
    private(set) lazy var functions = FunctionState(self)
    var isStopping = false
    var exitStatus: Int32 = 0

    var limits = LoopLimits()
    /// The processor's counter at the end of the last command, which is where the next begins.
    var lastTick: UInt64 = 0
    /// Clients whose next request waits for something.
    var waiting: [Reference<Client>] = []
    /// Clients whose commands wait for keys.
    var blockedClients = BlockedClients()
    /// Clients with requests that were put off (`Server+Unfinished`); who comes first is served first.
    var unfinished: [Reference<Client>] = []
    var turnTime = TurnTime()
    /// Whether a client could not be served when its key was ready, as the server is paused or
    /// takes no writes for the moment.
    var hasPostponedService = false
    /// Between the first and the last command of a transaction.
    var isInUnit: Bool {
        get { execution.isInUnit }
        set { execution.isInUnit = newValue }
    }
    /// When a reply last left that waited for no disk, in monotonic microseconds.
    var lastServedReader: Int64 = 0
    var isLogFailing = false
    /// When the next round of periodic work is due, in monotonic microseconds.
    var nextRound: Int64 = 0
    var roundCount: UInt64 = 0
    /// How long the next wait may last because of the snapshot, in microseconds.
    var snapshotWait: Int64?
    /// `DEBUG SET-ACTIVE-EXPIRE`.
    var expiresActively = true
    /// `DEBUG PAUSE-CRON`.
    var isPeriodicWorkPaused = false
    /// Keeps other servers out of the data directory.
    var directoryLock: (any FileLock)?
    let allocation = ThreadAllocation()
    var memoryReading = MemoryReading()
    var eviction = EvictionState()
    var encryption = EncryptionState()
    var lazyFreeing: LazyFreeingThread?
    var clientMemory = ClientMemory()
    /// Threads that read and write beside this one; nothing with `io-threads 1`.
    var ioThreads: IOThreads?

    init(_ world: World, configuration: ServerConfiguration, log: ServerLog) throws(IOError) {
        self.world = world
        self.configuration = configuration
        self.log = log
        let settings = configuration.settings
        keyspace = Keyspace(databaseCount: settings.storage.databases)
        table = CommandTable(CommandCatalogue.all, SessionCommands.all)
        polling = try world.makePolling()
        discarded = Reference(to: ByteBuffer())
        execution = Execution(
            keyspace: keyspace, replies: ReplyWriter(discarded), seed: world.entropy.seed())
        persistence = PersistenceState()
        identity = ServerIdentity(world.entropy)
        access = AccessControl(
            AccessRuleContext(
                table: table,
                allowsAllChannels: settings.security.pubsubDefault == .allchannels))
        access.defaultUser.rights.setOnlyPassword(settings.security.password)
        clock.update(world.clock)
        connectHooks()
        applySettings()
    }

    /// Ties the keyspace's notices to what has to hear of them.
    private func connectHooks() {
        keyspace.shared.value.onExpired = { [unowned self] database, key in
            let lazily = self.configuration.settings.memory.lazyExpire
            self.noteRemoval("expire-del")
            self.expiries.append(expiryOf: key, database: database, lazily: lazily)
        }
        keyspace.shared.value.onEvicted = { [unowned self] database, key in
            let lazily = self.configuration.settings.memory.lazyEviction
            self.noteRemoval("eviction-del")
            self.expiries.append(expiryOf: key, database: database, lazily: lazily)
        }
        keyspace.shared.value.onUnreachable = { [unowned self] in self.freeElsewhere($0) }
        keyspace.shared.value.onFieldExpired = { [unowned self] database, key, field in
            self.expiries.append(expiryOf: field, of: key, database: database)
        }
        keyspace.shared.value.onTrackedChange = { [unowned self] in self.trackedKeyChanged($0) }
        keyspace.shared.value.onTrackedFlush = { [unowned self] in self.tellOfFlush() }
        keyspace.shared.value.onKeyEvent = { [unowned self] database, event, key in
            self.publish(event, of: key, in: database)
        }
        keyspace.shared.value.onFlushedAll = { [unowned self] in self.followFlush() }
        keyspace.shared.value.onWatchedChange = { [unowned self] database, key in
            self.watchers.keyChanged(database, key)
        }
        keyspace.shared.value.onAwaitedChange = { [unowned self] database, key, type in
            self.blockedClients.keyChanged(
                AwaitedKey(database: database, key: ByteString(key.bytes)), to: type)
        }
        keyspace.shared.value.onReplaced = { [unowned self] database in
            self.noteAwaitedKeys(of: database)
        }
    }
}

/// What every command has to be checked against while it is the case.
struct ServerCare: OptionSet {
    let rawValue: UInt32

    static let loading = ServerCare(rawValue: 1 << 0)
    static let memoryLimit = ServerCare(rawValue: 1 << 2)
    static let diskError = ServerCare(rawValue: 1 << 3)
    static let paused = ServerCare(rawValue: 1 << 4)
    static let monitored = ServerCare(rawValue: 1 << 5)
    /// The snapshot's queue is full: writes that would add to it wait.
    static let snapshotFull = ServerCare(rawValue: 1 << 6)
    static let replicasMissing = ServerCare(rawValue: 1 << 7)
    /// More waits for the disk than `aof-unsynced-limit` allows: writes wait.
    static let logBehind = ServerCare(rawValue: 1 << 8)
    /// The log has reached `aof-max-size`, and a rewrite did not help.
    static let logFull = ServerCare(rawValue: 1 << 9)
    /// A script has been running for longer than `busy-reply-threshold`.
    static let busy = ServerCare(rawValue: 1 << 10)
}

/// The moments of the loop. One look at the clocks serves a whole turn.
struct LoopClock {
    /// Unix milliseconds.
    private(set) var wallMilliseconds: Int64 = 0
    private(set) var monotonicMicroseconds: Int64 = 0
    /// Ticks of the processor's counter per microsecond, measured over the last seconds.
    private(set) var ticksPerMicrosecond = 1000.0
    private var reference: (ticks: UInt64, microseconds: Int64)?

    var monotonicSeconds: Int64 { monotonicMicroseconds / 1_000_000 }
    var wallSeconds: Int64 { wallMilliseconds / 1000 }

    mutating func update(_ clock: any Clock) {
        wallMilliseconds = clock.wallMilliseconds
        monotonicMicroseconds = clock.monotonicMicroseconds
    }

    /// Measures the counter's unit against the clock; called by periodic work.
    mutating func calibrate() {
        let now = (ticks: TickCounter.now, microseconds: monotonicMicroseconds)
        if let then = reference {
            let elapsed = now.microseconds - then.microseconds
            guard elapsed > 10_000 else { return }
            if now.ticks > then.ticks {
                ticksPerMicrosecond = Double(now.ticks - then.ticks) / Double(elapsed)
            }
        }
        reference = now
    }

    func microseconds(ofTicks ticks: UInt64) -> Int64 {
        Int64(Double(ticks) / ticksPerMicrosecond)
    }

    /// As many ticks as so many microseconds; saturates.
    func ticks(ofMicroseconds microseconds: Int) -> UInt64 {
        let ticks = Double(microseconds) * ticksPerMicrosecond
        return ticks >= Double(UInt64.max) ? .max : UInt64(ticks)
    }
}

/// Counters of `INFO stats`.
struct ServerStatistics {
    var connections: UInt64 = 0
    var rejectedConnections: UInt64 = 0
    var commands: UInt64 = 0
    var bytesReceived: UInt64 = 0
    var bytesSent: UInt64 = 0
    var reads: UInt64 = 0
    var writes: UInt64 = 0
    /// Those of the rounds in which other threads took part.
    var threadedReads: UInt64 = 0
    var threadedWrites: UInt64 = 0
    var queryBufferOverruns: UInt64 = 0
    var outputBufferOverruns: UInt64 = 0
    var errorReplies: UInt64 = 0
    /// What users were refused: for a wrong password, and by the kind of what they may not use.
    var authenticationFailures: UInt64 = 0
    var deniedCommands: UInt64 = 0
    var deniedKeys: UInt64 = 0
    var deniedChannels: UInt64 = 0
    var expiryMicroseconds: Int64 = 0
    var peakMemory: UInt64 = 0
    /// Error replies by their first word.
    var errors: [ByteString: UInt64] = [:]
    var turns: UInt64 = 0
    var turnMicroseconds: UInt64 = 0
    /// Of the longest turn.
    var turnMicrosecondsMax: UInt64 = 0
    /// Values of RESTORE that were examined in depth.
    var sanitizations: UInt64 = 0
    var unexpectedErrors: UInt64 = 0
    var valuesFreedElsewhere: UInt64 = 0
    var evictedClients: UInt64 = 0
}
