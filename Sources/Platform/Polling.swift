/// Tells which sockets can be read or written; level-triggered.
public protocol Polling: AnyObject, Sendable {
    /// - Parameter token: what events carry; not `UInt64.max`, which is the poller's own.
    func add(_ socket: Int32, token: UInt64, interest: PollInterest) throws(IOError)
    func modify(_ socket: Int32, token: UInt64, interest: PollInterest) throws(IOError)
    func remove(_ socket: Int32)

    /// Waits for events, a wake-up or the time-out, and replaces what `events` holds.
    ///
    /// - Parameter timeoutMicroseconds: 0 only looks; negative waits for ever. Signals and
    ///   wake-ups end the wait early, with no event.
    func wait(timeoutMicroseconds: Int64, into events: inout PollEvents)

    /// Ends a wait that is under way, or the next one. From any thread.
    func wakeUp()
}

/// What to be told about a socket. Errors and hang-ups are always told.
@frozen
public struct PollInterest: OptionSet, Sendable {
    public let rawValue: UInt8
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

    @inlinable public static var readable: PollInterest { PollInterest(rawValue: 1) }
    @inlinable public static var writable: PollInterest { PollInterest(rawValue: 2) }
    /// An error or a hang-up; only in events. The socket is reported readable and writable too, so
    /// that the next call on it finds the error.
    @inlinable public static var failed: PollInterest { PollInterest(rawValue: 4) }
}

/// One socket and what it is ready for.
@frozen
public struct PollEvent: Equatable, Sendable {
    public let token: UInt64
    public let ready: PollInterest

    @inlinable
    public init(token: UInt64, ready: PollInterest) {
        self.token = token
        self.ready = ready
    }

    @inlinable public var isReadable: Bool { ready.contains(.readable) }
    @inlinable public var isWritable: Bool { ready.contains(.writable) }
}

/// The events of one wait, up to a fixed number.
public struct PollEvents: ~Copyable {
    @usableFromInline var storage: [PollEvent]
    public private(set) var count = 0

    public init(capacity: Int) {
        precondition(capacity > 0)
        storage = Array(repeating: PollEvent(token: 0, ready: []), count: capacity)
    }

    public var capacity: Int { storage.count }
    public var isFull: Bool { count == storage.count }

    @inlinable public subscript(index: Int) -> PollEvent { storage[index] }

    public mutating func removeAll() { count = 0 }

    /// For the poller: adds an event; there must be room.
    public mutating func append(_ event: PollEvent) {
        storage[count] = event
        count += 1
    }
}
