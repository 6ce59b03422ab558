import Bytes

/// The hash of keys, fields and members: the wyhash family's mixing with secrets drawn at start.
///
/// Why this one, and what the secrets are worth against crafted keys, stands in
/// `docs/decisions/0002-key-hash.md`.
public enum KeyHash {
    /// Odd numbers unknown to clients; set once, before the first key is stored.
    nonisolated(unsafe) private static var secret0: UInt64 = 0xa076_1d64_78bd_642f
    nonisolated(unsafe) private static var secret1: UInt64 = 0xe703_7ed1_a0b4_28db

    /// Sets the process's secrets. Only before any key is stored.
    public static func seed(_ first: UInt64, _ second: UInt64) {
        unsafe secret0 = first | 1
        unsafe secret1 = second | 1
    }

    private static func mix(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let product = left.multipliedFullWidth(by: right)
        return product.high ^ product.low
    }

    private static func load64(_ start: UnsafeRawPointer, _ offset: Int) -> UInt64 {
        unsafe start.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
    }

    private static func load32(_ start: UnsafeRawPointer, _ offset: Int) -> UInt64 {
        unsafe UInt64(start.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }

    public static func hash(_ bytes: ByteSlice) -> UInt64 {
        let start = unsafe bytes.start
        let count = bytes.count
        let (s0, s1) = unsafe (secret0, secret1)
        var seed = s0
        var (a, b) = (UInt64(0), UInt64(0))
        if count <= 16 {
            if count >= 4 {
                // Two overlapping halves cover every length from 4 to 16.
                let middle = (count &>> 3) &<< 2
                a = unsafe load32(start, 0) &<< 32 | load32(start, middle)
                b = unsafe load32(start, count &- 4) &<< 32 | load32(start, count &- 4 &- middle)
            } else if count > 0 {
                a = UInt64(bytes[0]) &<< 16 | UInt64(bytes[count / 2]) &<< 8
                a |= UInt64(bytes[count - 1])
            }
        } else {
            var rest = count
            var offset = 0
            while rest > 16 {
                seed = unsafe mix(
                    load64(start, offset) ^ s1, load64(start, offset &+ 8) ^ seed)
                offset &+= 16
                rest &-= 16
            }
            a = unsafe load64(start, offset &+ rest &- 16)
            b = unsafe load64(start, offset &+ rest &- 8)
        }
        let product = (a ^ s1).multipliedFullWidth(by: b ^ seed)
        return mix(product.low ^ s0 ^ UInt64(truncatingIfNeeded: count), product.high ^ s1)
    }

    /// The hash of an element in its canonical form; an integer is not spelled out for it.
    public static func hash(_ value: StringValue) -> UInt64 {
        switch value {
        case .bytes(let bytes): return hash(bytes)
        case .integer(let integer):
            let (s0, s1) = unsafe (secret0, secret1)
            let bits = UInt64(bitPattern: integer)
            return mix(mix(bits ^ s0, s1) ^ s0, bits ^ s1)
        }
    }
}
