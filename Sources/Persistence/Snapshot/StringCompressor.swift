import Bytes

/// Compresses the strings of a buffer on the way into a file or payload.
///
/// liblzf needs four nanoseconds for a byte that does not compress, several times what everything
/// else costs. So shorter strings are looked over first: a back reference needs three bytes that
/// occurred before, so compression saves at most as many bytes as there are positions where that is
/// so, less one byte for each 32 that stay literal. A string with too few such positions is left
/// plain; the outcome is the one that trying to compress it would have had.
struct StringCompressor: ~Copyable {
    /// In longer strings the table shows so many accidental repetitions that asking is no use.
    private static let askedSizeMax = 768
    /// A large string beyond this is left plain: the memory for its compressed form would be more
    /// than a snapshot is to take.
    private static let compressedSizeMax = 16 << 20

    private var scratch = ByteBuffer()

    /// By hash of three bytes: the number of the string in which they occurred last. Made when it
    /// is asked for the first time.
    private var occurrences: [UInt16] = []
    private var stringNumber: UInt16 = 0

    init() {}

    /// Appends the final form of a buffer, unless that is the buffer as it is.
    ///
    /// - Returns: whether anything was compressed; if not, nothing was appended.
    mutating func append(
        _ content: borrowing ValueBuffer, to output: inout ByteBuffer
    ) -> Bool {
        let bytes = content.bytes.bytes
        var copied = 0
        for start in content.strings {
            var input = RDBInput(bytes, from: start)
            // The bytes are our own, so a length that does not fit is a mistake of ours.
            guard case .plain(let text)? = try? input.string() else {
                preconditionFailure("a noted string is a plain one")
            }
            guard compress(text) else { continue }
            output.append(bytes[copied..<start])
            appendCompressed(text, to: &output)
            copied = input.offset
        }
        guard copied > 0 else { return false }
        output.append(bytes[copied...])
        return true
    }

    /// Appends a large string in compressed form, if that saves four bytes and the string is not
    /// too large.
    ///
    /// - Returns: whether it was; if not, nothing was appended.
    mutating func append(compressing text: ByteSlice, to output: inout ByteBuffer) -> Bool {
        guard text.count <= Self.compressedSizeMax, compress(text) else { return false }
        appendCompressed(text, to: &output)
        scratch.removeAllAndFree()
        return true
    }

    /// Appends what `compress` has left in `scratch`.
    private func appendCompressed(_ text: ByteSlice, to output: inout ByteBuffer) {
        output.append(0xc3 as UInt8)
        output.append(rdbLength: scratch.count)
        output.append(rdbLength: text.count)
        output.append(scratch.bytes)
    }

    /// Compresses a string into `scratch`; false if that does not save four bytes.
    private mutating func compress(_ text: ByteSlice) -> Bool {
        if text.count <= Self.askedSizeMax, !mayCompress(text) { return false }
        scratch.removeAll()
        return LZF.append(compressing: text, limit: text.count - 4, to: &scratch) > 0
    }

    /// Whether enough of a string may have occurred before in it to save four bytes.
    ///
    /// With h such positions, references cover at most 3h bytes, and save h at most.
    private mutating func mayCompress(_ text: ByteSlice) -> Bool {
        if occurrences.isEmpty {
            occurrences = [UInt16](repeating: 0, count: LZF.occurrenceCount)
        }
        if stringNumber == .max {
            for index in occurrences.indices { occurrences[index] = 0 }
            stringNumber = 0
        }
        stringNumber += 1
        // The last three bytes are not looked at; they count as a repetition.
        let wanted = (128 + text.count + 34) / 35 - 1
        return LZF.hasRepetitions(wanted, in: text, number: stringNumber, &occurrences)
    }
}
