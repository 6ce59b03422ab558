import Bytes
import Structures

/// Values by a name of bytes: channels, patterns, the literal parts of patterns.
///
/// A look-up takes the slice of a request as it is and copies nothing. A name keeps its number until
/// it is removed; numbers of removed names are given again. Open addressing over the numbers, at
/// most half full, so that a look-up is one or two probes. Memory is given back when the last name
/// has gone.
struct NameTable<Value> {
    private struct Slot {
        var name: ByteString
        var hash: UInt64
        /// Nothing when the number is free.
        var value: Value?
    }

    private static var sizeMin: Int { 16 }

    private var slots: [Slot] = []
    private var free: [Int32] = []
    /// Numbers of names, found by hash; -1 where there is none.
    private var probes: [Int32] = []
    private(set) var count = 0

    private var mask: Int { probes.count - 1 }

    /// The number of a name.
    func find(_ name: ByteSlice) -> Int? {
        guard count > 0 else { return nil }
        let hash = KeyHash.hash(name)
        var place = Int(truncatingIfNeeded: hash) & mask
        while probes[place] >= 0 {
            let number = Int(probes[place])
            if slots[number].hash == hash, slots[number].name.withSlice({ $0 == name }) {
                return number
            }
            place = (place + 1) & mask
        }
        return nil
    }

    /// Adds a name that is not there, and returns its number.
    mutating func insert(_ name: ByteSlice, _ value: Value) -> Int {
        if probes.count < max(Self.sizeMin, (count + 1) * 2) { resize() }
        let slot = Slot(name: ByteString(name), hash: KeyHash.hash(name), value: value)
        let number: Int
        if let freed = free.popLast() {
            number = Int(freed)
            slots[number] = slot
        } else {
            number = slots.count
            slots.append(slot)
        }
        enter(number)
        count += 1
        return number
    }

    mutating func remove(_ number: Int) {
        precondition(slots[number].value != nil)
        var hole = Int(truncatingIfNeeded: slots[number].hash) & mask
        while probes[hole] != Int32(number) { hole = (hole + 1) & mask }
        close(hole)
        slots[number] = Slot(name: "", hash: 0, value: nil)
        free.append(Int32(number))
        count -= 1
        if count == 0 { self = NameTable() }
    }

    func name(_ number: Int) -> ByteString { slots[number].name }

    /// Reads and changes the value of a name in its place.
    subscript(number: Int) -> Value {
        get {
            guard let value = slots[number].value else {
                preconditionFailure("a name that was removed has no value")
            }
            return value
        }
        _modify {
            guard var value = slots[number].value else {
                preconditionFailure("a name that was removed has no value")
            }
            // Taken out for the time of the change, so that an array in it is not copied.
            slots[number].value = nil
            defer { slots[number].value = value }
            yield &value
        }
    }

    /// The number of some name, which depends on 64 random bits. The table must not be empty.
    func someNumber(_ random: UInt64) -> Int {
        precondition(count > 0)
        var place = Int(truncatingIfNeeded: random) & mask
        while probes[place] < 0 { place = (place + 1) & mask }
        return Int(probes[place])
    }

    /// The numbers of all names, in the order of their numbers.
    var numbers: [Int] { slots.indices.filter { slots[$0].value != nil } }

    // MARK: Probing

    private mutating func enter(_ number: Int) {
        var place = Int(truncatingIfNeeded: slots[number].hash) & mask
        while probes[place] >= 0 { place = (place + 1) & mask }
        probes[place] = Int32(number)
    }

    private mutating func resize() {
        probes = Array(repeating: -1, count: max(Self.sizeMin, probes.count * 2))
        for number in slots.indices where slots[number].value != nil { enter(number) }
    }

    /// Empties a place and moves those behind it up that would not be found any more.
    private mutating func close(_ emptied: Int) {
        var hole = emptied
        var place = (hole + 1) & mask
        while probes[place] >= 0 {
            let home = Int(truncatingIfNeeded: slots[Int(probes[place])].hash) & mask
            // The one here may move when its home is not between the hole and here.
            if (place - home) & mask >= (place - hole) & mask {
                probes[hole] = probes[place]
                hole = place
            }
            place = (place + 1) & mask
        }
        probes[hole] = -1
    }

    /// Checks that every name is found under its number, and nothing else is.
    func checkInvariants() {
        precondition(numbers.count == count)
        precondition(free.count == slots.count - count)
        precondition(probes.count(where: { $0 >= 0 }) == count)
        for number in numbers {
            precondition(slots[number].name.withSlice { find($0) } == number)
        }
    }
}
