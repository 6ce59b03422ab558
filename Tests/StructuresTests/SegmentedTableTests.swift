import Bytes
import Structures
import Testing

/// Elements are numbers disguised as addresses (multiples of 16, never 0), hashed by mixing.
private enum Number: SegmentedTableElement {
    static func hash(of element: UnsafeMutableRawPointer) -> UInt64 {
        hash(UInt64(UInt(bitPattern: element)) >> 4)
    }

    static func hash(_ number: UInt64) -> UInt64 {
        var mixed = number &* 0x9e37_79b9_7f4a_7c15
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}

private func element(_ number: UInt64) -> UnsafeMutableRawPointer {
    UnsafeMutableRawPointer(bitPattern: UInt(number << 4))!
}

private func number(_ element: UnsafeMutableRawPointer) -> UInt64 {
    UInt64(UInt(bitPattern: element)) >> 4
}

extension SegmentedTable where Element == Number {
    fileprivate func slot(of wanted: UInt64) -> TableSlot? {
        find(Number.hash(wanted)) { found in number(found) == wanted }
    }

    fileprivate func contents() -> Set<UInt64> {
        var found: Set<UInt64> = []
        forEach { found.insert(number($0)) }
        return found
    }
}

@Suite struct SegmentedTableTests {
    @Test func holdsWhatASetHoldsThroughGrowthAndShrinkage() {
        var table = SegmentedTable<Number>()
        var expected: Set<UInt64> = []
        var state: UInt64 = 42
        func random() -> UInt64 {
            state &+= 1
            return Number.hash(state)
        }
        for round in 0..<8 {
            let inserting = round % 2 == 0
            for _ in 0..<20_000 {
                let wanted = random() % 30_000 + 1
                if let slot = table.slot(of: wanted) {
                    #expect(expected.contains(wanted))
                    if !inserting || random() % 4 == 0 {
                        table.remove(slot, hash: Number.hash(wanted))
                        expected.remove(wanted)
                    }
                } else if inserting {
                    #expect(!expected.contains(wanted))
                    table.insert(element(wanted), hash: Number.hash(wanted))
                    expected.insert(wanted)
                }
            }
            #expect(table.count == expected.count)
            #expect(table.contents() == expected)
        }
        for wanted in expected {
            table.remove(table.slot(of: wanted)!, hash: Number.hash(wanted))
        }
        #expect(table.count == 0)
        #expect(table.contents().isEmpty)
    }

    @Test(arguments: [3, 20, 900, 40_000])
    func aScanSeesWhatStaysWhileTheTableGrowsAndShrinks(staying: UInt64) {
        var table = SegmentedTable<Number>()
        for wanted in 1...staying {
            table.insert(element(wanted), hash: Number.hash(wanted))
        }
        var seen: Set<UInt64> = []
        var cursor = ScanCursor.start
        var steps: UInt64 = 0
        var visitor = staying + 1
        repeat {
            cursor = table.scan(from: cursor) { seen.insert(number($0)) }
            #expect(cursor.number < 1 << 53, "a double holds it")
            steps += 1
            let growing = steps / 500 % 2 == 0
            for _ in 0..<20 {
                if growing {
                    table.insert(element(visitor), hash: Number.hash(visitor))
                    visitor += 1
                } else if visitor > staying + 1 {
                    visitor -= 1
                    table.remove(table.slot(of: visitor)!, hash: Number.hash(visitor))
                }
            }
        } while cursor != .start && steps < 2_000_000
        #expect(cursor == .start)
        #expect(seen.isSuperset(of: 1...staying))
    }

    @Test func aSnapshotIsTheStateAtItsBeginning() {
        var table = SegmentedTable<Number>()
        for round in 0..<3 {
            let before = table.contents()
            var saved: [UInt64] = []
            table.beginSnapshot()
            var position = SnapshotPosition()
            var next = UInt64(round) * 100_000 + 1
            while !table.isAtEnd(position) {
                for _ in 0..<50 {
                    let hash = Number.hash(next)
                    let bucket = table.bucket(of: hash)
                    if !table.isSaved(bucket) {
                        table.forEach(in: bucket) { saved.append(number($0)) }
                        table.markSaved(bucket)
                    }
                    table.insert(element(next), hash: hash)
                    next += 1
                }
                var budget = 10
                while let bucket = table.nextUnsaved(&position, budget: &budget) {
                    table.forEach(in: bucket) { saved.append(number($0)) }
                    table.markSaved(bucket)
                }
            }
            table.endSnapshot()
            #expect(saved.count == before.count, "nothing is saved twice")
            #expect(Set(saved) == before)
        }
        #expect(table.count > 1000)
    }

    @Test func drawsEveryElementAtRandom() {
        var table = SegmentedTable<Number>()
        for wanted in UInt64(1)...50 {
            table.insert(element(wanted), hash: Number.hash(wanted))
        }
        var drawn: [UInt64: Int] = [:]
        var state: UInt64 = 7
        for _ in 0..<20_000 {
            let found = table.randomElement {
                state &+= 1
                return Number.hash(state)
            }
            let one = number(found!)
            drawn[one, default: 0] += 1
        }
        #expect(drawn.count == 50)
        #expect(drawn.values.min()! > 200)
    }
}
