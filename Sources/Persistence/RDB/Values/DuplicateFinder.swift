import Bytes
import Structures

/// Looks for elements that occur twice in a run: members, or the fields of pairs.
struct DuplicateFinder: ~Copyable {
    /// Up to here, comparing all with all is the shortest way.
    private static let comparedMax = 8

    /// By hash: the upper half of the hash, and in the lower the position plus one; 0 is free.
    private var slots: [UInt64] = []

    init() {}

    /// Whether an element of a run occurs twice.
    ///
    /// - Parameters:
    ///   - stride: only every so manieth element counts, from the first on. The count of elements
    ///     is a multiple of it.
    mutating func hasDuplicates(_ run: PackedRun, stride: Int) -> Bool {
        let count = run.count / stride
        if count <= Self.comparedMax { return Self.compare(run, stride) }
        var capacity = 32
        while capacity < count * 2 { capacity *= 2 }
        clear(capacity)
        var position = 0
        while position < run.size {
            let element = run[position]
            let hash = Self.hash(element)
            var slot = Int(truncatingIfNeeded: hash) & (capacity - 1)
            while slots[slot] != 0 {
                if slots[slot] >> 32 == hash >> 32,
                    run.isEqual(at: Int(slots[slot] & 0xffff_ffff) - 1, to: element)
                {
                    return true
                }
                slot = (slot + 1) & (capacity - 1)
            }
            slots[slot] = (hash & 0xffff_ffff_0000_0000) | UInt64(position + 1)
            for _ in 0..<stride { position = run.next(position) }
        }
        return false
    }

    private mutating func clear(_ capacity: Int) {
        if slots.count < capacity {
            slots = Array(repeating: 0, count: capacity)
        } else {
            for index in 0..<capacity { slots[index] = 0 }
        }
    }

    private static func compare(_ run: PackedRun, _ stride: Int) -> Bool {
        var position = 0
        while position < run.size {
            let element = run[position]
            for _ in 0..<stride { position = run.next(position) }
            if run.find(element, from: position, stride: stride) != nil { return true }
        }
        return false
    }

    private static func hash(_ element: StringValue) -> UInt64 {
        switch element {
        case .integer(let value):
            let product = UInt64(bitPattern: value) &* 0x9e37_79b9_7f4a_7c15
            return product ^ product >> 29
        case .bytes(let bytes): return KeyHash.hash(bytes)
        }
    }
}
