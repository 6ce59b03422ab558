import Bytes
import Commands
import Testing

@testable import Server

@Suite struct ClientFilterTests {
    private func killFilter(_ line: String) -> ClientFilter? {
        try? withWords(line) { try ClientFilter.ofKill($0) { $0 == "default" } }
    }

    private func matches(_ filter: ClientFilter?, isOwn: Bool = false) -> Bool? {
        filter?.matches(
            identifier: 5, user: "default", peer: "1.2.3.4:5", local: "9.9.9.9:6379",
            isOwn: isOwn)
    }

    @Test(arguments: [
        ("id 5", true), ("id 6", false), ("type normal", true), ("type replica", false),
        ("type SLAVE", false), ("type master", false), ("type pubsub", false),
        ("user default", true), ("addr 1.2.3.4:5", true), ("addr 1.2.3.4:6", false),
        ("laddr 9.9.9.9:6379", true), ("laddr 9.9.9.9:1", false),
        ("ID 5 ADDR 1.2.3.4:5 TYPE normal", true), ("id 5 addr 1.2.3.4:6", false),
        ("id 4 id 5", true), ("skipme yes", true), ("skipme no", true),
    ])
    func killMeansWhoFitsEveryPart(_ line: String, _ expected: Bool) {
        #expect(matches(killFilter(line)) == expected)
    }

    @Test func killSparesTheAskingConnectionUnlessItIsTold() {
        #expect(matches(killFilter("id 5"), isOwn: true) == false)
        #expect(matches(killFilter("id 5 skipme yes"), isOwn: true) == false)
        #expect(matches(killFilter("id 5 skipme no"), isOwn: true) == true)
    }

    @Test(arguments: [
        ("id 0", "ERR client-id should be greater than 0"),
        ("id x", "ERR client-id should be greater than 0"),
        ("id id -1", "ERR client-id should be greater than 0"),
        ("type x", "ERR Unknown client type 'x'"), ("user nobody", "ERR No such user 'nobody'"),
        ("skipme maybe", "ERR syntax error"), ("id 5 id", "ERR syntax error"),
        ("color red", "ERR syntax error"),
    ])
    func killRefuses(_ line: String, _ expected: String) {
        let refusal = refusal(of: line) { (words) throws(CommandError) in
            _ = try ClientFilter.ofKill(words) { $0 == "default" }
        }
        #expect(refusal == expected)
    }

    @Test(arguments: [
        ("id 5", true), ("id 6", false), ("id 6 5", true), ("id -1 5", true), ("id -1", false),
        ("type normal", true), ("type pubsub", false),
    ])
    func listMeans(_ line: String, _ expected: Bool) {
        let filter = try? withWords(line) { try ClientFilter.ofList($0) }
        #expect(matches(filter, isOwn: true) == expected)
    }

    @Test(arguments: [
        ("id", "ERR syntax error"), ("id 5 x", "ERR Invalid client ID"),
        ("type normal id", "ERR syntax error"), ("type x", "ERR Unknown client type 'x'"),
        ("x", "ERR syntax error"),
    ])
    func listRefuses(_ line: String, _ expected: String) {
        let refusal = refusal(of: line) { (words) throws(CommandError) in
            _ = try ClientFilter.ofList(words)
        }
        #expect(refusal == expected)
    }
}
