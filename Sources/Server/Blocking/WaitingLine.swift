import Keyspace

/// The clients that wait for one key, in the order in which they began to wait.
final class WaitingLine {
    private(set) var clients: [BlockedClient] = []
    /// How many of them wait for values of each type.
    private var counts = [Int](repeating: 0, count: ValueType.allCases.count)
    /// How many of them are served, too, when the key has gone or is of another type.
    private(set) var countWithoutKey = 0
    /// Whether the key is in the list of those that have changed.
    var isReady = false

    var isEmpty: Bool { clients.isEmpty }

    func insert(_ client: BlockedClient) {
        precondition(clients.last.map { $0.sequence < client.sequence } ?? true)
        clients.append(client)
        counts[Int(client.type.rawValue)] += 1
        if client.endsWithoutKey { countWithoutKey += 1 }
    }

    func remove(_ client: BlockedClient) {
        let index = firstIndex(from: client.sequence)
        precondition(clients[index] === client)
        clients.remove(at: index)
        counts[Int(client.type.rawValue)] -= 1
        if client.endsWithoutKey { countWithoutKey -= 1 }
    }

    /// The first client that began to wait after another.
    func next(after sequence: UInt64) -> BlockedClient? {
        let index = firstIndex(from: sequence + 1)
        return index < clients.count ? clients[index] : nil
    }

    /// Whether a value of a type, or none, is of any use to somebody here.
    func hasUse(for type: ValueType?) -> Bool {
        if countWithoutKey > 0 { return true }
        guard let type else { return false }
        return counts[Int(type.rawValue)] > 0
    }

    /// The index of the first client whose sequence is not smaller.
    private func firstIndex(from sequence: UInt64) -> Int {
        var (low, high) = (0, clients.count)
        while low < high {
            let middle = (low + high) / 2
            if clients[middle].sequence < sequence { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
