import Bytes
import RESP

// Clients whose next request is not looked at until something has happened.
extension Server {
    /// Lets a client wait.
    ///
    /// - Parameter deadline: monotonic microseconds; nothing waits for ever.
    func wait(_ client: Reference<Client>, for cause: ClientWait.Cause, deadline: Int64?) {
        client.value.flags.insert(.waiting)
        client.value.session.wait = ClientWait(cause: cause, deadline: deadline)
        waiting.append(client)
    }

    /// Ends a client's wait without looking at its requests.
    func stopWaiting(_ client: Reference<Client>) {
        guard client.value.flags.contains(.waiting) else { return }
        if let blocked = client.value.session.blocked { return unpark(blocked) }
        client.value.flags.remove(.waiting)
        client.value.session.wait = nil
        waiting.removeAll { $0 == client }
    }

    /// Ends a client's wait and goes on with the requests that came meanwhile.
    func resume(_ client: Reference<Client>) {
        stopWaiting(client)
        executeQuery(of: client)
    }

    /// Ends the wait of a client by its number, if it waits for what may end (`CLIENT UNBLOCK`).
    ///
    /// - Parameter withError: whether it is told an error; else it is answered as if its time were
    ///   over.
    /// - Returns: whether it waited.
    func endWait(of identifier: UInt64, withError: Bool) -> Bool {
        guard let client = clients.find(identifier) else { return false }
        if let blocked = client.value.session.blocked {
            endBlock(of: blocked, withError: withError)
            return true
        }
        guard let wait = client.value.session.wait else { return false }
        switch wait.cause {
        case .pause, .snapshot, .log, .answered: return false
        case .durability, .replicas: break
        }
        if withError {
            answer(client) { $0.error("UNBLOCKED client unblocked via CLIENT UNBLOCK") }
            countError("UNBLOCKED")
            client.value.session.wait?.cause = .answered
        }
        // It goes on in the periodic part of this turn, not inside the command of another client.
        client.value.session.wait?.deadline = 0
        return true
    }

    /// Ends the waits whose cause is gone or whose time is over.
    func serveWaiting() {
        guard !waiting.isEmpty else { return }
        for client in waiting {
            guard let wait = client.value.session.wait else { continue }
            let isLate = wait.deadline.map { $0 <= clock.monotonicMicroseconds } ?? false
            switch wait.cause {
            case .durability(let offset, let wantsReplicas):
                guard isLate || (!wantsReplicas && isDurable(offset)) else { continue }
                answerDurability(client, isReached: isDurable(offset))
            case .replicas:
                guard isLate else { continue }
                answer(client) { $0.integer(0) }
            case .answered: break
            case .pause:
                guard !care.contains(.paused) else { continue }
            case .snapshot:
                guard !care.contains(.snapshotFull) else { continue }
            case .log:
                guard !care.contains(.logBehind) else { continue }
            }
            resume(client)
        }
    }

    /// The next moment at which a wait ends by itself, in monotonic microseconds; in the past when
    /// the log has reached what a client waits for.
    var nextWaitDeadline: Int64? {
        waiting.compactMap { client -> Int64? in
            guard let wait = client.value.session.wait else { return nil }
            if case .durability(let offset, replicas: false) = wait.cause, isDurable(offset) {
                return 0
            }
            return wait.deadline
        }.min()
    }
}
