import Bytes

/// All connected clients, in no particular order, and by their number.
struct ClientList {
    private(set) var all: [Reference<Client>] = []
    private var byIdentifier: [UInt64: Reference<Client>] = [:]
    private var nextIdentifier: UInt64 = 1

    var count: Int { all.count }

    mutating func makeIdentifier() -> UInt64 {
        defer { nextIdentifier += 1 }
        return nextIdentifier
    }

    mutating func insert(_ client: Reference<Client>) {
        client.value.index = all.count
        all.append(client)
        byIdentifier[client.value.identifier] = client
    }

    /// Removes a client by swapping the last one into its place.
    mutating func remove(_ client: Reference<Client>) {
        let index = client.value.index
        precondition(all[index] == client)
        all[index] = all[all.count - 1]
        all[index].value.index = index
        all.removeLast()
        byIdentifier[client.value.identifier] = nil
    }

    func find(_ identifier: UInt64) -> Reference<Client>? { byIdentifier[identifier] }

    /// Clients in the order in which they connected, as they are listed.
    var sorted: [Reference<Client>] {
        all.sorted { $0.value.identifier < $1.value.identifier }
    }
}
