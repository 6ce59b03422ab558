import Bytes

/// The frame around a single value that `DUMP` answers and `RESTORE` takes.
///
/// The byte of the value type and the value as in a file, two bytes of the RDB version and eight of
/// the CRC-64 of all bytes before them, both least significant first. The string `hello` of version
/// 10 is `00 05 68 65 6c 6c 6f 0a 00 63 72 df 76 65 34 20 0a`.
public enum DumpPayload {
    private static let versionSize = 2
    private static let checksumSize = 8
    static let footerSize = versionSize + checksumSize
    /// Bytes of a payload that are not the value: its type and the footer.
    public static let frameSize = 1 + footerSize

    /// Ends a payload of which the type and the value have been appended since `start`.
    public static func seal(
        _ payload: inout ByteBuffer, from start: Int = 0,
        version: Int = RDBFormat.currentVersion
    ) {
        payload.append(littleEndian: UInt16(version))
        payload.append(littleEndian: CRC64.of(payload.bytes[start...]))
    }

    /// Whether version and checksum are right: a version that can be read, and the checksum of the
    /// bytes.
    ///
    /// - Parameter isVerifying: whether the checksum is looked at.
    public static func isIntact(
        _ payload: ByteSlice, verifyingChecksum isVerifying: Bool = true
    ) -> Bool {
        guard payload.count >= footerSize else { return false }
        let version = payload.littleEndian(at: payload.count - footerSize, as: UInt16.self)
        guard RDBFormat.isReadable(Int(version)) else { return false }
        guard isVerifying else { return true }
        let covered = payload[..<(payload.count - checksumSize)]
        let checksum = payload.littleEndian(at: covered.count, as: UInt64.self)
        return checksum == CRC64.of(covered)
    }

    static var trailingBytes: String { "Bytes after the value" }

    /// Proves that the value of a payload, which is intact, is sound and fills it.
    ///
    /// - Returns: the layout of the value.
    @discardableResult
    public static func check(
        _ payload: ByteSlice, depth: ValueWalker.Depth
    ) throws(RDBError) -> RDBType {
        var (type, input) = try begin(payload)
        var walker = ValueWalker(depth: depth)
        do throws(RDBError) {
            try walker.walk(type, in: &input)
            guard input.remaining == 0 else { throw input.corrupt(trailingBytes) }
            return type
        } catch {
            var failure = error
            failure.type = type.rawValue
            throw failure
        }
    }

    /// The type in a payload, and the input from which the value is to be read.
    static func begin(
        _ payload: ByteSlice
    ) throws(RDBError) -> (type: RDBType, input: RDBInput) {
        precondition(payload.count >= footerSize)
        let body = payload[..<(payload.count - footerSize)]
        var input = RDBInput(body, step: .readType)
        let byte = try input.byte()
        let version = payload.littleEndian(at: body.count, as: UInt16.self)
        guard let type = RDBFormat.type(byte, in: Int(version)) else {
            throw input.failure(.invalidType(byte))
        }
        input.step = .readObjectValue
        return (type, input)
    }
}
