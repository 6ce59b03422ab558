import Bytes

/// Where and why the bytes of an RDB file or payload are not what they have to be.
public struct RDBError: Error, Equatable, Sendable {
    /// What was being read, in the words that `redis-check-rdb` uses.
    public enum Step: String, Sendable {
        case start
        case readType = "read-type"
        case readExpire = "read-expire"
        case readKey = "read-key"
        case readObjectValue = "read-object-value"
        case checkSum = "check-sum"
        case readLength = "read-len"
        case readAuxiliary = "read-aux"
        case readModuleAuxiliary = "read-module-aux"
        case readFunctions = "read-functions"
    }

    /// The number of bytes that had been consumed when the deviation showed.
    public var offset: Int
    public var step: Step
    public var reason: Reason

    /// The key whose value was being read.
    public var key: ByteString?

    /// The value type as it stands in the file, once it has been read.
    public var type: UInt8?

    public init(
        offset: Int, step: Step, reason: Reason, key: ByteString? = nil, type: UInt8? = nil
    ) {
        self.offset = offset
        self.step = step
        self.reason = reason
        self.key = key
        self.type = type
    }
}

extension RDBError {
    public enum Reason: Equatable, Sendable {
        case wrongSignature
        case unsupportedVersion(Int)
        case endOfInput
        case invalidType(UInt8)
        /// The checksum of the bytes is another than the one behind them.
        case wrongChecksum(computed: UInt64, stored: UInt64)
        case preReleaseFunctions(UInt8)

        /// A nested encoding, a count or a length that cannot be right.
        case corrupt(String)

        /// An aggregate value without elements.
        case emptyValue

        /// A value of a module, by the module's name.
        case moduleValue(String)

        case duplicateKey(ByteString, database: Int)
        case tooManyDatabases(limit: Int)
    }
}

extension RDBError.Reason: CustomStringConvertible {
    /// The text that the check tool prints and the server logs.
    public var description: String {
        switch self {
        case .wrongSignature: "Wrong signature trying to load DB from file"
        case .unsupportedVersion(let version): "Can't handle RDB format version \(version)"
        case .endOfInput: "Unexpected EOF reading RDB file"
        case .invalidType(let type): "Invalid object type: \(type)"
        case .wrongChecksum: "RDB CRC error"
        case .preReleaseFunctions(let opcode):
            "Pre-release function format not supported \(opcode)"
        case .corrupt(let text): text
        case .emptyValue: "Aggregate value without elements"
        case .moduleValue(let name):
            "The RDB file contains module data I can't load: no matching module type '\(name)'"
        case .duplicateKey(let key, let database):
            "RDB has duplicated key '\(key.text)' in DB \(database)"
        case .tooManyDatabases(let limit):
            "FATAL: Data file was created with a Redis server configured to handle more than "
                + "\(limit) databases. Exiting"
        }
    }
}

extension RDBError: CustomStringConvertible {
    public var description: String {
        var text = "\(reason) (offset \(offset), \(step.rawValue)"
        if let key { text += ", key '\(key.text)'" }
        if let type { text += ", type \(type) (\(RDBType(rawValue: type)?.name ?? "unknown"))" }
        return text + ")"
    }
}

extension RDBError {
    /// What the server logs when loading ends here, as Redis says it where it does.
    public var loadingText: String {
        switch reason {
        case .endOfInput: "Short read or OOM loading DB. Unrecoverable error, aborting now."
        case .wrongChecksum(let computed, let stored):
            "Wrong RDB checksum expected: (\(String(computed, radix: 16))) but got "
                + "(\(String(stored, radix: 16))). Aborting now."
        case .wrongSignature, .unsupportedVersion, .duplicateKey, .tooManyDatabases:
            reason.description
        default: description
        }
    }
}
