import Bytes

/// Walks over the value of any type and finds its end, whether the server can hold it or not.
///
/// With `.contents` it also proves what is inside: nested encodings element by element, no
/// duplicate members, no NaN, no empty aggregate, streams with all their references. A value that
/// passes can be taken over without further checks.
public struct ValueWalker: ~Copyable {
    public enum Depth: Sendable {
        /// Lengths only: enough to know where a value ends.
        case boundaries
        case contents
    }

    let depth: Depth
    var scratch = ByteBuffer()

    public init(depth: Depth) { self.depth = depth }

    /// Consumes one value.
    public mutating func walk(_ type: RDBType, in input: inout RDBInput) throws(RDBError) {
        switch type {
        case .string: try walkString(in: &input)
        case .listLinked: try walkStrings(in: &input)
        case .setHashtable: try walkSet(in: &input)
        case .zsetTextScores, .zsetBinaryScores: try walkSortedSet(type, in: &input)
        case .hashHashtable, .hashExpiringPreRelease, .hashExpiring:
            try walkHash(type, in: &input)
        case .modulePreRelease:
            let name = ModuleName.text(of: try input.number())
            throw input.failure(.moduleValue(name))
        case .moduleValue:
            _ = try input.number()
            try input.skipModuleValue()
        case .hashZipmap, .setIntset, .listZiplist, .zsetZiplist, .hashZiplist, .hashListpack,
            .zsetListpack, .setListpack, .hashListpackExpiringPreRelease, .hashListpackExpiring:
            if type == .hashListpackExpiring { _ = try input.littleEndian(Int64.self) }
            try walkPacked(type, in: &input)
        case .listQuicklistOfZiplists, .listQuicklist: try walkQuicklist(type, in: &input)
        case .stream, .streamWithOffsets, .streamWithActiveTimes:
            try walkStream(type, in: &input)
        }
    }

    /// Consumes a string; a compressed one is decompressed only if its contents matter.
    mutating func walkString(in input: inout RDBInput) throws(RDBError) {
        if depth == .boundaries {
            _ = try input.string()
        } else {
            _ = try input.bytes(using: &scratch)
        }
    }

    /// Consumes a string and returns it if its contents matter.
    mutating func walkMember(in input: inout RDBInput) throws(RDBError) -> ByteString? {
        if depth == .boundaries {
            _ = try input.string()
            return nil
        }
        return ByteString(try input.bytes(using: &scratch))
    }
}

extension RDBInput {
    /// Consumes what follows a module's identifier, the end mark included.
    mutating func skipModuleValue() throws(RDBError) {
        while true {
            switch try number() {
            case RDBFormat.ModuleOpcode.end: return
            case RDBFormat.ModuleOpcode.signedInteger, RDBFormat.ModuleOpcode.unsignedInteger:
                _ = try number()
            case RDBFormat.ModuleOpcode.float: _ = try take(4)
            case RDBFormat.ModuleOpcode.double: _ = try take(8)
            case RDBFormat.ModuleOpcode.string: _ = try string()
            case let opcode: throw corrupt("Unknown module opcode \(opcode)")
            }
        }
    }
}

/// The members of an aggregate that have been seen.
struct DistinctStrings {
    private var seen: Set<ByteString> = []

    /// - Returns: whether the string is new; one that nobody looked at counts as new.
    mutating func insert(_ string: ByteString?) -> Bool {
        guard let string else { return true }
        return seen.insert(string).inserted
    }
}
