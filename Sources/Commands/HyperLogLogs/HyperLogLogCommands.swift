import Bytes
import Configuration
import Keyspace
import Structures

/// The commands over strings that are HyperLogLogs.
public enum HyperLogLogCommands {
    public static let all: [DataCommand] = [pfadd, pfcount, pfmerge, pfdebug, pfselftest]
}

/// A string that is a HyperLogLog, as a command finds it. Valid until the keyspace changes.
struct FoundHyperLogLog {
    let bytes: ByteSlice
    let encoding: HyperLogLog.Encoding

    /// - Returns: nothing where there is no key.
    init?(_ entry: Entry?) throws(CommandError) {
        guard let value = try entry.requireString() else { return nil }
        guard case .bytes(let bytes) = value, let encoding = HyperLogLog.encoding(of: bytes) else {
            throw .text("WRONGTYPE Key is not a valid HyperLogLog string value.")
        }
        self.bytes = bytes
        self.encoding = encoding
    }
}

extension Database {
    /// The HyperLogLog of an entry as raw bytes, which is how Redis holds every one that it has
    /// looked into.
    func rawHyperLogLog(_ entry: Entry?, at key: Key) throws(CommandError) -> FoundHyperLogLog? {
        guard let found = try FoundHyperLogLog(entry), entry?.encoding != .raw else {
            return try FoundHyperLogLog(entry)
        }
        _ = rawString(of: key, count: found.bytes.count)
        return try FoundHyperLogLog(entryUntouched(of: key))
    }

    /// Stores a HyperLogLog that was changed aside, in the place of the one before.
    func store(_ changed: ByteSlice, at key: Key, isNew: Bool, _ event: KeyEvent?) {
        if isNew {
            set(key, rawCount: changed.count, event) { $0.replace(with: changed) }
        } else {
            rawString(of: key, count: changed.count).replace(with: changed)
            changedInPlace(key, event)
        }
    }

    /// The most bytes of a sparse HyperLogLog: `hll-sparse-max-bytes`.
    var sparseSizeMax: Int { shared.value.encodings.hyperLogLogSparseMax }
}

extension CommandError {
    init(_ corruption: HyperLogLog.Corruption) {
        self = .text("INVALIDOBJ Corrupted HLL object detected")
    }
}
