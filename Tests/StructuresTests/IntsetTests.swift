import Bytes
import Structures
import Testing

@Suite struct IntsetTests {
    @Test func integersAscendAndAreThereOnce() {
        var set = Intset.make()
        defer { set.free() }
        for value: Int64 in [5, -3, 9, 0, 5, 7] {
            _ = set.insert(value)
            set.checkInvariants()
        }
        #expect((0..<set.count).map { set[$0] } == [-3, 0, 5, 7, 9])
        let isNew = set.insert(7)
        #expect(!isNew)
        #expect(set.contains(-3))
        #expect(!set.contains(8))
        #expect(set.firstIndex(of: 9) == 4)
    }

    @Test func aWiderIntegerWidensTheSet() {
        for (value, width) in [
            (Int64(Int16.max), Intset.Width.two), (Int64(Int16.max) + 1, .four),
            (Int64(Int16.min) - 1, .four), (Int64(Int32.max), .four),
            (Int64(Int32.min) - 1, .eight), (Int64.max, .eight), (Int64.min, .eight),
        ] {
            var set = Intset.make()
            defer { set.free() }
            _ = set.insert(1)
            _ = set.insert(-1)
            #expect(!set.contains(value))
            let isNew = set.insert(value)
            #expect(isNew)
            set.checkInvariants()
            #expect(set.width == width)
            #expect(set.contains(value))
            #expect(set.contains(1))
            #expect(set.contains(-1))
        }
    }

    @Test func theWidthStaysWhenTheWideIntegerGoes() {
        var set = Intset.make()
        defer { set.free() }
        _ = set.insert(1)
        _ = set.insert(.max)
        let (wasThere, isThere) = (set.remove(.max), set.remove(.max))
        #expect(wasThere)
        #expect(!isThere)
        #expect(set.width == .eight)
        #expect(set.bytes.array == [8, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0])
    }

    @Test func agreesWithASortedArray() {
        for seed: UInt64 in 1...20 {
            var state = seed
            func random() -> UInt64 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return state >> 20
            }
            let range: Int64 = [300, 100_000, 1 << 40][Int(seed % 3)]
            var set = Intset.make()
            var model: Set<Int64> = []
            for _ in 0..<1500 {
                let value = Int64(random() % UInt64(range)) - range / 2
                if random() % 3 == 0 {
                    let wasThere = set.remove(value)
                    #expect(wasThere == (model.remove(value) != nil))
                } else {
                    let isNew = set.insert(value)
                    #expect(isNew == model.insert(value).inserted)
                }
                set.checkInvariants()
            }
            #expect((0..<set.count).map { set[$0] } == model.sorted())
            set.fit()
            set.checkInvariants()
            #expect((0..<set.count).map { set[$0] } == model.sorted())
            set.free()
        }
    }

    @Test func bytesFromOutsideAreVerified() {
        func verified(_ bytes: [UInt8]) -> [Int64]? {
            bytes.withSlice {
                guard let set = Intset.make(verifying: $0) else { return nil }
                defer { set.free() }
                return (0..<set.count).map { set[$0] }
            }
        }
        #expect(verified([2, 0, 0, 0, 2, 0, 0, 0, 1, 0, 2, 0]) == [1, 2])
        #expect(verified([4, 0, 0, 0, 1, 0, 0, 0, 255, 255, 255, 255]) == [-1])
        #expect(verified([2, 0, 0, 0, 0, 0, 0, 0]) == [])
        // Not ascending, twice the same, a byte short, a byte long, no such width, too short.
        #expect(verified([2, 0, 0, 0, 2, 0, 0, 0, 2, 0, 1, 0]) == nil)
        #expect(verified([2, 0, 0, 0, 2, 0, 0, 0, 2, 0, 2, 0]) == nil)
        #expect(verified([2, 0, 0, 0, 2, 0, 0, 0, 1, 0, 2]) == nil)
        #expect(verified([2, 0, 0, 0, 1, 0, 0, 0, 1, 0, 2]) == nil)
        #expect(verified([3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 2]) == nil)
        #expect(verified([2, 0, 0, 0, 255, 255, 255, 255, 1, 0]) == nil)
        #expect(verified([2, 0, 0, 0]) == nil)
    }
}
