import Bytes
import Keyspace
import Testing

@testable import Commands

@Suite struct SortTests {
    private func array(_ words: String) -> String {
        let parts = words.split(separator: " ").map(String.init)
        return "*\(parts.count)\r\n" + parts.map { bulk($0) }.joined()
    }

    private func filled() -> CommandFixture {
        let fixture = CommandFixture()
        fixture.run("rpush l 3 10 -1 2.5 1e1 2")
        for (name, weight) in [("a", 3), ("b", 1), ("c", 2)] {
            fixture.run("set w_\(name) \(weight)")
            fixture.run("set o_\(name) of-\(name)")
        }
        fixture.run("rpush names c a x b")
        return fixture
    }

    @Test(arguments: [
        ("", "-1 2 2.5 3 10 1e1"), ("desc", "1e1 10 3 2.5 2 -1"), ("desc asc", "-1 2 2.5 3 10 1e1"),
        ("alpha", "-1 10 1e1 2 2.5 3"), ("alpha desc", "3 2.5 2 1e1 10 -1"),
        ("limit 1 2", "2 2.5"), ("limit 4 9", "10 1e1"), ("limit -3 1", "-1"),
        ("limit 2 -7", "2.5 3 10 1e1"), ("limit 9 1", ""), ("limit 0 0", ""),
        ("by nosort", "3 10 -1 2.5 1e1 2"), ("by nosort desc", "2 1e1 2.5 -1 10 3"),
        ("by nosort limit 1 2", "10 -1"), ("by nosort desc limit 1 2", "1e1 2.5"),
        ("by # limit 0 2", "3 10"), ("by nosort by w_* limit 0 2", "3 10"),
    ])
    func ordersOfNumbers(_ options: String, _ expected: String) {
        let fixture = filled()
        #expect(fixture.run("sort l \(options)") == array(expected))
        #expect(fixture.run("sort_ro l \(options)") == array(expected))
        #expect(fixture.records == [])
    }

    @Test func weightsAndValuesOfOtherKeys() {
        let fixture = filled()
        // Who has no weight counts as 0.
        #expect(fixture.run("sort names by w_*") == array("x b c a"))
        #expect(fixture.run("sort names by w_* desc") == array("a c b x"))
        #expect(fixture.run("sort names by w_* alpha") == array("x b c a"))
        #expect(fixture.run("sort names by w_* limit 1 2 get # get o_*") == array("b of-b c of-c"))
        #expect(fixture.run("sort names by nosort get o_* limit 2 1") == "*1\r\n" + null)
        #expect(fixture.run("sort names by nosort get nostar limit 0 1") == "*1\r\n" + null)
        let error = "-ERR One or more scores can't be converted into double\r\n"
        #expect(fixture.run("sort names") == error)
        #expect(fixture.run("sort names by o_*") == error)
        #expect(fixture.run("sort no") == "*0\r\n")
        #expect(fixture.run("sort w_a") == wrongType)
    }

    @Test func setsAndNumbersInOddForms() {
        let fixture = CommandFixture()
        fixture.run("sadd s 30 4 100")
        #expect(fixture.run("sort s") == array("4 30 100"))
        #expect(fixture.run("sort s alpha desc") == array("4 30 100"))
        fixture.run("sadd t b a c")
        #expect(fixture.run("sort t by nosort store d") == ":3\r\n")
        #expect(fixture.run("lrange d 0 -1") == array("a b c"))
        fixture.run("rpush odd 0x10 -0 0 inf -inf .5 5. 9007199254740993 9007199254740992")
        let ordered = "-inf -0 0 .5 5. 0x10 9007199254740992 9007199254740993 inf"
        #expect(fixture.run("sort odd") == array(ordered))
        for refused in ["1e400", "1e-400", "nan", "1x", "-"] {
            fixture.run("del bad")
            fixture.run("rpush bad 1 \(refused)")
            #expect(fixture.run("sort bad").hasPrefix("-ERR One or more scores"), "\(refused)")
        }
    }

    @Test func whatIsStoredIsAList() {
        let fixture = filled()
        #expect(fixture.run("sort l limit 0 3 store d") == ":3\r\n")
        #expect(fixture.changes == 3)
        #expect(fixture.records == ["0 sort l limit 0 3 store d"])
        #expect(fixture.run("lrange d 0 -1") == array("-1 2 2.5"))
        #expect(fixture.run("object encoding d") == bulk("listpack"))
        #expect(fixture.run("sort names by nosort get o_* store l") == ":4\r\n")
        #expect(
            fixture.run("lrange l 0 -1")
                == "*4\r\n" + ["of-c", "of-a", "", "of-b"].map { bulk($0) }.joined())
        // What was text while it was sorted is stored as the integer that it is.
        fixture.run("rpush n 10 9")
        fixture.run("sort n alpha store d")
        #expect(fixture.run("lpos d 9") == ":1\r\n")
        #expect(fixture.run("lrem d 0 10") == ":1\r\n")
        #expect(fixture.run("sort no store l") == ":0\r\n")
        #expect(fixture.changes == 1)
        #expect(fixture.run("exists l") == ":0\r\n")
        #expect(fixture.run("sort no store l") == ":0\r\n")
        #expect(fixture.records == [])
        #expect(fixture.run("sort_ro names store d") == syntaxError)
        for wrong in ["limit 1", "by", "get", "store", "bogus"] {
            #expect(fixture.run("sort names \(wrong)") == syntaxError)
        }
        #expect(fixture.run("sort names limit a b").hasPrefix("-ERR value is not an integer"))
    }

    @Test func aSortedSetIsUnpackedForGood() {
        for command in ["sort", "sort_ro"] {
            let fixture = CommandFixture()
            fixture.run("zadd z 2 20 1 3 3 100")
            #expect(fixture.run("\(command) z by nosort limit 0 2") == array("3 20"))
            #expect(fixture.changes == 0)
            #expect(fixture.records == [])
            #expect(fixture.run("object encoding z") == bulk("skiplist"))
            #expect(fixture.run("\(command) z") == array("3 20 100"))
        }
    }

    @Test func manyNumbersAreInOrder() {
        let fixture = CommandFixture()
        var state: UInt64 = 9
        var numbers: [Int] = []
        for _ in 0..<3000 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            numbers.append(Int(state >> 40) - 8_000_000)
        }
        fixture.run("rpush l \(numbers.map(String.init).joined(separator: " "))")
        numbers.sort()
        #expect(fixture.run("sort l") == array(numbers.map(String.init).joined(separator: " ")))
        let texts = numbers.map(String.init).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        #expect(fixture.run("sort l alpha") == array(texts.joined(separator: " ")))
    }
}
