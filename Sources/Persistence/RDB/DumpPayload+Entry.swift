import Bytes
import Keyspace

extension DumpPayload {
    /// Appends the payload of an entry's value, from type to checksum.
    public static func append(
        _ entry: Entry, to payload: inout ByteBuffer, compressing: Bool,
        version: Int = RDBFormat.currentVersion
    ) {
        let start = payload.count
        switch entry.type {
        case .string:
            payload.append(RDBType.string.rawValue)
            switch entry.string {
            case .integer(let value): payload.append(rdbInteger: value)
            case .bytes(let text):
                var scratch = ByteBuffer()
                payload.append(rdbString: text, compressing: compressing, scratch: &scratch)
            }
        case .list, .set, .sortedSet, .hash, .stream:
            preconditionFailure("no entry has a type that cannot be dumped")
        }
        seal(&payload, from: start, version: version)
    }

    /// The string in an opened payload, in the payload or in `scratch`, whose former contents are
    /// dropped; of any other type it is an error.
    public static func string(
        in content: Content, using scratch: inout ByteBuffer
    ) throws(RDBError) -> StringValue {
        var input = RDBInput(content.value, step: .readObjectValue)
        guard content.type == .string else {
            throw input.failure(.notRepresentable(content.type.rawValue))
        }
        return StringValue(try input.bytes(using: &scratch))
    }
}
