import Bytes
import Platform
import PlatformSimulation
import Testing

@testable import Server

@Suite struct NameTableTests {
    @Test func aNameIsFoundUntilItIsRemoved() {
        var table = NameTable<Int>()
        let number = "one".withSlice { table.insert($0, 1) }
        let found = "one".withSlice { table.find($0) }
        #expect(found == number)
        #expect(table[number] == 1)
        #expect(table.name(number) == "one")
        table.remove(number)
        let gone = "one".withSlice { table.find($0) }
        #expect(gone == nil)
        table.checkInvariants()
    }

    @Test func theEmptyNameIsANameLikeAnyOther() {
        var table = NameTable<Int>()
        let number = table.insert(.empty, 7)
        #expect(table.find(.empty) == number)
        #expect(table.count == 1)
    }

    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func itHoldsWhatADictionaryHolds(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var table = NameTable<Int>()
        var model: [String: Int] = [:]
        for step in 0..<4000 {
            // First it grows, then it shrinks to nothing.
            let name = "channel:\(random.below(300))"
            let isGrowing = step < 2000
            let number = name.withSlice { table.find($0) }
            #expect((number != nil) == (model[name] != nil))
            if let number {
                #expect(table[number] == model[name])
                if isGrowing, random.below(3) > 0 {
                    table[number] = step
                    model[name] = step
                } else {
                    table.remove(number)
                    model[name] = nil
                }
            } else if isGrowing {
                _ = name.withSlice { table.insert($0, step) }
                model[name] = step
            }
            if step.isMultiple(of: 50) { table.checkInvariants() }
            #expect(table.count == model.count)
        }
    }
}
