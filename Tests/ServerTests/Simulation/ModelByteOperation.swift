/// A command that works on the bits of a string, counts in one, or replaces its key by a result.
enum ModelByteOperation {
    /// Never the first bit of a byte, so that texts remain texts.
    case setBit(Int, Bool)
    /// Adds to the lower half of a byte.
    case addToHalf(Int, Int)
    /// The result of a bit operation on the key alone takes its place.
    case copyBits
    case count([String])
    case askCount
    /// The places around take the place of all.
    case storePlaces

    func words(_ key: String) -> [String] {
        switch self {
        case .setBit(let offset, let bit): ["SETBIT", key, "\(offset)", bit ? "1" : "0"]
        case .addToHalf(let byte, let number):
            ["BITFIELD", key, "INCRBY", "u4", "#\(2 * byte + 1)", "\(number)"]
        case .copyBits: ["BITOP", "OR", key, key]
        case .count(let elements): ["PFADD", key] + elements
        case .askCount: ["PFCOUNT", key]
        case .storePlaces:
            ["GEOSEARCHSTORE", key, key, "FROMLONLAT", "15", "37", "BYRADIUS", "300", "km"]
        }
    }

    /// What the key is afterwards, and what is answered then.
    func outcome(from value: ModelValue?) -> ModelOperation.Outcome {
        switch self {
        case .setBit(let offset, let bit):
            return outcome(from: value, size: offset / 8 + 1) { bytes in
                let mask = UInt8(0x80) >> UInt8(offset % 8)
                let old = bytes[offset / 8] & mask != 0
                bytes[offset / 8] = bit ? bytes[offset / 8] | mask : bytes[offset / 8] & ~mask
                return .integer(old ? 1 : 0)
            }
        case .addToHalf(let index, let number):
            return outcome(from: value, size: index + 1) { bytes in
                let half = (Int(bytes[index] & 15) + number) & 15
                bytes[index] = bytes[index] & 0xf0 | UInt8(half)
                return .array([.integer(half)])
            }
        case .copyBits:
            guard let value else { return (nil, .integer(0)) }
            guard case .text(let text) = value.content else {
                return (value, ModelContent.wrongType)
            }
            return (ModelValue(value.content, deadline: nil), .integer(text.utf8.count))
        case .count(let elements): return counted(value, elements)
        case .askCount:
            guard let value else { return (nil, .integer(0)) }
            guard case .counted(let elements) = value.content else {
                return (value, notCounted(value))
            }
            return (value, .integer(elements.count))
        case .storePlaces: return storePlaces(value)
        }
    }

    private func outcome(
        from value: ModelValue?, size: Int, _ change: (inout [UInt8]) -> ModelReply
    ) -> ModelOperation.Outcome {
        var bytes: [UInt8] = []
        if let value {
            guard case .text(let text) = value.content else {
                return (value, ModelContent.wrongType)
            }
            bytes = Array(text.utf8)
        }
        while bytes.count < size { bytes.append(0) }
        let reply = change(&bytes)
        let text = String(decoding: bytes, as: UTF8.self)
        return (ModelValue(text: text, deadline: value?.deadline), reply)
    }

    // MARK: HyperLogLogs

    private func counted(_ value: ModelValue?, _ elements: [String]) -> ModelOperation.Outcome {
        var known: Set<String> = []
        if let value {
            guard case .counted(let there) = value.content else {
                return (value, notCounted(value))
            }
            known = there
        }
        let after = known.union(elements)
        let isChanged = value == nil || after != known
        return (
            ModelValue(.counted(after), deadline: value?.deadline), .integer(isChanged ? 1 : 0)
        )
    }

    private func notCounted(_ value: ModelValue) -> ModelReply {
        if case .text = value.content {
            return .error("WRONGTYPE Key is not a valid HyperLogLog string value.")
        }
        return ModelContent.wrongType
    }

    // MARK: Places

    private func storePlaces(_ value: ModelValue?) -> ModelOperation.Outcome {
        guard let value else { return (nil, .integer(0)) }
        guard case .sortedSet(let members) = value.content else {
            return (value, ModelContent.wrongType)
        }
        let near = members.filter { ModelPlace.isNear($0.value) }
        let after = near.isEmpty ? nil : ModelValue(.sortedSet(near), deadline: nil)
        return (after, .integer(near.count))
    }
}

/// Places of which the scores are known.
enum ModelPlace: String, CaseIterable {
    case palermo = "Palermo"
    case catania = "Catania"
    case roma = "Roma"

    var position: (longitude: String, latitude: String) {
        switch self {
        case .palermo: ("13.361389", "38.115556")
        case .catania: ("15.087269", "37.502669")
        case .roma: ("12.496366", "41.902782")
        }
    }

    var score: Int {
        switch self {
        case .palermo: 3_479_099_956_230_698
        case .catania: 3_479_447_370_796_909
        case .roma: 3_480_343_273_965_391
        }
    }

    /// Whether a score is that of a place within 300 km of 15° E, 37° N, or next to it.
    static func isNear(_ score: Int) -> Bool {
        [palermo, catania].contains { abs($0.score - score) < 1_000_000 }
    }
}

/// Elements that a HyperLogLog can hold here, and the register that each of them sets.
enum ModelElements {
    static let registers: [String: (index: Int, count: Int)] = [
        "a": (12711, 2), "b": (15780, 1), "c": (8436, 1), "d": (7292, 1), "e": (15157, 1),
        "f": (1646, 1), "g": (8378, 2), "h": (11960, 1),
    ]

    /// The elements that a sparse HyperLogLog holds; nothing when it is none, or holds others.
    static func elements(of bytes: [UInt8]) -> Set<String>? {
        guard bytes.starts(with: "HYLL".utf8), bytes.count >= 16, bytes[4] == 1 else { return nil }
        var found: Set<String> = []
        var index = 0
        var place = 16
        while place < bytes.count {
            let byte = Int(bytes[place])
            place += 1
            if byte & 0x80 != 0 {
                for _ in 0...(byte & 3) {
                    let isSet = { (register: (index: Int, count: Int)) in
                        register.index == index && register.count == (byte >> 2 & 31) + 1
                    }
                    guard let element = registers.first(where: { isSet($0.value) }) else {
                        return nil
                    }
                    found.insert(element.key)
                    index += 1
                }
            } else if byte & 0x40 != 0 {
                guard place < bytes.count else { return nil }
                index += (byte & 0x3f) << 8 + Int(bytes[place]) + 1
                place += 1
            } else {
                index += byte + 1
            }
        }
        return index == 16384 ? found : nil
    }
}
