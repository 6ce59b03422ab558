import Bytes
import Structures
import Testing

/// What a field holds: a value of some length, and for each third field a deadline.
private struct Content: Equatable {
    let value: [UInt8]
    let deadline: Int64?

    init(value: [UInt8], deadline: Int64?) {
        self.value = value
        self.deadline = deadline
    }

    /// - Parameter number: of the field; some values are longer than what stands in a page.
    init(of number: Int) {
        let size = number % 100 == 7 ? 1500 : number % 40
        value = Array("value".utf8) + Array(repeating: UInt8(0x61), count: size)
        deadline = number % 3 == 0 ? Int64(number) : nil
    }
}

private func append(_ number: Int, to batch: inout TableBatch, for table: PackedTable) {
    let content = Content(of: number)
    // Every other field is an integer.
    let field = Array((number % 2 == 0 ? "\(number)" : "field:\(number)").utf8)
    field.withSlice { field in
        content.value.withSlice { value in
            batch.append(
                TableKey(field), value: StringValue(value), deadline: content.deadline,
                for: table)
        }
    }
}

private func contents(of table: PackedTable) -> [Int: Content] {
    var found: [Int: Content] = [:]
    table.forEach { entry in
        var field = ByteBuffer()
        entry.field.append(to: &field)
        var value = ByteBuffer()
        entry.value.append(to: &value)
        let digits = field.bytes.hasPrefix(ByteSlice("field:")) ? field.bytes[6...] : field.bytes
        let content = Content(value: value.bytes.array, deadline: entry.deadline)
        let old = found.updateValue(content, forKey: Int(digits.integer ?? -1))
        #expect(old == nil)
    }
    return found
}

@Suite struct TableBatchTests {
    @Test(arguments: [1, 2, 15, 16, 32, 33, 34, 1000, 70_000])
    func fillsATableThatIsLikeAnyOther(count: Int) {
        let table = PackedTable.make()
        let empty = table.memoryUsage
        var batch = TableBatch()
        for number in 0..<count { append(number, to: &batch, for: table) }
        let appended = batch.count
        #expect(appended == count)
        let isDistinct = table.insert(&batch)
        #expect(isDistinct)
        let isEmptied = batch.isEmpty
        #expect(isEmptied)
        #expect(table.count == count)
        table.checkInvariants()
        let expected = (0..<count).map { ($0, Content(of: $0)) }
        #expect(contents(of: table) == Dictionary(uniqueKeysWithValues: expected))

        // It changes as if the elements had come one by one.
        let later = Array("later".utf8)
        later.withSlice { table.insert(TableKey($0), value: .integer(1)) }
        for number in stride(from: 0, to: count, by: 2) {
            let wasThere = table.remove(TableKey(.integer(Int64(number))))
            #expect(wasThere)
        }
        table.checkInvariants()
        #expect(table.count == count / 2 + 1)
        for number in stride(from: 1, to: count, by: 2) {
            let wasThere = Array("field:\(number)".utf8).withSlice { table.remove(TableKey($0)) }
            #expect(wasThere)
        }
        let wasThere = later.withSlice { table.remove(TableKey($0)) }
        #expect(wasThere)
        #expect(table.memoryUsage <= empty + 16)
        table.free()
    }

    @Test func addsToATableThatHasElements() {
        let table = PackedTable.make()
        var batch = TableBatch()
        for part in 0..<4 {
            for number in (part * 700)..<((part + 1) * 700) {
                append(number, to: &batch, for: table)
            }
            let isDistinct = table.insert(&batch)
            #expect(isDistinct)
            table.checkInvariants()
        }
        let expected = (0..<2800).map { ($0, Content(of: $0)) }
        #expect(contents(of: table) == Dictionary(uniqueKeysWithValues: expected))
        table.free()
    }

    @Test(arguments: [[5, 5], [1, 2, 3, 2], Array(0..<500) + [250]])
    func noticesAnElementThatComesTwice(numbers: [Int]) {
        let table = PackedTable.make()
        var batch = TableBatch()
        for number in numbers { append(number, to: &batch, for: table) }
        let isDistinct = table.insert(&batch)
        #expect(!isDistinct)
        table.free()

        // One of them is in the table already.
        let other = PackedTable.make()
        for number in numbers.dropLast() { append(number, to: &batch, for: other) }
        let isFirstDistinct = other.insert(&batch)
        #expect(isFirstDistinct)
        append(numbers[numbers.count - 1], to: &batch, for: other)
        let isSecondDistinct = other.insert(&batch)
        #expect(!isSecondDistinct)
        other.free()
    }

    /// No division of pages parts what is equal.
    @Test(arguments: [0, 1000]) func noticesAnElementThatComesOften(countOfOthers: Int) {
        for isFirst in [true, false] {
            let table = PackedTable.make()
            var batch = TableBatch()
            let others = 0..<countOfOthers
            for number in others { append(number, to: &batch, for: table) }
            if isFirst, !others.isEmpty {
                let isDistinct = table.insert(&batch)
                #expect(isDistinct)
            }
            let long = [UInt8](repeating: 7, count: 100_000)
            for _ in 0..<100 {
                append(countOfOthers, to: &batch, for: table)
                long.withSlice { batch.append(TableKey($0), value: .integer(1), for: table) }
            }
            let isDistinct = table.insert(&batch)
            #expect(!isDistinct)
            table.free()
        }
    }

    @Test func holdsMembersOfSets() {
        let table = PackedTable.make()
        var batch = TableBatch()
        for number in 0..<5000 { batch.append(TableKey(.integer(Int64(number))), for: table) }
        let isDistinct = table.insert(&batch)
        #expect(isDistinct)
        table.checkInvariants()
        for number in 0..<5000 { #expect(table.contains(TableKey(.integer(Int64(number))))) }
        #expect(!table.contains(TableKey(.integer(5000))))
        table.free()
    }
}
