/// The checksum that gives a key its cluster slot: CRC-16/XMODEM.
///
/// Polynomial `1021`, not reflected, initial value 0; `123456789` gives `31c3`.
public enum CRC16 {
    /// The sum of one run of bytes.
    public static func of(_ bytes: ByteSlice) -> UInt16 {
        let table = unsafe shared
        var sum: UInt16 = 0
        for index in 0..<bytes.count {
            let byte = unsafe UInt16(bytes.base[index])
            sum = unsafe (sum &<< 8) ^ table[Int((sum &>> 8) ^ byte)]
        }
        return sum
    }

    /// Built once, never freed.
    nonisolated(unsafe) private static let shared: UnsafePointer<UInt16> = unsafe build()

    private static func build() -> UnsafePointer<UInt16> {
        let table = UnsafeMutablePointer<UInt16>.allocate(capacity: 256)
        for byte in 0..<256 {
            var sum = UInt16(byte) << 8
            for _ in 0..<8 { sum = sum & 0x8000 != 0 ? (sum << 1) ^ 0x1021 : sum << 1 }
            unsafe table[byte] = sum
        }
        return unsafe UnsafePointer(table)
    }
}
