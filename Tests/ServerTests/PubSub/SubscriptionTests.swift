import Bytes
import Platform
import PlatformSimulation
import Testing

@testable import Server

/// Who is subscribed to what, as clients come, change their minds and go.
@Suite struct SubscriptionTests {
    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func subscriptionsAreThoseOfAModel(seed: UInt64) throws {
        let crowd = try BlockingCrowd(count: 5, seed: seed)
        var random = crowd.simulated.world.random
        var model: [Int: Set<String>] = [:]
        let names = ["a", "b", "c", "d*", "*e"]
        for step in 0..<300 {
            let client = random.index(below: 4)
            let name = names[random.index(below: names.count)]
            switch random.below(8) {
            case 0..<3:
                _ = crowd.ask(client, "SUBSCRIBE", name)
                model[client, default: []].insert(name)
            case 3..<6:
                _ = crowd.ask(client, "UNSUBSCRIBE", name)
                model[client]?.remove(name)
            case 6:
                try crowd.reconnect(client)
                model[client] = []
            default:
                _ = crowd.ask(client, random.below(2) == 0 ? "UNSUBSCRIBE" : "RESET")
                model[client] = []
            }
            crowd.server.pubSub.checkInvariants()
            let listening = model.filter { $0.value.contains(name) }.keys
            let reply = crowd.ask(4, "PUBLISH", name, "\(step)")
            #expect(reply == ":\(listening.count)\r\n")
            let told = crowd.received().keys
            #expect(Set(told) == Set(listening))
        }
    }

    @Test func aNameEndsWithItsLastSubscriber() throws {
        let crowd = try BlockingCrowd(count: 3)
        for kind in ["SUBSCRIBE", "PSUBSCRIBE", "SSUBSCRIBE"] {
            _ = crowd.ask(0, kind, "x", "y")
            _ = crowd.ask(1, kind, "x")
        }
        let pubSub = crowd.server.pubSub
        #expect(
            [pubSub.channels.count, pubSub.patterns.count, pubSub.shardChannels.count] == [2, 2, 2])
        try crowd.reconnect(0)
        #expect(
            [pubSub.channels.count, pubSub.patterns.count, pubSub.shardChannels.count] == [1, 1, 1])
        _ = crowd.ask(1, "RESET")
        #expect(
            [pubSub.channels.count, pubSub.patterns.count, pubSub.shardChannels.count] == [0, 0, 0])
    }

    /// They can come back with the next message meanwhile, so that fewer sends carry more messages.
    @Test func publishersAreAnsweredBeforeSubscribersAreTold() throws {
        let crowd = try BlockingCrowd(count: 4)
        let server = crowd.server
        _ = crowd.ask(0, "SUBSCRIBE", "news")
        _ = crowd.ask(1, "SUBSCRIBE", "news")
        crowd.post(2, "PUBLISH", "news", "first")
        crowd.post(3, "PUBLISH", "news", "second")
        server.turn()
        func identifiers(_ clients: [Reference<Client>]) -> Set<String> {
            Set(clients.map { String($0.value.identifier) })
        }
        #expect(identifiers(server.outputs) == Set(crowd.identifiers[2...3]))
        #expect(identifiers(server.recipients) == Set(crowd.identifiers[0...1]))
        crowd.settle()
        #expect(crowd.received(0).split(separator: "\r\n").filter { $0 == "message" }.count == 2)
    }
}
