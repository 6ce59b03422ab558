import Bytes
import Structures
import Testing

/// The same draws in every run.
private struct Draws {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(limit)) }

    /// Numbers and words of all lengths, some of them over a kilobyte.
    mutating func value() -> [UInt8] {
        switch below(20) {
        case 0: Array("\(Int64(bitPattern: next()))".utf8)
        case 1: Array(repeating: 0x61, count: 1000 + below(200))
        case 2: Array(repeating: 0x62, count: below(300))
        case 3..<9: Array("\(Int(below(100_000)) - 5000)".utf8)
        default: Array("value-\(below(1_000_000))".utf8)
        }
    }
}

private struct Content: Equatable {
    var value: [UInt8]
    var deadline: Int64?
}

private typealias Model = [[UInt8]: Content]

private func bytes(_ value: StringValue) -> [UInt8] {
    var buffer = ByteBuffer()
    value.append(to: &buffer)
    return buffer.bytes.array
}

extension PackedTable {
    fileprivate func put(_ field: [UInt8], _ content: Content) {
        field.withSlice { field in
            content.value.withSlice { value in
                let key = TableKey(field)
                if let place = place(of: key) {
                    replace(place, value: StringValue(value), deadline: content.deadline)
                } else {
                    insert(key, value: StringValue(value), deadline: content.deadline)
                }
            }
        }
    }

    fileprivate func contents() -> Model {
        var model: Model = [:]
        forEach { entry in
            let old = model.updateValue(
                Content(value: bytes(entry.value), deadline: entry.deadline),
                forKey: bytes(entry.field))
            #expect(old == nil)
        }
        return model
    }

    fileprivate func insert(_ number: Int64) { insertIfAbsent(TableKey(.integer(number))) }
    fileprivate func remove(_ number: Int64) -> Bool { remove(TableKey(.integer(number))) }
}

@Suite struct PackedTableTests {
    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func holdsWhatADictionaryHoldsInEveryPinnedVersion(seed: UInt64) {
        var draws = Draws(state: seed)
        let table = PackedTable.make()
        var model: Model = [:]
        var frozen: [(PackedTable, Model)] = []
        for round in 0..<6000 {
            // Grows, shrinks and grows again.
            let removes = (round / 1500) % 2 == 1
            let field = Array("field:\(draws.below(1200))".utf8)
            switch draws.below(10) {
            case 0..<(removes ? 6 : 2):
                let wasThere = field.withSlice { table.remove(TableKey($0)) }
                #expect(wasThere == (model.removeValue(forKey: field) != nil))
            case 6, 7:
                guard model[field] != nil else { break }
                let deadline = draws.below(2) == 0 ? nil : Int64(bitPattern: draws.next())
                field.withSlice { bytes in
                    let place = table.place(of: TableKey(bytes))
                    if let place { table.setDeadline(deadline, at: place) }
                    #expect(place != nil)
                }
                model[field]?.deadline = deadline
            default:
                let deadline = draws.below(4) == 0 ? Int64(bitPattern: draws.next()) : nil
                let content = Content(value: draws.value(), deadline: deadline)
                table.put(field, content)
                model[field] = content
            }
            #expect(table.count == model.count)
            if draws.below(150) == 0 { frozen.append((table.pin(), model)) }
            if !frozen.isEmpty, draws.below(300) == 0 {
                let (version, expected) = frozen.remove(at: draws.below(frozen.count))
                #expect(version.contents() == expected)
                version.unpin()
            }
            if round % 100 == 0 { table.checkInvariants() }
        }
        #expect(table.contents() == model)
        let copy = table.copied()
        copy.checkInvariants()
        #expect(copy.contents() == model)
        copy.free()
        // The owner's part goes first, the frozen copies stay readable.
        table.free()
        for (version, expected) in frozen {
            #expect(version.contents() == expected)
            version.unpin()
        }
    }

    @Test func growsToManySegmentsAndShrinksToOne() {
        let table = PackedTable.make()
        let empty = table.memoryUsage
        let total: Int64 = 300_000
        for number in 0..<total { table.insert(number) }
        table.checkInvariants()
        #expect(table.count == Int(total))
        #expect(table.memoryUsage < Int(total) * 13)
        let frozen = table.pin()
        for number in 0..<total {
            #expect(table.remove(number))
            if number % 50_000 == 0 { table.checkInvariants() }
        }
        #expect(table.isEmpty)
        table.checkInvariants()
        #expect(table.memoryUsage <= empty + 16)
        var sum: Int64 = 0
        frozen.forEach { entry in
            if case .integer(let number) = entry.member { sum += number }
        }
        #expect(sum == total * (total - 1) / 2)
        frozen.unpin()
        table.free()
    }

    @Test func scanMeetsWhatStaysThroughSplitsAndMerges() {
        var draws = Draws(state: 7)
        for growing in [true, false] {
            let table = PackedTable.make()
            for number in 0..<Int64(3000) { table.insert(number) }
            if !growing { for number in Int64(3000)..<60_000 { table.insert(number) } }
            var met: Set<Int64> = []
            var cursor = ScanCursor.start
            var next: Int64 = 3000
            repeat {
                cursor = table.scan(from: cursor) { entry in
                    if case .integer(let number) = entry.member { met.insert(number) }
                }
                #expect(cursor.number < 1 << 53)
                for _ in 0..<(200 + draws.below(200)) where next < 60_000 {
                    if growing { table.insert(next) } else { #expect(table.remove(next)) }
                    next += 1
                }
            } while cursor != .start
            #expect(met.isSuperset(of: 0..<3000))
            table.checkInvariants()
            table.free()
        }
    }

    @Test func drawsEvenly() {
        let table = PackedTable.make()
        for number in 0..<Int64(300) { table.insert(number) }
        var draws = Draws(state: 11)
        var counts = Array(repeating: 0, count: 300)
        for _ in 0..<300_000 {
            if case .integer(let number) = table.randomEntry({ draws.next() }).member {
                counts[Int(number)] += 1
            }
        }
        // A thousand each are expected; six deviations are allowed.
        #expect(counts.allSatisfy { abs($0 - 1000) < 190 })
        table.free()
    }

    @Test func keepsLongStringsOutsideOfPages() {
        let table = PackedTable.make()
        let long = Array(repeating: UInt8(0x78), count: 100_000)
        for number in 0..<100 {
            table.put(Array("f\(number)".utf8), Content(value: long, deadline: nil))
        }
        table.checkInvariants()
        #expect(table.memoryUsage > 100 * 100_000)
        for number in 0..<100 {
            table.put(Array("f\(number)".utf8), Content(value: [0x31], deadline: 5))
        }
        table.checkInvariants()
        #expect(table.memoryUsage < 10_000)
        #expect(table.contents().values.allSatisfy { $0 == Content(value: [0x31], deadline: 5) })
        table.free()
    }

    @Test func keepsTheOwnersNotesWithEveryVersion() {
        let table = PackedTable.make()
        table[note: 0] = 1
        table[note: 3] = -2
        let frozen = table.pin()
        table[note: 0] = 3
        let copy = table.copied()
        #expect(frozen[note: 0] == 1)
        #expect(frozen[note: 3] == -2)
        #expect(copy[note: 0] == 3)
        frozen.unpin()
        copy.free()
        table.free()
    }
}
