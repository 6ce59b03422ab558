import Bytes
import Platform
import PlatformSimulation
import Testing

@testable import Server

@Suite struct TrackingTableTests {
    @Test func whoHasGoneIsForgottenBeforeAKeyHasReadersWithoutEnd() {
        var table = TrackingTable()
        for client in 1...1000 as ClosedRange<UInt64> {
            "key".withSlice { table.remember($0, of: client, live: ClientList()) }
            #expect(table.itemCount <= 10)
        }
        table.checkInvariants()
        let taken = "key".withSlice { table.take($0) }
        #expect(taken == taken.sorted())
        #expect(table.itemCount == 0)
        #expect(table.keyCount == 0)
    }

    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func aPrefixHearsOfTheKeysThatBeginWithIt(seed: UInt64) throws {
        let crowd = try BlockingCrowd(count: 3, seed: seed)
        let clients = crowd.server.clients.all
        var random = SeededRandom(seed: seed)
        let long = String(repeating: "x", count: 80)
        let texts = ["", "a", "ab", "b", "abc:", long, long + "y"].map { ByteString($0) }
        let keys = ["", "a", "abc:1", "b", "c", long, long + "y1"].map { ByteString($0) }
        var table = BroadcastTable()
        var model: [ByteString: (clients: Set<Int>, keys: [ByteString: UInt64])] = [:]
        for _ in 0..<2000 {
            let client = random.index(below: clients.count)
            let text = texts[random.index(below: texts.count)]
            switch random.below(8) {
            case 0, 1:
                table.insert(clients[client], [text])
                model[text, default: ([], [:])].clients.insert(client)
            case 2:
                table.remove(clients[client], [text])
                model[text]?.clients.remove(client)
                if model[text]?.clients.isEmpty == true { model[text] = nil }
            case 3:
                let told = table.takeChanges().map(\.keys)
                let expected = model.filter { !$0.value.keys.isEmpty }.sorted { $0.key < $1.key }
                #expect(told == expected.map(\.value.keys))
                for text in model.keys { model[text]?.keys = [:] }
            default:
                let key = keys[random.index(below: keys.count)]
                let author = random.below(3)
                key.withSlice { table.keyChanged($0, by: author) }
                for text in model.keys where key.begins(with: text) {
                    model[text]?.keys[key] = author
                }
            }
            table.checkInvariants()
            #expect(table.prefixCount == model.count)
            #expect(table.hasChanges == model.values.contains { !$0.keys.isEmpty })
        }
    }
}

extension ByteString {
    fileprivate func begins(with other: ByteString) -> Bool {
        withSlice { own in other.withSlice { own.hasPrefix($0) } }
    }
}
