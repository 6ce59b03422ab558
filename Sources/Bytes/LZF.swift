import CLZF

/// The compression of strings in RDB files, and of the inner nodes of lists in memory.
///
/// A control byte below 32 announces that many literal bytes plus one; any other is a reference
/// back into the output: its length less two in the upper three bits (7: add the next byte), the
/// offset less one in the rest and one more byte. So `00 61 e0 0f 00` is 25 times `a`.
///
/// liblzf compresses. It decompresses references byte by byte, each waiting for the one before, at
/// 100 ns for 64 equal bytes; that took two fifths of the time of loading, so it is done here.
public enum LZF {
    /// Three bytes of input make at most 264 of output, so a larger claim is a lie. Checking it
    /// first keeps a damaged length from asking for memory.
    private static let expansionMax = 88

    /// Appends the `size` bytes that `compressed` stands for.
    ///
    /// - Returns: false, and nothing appended, unless it stands for exactly that many.
    public static func append(
        decompressing compressed: ByteSlice, size: Int, to target: inout ByteBuffer
    ) -> Bool {
        guard compressed.count > 0, size > 0, size / expansionMax <= compressed.count else {
            return false
        }
        let length = target.count
        let written = unsafe target.appendFilled(upTo: size) { free in
            guard let start = free.baseAddress else { return 0 }
            return unsafe decompress(
                compressed, to: start.assumingMemoryBound(to: UInt8.self), size: size)
        }
        guard written == size else {
            target.truncate(to: length)
            return false
        }
        return true
    }

    /// Appends `text` in compressed form.
    ///
    /// - Returns: the size of that form; 0, and nothing appended, unless it is at most `limit`.
    public static func append(
        compressing text: ByteSlice, limit: Int, to target: inout ByteBuffer
    ) -> Int {
        guard limit > 0, text.count <= Int(UInt32.max) else { return 0 }
        return unsafe target.appendFilled(upTo: limit) { free in
            unsafe Int(
                lzf_compress(
                    text.start, UInt32(text.count), free.baseAddress, UInt32(clamping: limit)))
        }
    }

    /// Returns the number of bytes that `compressed` stands for, at most `size`; 0 when it is
    /// damaged or stands for more.
    private static func decompress(
        _ compressed: ByteSlice, to target: UnsafeMutablePointer<UInt8>, size: Int
    ) -> Int {
        var index = 0
        var written = 0
        while index < compressed.count {
            let control = Int(compressed[index])
            index += 1
            if control < 32 {
                let count = control + 1
                guard count <= compressed.count - index, count <= size - written else { return 0 }
                let literals = compressed[index..<index + count]
                unsafe UnsafeMutableRawPointer(target + written).copyMemory(
                    from: literals.start, byteCount: count)
                index += count
                written += count
                continue
            }
            var count = control >> 5 + 2
            if control >> 5 == 7 {
                guard index < compressed.count else { return 0 }
                count += Int(compressed[index])
                index += 1
            }
            guard index < compressed.count else { return 0 }
            let offset = (control & 31) << 8 + Int(compressed[index]) + 1
            index += 1
            guard offset <= written, count <= size - written else { return 0 }
            unsafe repeatBytes(at: target + (written - offset), offset, count)
            written += count
        }
        return written
    }

    /// Continues the `period` bytes at `start` so that `count` more follow them, each equal to the
    /// one a period before.
    private static func repeatBytes(
        at start: UnsafeMutablePointer<UInt8>, _ period: Int, _ count: Int
    ) {
        if period == 1 {
            return unsafe (start + 1).update(repeating: start.pointee, count: count)
        }
        // What has been copied extends what can be copied without an overlap.
        var available = period
        var rest = count
        while rest > 0 {
            let part = min(available, rest)
            unsafe (start + available).update(from: start, count: part)
            available += part
            rest -= part
        }
    }

    private static let occurrenceBits: UInt32 = 14

    /// The number of elements that the table of `hasRepetitions` has.
    public static let occurrenceCount = 1 << Int(occurrenceBits)

    /// Whether at least `wanted` positions of `text` begin with three bytes that occurred before.
    ///
    /// Bytes that share a place in the table count as equal, and the last three are left out.
    ///
    /// - Parameters:
    ///   - number: differs from call to call.
    ///   - occurrences: by hash of three bytes, the number of the call that saw them last.
    public static func hasRepetitions(
        _ wanted: Int, in text: ByteSlice, number: UInt16, _ occurrences: inout [UInt16]
    ) -> Bool {
        precondition(occurrences.count == occurrenceCount)
        let start = unsafe text.start
        let end = text.count - 3
        return unsafe occurrences.withUnsafeMutableBufferPointer { table in
            guard let table = table.baseAddress else { return false }
            var repetitions = 0
            var index = 0
            while index < end {
                // A group at a time, so that the loop has one branch for eight bytes.
                let groupEnd = min(index &+ 8, end)
                while index < groupEnd {
                    // Four bytes are left at least, and the hash has fewer bits than the table.
                    let word = unsafe start.loadUnaligned(fromByteOffset: index, as: UInt32.self)
                    let hash = ((word.littleEndian & 0xff_ffff) &* 0x9e37_79b1)
                    let place = Int(hash &>> (32 &- occurrenceBits))
                    repetitions &+= unsafe table[place] == number ? 1 : 0
                    unsafe table[place] = number
                    index &+= 1
                }
                if repetitions >= wanted { return true }
            }
            return false
        }
    }
}
