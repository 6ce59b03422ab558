import Bytes

/// The clients that hear of every key with some prefix, and the keys that have changed in this turn.
///
/// Keys are collected until the end of the turn, so that one message names all of them. A changed key
/// asks for its own beginnings of those lengths that occur, so it costs a look-up per length and not
/// a look at every prefix.
struct BroadcastTable {
    struct Prefix {
        var clients: [Reference<Client>] = []
        /// The changed keys, and who changed each of them last; 0 when no client did.
        var keys: [ByteString: UInt64] = [:]
    }

    private var prefixes = NameTable<Prefix>()
    private var index = LiteralParts()
    /// Numbers of the prefixes whose keys have changed.
    private var changed: [Int] = []

    var prefixCount: Int { prefixes.count }
    var hasChanges: Bool { !changed.isEmpty }

    mutating func insert(_ client: Reference<Client>, _ texts: [ByteString]) {
        for text in texts {
            let number = text.withSlice { text in
                if let number = prefixes.find(text) { return number }
                let number = prefixes.insert(text, Prefix())
                index.insert(number, Self.part(of: text))
                return number
            }
            if !prefixes[number].clients.contains(client) {
                prefixes[number].clients.append(client)
            }
        }
    }

    mutating func remove(_ client: Reference<Client>, _ texts: [ByteString]) {
        for text in texts {
            text.withSlice { text in
                guard let number = prefixes.find(text) else { return }
                prefixes[number].clients.removeAll { $0 == client }
                guard prefixes[number].clients.isEmpty else { return }
                index.remove(number, Self.part(of: text))
                changed.removeAll { $0 == number }
                prefixes.remove(number)
            }
        }
    }

    /// What a prefix is filed under.
    private static func part(of text: ByteSlice) -> ByteSlice {
        text[..<min(text.count, PatternIndex.sizeMax)]
    }

    /// Notes a changed key at every prefix that it has.
    mutating func keyChanged(_ key: ByteSlice, by client: UInt64) {
        var numbers: [Int] = []
        index.forEach(upTo: key.count, { key[..<$0] }) { number in
            if prefixes.name(number).withSlice({ key.hasPrefix($0) }) { numbers.append(number) }
        }
        for number in numbers {
            if prefixes[number].keys.isEmpty { changed.append(number) }
            prefixes[number].keys[ByteString(key)] = client
        }
    }

    /// The prefixes whose keys have changed since the last time, in the order of their texts.
    mutating func takeChanges() -> [Prefix] {
        let numbers = changed.sorted { prefixes.name($0) < prefixes.name($1) }
        changed.removeAll(keepingCapacity: true)
        var taken: [Prefix] = []
        for number in numbers {
            taken.append(prefixes[number])
            prefixes[number].keys = [:]
        }
        return taken
    }

    func checkInvariants() {
        prefixes.checkInvariants()
        index.checkInvariants()
        precondition(Set(changed).count == changed.count)
        for number in prefixes.numbers {
            precondition(!prefixes[number].clients.isEmpty)
            precondition(changed.contains(number) == !prefixes[number].keys.isEmpty)
        }
    }
}
