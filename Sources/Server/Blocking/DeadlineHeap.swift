/// Blocked clients by the end of their time: a binary heap in which each client knows its place, so
/// that one that is served early leaves nothing behind.
struct DeadlineHeap {
    private var clients: [BlockedClient] = []

    var count: Int { clients.count }
    var first: BlockedClient? { clients.first }

    /// - Parameter client: one with a deadline.
    mutating func insert(_ client: BlockedClient) {
        client.heapIndex = clients.count
        clients.append(client)
        siftUp(client.heapIndex)
    }

    mutating func remove(_ client: BlockedClient) {
        let index = client.heapIndex
        precondition(clients[index] === client)
        let last = clients.removeLast()
        guard last !== client else { return }
        put(last, at: index)
        siftUp(index)
        siftDown(last.heapIndex)
    }

    private mutating func put(_ client: BlockedClient, at index: Int) {
        clients[index] = client
        client.heapIndex = index
    }

    private mutating func siftUp(_ start: Int) {
        let client = clients[start]
        var index = start
        while index > 0, isEarlier(client, clients[(index - 1) / 2]) {
            put(clients[(index - 1) / 2], at: index)
            index = (index - 1) / 2
        }
        put(client, at: index)
    }

    private mutating func siftDown(_ start: Int) {
        let client = clients[start]
        var index = start
        while true {
            var child = 2 * index + 1
            guard child < clients.count else { break }
            if child + 1 < clients.count, isEarlier(clients[child + 1], clients[child]) {
                child += 1
            }
            guard isEarlier(clients[child], client) else { break }
            put(clients[child], at: index)
            index = child
        }
        put(client, at: index)
    }

    private func isEarlier(_ left: BlockedClient, _ right: BlockedClient) -> Bool {
        guard let leftEnd = left.deadline, let rightEnd = right.deadline else {
            preconditionFailure("only clients with a deadline are in the heap")
        }
        return (leftEnd, left.sequence) < (rightEnd, right.sequence)
    }

    func checkInvariants() {
        for (index, client) in clients.enumerated() {
            precondition(client.heapIndex == index)
            if index > 0 { precondition(!isEarlier(client, clients[(index - 1) / 2])) }
        }
    }
}
