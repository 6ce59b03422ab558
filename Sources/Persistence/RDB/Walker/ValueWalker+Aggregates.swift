import Bytes

/// The types that stand in the file element by element.
extension ValueWalker {
    mutating func walkStrings(in input: inout RDBInput) throws(RDBError) {
        for _ in 0..<(try input.elementCount(ofSizeAtLeast: 1)) { try walkString(in: &input) }
    }

    mutating func walkSet(in input: inout RDBInput) throws(RDBError) {
        var members = DistinctStrings()
        for _ in 0..<(try input.elementCount(ofSizeAtLeast: 1)) {
            guard members.insert(try walkMember(in: &input)) else {
                throw input.corrupt("Duplicate set members detected")
            }
        }
    }

    mutating func walkSortedSet(
        _ type: RDBType, in input: inout RDBInput
    ) throws(RDBError) {
        let isBinary = type == .zsetBinaryScores
        var members = DistinctStrings()
        for _ in 0..<(try input.elementCount(ofSizeAtLeast: isBinary ? 9 : 2)) {
            let member = try walkMember(in: &input)
            let score =
                isBinary
                ? Double(bitPattern: try input.littleEndian(UInt64.self))
                : try input.scoreText()
            guard !score.isNaN else { throw input.corrupt("Zset with NAN score detected") }
            guard members.insert(member) else {
                throw input.corrupt("Duplicate zset fields detected")
            }
        }
    }

    /// A hash, whose fields have a time to live before them in the two later types.
    mutating func walkHash(_ type: RDBType, in input: inout RDBInput) throws(RDBError) {
        if type == .hashExpiring { _ = try input.littleEndian(Int64.self) }
        var fields = DistinctStrings()
        let size = type == .hashHashtable ? 2 : 3
        for _ in 0..<(try input.elementCount(ofSizeAtLeast: size)) {
            if type != .hashHashtable { _ = try input.number() }
            let field = try walkMember(in: &input)
            try walkString(in: &input)
            guard fields.insert(field) else { throw input.corrupt("Hash with dup elements") }
        }
    }

    /// A list in nodes, each of them an encoding of several elements or one raw element.
    mutating func walkQuicklist(
        _ type: RDBType, in input: inout RDBInput
    ) throws(RDBError) {
        let isOfListpacks = type == .listQuicklist
        var elements = 0
        for _ in 0..<(try input.elementCount(ofSizeAtLeast: isOfListpacks ? 2 : 1)) {
            let container = isOfListpacks ? try input.number() : QuicklistContainer.packed
            guard container == QuicklistContainer.plain || container == QuicklistContainer.packed
            else { throw input.corrupt("Quicklist integrity check failed.") }
            if depth == .boundaries {
                _ = try input.string()
                elements += 1
                continue
            }
            let node = try input.bytes(using: &scratch)
            if container == QuicklistContainer.plain {
                elements += 1
            } else if isOfListpacks {
                elements += try countElements(
                    of: node, as: ListpackReader.self, otherwise: "Listpack", in: input)
            } else {
                elements += try countElements(
                    of: node, as: ZiplistReader.self, otherwise: "Ziplist", in: input)
            }
        }
        // Servers before 7.0 could leave an empty node behind, which later ones drop.
        guard elements > 0 else { throw input.failure(.emptyValue) }
    }

    private func countElements<Reader: PackedReader>(
        of node: ByteSlice, as reader: Reader.Type, otherwise name: String, in input: RDBInput
    ) throws(RDBError) -> Int {
        do throws(DamagedEncoding) {
            var reader = try Reader(node)
            var count = 0
            while try reader.next() != nil { count += 1 }
            return count
        } catch {
            throw input.corrupt("\(name) integrity check failed.")
        }
    }
}

/// What the number before a node of a quicklist says.
enum QuicklistContainer {
    static let plain: UInt64 = 1
    static let packed: UInt64 = 2
}
