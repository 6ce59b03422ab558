import CPlatform
import Glibc
import Synchronization

/// Polling by the kernel's epoll, with an eventfd as its bell.
@safe
public final class EpollPolling: Polling, @unchecked Sendable {
    private static let bellToken = UInt64.max

    private let poller: Int32
    /// What `wakeUp` and signals write to.
    let bell: Int32
    /// Whether the bell has been rung and not yet heard, which spares further calls.
    private let isRung = Atomic<Bool>(false)
    // Used by the one thread that waits.
    private let found: UnsafeMutablePointer<ls_event>
    private let foundMax = 512

    public init() throws(IOError) {
        let poller = ls_poll_create()
        guard poller >= 0 else {
            throw IOError(code: -poller, operation: .poll, path: "epoll")
        }
        let bell = ls_wake_create()
        guard bell >= 0 else {
            close(poller)
            throw IOError(code: -bell, operation: .poll, path: "eventfd")
        }
        self.poller = poller
        self.bell = bell
        unsafe found = .allocate(capacity: foundMax)
        try set(ls_poll_add, bell, Self.bellToken, .readable)
    }

    deinit {
        close(poller)
        close(bell)
        unsafe found.deallocate()
    }

    private func set(
        _ operation: Int, _ socket: Int32, _ token: UInt64, _ interest: PollInterest
    ) throws(IOError) {
        let code = ls_poll_set(poller, Int32(operation), socket, UInt32(interest.rawValue), token)
        if code < 0 { throw IOError(code: -code, operation: .poll, path: "socket \(socket)") }
    }

    public func add(
        _ socket: Int32, token: UInt64, interest: PollInterest
    ) throws(IOError) {
        precondition(token != Self.bellToken)
        try set(ls_poll_add, socket, token, interest)
    }

    public func modify(
        _ socket: Int32, token: UInt64, interest: PollInterest
    ) throws(IOError) {
        precondition(token != Self.bellToken)
        try set(ls_poll_modify, socket, token, interest)
    }

    public func remove(_ socket: Int32) {
        _ = ls_poll_set(poller, Int32(ls_poll_remove), socket, 0, 0)
    }

    public func wait(timeoutMicroseconds: Int64, into events: inout PollEvents) {
        events.removeAll()
        let room = Int32(min(foundMax, events.capacity))
        let count = unsafe ls_poll_wait(poller, found, room, timeoutMicroseconds)
        precondition(count >= 0, "polling failed: \(SystemCode.message(of: -count))")
        for index in 0..<Int(count) {
            let event = unsafe found[index]
            if event.token == Self.bellToken {
                hearBell()
            } else {
                let ready = PollInterest(rawValue: UInt8(truncatingIfNeeded: event.ready))
                events.append(PollEvent(token: event.token, ready: ready))
            }
        }
    }

    private func hearBell() {
        // First the bell, then the mark. A ring in between writes nothing, and need not: this wait
        // is ending, and the exchange makes visible what was stored before the ring.
        var count: UInt64 = 0
        _ = unsafe read(bell, &count, 8)
        _ = isRung.exchange(false, ordering: .sequentiallyConsistent)
    }

    public func wakeUp() {
        guard !isRung.exchange(true, ordering: .sequentiallyConsistent) else { return }
        var one: UInt64 = 1
        _ = unsafe write(bell, &one, 8)
    }
}
