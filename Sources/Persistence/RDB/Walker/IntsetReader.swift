import Bytes

/// Reads an intset: integers in ascending order, all of one width.
///
/// Four bytes of width (2, 4 or 8), four of the count, the integers, all least significant first.
/// `02 00 00 00 01 00 00 00 07 00` holds a 7. An empty one does not occur.
struct IntsetReader {
    private static let headSize = 8

    let count: Int
    private let bytes: ByteSlice
    private let width: Int
    private var index = 0
    private var last: Int64?

    init(_ bytes: ByteSlice) throws(DamagedEncoding) {
        guard bytes.count > Self.headSize else { throw DamagedEncoding() }
        self.bytes = bytes
        self.width = Int(bytes.littleEndian(at: 0, as: UInt32.self))
        self.count = Int(bytes.littleEndian(at: 4, as: UInt32.self))
        guard width == 2 || width == 4 || width == 8, count > 0,
            bytes.count == Self.headSize + count * width
        else { throw DamagedEncoding() }
    }

    mutating func next() throws(DamagedEncoding) -> Int64? {
        guard index < count else { return nil }
        let offset = Self.headSize + index * width
        let value =
            switch width {
            case 2: Int64(bytes.littleEndian(at: offset, as: Int16.self))
            case 4: Int64(bytes.littleEndian(at: offset, as: Int32.self))
            default: bytes.littleEndian(at: offset, as: Int64.self)
            }
        if let last, last >= value { throw DamagedEncoding() }
        last = value
        index += 1
        return value
    }
}
