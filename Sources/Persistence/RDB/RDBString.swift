import Bytes

/// A string as it stands in a file, in one of its three forms.
public enum RDBString {
    case plain(ByteSlice)
    case integer(Int64)
    case compressed(ByteSlice, size: Int)

    /// The bytes of the string: a part of the file where they stand there as they are, otherwise
    /// of `scratch`, whose former contents are dropped.
    ///
    /// - Returns: nothing when the compressed form is damaged.
    public func bytes(using scratch: inout ByteBuffer) -> ByteSlice? {
        switch self {
        case .plain(let bytes):
            return bytes
        case .integer(let value):
            scratch.removeAll()
            scratch.append(decimal: value)
            return scratch.bytes
        case .compressed(let bytes, let size):
            scratch.removeAll()
            guard LZF.append(decompressing: bytes, size: size, to: &scratch) else { return nil }
            return scratch.bytes
        }
    }
}
