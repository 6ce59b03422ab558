import Bytes
import Persistence

/// Looks for a key that a file holds twice, at which the server's loading ends.
///
/// Hashes of so many keys are kept at a time, and the file is read once for each such part; two keys
/// are the same when their bytes are. Whoever computes a checksum writes no key twice, so only a file
/// that no checksum vouches for is worth the effort.
enum DuplicateKeys {
    private static let partCountMax = 4 << 20

    /// - Returns: the key that comes twice, where it does so for the second time.
    static func find(
        _ bytes: ByteSlice, path: String, keys: Int, _ output: ToolOutput
    ) throws(ToolFailure) -> (key: ByteString, database: Int, offset: Int)? {
        let parts = max(1, (keys + partCountMax - 1) / partCountMax)
        for part in 0..<parts {
            var index = KeyIndex(bytes)
            var walk = RDBWalk(bytes, path: path, verifying: false, output)
            while let entry = try walk.next() {
                let hash = entry.hash
                guard hash % UInt64(parts) == UInt64(part) else { continue }
                index.append(hash, entry)
            }
            index.finish(version: walk.version)
            if let found = index.firstDuplicate() { return found }
        }
        return nil
    }
}
