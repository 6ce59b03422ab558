import Bytes
import Keyspace

/// All clients whose commands wait for keys: by key, and by the end of their time.
///
/// What a change makes ready is only noted here; the server serves it when the running command, or
/// the whole transaction, is over. A key is noted once, however often it changes, and nothing is
/// kept of a key that nobody waits for.
struct BlockedClients {
    private var lines: [AwaitedKey: WaitingLine] = [:]
    private var deadlines = DeadlineHeap()
    private var lastSequence: UInt64 = 0
    /// Keys that have changed, in the order of their first change; done with up to `readyStart`.
    private var ready: [AwaitedKey] = []
    private var readyStart = 0

    private(set) var count = 0
    /// Number of keys that are waited for.
    var keyCount: Int { lines.count }
    /// Number of keys whose removal is waited for as well.
    var keyCountWithoutKey: Int { lines.values.count { $0.countWithoutKey > 0 } }
    var countWithDeadline: Int { deadlines.count }
    /// Monotonic microseconds of the first time that is over.
    var nextDeadline: Int64? { deadlines.first?.deadline }
    var hasReady: Bool { readyStart < ready.count }

    mutating func makeSequence() -> UInt64 {
        lastSequence += 1
        return lastSequence
    }

    func line(of key: AwaitedKey) -> WaitingLine? { lines[key] }

    /// Enters a client in the lines of its keys.
    mutating func insert(_ blocked: BlockedClient, _ awaited: inout AwaitedKeys) {
        for key in blocked.keys {
            if let line = lines[key] {
                line.insert(blocked)
                continue
            }
            let line = WaitingLine()
            line.insert(blocked)
            lines[key] = line
            awaited.insert(key.hash)
        }
        if blocked.deadline != nil { deadlines.insert(blocked) }
        count += 1
    }

    mutating func remove(_ blocked: BlockedClient, _ awaited: inout AwaitedKeys) {
        for key in blocked.keys {
            guard let line = lines[key] else { preconditionFailure("a key has its line") }
            line.remove(blocked)
            guard line.isEmpty else { continue }
            lines[key] = nil
            awaited.remove(key.hash)
        }
        if blocked.deadline != nil { deadlines.remove(blocked) }
        count -= 1
    }

    /// The client whose time was over first, if any is.
    func firstLate(at now: Int64) -> BlockedClient? {
        guard let first = deadlines.first, let deadline = first.deadline, deadline <= now else {
            return nil
        }
        return first
    }

    // MARK: Ready keys

    /// Notes that a key has changed.
    ///
    /// - Parameter type: of its value; nothing when the key has gone.
    mutating func keyChanged(_ key: AwaitedKey, to type: ValueType?) {
        guard let line = lines[key], !line.isReady, line.hasUse(for: type) else { return }
        line.isReady = true
        ready.append(key)
    }

    /// The keys of a database, or of all, that are waited for, those that were first waited for in
    /// front.
    func keys(of database: Int?) -> [AwaitedKey] {
        lines.filter { database == nil || $0.key.database == database }
            .sorted { $0.value.clients[0].sequence < $1.value.clients[0].sequence }
            .map(\.key)
    }

    /// Takes the next key that has changed. From here on it can be noted anew.
    mutating func takeReady() -> (key: AwaitedKey, line: WaitingLine)? {
        while readyStart < ready.count {
            let key = ready[readyStart]
            readyStart += 1
            guard let line = lines[key], line.isReady else { continue }
            line.isReady = false
            return (key, line)
        }
        ready.removeAll(keepingCapacity: true)
        readyStart = 0
        return nil
    }

    /// Traps unless the lines, the deadlines and the counts fit one another.
    func checkInvariants() {
        var all: [ObjectIdentifier: BlockedClient] = [:]
        for (key, line) in lines {
            precondition(!line.isEmpty)
            for client in line.clients {
                precondition(client.keys.contains(key))
                all[ObjectIdentifier(client)] = client
            }
        }
        precondition(all.count == count)
        precondition(all.values.count { $0.deadline != nil } == deadlines.count)
        deadlines.checkInvariants()
    }
}

extension AwaitedKey {
    var hash: UInt64 { key.withSlice { Key($0).hash } }
}
