import Bytes
import CLZF

/// The compression of strings in RDB files: the calls of liblzf, and nothing else.
///
/// A control byte below 32 announces that many literal bytes plus one; any other is a reference
/// back into the output, its length in the upper three bits and the offset in the rest.
enum LZF {
    /// Three bytes of input make at most 264 of output, so a larger claim is a lie. Checking it
    /// first keeps a damaged length from asking for memory.
    private static let expansionMax = 88

    /// Appends the `size` bytes that `compressed` stands for.
    ///
    /// - Returns: false, and nothing appended, unless it stands for exactly that many.
    static func append(
        decompressing compressed: ByteSlice, size: Int, to target: inout ByteBuffer
    ) -> Bool {
        guard compressed.count > 0, size > 0, size / expansionMax <= compressed.count else {
            return false
        }
        let length = target.count
        let written = unsafe target.appendFilled(upTo: size) { free in
            unsafe Int(
                lzf_decompress(
                    compressed.start, UInt32(clamping: compressed.count), free.baseAddress,
                    UInt32(clamping: size)))
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
    static func append(
        compressing text: ByteSlice, limit: Int, to target: inout ByteBuffer
    ) -> Int {
        guard limit > 0, text.count <= Int(UInt32.max) else { return 0 }
        return unsafe target.appendFilled(upTo: limit) { free in
            unsafe Int(
                lzf_compress(
                    text.start, UInt32(text.count), free.baseAddress, UInt32(clamping: limit)))
        }
    }
}
