import Bytes
import Configuration
import Keyspace
import Structures
import Testing

private struct Element: Equatable, Comparable {
    var score: Double
    var member: String

    static func < (left: Element, right: Element) -> Bool {
        left.score != right.score
            ? left.score < right.score
            : Array(left.member.utf8).lexicographicallyPrecedes(Array(right.member.utf8))
    }
}

extension SortedSet {
    fileprivate func contents(reversed: Bool = false) -> [Element] {
        var text = ByteBuffer()
        var found: [Element] = []
        forEach(ranks: 0..<count, reversed: reversed) { member, score in
            found.append(Element(score: score, member: member.text(using: &text).text))
        }
        return found
    }
}

/// The sorted set itself, in both encodings, against a sorted array.
@Suite struct SortedSetTests {
    private static func settings(small: Bool) -> EncodingSettings {
        var settings = EncodingSettings()
        settings.sortedSetEntriesMax = small ? 100_000 : 0
        return settings
    }

    @Test(arguments: [true, false], [3, 100_000])
    func holdsWhatASortedArrayHolds(small: Bool, scores: Int) {
        let settings = Self.settings(small: small)
        var set = SortedSet.make(count: small ? 0 : 1, settings)
        var model: [Element] = []
        for step in 0..<(small ? 1500 : 8000) {
            let isGrowing = (step / 1000) % 3 < 2
            let member = "m\(Int.random(in: 0..<2000))"
            let score = Double(Int.random(in: 0..<scores))
            let name = ByteString(member)
            name.withSlice { name in
                if let old = model.firstIndex(where: { $0.member == member }) {
                    #expect(set.score(of: name) == model[old].score)
                    #expect(set.rank(of: name)?.rank == old)
                    model.remove(at: old)
                    if isGrowing {
                        set.setScore(score, of: name)
                    } else {
                        let isRemoved = set.remove(name)
                        #expect(isRemoved)
                        return
                    }
                } else {
                    #expect(set.score(of: name) == nil)
                    let isRemoved = set.remove(name)
                    #expect(!isRemoved)
                    set.insert(name, score: score, settings)
                }
                let element = Element(score: score, member: member)
                model.insert(element, at: model.count { $0 < element })
            }
            if step % 100 == 0 {
                #expect(set.contents() == model)
                set.checkInvariants()
            }
        }
        #expect(set.contents(reversed: true) == model.reversed())
        for bound in stride(from: -1, through: Double(scores), by: Double(max(1, scores / 50))) {
            #expect(
                set.countOfScores(below: bound, orEqual: false)
                    == model.count { $0.score < bound })
            #expect(
                set.countOfScores(below: bound, orEqual: true)
                    == model.count { $0.score <= bound })
        }
        while !model.isEmpty {
            let start = Int.random(in: 0..<model.count)
            let end = min(model.count, start + Int.random(in: 1...200))
            set.remove(ranks: start..<end)
            model.removeSubrange(start..<end)
            set.checkInvariants()
            #expect(set.contents() == model)
        }
        set.value.free()
    }

    @Test func scansEveryMember() {
        let settings = Self.settings(small: false)
        for tied in [true, false] {
            var set = SortedSet.make(count: 1, settings)
            for number in 0..<3000 {
                ByteString("m\(number)").withSlice {
                    set.insert($0, score: tied ? 1 : Double(number % 700), settings)
                }
            }
            var found: [String] = []
            var cursor: UInt64 = 0
            repeat {
                cursor = set.scan(from: cursor, count: 10) { member, _ in
                    if case .bytes(let bytes) = member { found.append(bytes.text) }
                }
            } while cursor != 0
            #expect(found.count == 3000)
            #expect(Set(found).count == 3000)
            set.value.free()
        }
    }

    @Test func aFrozenCopyStaysAsItWas() throws {
        let fixture = CommandFixture()
        for number in 0..<4000 { fixture.run("zadd k \(number % 50) m\(number)") }
        let entry = try #require(fixture.keyspace[0].entry(of: Key(ByteSlice("k"))))
        let pinned = try #require(entry.pinValue(stringSizeMin: .max))
        let before = SortedSet(pinned.value).contents()
        #expect(before.count == 4000)
        for number in 0..<4000 {
            fixture.run("zadd k \(number % 77) m\(number * 3)")
            if number % 3 == 0 { fixture.run("zrem k m\(number)") }
        }
        #expect(SortedSet(pinned.value).contents() == before)
        SortedSet(entry).checkInvariants()
        fixture.run("del k")
        #expect(SortedSet(pinned.value).contents() == before)
        pinned.unpin()
    }

    @Test func countsMemoryAndCopies() throws {
        let fixture = CommandFixture()
        for number in 0..<4000 { fixture.run("zadd k \(number) m\(number)") }
        let entry = try #require(fixture.keyspace[0].entry(of: Key(ByteSlice("k"))))
        // Eight bytes of score twice, four of hash, four of offset, the member and little else.
        #expect(entry.memoryUsage < 4000 * 36)
        #expect(fixture.run("copy k l") == ":1\r\n")
        fixture.run("zadd k 5 new")
        #expect(fixture.run("zcard l") == ":4000\r\n")
        #expect(fixture.run("zrank l m3999") == ":3999\r\n")
    }
}

/// Sorted sets that come from outside.
@Suite struct SortedSetLoadingTests {
    private func run(_ texts: String...) -> PackedRun {
        var run = PackedRun.make()
        for text in texts { ByteString(text).withSlice { run.append(StringValue($0)) } }
        return run
    }

    @Test func takesARunInTheEncodingThatFits() throws {
        var settings = EncodingSettings()
        let small = try #require(
            SortedSet.make(of: run("a", "1", "b", "2.5"), isTrusted: false, settings))
        #expect(small.contents().map(\.member) == ["a", "b"])
        #expect(small.contents().map(\.score) == [1, 2.5])
        #expect(small.value.encoding == .listpack)
        small.value.free()
        settings.sortedSetEntriesMax = 1
        let large = try #require(
            SortedSet.make(of: run("a", "1", "b", "2.5"), isTrusted: true, settings))
        #expect(large.value.encoding == .skiplist)
        large.checkInvariants()
        large.value.free()
    }

    @Test func putsARunInOrderAndRefusesWhatIsNoSortedSet() throws {
        let settings = EncodingSettings()
        let set = try #require(
            SortedSet.make(of: run("b", "2", "a", "1"), isTrusted: false, settings))
        #expect(set.contents().map(\.member) == ["a", "b"])
        set.value.free()
        let wrong = [
            run("a"), run("a", "x"), run("a", "nan"), run("a", "1", "a", "2"), run(),
        ]
        for run in wrong {
            let isRefused = SortedSet.make(of: run, isTrusted: false, settings) == nil
            #expect(isRefused)
            run.free()
        }
    }
}
