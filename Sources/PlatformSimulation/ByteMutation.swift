import Platform

/// Damage to bytes as disks, programs and attackers do it, decided by a seed.
public enum ByteMutation {
    private static let tellingBytes: [UInt8] = [
        0, 1, 2, 0x3f, 0x40, 0x7f, 0x80, 0x81, 0xbf, 0xc0, 0xc1, 0xc2, 0xc3, 0xf0, 0xf4, 0xfa,
        0xfb, 0xfc, 0xfd, 0xfe, 0xff,
    ]

    public static func mutate(_ bytes: inout [UInt8], _ random: inout SeededRandom) {
        for _ in 0...random.index(below: 3) where !bytes.isEmpty {
            let index = random.index(below: bytes.count)
            switch random.index(below: 8) {
            case 0: bytes[index] ^= 1 << UInt8(random.below(8))
            case 1: bytes[index] = UInt8(random.below(256))
            case 2: bytes[index] = bytes[index] &+ (random.chance(1, in: 2) ? 1 : 255)
            case 3: bytes[index] = tellingBytes[random.index(below: tellingBytes.count)]
            case 4:
                bytes.removeSubrange(index..<min(bytes.count, index + 1 + random.index(below: 9)))
            case 5:
                let added = (0...random.index(below: 8)).map { _ in UInt8(random.below(256)) }
                bytes.insert(contentsOf: added, at: index)
            case 6:
                let from = random.index(below: bytes.count)
                let piece = bytes[from..<min(bytes.count, from + random.index(below: 40))]
                bytes.replaceSubrange(index..<min(bytes.count, index + piece.count), with: piece)
            default:
                for place in index..<min(bytes.count, index + 8) {
                    bytes[place] = random.chance(1, in: 2) ? 0xff : 0
                }
            }
        }
    }
}
