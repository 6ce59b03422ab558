import Bytes

/// Reads the frame of an RDB file: everything but the values.
///
/// `next` returns one statement after the other. After `.record` the value stands next in `input`;
/// the caller consumes it, with `skipValue` if it does not want it. After `.end` the reader is at
/// the byte behind the file: what follows there, in an append-only file, is no concern of it.
/// An error is final.
public struct RDBReader {
    public var input: RDBInput

    /// The version that the head of the file names.
    public private(set) var version = 0

    private let isVerifying: Bool

    /// - Parameters:
    ///   - bytes: the file, from its first byte; more may follow.
    ///   - isVerifying: whether the checksum is compared at the end, over the bytes as they are.
    public init(_ bytes: ByteSlice, verifyingChecksum isVerifying: Bool = true) {
        self.input = RDBInput(bytes)
        self.isVerifying = isVerifying
    }

    /// Goes on in the middle of a file, where a statement begins.
    ///
    /// - Parameter version: what the head of the file names.
    public init(resuming bytes: ByteSlice, from offset: Int, version: Int) {
        precondition(RDBFormat.isReadable(version))
        self.input = RDBInput(bytes, from: offset)
        self.version = version
        self.isVerifying = false
    }

    /// The number of bytes consumed.
    public var offset: Int { input.offset }

    /// Whether bytes begin as an RDB file does, whatever its version.
    public static func begins(_ bytes: ByteSlice) -> Bool {
        bytes.hasPrefix(ByteSlice("REDIS")) || bytes.hasPrefix(ByteSlice("VALKEY"))
    }

    private mutating func readMagic() throws(RDBError) {
        input.step = .start
        let magic = try input.take(RDBFormat.magicSize)
        guard Self.begins(magic) else { throw input.failure(.wrongSignature) }
        let isOfValkey = magic[0] == UInt8(ascii: "V")
        var number = 0
        for index in (isOfValkey ? 6 : 5)..<RDBFormat.magicSize {
            guard magic[index].isASCIIDigit else { break }
            number = number * 10 + Int(magic[index] - 0x30)
        }
        guard RDBFormat.isReadable(number), isOfValkey == (number == RDBFormat.valkeyVersion) else {
            throw input.failure(.unsupportedVersion(number))
        }
        version = number
    }

    public mutating func next() throws(RDBError) -> RDBEvent {
        if version == 0 { try readMagic() }
        var deadline: Int64?
        var idleSeconds: UInt64?
        var frequency: UInt8?
        while true {
            input.step = .readType
            let byte = try input.byte()
            switch byte {
            case RDBFormat.Opcode.expiryMilliseconds:
                input.step = .readExpire
                deadline = try input.littleEndian(Int64.self)
            case RDBFormat.Opcode.expirySeconds:
                input.step = .readExpire
                deadline = Int64(try input.littleEndian(Int32.self)) * 1000
            case RDBFormat.Opcode.idleSeconds:
                idleSeconds = try input.number()
            case RDBFormat.Opcode.frequency:
                frequency = try input.byte()
            case RDBFormat.Opcode.slotInfo...RDBFormat.Opcode.endOfFile:
                return try statement(byte)
            default:
                guard let type = RDBFormat.type(byte, in: version) else {
                    throw input.failure(.invalidType(byte))
                }
                let key = try key(before: type)
                return .record(
                    RDBRecord(
                        type: type, key: key, deadline: deadline, idleSeconds: idleSeconds,
                        frequency: frequency))
            }
        }
    }

    private mutating func key(before type: RDBType) throws(RDBError) -> RDBString {
        input.step = .readKey
        do throws(RDBError) {
            let key = try input.string()
            input.step = .readObjectValue
            return key
        } catch {
            var failure = error
            failure.type = type.rawValue
            throw failure
        }
    }

    /// Reads what follows an opcode that stands alone.
    private mutating func statement(_ opcode: UInt8) throws(RDBError) -> RDBEvent {
        switch opcode {
        case RDBFormat.Opcode.selectDatabase:
            input.step = .readLength
            let number = try input.number()
            guard number <= UInt64(Int32.max) else {
                throw input.corrupt("Database number out of range")
            }
            return .selectDatabase(Int(number))
        case RDBFormat.Opcode.tableSizes:
            input.step = .readLength
            return .tableSizes(keys: try input.number(), expires: try input.number())
        case RDBFormat.Opcode.slotInfo:
            input.step = .readLength
            return .slotSizes(
                slot: try input.number(), keys: try input.number(), expires: try input.number())
        case RDBFormat.Opcode.auxiliary:
            input.step = .readAuxiliary
            return .auxiliary(name: try input.ownedString(), value: try input.ownedString())
        case RDBFormat.Opcode.functionLibrary:
            input.step = .readFunctions
            return .functionLibrary(try input.ownedString())
        case RDBFormat.Opcode.moduleAuxiliary:
            input.step = .readModuleAuxiliary
            return try moduleAuxiliary()
        case RDBFormat.Opcode.functionPreRelease:
            input.step = .readFunctions
            throw input.failure(.preReleaseFunctions(opcode))
        default:
            return .end(try footer())
        }
    }

    private mutating func moduleAuxiliary() throws(RDBError) -> RDBEvent {
        let name = ModuleName.text(of: try input.number())
        let opcode = try input.number()
        _ = try input.number()
        guard opcode == RDBFormat.ModuleOpcode.unsignedInteger else {
            throw input.corrupt("bad when_opcode")
        }
        try input.skipModuleValue()
        return .moduleAuxiliary(name: name)
    }

    private mutating func footer() throws(RDBError) -> RDBChecksum {
        input.step = .checkSum
        guard version >= RDBFormat.versionWithChecksum else { return .absent }
        let covered = input.bytes[..<input.offset]
        let stored = try input.littleEndian(UInt64.self)
        if stored == 0 { return .disabled }
        guard isVerifying else { return .notChecked }
        let computed = CRC64.of(covered)
        guard computed == stored else {
            throw input.failure(.wrongChecksum(computed: computed, stored: stored))
        }
        return .correct
    }
}
