import Bytes

/// Who is subscribed to the names of one kind.
///
/// A name is in the table as long as it has subscribers. A client is once among the subscribers of
/// a name, and knows its place there, so leaving costs the same for few and for many: the last one
/// takes the place that becomes free.
struct SubscriberTable {
    let kind: SubscriptionKind
    private var names = NameTable<[Reference<Client>]>()

    init(_ kind: SubscriptionKind) { self.kind = kind }

    var count: Int { names.count }
    var numbers: [Int] { names.numbers }

    func find(_ name: ByteSlice) -> Int? { names.find(name) }
    func name(_ number: Int) -> ByteString { names.name(number) }
    func subscribers(_ number: Int) -> [Reference<Client>] { names[number] }

    enum Change: Equatable {
        case none
        /// The first subscriber has come, or the last one has gone.
        case name(Int)
        case subscriber
    }

    /// Subscribes a client, if it is not.
    mutating func subscribe(_ client: Reference<Client>, to name: ByteSlice) -> Change {
        guard let number = names.find(name) else {
            let number = names.insert(name, [client])
            client.value.session.subscriptions[kind][number] = 0
            return .name(number)
        }
        guard client.value.session.subscriptions[kind][number] == nil else { return .none }
        client.value.session.subscriptions[kind][number] = names[number].count
        names[number].append(client)
        return .subscriber
    }

    /// Ends a client's subscription of a number, if it has it.
    mutating func unsubscribe(_ client: Reference<Client>, from number: Int) -> Change {
        guard
            let place = client.value.session.subscriptions[kind].removeValue(forKey: number)
        else { return .none }
        precondition(names[number][place] == client)
        let last = names[number].removeLast()
        if last != client {
            names[number][place] = last
            last.value.session.subscriptions[kind][number] = place
        }
        guard names[number].isEmpty else { return .subscriber }
        return .name(number)
    }

    /// Takes a name away that has lost its last subscriber.
    mutating func forget(_ number: Int) {
        precondition(names[number].isEmpty)
        names.remove(number)
    }

    func checkInvariants() {
        names.checkInvariants()
        for number in names.numbers {
            precondition(!names[number].isEmpty)
            for (place, client) in names[number].enumerated() {
                precondition(client.value.session.subscriptions[kind][number] == place)
            }
        }
    }
}
