import Bytes
import Keyspace
import Testing

@testable import Commands

@Suite struct SetCommandTests {
    /// Members of an array or set in a reply of version 2, sorted.
    private func members(_ reply: String) -> [String] {
        let lines = reply.split(separator: "\r\n", omittingEmptySubsequences: false).dropLast()
        guard lines.first?.hasPrefix("*") == true else { return [reply] }
        return stride(from: 2, to: lines.count, by: 2).map { String(lines[$0]) }.sorted()
    }

    @Test func addsAndRemoves() {
        let fixture = CommandFixture()
        #expect(fixture.run("sadd s 3 1 2 1") == ":3\r\n")
        #expect(fixture.changes == 3)
        #expect(fixture.records == ["0 sadd s 3 1 2 1"])
        #expect(fixture.run("sadd s 1 2") == ":0\r\n")
        #expect(fixture.records == [])
        #expect(fixture.run("smembers s") == "*3\r\n" + bulk("1") + bulk("2") + bulk("3"))
        #expect(fixture.run("sismember s 2") == ":1\r\n")
        #expect(fixture.run("sismember s x") == ":0\r\n")
        #expect(fixture.run("smismember s 1 x 3") == "*3\r\n:1\r\n:0\r\n:1\r\n")
        #expect(fixture.run("srem s x 1") == ":1\r\n")
        #expect(fixture.records == ["0 srem s x 1"])
        #expect(fixture.run("srem s x") == ":0\r\n")
        #expect(fixture.records == [])
        #expect(fixture.run("scard s") == ":2\r\n")
        #expect(fixture.run("srem s 2 3 4") == ":2\r\n")
        #expect(fixture.run("exists s") == ":0\r\n")
    }

    @Test func missingAndForeignKeys() {
        let fixture = CommandFixture()
        fixture.run("set k v")
        for (line, missing) in [
            ("smembers", "*0\r\n"), ("scard", ":0\r\n"), ("sismember", ":0\r\n"),
            ("smismember", "*1\r\n:0\r\n"), ("srem", ":0\r\n"), ("spop", null),
            ("srandmember", null), ("sscan", "*2\r\n" + bulk("0") + "*0\r\n"),
            ("sinter", "*0\r\n"), ("sunion", "*0\r\n"), ("sdiff", "*0\r\n"),
        ] {
            let takesWord = ["sismember", "smismember", "srem", "sscan"].contains(line)
            let word = takesWord ? " 0" : ""
            #expect(fixture.run("\(line) no\(word)") == missing, "\(line)")
            #expect(fixture.run("\(line) k\(word)") == wrongType, "\(line)")
        }
        #expect(fixture.run("sadd k 1") == wrongType)
        #expect(fixture.run("sintercard 2 no k") == wrongType)
        #expect(fixture.run("sinterstore d no k") == wrongType)
        #expect(fixture.run("smove no k x") == ":0\r\n")
        #expect(fixture.run("smove k no x") == wrongType)
        fixture.run("sadd s x")
        #expect(fixture.run("smove s k x") == wrongType)
        #expect(fixture.records == [])
    }

    @Test func encodingsFollowTheThresholds() {
        let fixture = CommandFixture()
        func encoding(_ key: String) -> String { fixture.run("object encoding \(key)") }
        let numbers = (1...512).map(String.init).joined(separator: " ")
        fixture.run("sadd numbers \(numbers)")
        #expect(encoding("numbers") == bulk("intset"))
        fixture.run("sadd numbers 513")
        #expect(encoding("numbers") == bulk("hashtable"))
        fixture.run("sadd words \((1...128).map { "w\($0)" }.joined(separator: " "))")
        #expect(encoding("words") == bulk("listpack"))
        fixture.run("sadd words w1")
        #expect(encoding("words") == bulk("listpack"))
        fixture.run("sadd words w129")
        #expect(encoding("words") == bulk("hashtable"))
        fixture.run("sadd few 1 2")
        #expect(encoding("few") == bulk("intset"))
        fixture.run("sadd few \(String(repeating: "x", count: 64))")
        #expect(encoding("few") == bulk("listpack"))
        fixture.run("sadd few \(String(repeating: "y", count: 65))")
        #expect(encoding("few") == bulk("hashtable"))
        fixture.run("srem few \(String(repeating: "y", count: 65))")
        #expect(encoding("few") == bulk("hashtable"))
        fixture.run("sadd many \(numbers)")
        fixture.run("srem many \((130...512).map(String.init).joined(separator: " "))")
        fixture.run("sadd many x")
        #expect(encoding("many") == bulk("hashtable"))
    }

    @Test func movesMembers() {
        let fixture = CommandFixture()
        fixture.run("sadd a 1 x")
        #expect(fixture.run("smove a b x") == ":1\r\n")
        #expect(fixture.changes == 2)
        #expect(fixture.records == ["0 smove a b x"])
        #expect(fixture.run("smove a b x") == ":0\r\n")
        #expect(fixture.records == [])
        #expect(fixture.run("smove a a 1") == ":1\r\n")
        #expect(fixture.records == [])
        fixture.run("sadd b 1")
        #expect(fixture.run("smove a b 1") == ":1\r\n")
        #expect(fixture.changes == 1)
        #expect(fixture.run("exists a") == ":0\r\n")
        #expect(members(fixture.run("smembers b")) == ["1", "x"])
    }

    @Test func popsLeaveWhatTheyDrew() {
        let fixture = CommandFixture()
        fixture.run("sadd s 1 2 3 4 5")
        let popped = members("*1\r\n" + fixture.run("spop s"))[0]
        #expect(fixture.records == ["0 SREM s \(popped)"])
        #expect(fixture.run("sismember s \(popped)") == ":0\r\n")
        let two = members(fixture.run("spop s 2"))
        #expect(two.count == 2)
        #expect(fixture.changes == 2)
        let record = fixture.records[0].split(separator: " ").map(String.init)
        #expect(record[..<3] == ["0", "SREM", "s"])
        #expect(record[3...].sorted() == two)
        #expect(members(fixture.run("spop s 9")).count == 2)
        #expect(fixture.records == ["0 DEL s"])
        fixture.settings.removesLazily = true
        fixture.run("sadd s a b")
        fixture.run("spop s 2")
        #expect(fixture.records == ["0 UNLINK s"])
        #expect(fixture.run("exists s") == ":0\r\n")
        #expect(fixture.run("spop s 0") == "*0\r\n")
        let error = "-ERR value is out of range, must be positive\r\n"
        #expect(fixture.run("spop s -1") == error)
        #expect(fixture.run("spop s x") == error)
        #expect(fixture.run("spop s 1 1") == syntaxError)
    }

    @Test func manyPopsAreRecordedInBatches() {
        let fixture = CommandFixture()
        fixture.run("sadd s \((0..<3000).map { "m\($0)" }.joined(separator: " "))")
        let popped = members(fixture.run("spop s 2500"))
        #expect(Set(popped).count == 2500)
        let batches = fixture.records.map { $0.split(separator: " ").dropFirst(3).map(String.init) }
        #expect(batches.map(\.count) == [1024, 1024, 452])
        #expect(batches.joined().sorted() == popped)
        #expect(fixture.run("scard s") == ":500\r\n")
        #expect(members(fixture.run("smembers s")).allSatisfy { !popped.contains($0) })
    }

    @Test(arguments: ["1 2 3 4 5", "a b c d e", "1 b c d \(String(repeating: "x", count: 80))"])
    func drawsEvenly(_ words: String) {
        let fixture = CommandFixture()
        fixture.run("sadd s \(words)")
        let all = words.split(separator: " ").map(String.init).sorted()
        #expect(members(fixture.run("srandmember s 5")) == all)
        #expect(members(fixture.run("srandmember s 50")) == all)
        #expect(members(fixture.run("srandmember s -50")).count == 50)
        #expect(fixture.run("srandmember s 0") == "*0\r\n")
        var seen: [String: Int] = [:]
        for _ in 0..<500 {
            let drawn = members(fixture.run("srandmember s 2"))
            #expect(Set(drawn).count == 2)
            for member in drawn { seen[member, default: 0] += 1 }
            seen[members("*1\r\n" + fixture.run("srandmember s"))[0], default: 0] += 1
        }
        // Three hundred each, with a deviation of about fourteen.
        for member in all { #expect((220...380).contains(seen[member] ?? 0)) }
        #expect(fixture.records == [])
        #expect(fixture.run("srandmember s -9223372036854775808").hasPrefix("-ERR value is out"))
    }

    @Test func intersections() {
        let fixture = CommandFixture()
        fixture.run("sadd a 1 2 3 x")
        fixture.run("sadd b 2 3 4")
        fixture.run("sadd c 3 2 x \(String(repeating: "y", count: 70))")
        #expect(members(fixture.run("sinter a b c")) == ["2", "3"])
        #expect(members(fixture.run("sinter a c a")) == ["2", "3", "x"])
        #expect(members(fixture.run("sinter a")) == ["1", "2", "3", "x"])
        #expect(fixture.run("sinter a no") == "*0\r\n")
        #expect(fixture.run("sintercard 2 a c") == ":3\r\n")
        #expect(fixture.run("sintercard 2 a c limit 2") == ":2\r\n")
        #expect(fixture.run("sintercard 2 a c limit 0") == ":3\r\n")
        #expect(fixture.run("sintercard 1 no") == ":0\r\n")
        #expect(fixture.run("sintercard 0 a") == "-ERR numkeys should be greater than 0\r\n")
        #expect(fixture.run("sintercard 2 a").hasPrefix("-ERR Number of keys can't be greater"))
        #expect(fixture.run("sintercard 1 a limit -1") == "-ERR LIMIT can't be negative\r\n")
        #expect(fixture.run("sintercard 1 a limit") == syntaxError)
        #expect(fixture.run("sinterstore d c a") == ":3\r\n")
        #expect(fixture.records == ["0 sinterstore d c a"])
        #expect(fixture.run("object encoding d") == bulk("listpack"))
        #expect(fixture.run("sinterstore d c b") == ":2\r\n")
        #expect(fixture.run("object encoding d") == bulk("intset"))
        #expect(fixture.run("sinterstore d no a") == ":0\r\n")
        #expect(fixture.changes == 1)
        #expect(fixture.run("exists d") == ":0\r\n")
        #expect(fixture.run("sinterstore d no a") == ":0\r\n")
        #expect(fixture.records == [])
        #expect(fixture.run("sinterstore a a b") == ":2\r\n")
        #expect(members(fixture.run("smembers a")) == ["2", "3"])
    }

    @Test func unionsAndDifferences() {
        let fixture = CommandFixture()
        fixture.run("sadd a 1 2 3")
        fixture.run("sadd b 3 x")
        #expect(members(fixture.run("sunion a b no")) == ["1", "2", "3", "x"])
        #expect(members(fixture.run("sdiff a b no")) == ["1", "2"])
        #expect(members(fixture.run("sdiff b a")) == ["x"])
        #expect(fixture.run("sdiff a b a") == "*0\r\n")
        #expect(fixture.run("sdiff no a") == "*0\r\n")
        #expect(fixture.run("sunionstore d a b") == ":4\r\n")
        #expect(fixture.records == ["0 sunionstore d a b"])
        #expect(fixture.run("object encoding d") == bulk("listpack"))
        #expect(fixture.run("sdiffstore d a b") == ":2\r\n")
        #expect(fixture.run("object encoding d") == bulk("intset"))
        #expect(fixture.run("set s v") == ok)
        #expect(fixture.run("sunionstore s a") == ":3\r\n")
        #expect(fixture.run("sdiffstore s no") == ":0\r\n")
        #expect(fixture.run("exists s") == ":0\r\n")
    }

    @Test func aWholeIterationMeetsEveryMember() {
        let fixture = CommandFixture()
        for line in ["1 2 3", "a b c", (0..<700).map { "m\($0)" }.joined(separator: " ")] {
            fixture.run("del s")
            fixture.run("sadd s \(line)")
            var (cursor, seen) = ("0", [] as Set<String>)
            repeat {
                let lines = fixture.run("sscan s \(cursor) count 20").split(separator: "\r\n")
                cursor = String(lines[2])
                for index in stride(from: 5, to: lines.count, by: 2) {
                    seen.insert(String(lines[index]))
                }
            } while cursor != "0"
            #expect(seen == Set(line.split(separator: " ").map(String.init)))
        }
        fixture.run("sadd t apple 12 banana")
        let matches = fixture.run("sscan t 0 match a*")
        #expect(matches == "*2\r\n" + bulk("0") + "*1\r\n" + bulk("apple"))
        #expect(fixture.run("sscan t x") == "-ERR invalid cursor\r\n")
        #expect(fixture.run("sscan t 0 count 0") == syntaxError)
        #expect(fixture.run("sscan t 0 type set") == syntaxError)
    }

    @Test func setsAreSetsInVersion3() {
        let fixture = CommandFixture(version: .three)
        fixture.run("sadd a 1 2")
        for line in ["smembers a", "sinter a", "sunion a", "sdiff a"] {
            #expect(fixture.run(line) == "~2\r\n$1\r\n1\r\n$1\r\n2\r\n", "\(line)")
        }
        #expect(fixture.run("sinter no") == "~0\r\n")
        #expect(fixture.run("srandmember a 2").hasPrefix("*2\r\n"))
        #expect(fixture.run("spop a 2").hasPrefix("~2\r\n"))
    }
}
