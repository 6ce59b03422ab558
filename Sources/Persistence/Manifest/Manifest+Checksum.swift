import Bytes

// The list decides which files count, so one changed letter in it (`i` to `h`, say) could silently
// leave out a whole increment. The last line of a list that we write is
//
//     #LS:1 crc64 8c1f0a6c2f3d9b55
//
// with the CRC-64 of all bytes before the line, sixteen hexadecimal digits in lower case. Redis skips
// the line, and drops it when it writes the list anew: a list without the line is read by Redis's
// rules. With the line everything before it has to match, and nothing may follow it. A list that was
// changed by hand is accepted again when that line is removed.

extension Manifest {
    /// What a comment says about the lines before it.
    enum Checksum: Equatable {
        /// It is a comment like any other.
        case absent
        case right
        case wrong

        /// - Parameters:
        ///   - comment: a line that begins with `#`, with its line feed.
        ///   - lines: everything before it.
        init(_ comment: ByteSlice, of lines: ByteSlice) {
            guard comment.hasPrefix(ByteSlice("#LS:")) else {
                self = .absent
                return
            }
            self = Self.line(of: lines).withSlice { $0 == comment } ? .right : .wrong
        }

        /// The line that ends a list.
        static func line(of lines: ByteSlice) -> ByteString {
            let sum = CRC64.of(lines)
            var line = ByteBuffer()
            line.append("#LS:1 crc64 ")
            for shift in stride(from: 60, through: 0, by: -4) {
                line.append(Hexadecimal.digit(UInt8(truncatingIfNeeded: sum >> UInt64(shift)) & 15))
            }
            line.append(0x0a)
            return ByteString(line.bytes)
        }
    }
}
