import Bytes
import Testing

@testable import Commands

@Suite struct ListCommandTests {
    private func array(_ texts: String...) -> String {
        "*\(texts.count)\r\n" + texts.map(bulk).joined()
    }

    // MARK: Ends

    @Test func pushesAndPopsAtBothEnds() {
        let fixture = CommandFixture()
        #expect(fixture.run("rpush l b c") == ":2\r\n")
        #expect(fixture.run("lpush l a 1") == ":4\r\n")
        #expect(fixture.records == ["0 lpush l a 1"])
        #expect(fixture.changes == 2)
        #expect(fixture.run("lrange l 0 -1") == array("1", "a", "b", "c"))
        #expect(fixture.run("lpop l") == bulk("1"))
        #expect(fixture.records == ["0 lpop l"])
        #expect(fixture.run("rpop l 2") == array("c", "b"))
        #expect(fixture.records == ["0 rpop l 2"])
        #expect(fixture.run("rpop l 0") == "*0\r\n")
        #expect(fixture.records == [])
        #expect(fixture.run("lpop l 9") == array("a"))
        #expect(fixture.run("exists l") == ":0\r\n")
        #expect(fixture.run("lpop l") == null)
        #expect(fixture.run("lpop l 2") == "*-1\r\n")
        #expect(fixture.changes == 0)
    }

    @Test func pushesToListsOnly() {
        let fixture = CommandFixture()
        #expect(fixture.run("lpushx l a") == ":0\r\n")
        #expect(fixture.records == [])
        fixture.run("rpush l a")
        #expect(fixture.run("rpushx l b c") == ":3\r\n")
        #expect(fixture.run("llen l") == ":3\r\n")
        fixture.run("set s x")
        for command in ["lpush s a", "rpushx s a", "lpop s", "llen s", "lrange s 0 1", "lpos s a"] {
            #expect(fixture.run(command) == wrongType, "\(command)")
        }
        #expect(fixture.run("lpop l -1").hasPrefix("-ERR value is out of range, must be positive"))
        #expect(fixture.run("lpop l 1 2").hasPrefix("-ERR wrong number of arguments for 'lpop'"))
    }

    @Test func becomesAQuicklistAndAListpackAgain() {
        let fixture = CommandFixture()
        fixture.keyspace.shared.value.encodings.listNodeSize = 4
        fixture.run("rpush l 1 2 3 4")
        #expect(fixture.run("object encoding l") == bulk("listpack"))
        fixture.run("rpush l 5")
        #expect(fixture.run("object encoding l") == bulk("quicklist"))
        #expect(fixture.run("lrange l 0 -1") == array("1", "2", "3", "4", "5"))
        fixture.run("rpop l 2")
        #expect(fixture.run("object encoding l") == bulk("quicklist"))
        fixture.run("rpop l")
        #expect(fixture.run("object encoding l") == bulk("listpack"))
        #expect(fixture.run("lrange l 0 -1") == array("1", "2"))
        fixture.keyspace.shared.value.encodings.listNodeSize = -2
        fixture.run(["rpush", "l", ByteString(String(repeating: "x", count: 9000))])
        #expect(fixture.run("object encoding l") == bulk("quicklist"))
        fixture.run("lset l -1 y")
        #expect(fixture.run("object encoding l") == bulk("quicklist"))
        fixture.run("rpop l")
        #expect(fixture.run("object encoding l") == bulk("listpack"))
    }

    // MARK: Places

    @Test(arguments: [
        ("0 -1", "abcde"), ("1 2", "bc"), ("-2 9", "de"), ("3 1", ""), ("-99 0", "a"), ("5 9", ""),
        ("-9223372036854775808 9223372036854775807", "abcde"),
    ])
    func cutsRanges(_ range: String, _ part: String) {
        let fixture = CommandFixture()
        fixture.run("rpush l a b c d e")
        let expected = "*\(part.count)\r\n" + part.map { bulk(String($0)) }.joined()
        #expect(fixture.run("lrange l \(range)") == expected)
        #expect(fixture.run("ltrim l \(range)") == ok)
        #expect(fixture.changes == 5 - part.count)
        #expect(fixture.run("lrange l 0 -1") == expected)
        #expect(fixture.run("exists l") == (part.isEmpty ? ":0\r\n" : ":1\r\n"))
    }

    @Test func readsAndReplacesAtAnIndex() {
        let fixture = CommandFixture()
        fixture.run("rpush l a b c")
        #expect(fixture.run("lindex l -1") == bulk("c"))
        #expect(fixture.run("lindex l 3") == null)
        #expect(fixture.run("lindex no x") == null)
        #expect(fixture.run("lindex l x") == notAnInteger)
        #expect(fixture.run("lset l 1 500") == ok)
        #expect(fixture.records == ["0 lset l 1 500"])
        #expect(fixture.run("lset l 3 x") == "-ERR index out of range\r\n")
        #expect(fixture.records == [])
        #expect(fixture.run("lset no 0 x") == "-ERR no such key\r\n")
        #expect(fixture.run("lrange l 0 -1") == array("a", "500", "c"))
    }

    @Test func insertsBesideAnElement() {
        let fixture = CommandFixture()
        fixture.run("rpush l a 7 a")
        #expect(fixture.run("linsert l before 7 x") == ":4\r\n")
        #expect(fixture.records == ["0 linsert l before 7 x"])
        #expect(fixture.run("linsert l AFTER a y") == ":5\r\n")
        #expect(fixture.run("linsert l after no y") == ":-1\r\n")
        #expect(fixture.run("linsert no after no y") == ":0\r\n")
        #expect(fixture.records == [])
        #expect(fixture.run("linsert l beside a y") == syntaxError)
        #expect(fixture.run("lrange l 0 -1") == array("a", "y", "x", "7", "a"))
    }

    @Test func removesEqualElementsFromEitherEnd() {
        let fixture = CommandFixture()
        fixture.run("rpush l a b a c a b")
        #expect(fixture.run("lrem l -2 a") == ":2\r\n")
        #expect(fixture.records == ["0 lrem l -2 a"])
        #expect(fixture.run("lrange l 0 -1") == array("a", "b", "c", "b"))
        #expect(fixture.run("lrem l 1 b") == ":1\r\n")
        #expect(fixture.run("lrem l 0 no") == ":0\r\n")
        #expect(fixture.records == [])
        #expect(fixture.run("lrange l 0 -1") == array("a", "c", "b"))
        #expect(
            fixture.run("lrem l -9223372036854775808 a").hasPrefix("-ERR value is out of range"))
    }

    @Test(arguments: [
        ("", ":0\r\n"), ("rank 2", ":2\r\n"), ("rank -1", ":5\r\n"), ("rank 4", null),
        ("count 0", "*3\r\n:0\r\n:2\r\n:5\r\n"), ("count 2 rank 2", "*2\r\n:2\r\n:5\r\n"),
        ("count 0 rank -2", "*2\r\n:2\r\n:0\r\n"), ("maxlen 2 count 0", "*1\r\n:0\r\n"),
        ("maxlen 1 rank -1 count 0", "*1\r\n:5\r\n"), ("maxlen 2 rank 2", null),
        ("rank 0", "-ERR RANK can't be zero"), ("count -1", "-ERR COUNT can't be negative"),
        ("maxlen x", "-ERR MAXLEN can't be negative"), ("rank", syntaxError),
        ("rang 1", syntaxError),
    ])
    func findsPositions(_ options: String, _ reply: String) {
        let fixture = CommandFixture()
        fixture.run("rpush l 1 b 1 c d 1")
        #expect(fixture.run("lpos l 1 \(options)").hasPrefix(reply))
    }

    // MARK: Between lists

    @Test func movesBetweenListsAndWithinOne() {
        let fixture = CommandFixture()
        fixture.run("rpush l a b c")
        #expect(fixture.run("lmove l m left right") == bulk("a"))
        #expect(fixture.records == ["0 lmove l m left right"])
        #expect(fixture.run("rpoplpush l m") == bulk("c"))
        #expect(fixture.run("lrange m 0 -1") == array("c", "a"))
        #expect(fixture.run("lmove m m left right") == bulk("c"))
        #expect(fixture.run("lrange m 0 -1") == array("a", "c"))
        #expect(fixture.run("lmove l l right left") == bulk("b"))
        #expect(fixture.run("lmove l m right left") == bulk("b"))
        #expect(fixture.run("exists l") == ":0\r\n")
        #expect(fixture.run("lmove l m right left") == null)
        #expect(fixture.records == [])
        #expect(fixture.run("lmove l m right up") == syntaxError)
        fixture.run("set s x")
        #expect(fixture.run("lmove m s left left") == wrongType)
        #expect(fixture.run("llen m") == ":3\r\n")
    }

    @Test func popsFromTheFirstOfMany() {
        let fixture = CommandFixture()
        fixture.run("rpush m a b c")
        #expect(
            fixture.run("lmpop 2 l m right count 2") == "*2\r\n" + bulk("m") + array("c", "b"))
        #expect(fixture.records == ["0 RPOP m 2"])
        #expect(fixture.run("lmpop 1 m left count 5") == "*2\r\n" + bulk("m") + array("a"))
        #expect(fixture.records == ["0 LPOP m 1"])
        #expect(fixture.run("lmpop 1 m left") == "*-1\r\n")
        #expect(fixture.run("lmpop 0 m left").hasPrefix("-ERR numkeys should be greater than 0"))
        #expect(fixture.run("lmpop 2 m left") == syntaxError)
        #expect(fixture.run("lmpop 1 m left count 0").hasPrefix("-ERR count should be greater"))
        #expect(fixture.run("lmpop 1 m left count 1 count 1") == syntaxError)
    }

    @Test func blockingFormsRecordWhatTheyDid() {
        let fixture = CommandFixture()
        fixture.run("rpush m a b c d e")
        #expect(fixture.run("blpop l m 0") == array("m", "a"))
        #expect(fixture.records == ["0 LPOP m"])
        #expect(fixture.run("brpop m 0") == array("m", "e"))
        #expect(fixture.records == ["0 RPOP m"])
        #expect(fixture.run("blmove m n left right 0") == bulk("b"))
        #expect(fixture.records == ["0 LMOVE m n left right"])
        #expect(fixture.run("brpoplpush m n 0") == bulk("d"))
        #expect(fixture.records == ["0 RPOPLPUSH m n"])
        #expect(fixture.run("blmpop 0 1 m left") == "*2\r\n" + bulk("m") + array("c"))
        #expect(fixture.records == ["0 LPOP m 1"])
        #expect(fixture.run("blpop n -1").hasPrefix("-ERR timeout is negative"))
        #expect(fixture.run("blpop n x").hasPrefix("-ERR timeout is not a float"))
    }
}
