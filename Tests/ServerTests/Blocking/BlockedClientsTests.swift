import Bytes
import Platform
import Testing

@testable import Commands
@testable import Keyspace
@testable import Server

@Suite struct BlockedClientsTests {
    /// Blocked clients without a server: who waits for what is all that counts.
    final class Bench {
        var blocked = BlockedClients()
        var awaited = AwaitedKeys()
        private let client: Reference<Client>

        init() {
            let address = AcceptedSocket(
                socket: -1, peer: "", local: "", isUnix: false, isLoopback: true)
            client = Reference(to: Client(identifier: 1, socket: -1, address: address, now: 0))
        }

        deinit { client.free() }

        func add(
            _ keys: String, _ type: ValueType = .list, until deadline: Int64? = nil,
            endsWithoutKey: Bool = false
        ) -> BlockedClient {
            let words = keys.split(separator: " ").count
            let request = BlockRequest(
                keys: 0..<words, type: type, milliseconds: 0, endsWithoutKey: endsWithoutKey,
                words: nil)
            let made = withWords(keys) {
                BlockedClient(
                    client, 0, $0, request, deadline: deadline,
                    sequence: blocked.makeSequence())
            }
            blocked.insert(made, &awaited)
            return made
        }

        func remove(_ client: BlockedClient) { blocked.remove(client, &awaited) }

        func change(_ key: String, to type: ValueType?) {
            blocked.keyChanged(AwaitedKey(database: 0, key: ByteString(key)), to: type)
        }

        var ready: [String] {
            var keys: [String] = []
            while let (key, _) = blocked.takeReady() { keys.append(key.key.text) }
            return keys
        }
    }

    @Test func aKeyIsReadyOnceInTheOrderOfFirstChanges() {
        let bench = Bench()
        _ = bench.add("a b c")
        for key in ["b", "a", "b", "nobody", "b", "c"] { bench.change(key, to: .list) }
        #expect(bench.ready == ["b", "a", "c"])
        bench.change("b", to: .list)
        #expect(bench.ready == ["b"])
    }

    @Test func onlyATypeThatSomebodyWaitsForMakesAKeyReady() {
        let bench = Bench()
        let list = bench.add("k", .list)
        bench.change("k", to: .string)
        bench.change("k", to: .stream)
        bench.change("k", to: nil)
        #expect(bench.ready == [])
        let stream = bench.add("k", .stream, endsWithoutKey: true)
        bench.change("k", to: nil)
        #expect(bench.ready == ["k"])
        bench.remove(stream)
        bench.change("k", to: .stream)
        #expect(bench.ready == [])
        bench.change("k", to: .list)
        bench.remove(list)
        #expect(bench.ready == [])
    }

    @Test func aLineKeepsTheOrderOfArrival() {
        let bench = Bench()
        let clients = (0..<5).map { _ in bench.add("k") }
        bench.remove(clients[2])
        let line = bench.blocked.line(of: AwaitedKey(database: 0, key: "k"))
        var found: [UInt64] = []
        while let next = line?.next(after: found.last ?? 0) { found.append(next.sequence) }
        #expect(found == [1, 2, 4, 5])
    }

    @Test func nothingIsKeptOfAKeyThatNobodyWaitsFor() {
        let bench = Bench()
        let clients = [bench.add("a b"), bench.add("b c", until: 5), bench.add("a a a")]
        #expect(bench.awaited.count == 3)
        #expect(bench.blocked.keyCount == 3)
        for client in clients { bench.remove(client) }
        #expect(bench.awaited.count == 0)
        #expect(bench.blocked.keyCount == 0)
        #expect(bench.blocked.count == 0)
        #expect(bench.blocked.nextDeadline == nil)
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func deadlinesComeInOrderWhoeverLeavesBefore(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let bench = Bench()
        var present: [BlockedClient] = []
        for _ in 0..<400 {
            if random.next() % 3 > 0 {
                let deadline = random.next() % 4 == 0 ? nil : Int64(random.next() % 100)
                present.append(bench.add("k\(random.next() % 7)", until: deadline))
            } else if !present.isEmpty {
                bench.remove(present.remove(at: Int(random.next() % UInt64(present.count))))
            }
            bench.blocked.checkInvariants()
            let first = present.compactMap { $0.deadline }.min()
            #expect(bench.blocked.nextDeadline == first)
        }
        var last: (Int64, UInt64) = (0, 0)
        while let late = bench.blocked.firstLate(at: 100) {
            let now = (late.deadline ?? 0, late.sequence)
            #expect(last < now)
            last = now
            bench.remove(late)
        }
        #expect(bench.blocked.countWithDeadline == 0)
    }
}
