import Testing

@testable import Server

@Suite struct AccessLogTests {
    private func note(
        _ log: inout AccessLog, _ object: String, at now: Int64,
        _ context: AccessLog.Context = .toplevel, countMax: Int = 128
    ) {
        log.note(
            .key, context, object: .init(object), user: "u", client: .init("client \(now)"),
            now: now, countMax: countMax)
    }

    @Test func theSameRefusalIsCounted() {
        var log = AccessLog()
        note(&log, "a", at: 1000)
        note(&log, "b", at: 2000)
        note(&log, "a", at: 61_000)
        #expect(log.entries.map(\.object) == ["a", "b"])
        #expect(log.entries[0].count == 2)
        #expect(log.entries[0].created == 1000)
        #expect(log.entries[0].updated == 61_000)
        #expect(log.entries[0].client == "client 61000")
        // More than a minute later, or elsewhere, it is another.
        note(&log, "a", at: 121_001)
        note(&log, "a", at: 121_001, .multi)
        #expect(log.entries.map(\.count) == [1, 1, 2, 1])
        #expect(log.entries.map(\.identifier) == [3, 2, 0, 1])
    }

    @Test func onlyTheFirstTenAreSearched() {
        var log = AccessLog()
        for number in 0..<11 { note(&log, "k\(number)", at: 0) }
        note(&log, "k0", at: 0)
        #expect(log.entries.count == 12)
        note(&log, "k3", at: 0)
        #expect(log.entries.count == 12)
        #expect(log.entries[0].object == "k3")
    }

    @Test func isBounded() {
        var log = AccessLog()
        for number in 0..<5 { note(&log, "k\(number)", at: 0, countMax: 3) }
        #expect(log.entries.map(\.object) == ["k4", "k3", "k2"])
        note(&log, "k9", at: 0, countMax: 0)
        #expect(log.entries.isEmpty)
    }
}
