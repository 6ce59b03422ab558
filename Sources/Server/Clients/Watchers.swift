import Bytes

/// Which clients watch which keys (`WATCH`).
struct Watchers {
    private var clients: [WatchedKey: [Reference<Client>]] = [:]

    /// Number of watched keys.
    var count: Int { clients.count }

    mutating func watch(_ key: WatchedKey, by client: Reference<Client>) {
        guard !client.value.session.watched.contains(key) else { return }
        client.value.session.watched.append(key)
        clients[key, default: []].append(client)
    }

    /// Breaks the transactions to come of all who watch a key.
    func keyChanged(_ database: Int, _ key: ByteSlice) {
        guard let watching = clients[WatchedKey(database: database, key: ByteString(key))] else {
            return
        }
        for client in watching { client.value.flags.insert(.watchBroken) }
    }

    /// Ends all of a client's watches.
    mutating func forget(_ client: Reference<Client>) {
        for key in client.value.session.watched {
            clients[key]?.removeAll { $0 == client }
            if clients[key]?.isEmpty == true { clients[key] = nil }
        }
        client.value.session.watched.removeAll()
        client.value.flags.remove(.watchBroken)
    }
}
