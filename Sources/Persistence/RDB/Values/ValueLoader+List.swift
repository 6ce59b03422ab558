import Bytes
import Keyspace
import Structures

/// Lists: element by element, as one ziplist, or as a row of nodes.
extension ValueLoader {
    mutating func loadList(in input: inout RDBInput) throws(RDBError) -> StoredValue {
        var list = ListBuilder(encodings)
        for _ in 0..<(try input.elementCount(ofSizeAtLeast: 1)) {
            list.append(StringValue(try input.bytes(using: &first)))
        }
        return try Self.finish(list, input)
    }

    mutating func loadListOfZiplist(in input: inout RDBInput) throws(RDBError) -> StoredValue {
        var list = ListBuilder(encodings)
        list.append(try ziplist(in: &input, otherwise: "List ziplist integrity check failed."))
        return try Self.finish(list, input)
    }

    mutating func loadQuicklist(
        _ type: RDBType, in input: inout RDBInput
    ) throws(RDBError) -> StoredValue {
        let isOfListpacks = type == .listQuicklist
        var list = ListBuilder(encodings)
        for _ in 0..<(try input.elementCount(ofSizeAtLeast: isOfListpacks ? 2 : 1)) {
            guard isOfListpacks else {
                list.append(try ziplist(in: &input, otherwise: "Ziplist integrity check failed."))
                continue
            }
            switch try input.number() {
            case QuicklistContainer.plain:
                list.append(plain: try input.bytes(using: &first))
            case QuicklistContainer.packed:
                list.append(
                    try listpack(in: &input, otherwise: "Listpack integrity check failed."))
            default: throw input.corrupt("Quicklist integrity check failed.")
            }
        }
        return try Self.finish(list, input)
    }

    private static func finish(
        _ list: consuming ListBuilder, _ input: RDBInput
    ) throws(RDBError) -> StoredValue {
        // Servers before 7.0 could leave an empty node behind, which later ones drop.
        guard let value = list.finish() else { throw input.failure(.emptyValue) }
        return value
    }
}
