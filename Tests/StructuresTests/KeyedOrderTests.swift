import Bytes
import Structures
import Testing

@Suite struct KeyedOrderTests {
    @Test(arguments: [0, 1, 2, 47, 48, 49, 1000, 5000])
    func keysAscendAndEqualsKeepTheirOrder(_ count: Int) {
        var state = UInt64(count) + 1
        for range in [UInt64(3), 1000, .max] {
            var order = KeyedOrder(capacity: count)
            var keys: [UInt64] = []
            for _ in 0..<count {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                keys.append((state ^ state >> 29) % range)
                order.append(keys[keys.count - 1])
            }
            order.sort()
            let expected = keys.indices.sorted { (keys[$0], $0) < (keys[$1], $1) }
            #expect((0..<order.count).map { order[$0] } == expected)
        }
    }

    @Test func equalKeysAreSortedBySomethingElse() {
        let things = [(2, "b"), (1, "z"), (2, "a"), (1, "z"), (2, "c"), (1, "y"), (2, "a")]
        var order = KeyedOrder(capacity: things.count)
        for thing in things { order.append(UInt64(thing.0)) }
        order.sort()
        order.sortEqualKeys { things[$0].1 < things[$1].1 }
        #expect((0..<order.count).map { order[$0] } == [5, 1, 3, 2, 6, 0, 4])
    }

    @Test func keysOfDoublesAreInTheirOrder() {
        let values: [Double] = [
            -.infinity, -1e300, -2.5, -2, -Double.leastNonzeroMagnitude, 0,
            Double.leastNonzeroMagnitude, 1, 1.5, 2, 1e300, .infinity,
        ]
        let keys = values.map { KeyedOrder.key($0) }
        for index in 1..<keys.count { #expect(keys[index - 1] < keys[index]) }
        #expect(KeyedOrder.key(-0.0) == KeyedOrder.key(0.0))
    }

    @Test func keysOfTextsAreInTheirOrder() {
        let texts = ["", "a", "aa", "aaaaaaaa", "ab", "b", "é"]
        let keys = texts.map { Array($0.utf8).withSlice { KeyedOrder.key(ofFirstBytes: $0) } }
        for index in 1..<keys.count { #expect(keys[index - 1] < keys[index]) }
    }
}
