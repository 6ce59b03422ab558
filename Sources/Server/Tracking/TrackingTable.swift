import Bytes

/// Which clients have read which keys and are to be told when one changes.
///
/// Clients are known by their numbers: one that has gone stays in the table until its keys change, so
/// that its end costs nothing. Databases are not told apart, as clients do not tell them apart either.
struct TrackingTable {
    private var readers = NameTable<KeyReaders>()
    /// Clients, summed over keys.
    private(set) var itemCount = 0

    var keyCount: Int { readers.count }

    /// Notes that a client has read a key.
    ///
    /// - Parameter live: the clients that are connected. What twice as many have read as there are
    ///   forgets those that have gone.
    mutating func remember(_ key: ByteSlice, of client: UInt64, live: ClientList) {
        guard let number = readers.find(key) else {
            _ = readers.insert(key, .one(client))
            itemCount += 1
            return
        }
        let before = readers[number].count
        readers[number].insert(client)
        if readers[number].count > max(2 * live.count, KeyReaders.countMin) {
            readers[number].keep { $0 == client || live.find($0) != nil }
        }
        itemCount += readers[number].count - before
    }

    /// Takes out who has read a key, in the order in which they connected.
    mutating func take(_ key: ByteSlice) -> [UInt64] {
        guard let number = readers.find(key) else { return [] }
        let taken = readers[number].sorted
        readers.remove(number)
        itemCount -= taken.count
        return taken
    }

    /// Some key, which depends on the random number; the table must not be empty.
    func someKey(_ random: UInt64) -> ByteString { readers.name(readers.someNumber(random)) }

    mutating func removeAll() { self = TrackingTable() }

    func checkInvariants() {
        readers.checkInvariants()
        precondition(readers.numbers.reduce(0) { $0 + readers[$1].count } == itemCount)
        for number in readers.numbers { precondition(readers[number].count > 0) }
    }
}

/// Who has read a key. Mostly it is one, for whom nothing is allocated.
private enum KeyReaders {
    case one(UInt64)
    case many(Set<UInt64>)

    /// So few are kept, whether they are connected or not.
    static let countMin = 8

    var count: Int {
        switch self {
        case .one: 1
        case .many(let clients): clients.count
        }
    }

    var sorted: [UInt64] {
        switch self {
        case .one(let client): [client]
        case .many(let clients): clients.sorted()
        }
    }

    mutating func insert(_ client: UInt64) {
        switch self {
        case .one(let other):
            if other != client { self = .many([other, client]) }
        case .many(var clients):
            // The set has one owner meanwhile, so that it is not copied.
            self = .one(client)
            clients.insert(client)
            self = .many(clients)
        }
    }

    mutating func keep(_ isKept: (UInt64) -> Bool) {
        guard case .many(let clients) = self else { return }
        self = .many(clients.filter(isKept))
    }
}
