import Platform
import PlatformSimulation
import Testing

@testable import Server

/// Who hears of a changed key, as clients read, write, come and go.
@Suite struct TrackingTests {
    private func invalidation(of key: String) -> String {
        ">2\r\n$10\r\ninvalidate\r\n*1\r\n$\(key.utf8.count)\r\n\(key)\r\n"
    }

    private func occurrences(of part: String, in text: String) -> Int {
        text.ranges(of: part).count
    }

    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func whoHasReadAKeyHearsOfItsNextChange(seed: UInt64) throws {
        let crowd = try BlockingCrowd(count: 4, seed: seed)
        for client in 0..<4 { _ = crowd.ask(client, "HELLO", "3") }
        var random = crowd.simulated.world.random
        // By numbers of clients: what one has read is told as long as it is connected and caches.
        var readers: [String: Set<String>] = [:]
        var tracking: Set<String> = []
        for step in 0..<500 {
            let client = random.index(below: 4)
            let identifier = crowd.identifiers[client]
            let key = ["a", "b", "c", "key"][random.index(below: 4)]
            var changed: Set<String> = []
            switch random.below(12) {
            case 0..<5:
                crowd.send(client, ["GET", key])
                if tracking.contains(identifier) { readers[key, default: []].insert(identifier) }
            case 5..<8:
                crowd.send(client, ["SET", key, "\(step)"])
                changed = readers.removeValue(forKey: key) ?? []
            case 8, 9:
                crowd.send(client, ["CLIENT", "TRACKING", "ON"])
                tracking.insert(identifier)
            case 10:
                crowd.send(client, ["CLIENT", "TRACKING", "OFF"])
                tracking.remove(identifier)
            default:
                try crowd.reconnect(client)
                crowd.send(client, ["HELLO", "3"])
                tracking.remove(identifier)
            }
            crowd.server.tracking.checkInvariants()
            #expect(crowd.server.tracking.clientCount == tracking.count)
            let received = crowd.received()
            for other in 0..<4 {
                let isTold = changed.intersection(tracking).contains(crowd.identifiers[other])
                let told = occurrences(of: invalidation(of: key), in: received[other] ?? "")
                #expect(told == (isTold ? 1 : 0), "step \(step), client \(other)")
            }
        }
    }

    @Test func aClientHearsOfItsOwnChangeBehindTheReply() throws {
        let crowd = try BlockingCrowd(count: 1)
        _ = crowd.ask(0, "HELLO", "3")
        _ = crowd.ask(0, "CLIENT", "TRACKING", "ON")
        _ = crowd.ask(0, "GET", "k")
        #expect(crowd.ask(0, "SET", "k", "1") == "+OK\r\n" + invalidation(of: "k"))
        #expect(crowd.ask(0, "SET", "k", "2") == "+OK\r\n")
    }

    @Test func moreKeysThanTheLimitAreForgottenAndTold() throws {
        let crowd = try BlockingCrowd(count: 1, ["tracking-table-max-keys", "3"])
        _ = crowd.ask(0, "HELLO", "3")
        _ = crowd.ask(0, "CLIENT", "TRACKING", "ON")
        var told = 0
        for number in 1...40 {
            let received = crowd.ask(0, "GET", "k\(number)")
            told += occurrences(of: "invalidate", in: received)
            #expect(crowd.server.tracking.table.keyCount == min(number, 3))
            #expect(told == max(0, number - 3))
        }
    }

    @Test func nothingIsFollowedAnyMoreWhenTheLastKeyIsTold() throws {
        let crowd = try BlockingCrowd(count: 2)
        _ = crowd.ask(0, "HELLO", "3")
        _ = crowd.ask(0, "CLIENT", "TRACKING", "ON")
        _ = crowd.ask(0, "GET", "k")
        try crowd.reconnect(0)
        let isTracked = crowd.server.keyspace.shared.value.isTracked
        #expect(isTracked)
        _ = crowd.ask(1, "SET", "k", "1")
        _ = crowd.ask(1, "SET", "k", "2")
        let isStillTracked = crowd.server.keyspace.shared.value.isTracked
        #expect(!isStillTracked)
    }
}
