import Bytes

/// The longest run of bytes that two strings have in common in the same order, with gaps.
///
/// `lengths[i][j]` is the length for the first `i` bytes of the left and the first `j` bytes of the
/// right string. Where several subsequences are equally long, the walk back from the end prefers
/// to leave out a byte of the right string, so that it finds the one that Redis finds.
struct LongestCommonSubsequence {
    /// A run that both strings have without a gap.
    struct Match: Equatable {
        /// Where it begins in each string.
        var left: Int
        var right: Int
        var count: Int
    }

    private let lengths: [UInt32]
    private let width: Int
    let count: Int

    /// - Parameter sizeMax: bytes of the table that may be used.
    init(_ left: ByteSlice, _ right: ByteSlice, sizeMax: Int) throws(CommandError) {
        let cell = MemoryLayout<UInt32>.size
        let (cells, overflowed) = (left.count + 1).multipliedReportingOverflow(by: right.count + 1)
        guard !overflowed, cells <= sizeMax / cell else {
            throw .text(
                "ERR Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len")
        }
        width = right.count + 1
        var lengths = [UInt32](repeating: 0, count: cells)
        for i in 1..<left.count + 1 {
            let row = i * width
            let byte = left[i - 1]
            for j in 1..<right.count + 1 {
                lengths[row + j] =
                    byte == right[j - 1]
                    ? lengths[row - width + j - 1] + 1
                    : max(lengths[row - width + j], lengths[row + j - 1])
            }
        }
        self.lengths = lengths
        count = Int(lengths[cells - 1])
    }

    /// Visits the pairs of equal bytes from the end to the beginning, as indices.
    private func walk(_ left: ByteSlice, _ right: ByteSlice, _ visit: (Int, Int) -> Void) {
        var i = left.count
        var j = right.count
        while i > 0, j > 0 {
            if left[i - 1] == right[j - 1] {
                i -= 1
                j -= 1
                visit(i, j)
            } else if lengths[(i - 1) * width + j] > lengths[i * width + j - 1] {
                i -= 1
            } else {
                j -= 1
            }
        }
    }

    /// The subsequence itself.
    func text(_ left: ByteSlice, _ right: ByteSlice) -> ByteBuffer {
        var text = ByteBuffer()
        text.append(repeating: 0, count: count)
        var index = count
        walk(left, right) { place, _ in
            index -= 1
            text[index] = left[place]
        }
        precondition(index == 0, "the walk meets every byte of the subsequence")
        return text
    }

    /// The runs without a gap, last one first.
    func matches(_ left: ByteSlice, _ right: ByteSlice) -> [Match] {
        var matches: [Match] = []
        walk(left, right) { i, j in
            if let last = matches.last, last.left == i + 1, last.right == j + 1 {
                matches[matches.count - 1] = Match(left: i, right: j, count: last.count + 1)
            } else {
                matches.append(Match(left: i, right: j, count: 1))
            }
        }
        return matches
    }
}
