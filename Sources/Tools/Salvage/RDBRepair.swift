import Bytes
import Persistence

/// Finds the one byte of an RDB file that is wrong, where the checksum proves which.
enum RDBRepair {
    /// - Parameter bytes: a file that ends with its checksum.
    static func find(in bytes: ByteSlice) -> WrongByte? {
        let covered = bytes.count - RDBFormat.footerSize
        guard covered > RDBFormat.magicSize else { return nil }
        let stored = bytes[covered...].littleEndian(at: 0, as: UInt64.self)
        // Whoever wrote the file did not compute the checksum.
        guard stored != 0 else { return nil }
        let difference = CRC64.of(bytes[..<covered]) ^ stored
        guard difference != 0 else { return nil }
        if let place = wrongPlace(difference) {
            let offset = covered + place.index
            return WrongByte(
                offset: offset, found: bytes[offset], right: bytes[offset] ^ place.difference)
        }
        guard let found = CRC64Correction.locate(difference, count: covered) else { return nil }
        let right = bytes[found.index] ^ found.difference
        return WrongByte(offset: found.index, found: bytes[found.index], right: right)
    }

    /// The byte of the stored checksum in which alone it differs.
    private static func wrongPlace(_ difference: UInt64) -> (index: Int, difference: UInt8)? {
        let index = difference.trailingZeroBitCount / 8
        let byte = difference >> UInt64(8 * index)
        guard byte < 256 else { return nil }
        return (index, UInt8(byte))
    }
}
