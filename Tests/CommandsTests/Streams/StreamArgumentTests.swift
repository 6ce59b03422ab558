import Bytes
import Keyspace
import Testing

@testable import Commands

@Suite struct StreamArgumentTests {
    private func id(_ text: String, missing: UInt64 = 0) -> StreamID? {
        text.withSlice { StreamID($0, missingSequence: missing) }
    }

    @Test(arguments: [
        ("5-3", 5, 3), ("5", 5, 9), ("0-0", 0, 0), ("007-01", 7, 1), ("+7", 7, 9), (" 7-+1", 7, 1),
        ("18446744073709551615-18446744073709551615", UInt64.max, UInt64.max),
        ("1--01", 1, UInt64.max), ("1-1\0rest", 1, 1),
    ])
    func readsIdentifiersAsRedisDoes(_ text: String, _ milliseconds: UInt64, _ sequence: UInt64) {
        #expect(
            id(text, missing: 9) == StreamID(milliseconds: milliseconds, sequence: sequence))
    }

    @Test(arguments: [
        "", "-", "+", "*", "1-*", "$", "-1", "1-", "1-1-1", "1--1", "abc", "1-x", "1 -1",
        "18446744073709551616", "1-18446744073709551616", String(repeating: "0", count: 128),
    ])
    func refusesOtherWords(_ text: String) {
        #expect(id(text) == nil)
    }

    @Test func neighboursOfIdentifiers() {
        #expect(StreamID.max.next == nil)
        #expect(StreamID.min.previous == nil)
        #expect(StreamID(milliseconds: 1, sequence: .max).next == id("2-0"))
        #expect(
            id("2-0")?.previous == StreamID(milliseconds: 1, sequence: .max))
    }

    private func addOptions(
        _ line: String, entriesMax: Int = 100, isReplaying: Bool = false
    ) throws(CommandError) -> StreamAddOptions {
        let words = ["xadd", "key"] + line.split(separator: " ").map(String.init)
        var text = ByteBuffer()
        for word in words { text.append(text: word) }
        var list = SliceList()
        var start = 0
        for word in words {
            list.append(text.bytes[start..<start + word.utf8.count])
            start += word.utf8.count
        }
        return try StreamAddOptions(
            list.all, entriesMax: entriesMax, isReplaying: isReplaying)
    }

    @Test func readsTheWordsOfXADD() throws {
        let plain = try addOptions("* f v")
        #expect(plain.id == .automatic)
        #expect(plain.idIndex == 2)
        #expect(plain.trim.rule == nil)
        #expect(try addOptions("nomkstream 5-* f v").makesStream == false)
        #expect(try addOptions("5-* f v").id == .automaticSequence(milliseconds: 5))
        #expect(try addOptions("5 f v").id == .exact(StreamID(milliseconds: 5, sequence: 0)))

        let trimmed = try addOptions("MAXLEN ~ 10 LIMIT 7 * f v")
        guard case .length(10)? = trimmed.trim.rule else {
            Issue.record("the length is not the threshold")
            return
        }
        #expect(trimmed.trim.isApproximate)
        #expect(trimmed.trim.limit == 7)
        #expect(trimmed.idIndex == 7)
    }

    @Test func boundsTheWorkOfTrimmingAbout() throws {
        #expect(try addOptions("maxlen ~ 1 * f v", entriesMax: 3).trim.limit == 300)
        #expect(try addOptions("maxlen ~ 1 * f v", entriesMax: 0).trim.limit == 10_000)
        #expect(try addOptions("maxlen ~ 1 * f v", entriesMax: .max).trim.limit == 1_000_000)
        #expect(try addOptions("maxlen 1 * f v").trim.limit == 0)
        #expect(try addOptions("maxlen = 1 limit 5 * f v", isReplaying: true).trim.limit == 0)
    }

    @Test(arguments: [
        "maxlen 5 limit 3 * f v", "maxlen 5 minid 3 * f v", "maxlen -1 * f v", "maxlen x * f v",
        "limit 3 * f v", "minid x * f v", "0-0 f v", "* f", "* f v g", "x f v", "maxlen ~ 1 *",
        "maxlen ~ 5 limit -1 * f v", "$ f v", "- f v",
    ])
    func refusesMistakesOfXADD(_ line: String) {
        #expect(throws: CommandError.self) { try addOptions(line) }
    }
}
