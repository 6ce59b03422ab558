/// Which keys clients wait for, as far as a change has to know: a count for each slot of hashes.
///
/// While somebody waits, every change of every key asks here, and the answer for nearly all of them
/// has to be no within one load. A slot that is not zero says that a key of such a hash may be
/// waited for; who keeps the waiting clients knows for certain.
public struct AwaitedKeys: ~Copyable {
    private static let slotCount = 1 << 12

    /// Number of keys that are waited for, each in its database.
    public private(set) var count = 0
    private var slots: [UInt32] = []

    private static func slot(_ hash: UInt64) -> Int { Int(hash & UInt64(slotCount - 1)) }

    /// Notes that a key is waited for in one database more.
    public mutating func insert(_ hash: UInt64) {
        if slots.isEmpty { slots = Array(repeating: 0, count: Self.slotCount) }
        slots[Self.slot(hash)] += 1
        count += 1
    }

    public mutating func remove(_ hash: UInt64) {
        precondition(count > 0)
        slots[Self.slot(hash)] -= 1
        count -= 1
    }

    func mayContain(_ hash: UInt64) -> Bool {
        count != 0 && slots[Self.slot(hash)] != 0
    }
}
