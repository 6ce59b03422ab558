import Bytes

/// The types that stand in the file as one string that holds all elements.
extension ValueWalker {
    mutating func walkPacked(_ type: RDBType, in input: inout RDBInput) throws(RDBError) {
        guard depth == .contents else { return try walkString(in: &input) }
        let bytes = try input.bytes(using: &scratch)
        let count: Int
        do throws(DamagedEncoding) {
            count = try Self.checkPacked(type, bytes)
        } catch {
            throw input.corrupt(Self.damage(of: type))
        }
        guard count > 0 else { throw input.failure(.emptyValue) }
    }

    /// Proves an encoding and returns the number of its elements.
    private static func checkPacked(
        _ type: RDBType, _ bytes: ByteSlice
    ) throws(DamagedEncoding) -> Int {
        switch type {
        case .setIntset: try checkIntset(bytes)
        case .hashZipmap: try checkZipmap(bytes)
        case .listZiplist: try check(ZiplistReader(bytes), .list)
        case .zsetZiplist: try check(ZiplistReader(bytes), .sortedSet)
        case .hashZiplist: try check(ZiplistReader(bytes), .hash)
        case .hashListpack: try check(ListpackReader(bytes), .hash)
        case .zsetListpack: try check(ListpackReader(bytes), .sortedSet)
        case .setListpack: try check(ListpackReader(bytes), .set)
        case .hashListpackExpiring, .hashListpackExpiringPreRelease:
            try check(ListpackReader(bytes), .hashExpiring)
        default: preconditionFailure("\(type) is not one packed string")
        }
    }

    private static func damage(of type: RDBType) -> String {
        switch type {
        case .setIntset: "Intset integrity check failed."
        case .hashZipmap: "Zipmap integrity check failed."
        case .listZiplist: "List ziplist integrity check failed."
        case .zsetZiplist: "Zset ziplist integrity check failed."
        case .hashZiplist: "Hash ziplist integrity check failed."
        case .zsetListpack: "Zset listpack integrity check failed."
        case .setListpack: "Set listpack integrity check failed."
        default: "Hash listpack integrity check failed."
        }
    }

    private static func checkIntset(_ bytes: ByteSlice) throws(DamagedEncoding) -> Int {
        var reader = try IntsetReader(bytes)
        while try reader.next() != nil {}
        return reader.count
    }

    private static func checkZipmap(_ bytes: ByteSlice) throws(DamagedEncoding) -> Int {
        var reader = try ZipmapReader(bytes)
        var fields = DistinctStrings()
        var count = 0
        while let (field, _) = try reader.next() {
            guard fields.insert(ByteString(field)) else { throw DamagedEncoding() }
            count += 1
        }
        return count
    }

    /// What the elements of a listpack or ziplist are.
    private enum Content {
        case list
        case set
        case hash
        case sortedSet
        case hashExpiring
    }

    private static func check<Reader: PackedReader>(
        _ packed: Reader, _ content: Content
    ) throws(DamagedEncoding) -> Int {
        var reader = packed
        var keys = DistinctStrings()
        var count = 0
        while let first = try reader.next() {
            count += 1
            if content == .list { continue }
            guard keys.insert(first.string) else { throw DamagedEncoding() }
            if content == .set { continue }
            guard let second = try reader.next() else { throw DamagedEncoding() }
            if content == .sortedSet, second.score == nil { throw DamagedEncoding() }
            guard content == .hashExpiring else { continue }
            guard let deadline = try reader.next()?.integer, deadline >= 0 else {
                throw DamagedEncoding()
            }
        }
        return count
    }
}
