import Bytes

/// The scripts that were compiled, by their names and by their bodies: the comparison of a body costs
/// less than its name.
struct ScriptCache: ~Copyable {
    private var byName = ScriptTable()
    private var byBody = ScriptTable()
    /// Bytes of the bodies.
    private(set) var bodySize = 0

    deinit { byName.forEach { $0.free() } }

    var count: Int { byName.count }

    /// Bytes for what is kept besides the interpreter.
    var memoryUsage: Int {
        bodySize + byName.memoryUsage + byBody.memoryUsage
            + count * (MemoryLayout<Script>.size + 2 * SHA1.size)
    }

    /// - Parameter name: forty digits, in either case.
    func find(name: ByteSlice) -> Reference<Script>? {
        guard name.count == 2 * SHA1.size else { return nil }
        return byName.find(Self.hash(ofName: name)) {
            $0.value.name == name || $0.value.name.isWord(name)
        }
    }

    func find(body: ByteSlice) -> Reference<Script>? {
        byBody.find(XXH3.hash(body)) { $0.value.body == body }
    }

    /// Adds a script that is not there.
    mutating func insert(_ script: Reference<Script>) {
        precondition(script.value.name.count == 2 * SHA1.size, "a script's name is its SHA-1")
        byName.insert(script, Self.hash(ofName: script.value.name))
        byBody.insert(script, XXH3.hash(script.value.body))
        bodySize += script.value.body.count
    }

    /// Digits of a SHA-1 are as good as a hash. The bit makes letters small; digits have it.
    private static func hash(ofName name: ByteSlice) -> UInt64 {
        let smallLetters: UInt64 = 0x2020_2020_2020_2020
        let first = name.littleEndian(at: 0, as: UInt64.self) | smallLetters
        let second = name.littleEndian(at: 8, as: UInt64.self) | smallLetters
        return (first ^ second << 4) &* 0x9e37_79b9_7f4a_7c15
    }
}

/// Finds scripts by a hash: open addressing, at most half full. What is in it stays.
private struct ScriptTable {
    private struct Slot {
        let hash: UInt64
        let script: Reference<Script>
    }

    private var slots: [Slot?] = Array(repeating: nil, count: 16)
    private(set) var count = 0

    var memoryUsage: Int { slots.count * MemoryLayout<Slot?>.stride }

    func find(_ hash: UInt64, _ isWanted: (Reference<Script>) -> Bool) -> Reference<Script>? {
        var index = place(of: hash)
        while let slot = slots[index] {
            if slot.hash == hash, isWanted(slot.script) { return slot.script }
            index = (index &+ 1) & (slots.count &- 1)
        }
        return nil
    }

    mutating func insert(_ script: Reference<Script>, _ hash: UInt64) {
        if 2 * (count + 1) > slots.count { grow() }
        put(Slot(hash: hash, script: script))
        count += 1
    }

    func forEach(_ body: (Reference<Script>) -> Void) {
        for case .some(let slot) in slots { body(slot.script) }
    }

    private func place(of hash: UInt64) -> Int {
        Int(truncatingIfNeeded: hash >> 32) & (slots.count &- 1)
    }

    private mutating func put(_ slot: Slot) {
        var index = place(of: slot.hash)
        while slots[index] != nil { index = (index + 1) & (slots.count - 1) }
        slots[index] = slot
    }

    private mutating func grow() {
        let old = slots
        slots = Array(repeating: nil, count: 2 * old.count)
        for case .some(let slot) in old { put(slot) }
    }
}
