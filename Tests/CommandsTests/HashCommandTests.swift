import Keyspace
import Testing

@testable import Commands

@Suite struct HashCommandTests {
    let now: Int64 = 1_000_000_000_000

    private func fixture(entriesMax: Int = 512) -> CommandFixture {
        let fixture = CommandFixture(now: now)
        fixture.keyspace.shared.value.encodings.hashEntriesMax = entriesMax
        return fixture
    }

    private func encoding(_ fixture: CommandFixture, _ key: String = "h") -> String {
        fixture.run("OBJECT ENCODING \(key)")
    }

    @Test func setsAndReturnsFieldsInEveryEncoding() {
        for entriesMax in [0, 2, 512] {
            let fixture = fixture(entriesMax: entriesMax)
            #expect(fixture.run("HSET h a 1 b two a 3") == ":2\r\n")
            #expect(fixture.records == ["0 HSET h a 1 b two a 3"])
            #expect(fixture.changes == 3)
            #expect(fixture.run("HGET h a") == bulk("3"))
            #expect(fixture.run("HGET h none") == null)
            #expect(fixture.run("HGET none a") == null)
            #expect(fixture.run("HMGET h a none b") == "*3\r\n" + bulk("3") + null + bulk("two"))
            #expect(fixture.run("HLEN h") == ":2\r\n")
            #expect(fixture.run("HSTRLEN h b") == ":3\r\n")
            #expect(fixture.run("HEXISTS h b") == ":1\r\n")
            #expect(fixture.run("HEXISTS h c") == ":0\r\n")
            #expect(fixture.run("HSETNX h a 4") == ":0\r\n")
            #expect(fixture.records == [])
            #expect(fixture.run("HSETNX h c 4") == ":1\r\n")
            #expect(encoding(fixture) == bulk(entriesMax == 512 ? "listpack" : "hashtable"))
            #expect(fixture.run("HDEL h a none c") == ":2\r\n")
            #expect(fixture.changes == 2)
            #expect(fixture.run("HGETALL h") == "*2\r\n" + bulk("b") + bulk("two"))
            #expect(fixture.run("HDEL h b") == ":1\r\n")
            #expect(fixture.run("EXISTS h") == ":0\r\n")
        }
    }

    /// The run moves and is converted by the same command, so that the table's root may come to
    /// stand where the run had been.
    @Test func becomesATableInTheMiddleOfACommand() {
        for long in [65, 100, 300, 1000] {
            let fixture = fixture()
            fixture.run("HSET h f 1370")
            fixture.run("HSET h f:3 " + String(repeating: "x", count: 64))
            fixture.run("HSET h e 1 f abc")
            fixture.run(
                "HSET h g abc f:34 16592 12 " + String(repeating: "x", count: long))
            #expect(encoding(fixture) == bulk("hashtable"))
            #expect(fixture.run("HLEN h") == ":6\r\n")
            #expect(fixture.run("HGET h e") == bulk("1"))
        }
    }

    @Test func refusesOtherTypesAndOddArguments() {
        let fixture = fixture()
        fixture.run("SET s 1")
        for line in ["HSET s a 1", "HGET s a", "HGETALL s", "HDEL s a", "HTTL s FIELDS 1 a"] {
            #expect(fixture.run(line) == wrongType)
            #expect(fixture.records == [])
        }
        #expect(
            fixture.run("HSET h a 1 b")
                == "-ERR wrong number of arguments for 'hset' command\r\n")
    }

    @Test func incrementsAndKeepsTheOutcome() {
        let fixture = fixture()
        #expect(fixture.run("HINCRBY h n 5") == ":5\r\n")
        #expect(fixture.run("HINCRBY h n -7") == ":-2\r\n")
        #expect(fixture.records == ["0 HINCRBY h n -7"])
        #expect(fixture.run("HINCRBYFLOAT h n 0.5") == bulk("-1.5"))
        #expect(fixture.records == ["0 HSET h n -1.5"])
        #expect(fixture.run("HINCRBY h n 1") == "-ERR hash value is not an integer\r\n")
        fixture.run("HSET h t text")
        #expect(fixture.run("HINCRBYFLOAT h t 1") == "-ERR hash value is not a float\r\n")
        fixture.run("HPEXPIREAT h \(now + 50) FIELDS 1 n")
        #expect(fixture.run("HINCRBYFLOAT h n 1") == bulk("-0.5"))
        #expect(
            fixture.records == [
                "0 HSET h n -0.5", "0 HPEXPIREAT h \(now + 50) FIELDS 1 n",
            ])
        #expect(fixture.run("HPEXPIRETIME h FIELDS 1 n") == "*1\r\n:\(now + 50)\r\n")
    }

    @Test func drawsFields() {
        for entriesMax in [0, 512] {
            let fixture = fixture(entriesMax: entriesMax)
            fixture.run("HSET h a 1 b 2 c 3")
            #expect(fixture.run("HRANDFIELD h 0") == "*0\r\n")
            #expect(fixture.run("HRANDFIELD h 5").hasPrefix("*3\r\n"))
            #expect(fixture.run("HRANDFIELD h -5").hasPrefix("*5\r\n"))
            #expect(fixture.run("HRANDFIELD h -5 WITHVALUES").hasPrefix("*10\r\n"))
            #expect(fixture.run("HRANDFIELD none") == null)
            #expect(fixture.run("HRANDFIELD none 3") == "*0\r\n")
        }
    }

    @Test func scansAllFields() {
        let fixture = fixture(entriesMax: 4)
        for number in 0..<200 { fixture.run("HSET h f\(number) v") }
        var cursor = "0"
        var found: Set<String> = []
        repeat {
            let lines = fixture.run("HSCAN h \(cursor) NOVALUES COUNT 7").split(separator: "\r\n")
            cursor = String(lines[2])
            for line in lines[4...] where line.hasPrefix("f") { found.insert(String(line)) }
        } while cursor != "0"
        #expect(found.count == 200)
    }

    // MARK: Deadlines of fields

    @Test func setsDeadlinesAndKeepsTheMoment() {
        for entriesMax in [1, 512] {
            let fixture = fixture(entriesMax: entriesMax)
            fixture.run("HSET h a 1 b 2 c 3")
            #expect(fixture.run("HEXPIRE h 10 FIELDS 2 a none") == "*2\r\n:1\r\n:-2\r\n")
            #expect(fixture.records == ["0 HPEXPIREAT h \(now + 10_000) FIELDS 1 a"])
            #expect(
                encoding(fixture) == bulk(entriesMax == 1 ? "hashtable" : "listpackex"))
            #expect(fixture.run("HTTL h FIELDS 3 a b none") == "*3\r\n:10\r\n:-1\r\n:-2\r\n")
            #expect(fixture.run("HEXPIRE h 5 GT FIELDS 1 a") == "*1\r\n:0\r\n")
            #expect(fixture.records == [])
            #expect(fixture.run("HEXPIRE h 5 LT FIELDS 1 a") == "*1\r\n:1\r\n")
            #expect(fixture.run("HPERSIST h FIELDS 2 a b") == "*2\r\n:1\r\n:-1\r\n")
            #expect(fixture.records == ["0 HPERSIST h FIELDS 1 a"])
            #expect(fixture.run("HEXPIREAT h 1 FIELDS 2 a b") == "*2\r\n:2\r\n:2\r\n")
            #expect(fixture.records == ["0 HDEL h a b"])
            #expect(fixture.run("HGETALL h") == "*2\r\n" + bulk("c") + bulk("3"))
        }
    }

    @Test func fieldsGoAtTheirMoment() {
        for entriesMax in [1, 512] {
            let fixture = fixture(entriesMax: entriesMax)
            fixture.run("HSET h a 1 b 2")
            fixture.run("HPEXPIRE h 100 FIELDS 1 a")
            #expect(fixture.keyspace[0].countWithFieldDeadlines == 1)
            fixture.now += 101
            #expect(fixture.run("HGET h a") == null)
            #expect(fixture.run("HGETALL h") == "*2\r\n" + bulk("b") + bulk("2"))
            #expect(fixture.run("HRANDFIELD h 5") == "*1\r\n" + bulk("b"))
            #expect(fixture.run("HSETNX h a 3") == ":1\r\n")
            #expect(fixture.run("HTTL h FIELDS 1 a") == "*1\r\n:-1\r\n")
            #expect(fixture.keyspace[0].countWithFieldDeadlines == 0)
        }
    }

    @Test func theLastFieldTakesTheKeyAlong() {
        for entriesMax in [1, 512] {
            let fixture = fixture(entriesMax: entriesMax)
            fixture.run("HSET h a 1 b 2")
            fixture.run("HPEXPIRE h 100 FIELDS 2 a b")
            fixture.now += 101
            var rounds = 0
            while fixture.keyspace[0].countWithFieldDeadlines > 0, rounds < 10 {
                _ = fixture.keyspace[0].expireSomeFields(buckets: 16)
                rounds += 1
            }
            #expect(fixture.keyspace[0].countWithFieldDeadlines == 0)
            #expect(fixture.run("EXISTS h") == ":0\r\n")
            #expect(fixture.keyspace.shared.value.expiredFields == 2)
        }
    }

    @Test func theSearchOfALargeHashFindsWhatIsDueAndNothingElse() {
        let fixture = fixture(entriesMax: 4)
        for number in 0..<3000 { fixture.run("HSET h f\(number) v") }
        for number in 0..<3000 where number % 3 != 0 {
            fixture.run("HPEXPIRE h \(number % 3 == 1 ? 100 : 10_000) FIELDS 1 f\(number)")
        }
        fixture.now += 101
        for _ in 0..<20 { _ = fixture.keyspace[0].expireSomeFields(buckets: 64) }
        #expect(fixture.run("HLEN h") == ":2000\r\n")
        #expect(fixture.keyspace.shared.value.expiredFields == 1000)
        fixture.now += 10_000
        for _ in 0..<20 { _ = fixture.keyspace[0].expireSomeFields(buckets: 64) }
        #expect(fixture.run("HLEN h") == ":1000\r\n")
        #expect(fixture.keyspace[0].countWithFieldDeadlines == 0)
    }

    @Test func setsFieldsWithTheirMoment() {
        let fixture = fixture()
        #expect(fixture.run("HSETEX h FXX EX 5 FIELDS 1 a 1") == ":0\r\n")
        #expect(fixture.records == [])
        #expect(fixture.run("HSETEX h FNX EX 5 FIELDS 2 a 1 b 2") == ":1\r\n")
        #expect(fixture.records == ["0 HSETEX h PXAT \(now + 5000) FIELDS 2 a 1 b 2"])
        #expect(fixture.run("HSETEX h KEEPTTL FIELDS 1 a 7") == ":1\r\n")
        #expect(fixture.records == ["0 HSETEX h KEEPTTL FIELDS 1 a 7"])
        #expect(fixture.run("HTTL h FIELDS 1 a") == "*1\r\n:5\r\n")
        #expect(fixture.run("HSETEX h FIELDS 1 a 8") == ":1\r\n")
        #expect(fixture.records == ["0 HSET h a 8"])
        #expect(fixture.run("HTTL h FIELDS 1 a") == "*1\r\n:-1\r\n")
        #expect(fixture.run("HGETEX h PX 70 FIELDS 2 a none") == "*2\r\n" + bulk("8") + null)
        #expect(fixture.records == ["0 HPEXPIREAT h \(now + 70) FIELDS 1 a"])
        #expect(fixture.run("HGETEX h PERSIST FIELDS 1 a") == "*1\r\n" + bulk("8"))
        #expect(fixture.records == ["0 HPERSIST h FIELDS 1 a"])
        #expect(fixture.run("HGETEX h FIELDS 1 a") == "*1\r\n" + bulk("8"))
        #expect(fixture.records == [])
        #expect(fixture.run("HGETDEL h FIELDS 2 a none") == "*2\r\n" + bulk("8") + null)
        #expect(fixture.records == ["0 HDEL h a"])
        #expect(fixture.run("HSETEX h PXAT 1 FIELDS 2 b 1 c 1") == ":1\r\n")
        #expect(fixture.records == ["0 HDEL h b"])
        #expect(fixture.run("EXISTS h") == ":0\r\n")
    }

    @Test func deadlinesMoveWithTheirKey() {
        let fixture = fixture()
        fixture.run("HSETEX h EX 5 FIELDS 1 a 1")
        fixture.run("COPY h i")
        fixture.run("RENAME h j")
        fixture.run("PEXPIRE i 100000")
        #expect(fixture.keyspace[0].countWithFieldDeadlines == 2)
        fixture.run("SET i 1")
        fixture.run("DEL j")
        #expect(fixture.keyspace[0].countWithFieldDeadlines == 0)
    }
}
