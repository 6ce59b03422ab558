import Bytes
import Keyspace
import Testing

@testable import Commands

private func array(_ texts: String...) -> String {
    "*\(texts.count)\r\n" + texts.map(bulk).joined()
}

@Suite struct SortedSetCommandTests {
    @Test func addsAndCounts() {
        let fixture = CommandFixture()
        #expect(fixture.run("zadd k 1 a 2 b 3 c") == ":3\r\n")
        #expect(fixture.records == ["0 zadd k 1 a 2 b 3 c"])
        #expect(fixture.run("zadd k 1 a") == ":0\r\n")
        #expect(fixture.changes == 0)
        #expect(fixture.run("zadd k ch 5 a 9 d") == ":2\r\n")
        #expect(fixture.run("zadd k nx 7 a") == ":0\r\n")
        #expect(fixture.run("zadd k xx 7 new") == ":0\r\n")
        #expect(fixture.run("zadd missing xx 7 new") == ":0\r\n")
        #expect(fixture.run("exists missing") == ":0\r\n")
        #expect(fixture.run("zadd k gt ch 4 a") == ":0\r\n")
        #expect(fixture.run("zadd k lt ch 4 a") == ":1\r\n")
        #expect(fixture.run("zadd k incr 1.5 a") == bulk("5.5"))
        #expect(fixture.run("zadd k nx incr 1.5 a") == null)
        #expect(fixture.run("zincrby k -inf a") == bulk("-inf"))
        #expect(
            fixture.run("zincrby k inf a") == "-ERR resulting score is not a number (NaN)\r\n")
        #expect(fixture.run("zrange k 0 -1") == array("a", "b", "c", "d"))
        #expect(fixture.run("zcount k (2 +inf") == ":2\r\n")
    }

    @Test func refusesOptionsThatExcludeEachOther() {
        let fixture = CommandFixture()
        #expect(fixture.run("zadd k nx xx 1 a").contains("XX and NX options"))
        #expect(fixture.run("zadd k nx gt 1 a").contains("GT, LT, and/or NX"))
        #expect(fixture.run("zadd k lt gt 1 a").contains("GT, LT, and/or NX"))
        #expect(fixture.run("zadd k incr 1 a 2 b").contains("single increment-element pair"))
        #expect(fixture.run("zadd k 1 a 2") == syntaxError)
        #expect(fixture.run("zadd k x a") == "-ERR value is not a valid float\r\n")
        #expect(fixture.run("zadd k 1 a nan b") == "-ERR value is not a valid float\r\n")
        #expect(fixture.run("exists k") == ":0\r\n")
        fixture.run("set s 1")
        #expect(fixture.run("zadd s 1 a").hasPrefix("-WRONGTYPE"))
    }

    @Test func answersRangesOfEveryKind() {
        let fixture = CommandFixture()
        fixture.run("zadd k 1 a 2 b 2 c 3.25 d")
        #expect(fixture.run("zrange k 1 -2") == array("b", "c"))
        #expect(fixture.run("zrange k 0 0 rev withscores") == array("d", "3.25"))
        #expect(fixture.run("zrange k (1 2 byscore limit 1 5") == array("c"))
        #expect(fixture.run("zrevrangebyscore k +inf 2 limit 0 2") == array("d", "c"))
        #expect(fixture.run("zrangebyscore k 2 1") == "*0\r\n")
        #expect(fixture.run("zrange k 0 1 limit 0 1").contains("LIMIT is only supported"))
        #expect(fixture.run("zrangebyscore k x 1") == "-ERR min or max is not a float\r\n")
        fixture.run("zadd l 0 a 0 b 0 bb 0 c")
        #expect(fixture.run("zrangebylex l [b (c") == array("b", "bb"))
        #expect(fixture.run("zrange l + (b bylex rev") == array("c", "bb"))
        #expect(fixture.run("zlexcount l - +") == ":4\r\n")
        #expect(fixture.run("zrangebylex l b c").contains("not valid string range item"))
        #expect(fixture.run("zrangestore to k 2 +inf byscore") == ":3\r\n")
        #expect(fixture.run("zrange to 0 -1") == array("b", "c", "d"))
        #expect(fixture.run("zrangestore to k 9 9 byscore") == ":0\r\n")
        #expect(fixture.run("exists to") == ":0\r\n")
    }

    @Test func answersDoublesAndPairsInVersionThree() {
        let fixture = CommandFixture(version: .three)
        fixture.run("zadd k 1.1 a")
        #expect(fixture.run("zscore k a") == ",1.1\r\n")
        #expect(
            fixture.run("zrange k 0 -1 withscores")
                == "*1\r\n*2\r\n$1\r\na\r\n,1.1\r\n")
        #expect(fixture.run("zpopmin k") == "*2\r\n$1\r\na\r\n,1.1\r\n")
        #expect(fixture.run("zrank k a withscore") == "_\r\n")
    }

    @Test func popsAndKeepsWhatBecameOfIt() {
        let fixture = CommandFixture()
        fixture.run("zadd k 1 a 2 b 3 c 4 d")
        #expect(fixture.run("zpopmax k 2") == array("d", "4", "c", "3"))
        #expect(fixture.records == ["0 zpopmax k 2"])
        #expect(
            fixture.run("zmpop 2 none k min count 5")
                == "*2\r\n$1\r\nk\r\n*2\r\n" + array("a", "1") + array("b", "2"))
        #expect(fixture.records == ["0 ZPOPMIN k 2"])
        #expect(fixture.run("exists k") == ":0\r\n")
        fixture.run("zadd k 1 a")
        #expect(fixture.run("bzpopmin none k 1") == array("k", "a", "1"))
        #expect(fixture.records == ["0 ZPOPMIN k"])
        #expect(fixture.run("zmpop 0 k min") == "-ERR numkeys should be greater than 0\r\n")
        #expect(fixture.run("zmpop 1 k middle") == syntaxError)
        #expect(fixture.run("zpopmin k -1").contains("must be positive"))
    }

    @Test func removesRanges() {
        let fixture = CommandFixture()
        fixture.run("zadd k 1 a 2 b 3 c 4 d 5 e")
        #expect(fixture.run("zremrangebyrank k 0 1") == ":2\r\n")
        #expect(fixture.run("zremrangebyscore k (3 4") == ":1\r\n")
        #expect(fixture.run("zrem k c x") == ":1\r\n")
        #expect(fixture.run("zremrangebyscore k 9 10") == ":0\r\n")
        #expect(fixture.changes == 0)
        #expect(fixture.run("zremrangebyscore k -inf inf") == ":1\r\n")
        #expect(fixture.run("exists k") == ":0\r\n")
    }

    @Test func combinesSets() {
        let fixture = CommandFixture()
        fixture.run("zadd a 1 x 2 y")
        fixture.run("zadd b 10 y 20 z")
        fixture.run("sadd c y")
        #expect(
            fixture.run("zunion 2 a b withscores") == array("x", "1", "y", "12", "z", "20"))
        #expect(
            fixture.run("zunion 2 a b weights 2 -1 aggregate min withscores")
                == array("z", "-20", "y", "-10", "x", "2"))
        #expect(fixture.run("zinter 3 a b c withscores") == array("y", "13"))
        #expect(fixture.run("zdiff 2 a c withscores") == array("x", "1"))
        #expect(fixture.run("zintercard 2 a b limit 1") == ":1\r\n")
        #expect(fixture.run("zinterstore to 2 a b") == ":1\r\n")
        #expect(fixture.records == ["0 zinterstore to 2 a b"])
        #expect(fixture.run("object encoding to") == bulk("listpack"))
        #expect(fixture.run("zdiffstore to 1 none") == ":0\r\n")
        #expect(fixture.run("exists to") == ":0\r\n")
        #expect(fixture.run("zunion 0 a").contains("at least 1 input key"))
        #expect(fixture.run("zunion 3 a b") == syntaxError)
        #expect(fixture.run("zunion 1 a weights x").contains("weight value is not a float"))
    }

    @Test func changesTheEncodingAtTheThresholds() {
        let fixture = CommandFixture()
        for number in 0..<128 { fixture.run("zadd k \(number) m\(number)") }
        #expect(fixture.run("object encoding k") == bulk("listpack"))
        fixture.run("zadd k 0.5 m128")
        #expect(fixture.run("object encoding k") == bulk("skiplist"))
        #expect(fixture.run("zrank k m128") == ":1\r\n")
        fixture.run("zadd l 1 " + String(repeating: "x", count: 65))
        #expect(fixture.run("object encoding l") == bulk("skiplist"))
    }

    @Test func drawsAtRandom() {
        let fixture = CommandFixture()
        fixture.run("zadd k 1 a 2 b 3 c")
        #expect(fixture.run("zrandmember k 10") == array("a", "b", "c"))
        #expect(fixture.run("zrandmember k -5").hasPrefix("*5\r\n"))
        #expect(fixture.run("zrandmember k 2 withscores").hasPrefix("*4\r\n"))
        #expect(fixture.run("zrandmember none") == null)
        #expect(fixture.run("zrandmember none 3") == "*0\r\n")
    }

    @Test func findsPlaces() {
        let fixture = CommandFixture()
        fixture.run("geoadd s 13.361389 38.115556 Palermo 15.087269 37.502669 Catania")
        #expect(fixture.run("geodist s Palermo Catania km") == bulk("166.2742"))
        #expect(fixture.run("geohash s Palermo") == array("sqc8b49rny0"))
        #expect(
            fixture.run("geosearch s fromlonlat 15 37 byradius 200 km asc")
                == array("Catania", "Palermo"))
        #expect(
            fixture.run("geosearch s fromlonlat 15 37 bybox 200 200 km withdist")
                == "*1\r\n" + array("Catania", "56.4413"))
        #expect(
            fixture.run("georadius s 15 37 200 km count 1 store to") == ":1\r\n")
        #expect(fixture.run("zrange to 0 -1") == array("Catania"))
        #expect(fixture.run("geoadd s 200 0 x").contains("invalid longitude,latitude pair"))
        #expect(fixture.run("geodist s Palermo Catania xx").contains("unsupported unit"))
    }
}
