import Bytes
import Configuration
import Keyspace

/// The value in a payload of `DUMP`, ready for a key.
public enum RestoredValue {
    /// A string, lent by the payload or by what was handed in to hold it.
    case string(StringValue)

    /// A collection, which is the caller's.
    case collection(StoredValue)
}

extension DumpPayload {
    /// Appends the payload of an entry's value, from type to checksum.
    ///
    /// - Parameter version: of the format; a value that needs a later one is written in that.
    public static func append(
        _ entry: Entry, to payload: inout ByteBuffer, compressing: Bool,
        version: Int = RDBFormat.currentVersion
    ) {
        let version = max(version, RDBFormat.versionNeeded(by: entry))
        let start = payload.count
        payload.append(RDBType(of: entry, version: version).rawValue)
        if entry.type == .string {
            append(entry.string, to: &payload, compressing)
        } else {
            var content = ValueBuffer()
            content.append(valueOf: entry, version: version, compressing: compressing)
            var compressor = StringCompressor()
            if !compressor.append(content, to: &payload) { payload.append(content.bytes.bytes) }
        }
        seal(&payload, from: start, version: version)
    }

    private static func append(
        _ string: StringValue, to payload: inout ByteBuffer, _ compressing: Bool
    ) {
        switch string {
        case .integer(let value): payload.append(rdbInteger: value)
        case .bytes(let text):
            var scratch = ByteBuffer()
            payload.append(rdbString: text, compressing: compressing, scratch: &scratch)
        }
    }

    /// Makes the value of a payload, which is intact.
    ///
    /// - Parameters:
    ///   - encodings: the thresholds of the server that takes it.
    ///   - scratch: overwritten; holds a string that does not stand in the payload as it is.
    public static func restore(
        _ payload: ByteSlice, encodings: EncodingSettings, using scratch: inout ByteBuffer
    ) throws(RDBError) -> RestoredValue {
        var (type, input) = try begin(payload)
        do throws(RDBError) {
            if type == .string {
                let text = try input.bytes(using: &scratch)
                guard input.remaining == 0 else { throw input.corrupt(trailingBytes) }
                return .string(StringValue(text))
            }
            var values = ValueLoader(encodings)
            let value = try values.load(type, from: &input)
            guard input.remaining == 0 else {
                value.free()
                throw input.corrupt(trailingBytes)
            }
            return .collection(value)
        } catch {
            var failure = error
            failure.type = type.rawValue
            throw failure
        }
    }
}
