import Platform
import Synchronization

/// Polling of the simulated network.
///
/// Nothing can happen while a single thread waits; so a wait that finds nothing calls `whenIdle`
/// once, in which a test lets time pass, steps workers or lets clients speak, and looks again.
public final class SimulatedPolling: Polling, @unchecked Sendable {
    private struct Watch {
        var token: UInt64
        var interest: PollInterest
    }

    private struct State {
        var watches: [Int32: Watch] = [:]
        var isRung = false
    }

    private let network: SimulatedNetwork
    private let state = Mutex(State())

    /// What happens while the one thread waits; the time-out in microseconds, negative for ever.
    public var whenIdle: ((Int64) -> Void)?

    public init(of network: SimulatedNetwork) { self.network = network }

    public func add(
        _ socket: Int32, token: UInt64, interest: PollInterest
    ) throws(IOError) {
        let isNew = state.withLock { state in
            let isNew = state.watches[socket] == nil
            if isNew { state.watches[socket] = Watch(token: token, interest: interest) }
            return isNew
        }
        if !isNew {
            throw IOError(code: SystemCode.exists, operation: .poll, path: "socket \(socket)")
        }
    }

    public func modify(
        _ socket: Int32, token: UInt64, interest: PollInterest
    ) throws(IOError) {
        let isKnown = state.withLock { state in
            let isKnown = state.watches[socket] != nil
            if isKnown { state.watches[socket] = Watch(token: token, interest: interest) }
            return isKnown
        }
        if !isKnown {
            throw IOError(code: SystemCode.notFound, operation: .poll, path: "socket \(socket)")
        }
    }

    public func remove(_ socket: Int32) { state.withLock { $0.watches[socket] = nil } }

    public func wait(timeoutMicroseconds: Int64, into events: inout PollEvents) {
        events.removeAll()
        let wasRung = hearBell()
        collect(into: &events)
        guard events.count == 0, !wasRung, timeoutMicroseconds != 0, let whenIdle else { return }
        whenIdle(timeoutMicroseconds)
        _ = hearBell()
        collect(into: &events)
    }

    private func hearBell() -> Bool {
        state.withLock { state in
            defer { state.isRung = false }
            return state.isRung
        }
    }

    private func collect(into events: inout PollEvents) {
        let watches = state.withLock { $0.watches }.sorted { $0.key < $1.key }
        for (socket, watch) in watches where !events.isFull {
            var ready: PollInterest = []
            if watch.interest.contains(.readable), network.isReadable(socket) {
                ready.insert(.readable)
            }
            if watch.interest.contains(.writable), network.isWritable(socket) {
                ready.insert(.writable)
            }
            if network.isFailed(socket) { ready = [.readable, .writable, .failed] }
            if !ready.isEmpty { events.append(PollEvent(token: watch.token, ready: ready)) }
        }
    }

    public func wakeUp() { state.withLock { $0.isRung = true } }
}
