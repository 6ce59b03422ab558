import Bytes
import Persistence

/// The comparison of two files by what they hold, whatever encodes it and in whatever order.
///
/// Memory is bounded: keys are told apart by their hash into as many parts as it takes for the first
/// file's keys of a part to fit, and the files are read once for each part. Two keys are the same when
/// their bytes are, two values when their digests of 64 bits are.
struct RDBDiff {
    /// Keys of the first file that are kept at a time: about 50 MB.
    static let partCountMax = 1 << 20

    struct Side {
        let bytes: ByteSlice
        let path: String

        init(_ bytes: ByteSlice, _ path: String) {
            self.bytes = bytes
            self.path = path
        }
    }

    private let first: Side
    private let second: Side
    private let pattern: ByteString?
    private let output: ToolOutput
    private let partMax: Int
    private(set) var counts = RDBDifference.Counts()

    init(
        _ first: Side, _ second: Side, pattern: ByteString?, _ output: ToolOutput,
        partMax: Int = RDBDiff.partCountMax
    ) {
        self.first = first
        self.second = second
        self.pattern = pattern
        self.output = output
        self.partMax = partMax
    }

    /// - Returns: whether the files hold the same.
    mutating func run(_ tell: (RDBDifference) -> Void) throws(ToolFailure) -> Bool {
        let keys = try count(first)
        _ = try count(second)
        let parts = max(1, (keys.count + partMax - 1) / partMax)
        let total = parts * (first.bytes.count + second.bytes.count)
        for part in 0..<parts {
            output.begin("Comparing, part \(part + 1) of \(parts)", size: total / parts)
            var index = try read(part, of: parts)
            try compare(part, of: parts, &index, tell)
            for entry in index.unmatched {
                counts.onlyInFirst += 1
                let key = try keyOfFirst(at: entry.offset, keys.version)
                tell(RDBDifference(database: entry.database, key: key, kind: .onlyInFirst))
            }
        }
        output.end()
        return counts.areNone
    }

    /// Looks at a whole file, its checksum included.
    private func count(_ side: Side) throws(ToolFailure) -> (count: Int, version: Int) {
        output.begin("Reading \(side.path)", size: side.bytes.count)
        var walk = RDBWalk(side.bytes, path: side.path, pattern: pattern, output)
        var count = 0
        while try walk.next() != nil { count += 1 }
        return (count, walk.version)
    }

    private func walk(_ side: Side) -> RDBWalk {
        RDBWalk(side.bytes, path: side.path, pattern: pattern, verifying: false, output)
    }

    private func read(_ part: Int, of parts: Int) throws(ToolFailure) -> KeyIndex {
        var index = KeyIndex(first.bytes)
        var walk = walk(first)
        while let entry = try walk.next() {
            let hash = entry.hash
            guard hash % UInt64(parts) == UInt64(part) else { continue }
            guard let content = try KeyContent(of: entry, &walk) else { continue }
            index.append(hash, entry, content)
        }
        index.finish(version: walk.version)
        return index
    }

    private mutating func compare(
        _ part: Int, of parts: Int, _ index: inout KeyIndex, _ tell: (RDBDifference) -> Void
    ) throws(ToolFailure) {
        var walk = walk(second)
        while let entry = try walk.next() {
            let hash = entry.hash
            guard hash % UInt64(parts) == UInt64(part) else { continue }
            let key = ByteString(entry.key)
            guard let content = try KeyContent(of: entry, &walk) else { continue }
            let found = key.withSlice { index.take(hash, $0, database: entry.database) }
            guard let found else {
                counts.onlyInSecond += 1
                tell(RDBDifference(database: entry.database, key: key, kind: .onlyInSecond))
                continue
            }
            let changes = found.changes(to: content)
            if changes.isEmpty {
                counts.same += 1
            } else {
                counts.changed += 1
                tell(
                    RDBDifference(database: entry.database, key: key, kind: .changed(changes)))
            }
        }
    }

    private func keyOfFirst(at offset: Int, _ version: Int) throws(ToolFailure) -> ByteString {
        var scratch = ByteBuffer()
        guard let key = KeyIndex.key(at: offset, in: first.bytes, version, &scratch) else {
            throw .refused("\(first.path) has changed while it was read")
        }
        return ByteString(key)
    }
}
