import Bytes
import Configuration
import Platform

// Keeping the buffers of all clients together below `maxmemory-clients`: the largest are closed.
extension Server {
    func applyClientMemoryLimit() {
        let beginsToCount = clientMemory.apply(configuration.settings.memory)
        guard clientMemory.isLimited else {
            for client in clients.all { client.value.countedSize = 0 }
            return
        }
        if beginsToCount { for client in clients.all { countMemory(of: client) } }
        evictClients()
    }

    /// Takes note of what a client takes now, if that is limited, and closes the largest when all
    /// together take too much.
    func followMemory(of client: Reference<Client>) {
        guard clientMemory.isLimited else { return }
        countMemory(of: client)
        evictClients()
    }

    /// Forgets a client that goes.
    func forgetMemory(of client: Reference<Client>) {
        clientMemory.add(-client.value.countedSize)
        client.value.countedSize = 0
    }

    private func countMemory(of client: Reference<Client>) {
        guard !client.value.flags.contains(.closesSoon) else { return }
        let size = size(of: client)
        clientMemory.add(size - client.value.countedSize)
        client.value.countedSize = size
    }

    /// Closes clients, beginning with the largest by powers of two, as in Redis. One that asked for
    /// `CLIENT NO-EVICT` is counted and stays.
    private func evictClients() {
        var width = Int.bitWidth
        while clientMemory.isAboveLimit, width > 0 {
            var next = 0
            for client in clients.all where clientMemory.isAboveLimit {
                let flags = client.value.flags
                guard flags.isDisjoint(with: [.noEvict, .closesSoon]) else { continue }
                let clientWidth = Int.bitWidth - client.value.countedSize.leadingZeroBitCount
                if clientWidth >= width { evict(client) } else { next = max(next, clientWidth) }
            }
            width = next
        }
    }

    private func evict(_ client: Reference<Client>) {
        var line = ByteBuffer()
        facts(of: client).append(to: &line)
        log.notice("Evicting client: \(line.bytes.text)")
        statistics.evictedClients &+= 1
        forgetMemory(of: client)
        closeSoon(client)
    }
}
