import Bytes

// The names of the files of an append-only log. With X for `appendfilename`, in `appenddirname`:
//
//     X.<sequence>.base.rdb     a base in RDB format
//     X.<sequence>.base.aof     a base written as commands
//     X.<sequence>.incr.aof     commands appended after the base
//     X.manifest                the list of the files that count
//     temp-X.manifest           the list that is about to replace it
//     temp-X.incr               an increment collected while the log is being switched on
//     X                         a log from before Redis 7, adopted as base

/// The names that the files of an append-only log have.
public struct AppendLogNames: Sendable, Equatable {
    /// `appendfilename`.
    public let stem: String

    public init(stem: String) { self.stem = stem }

    public var manifest: String { "\(stem).manifest" }
    public var temporaryManifest: String { "temp-\(stem).manifest" }
    public var temporaryIncrement: String { "temp-\(stem).incr" }

    public func base(_ sequence: Int64, isRDB: Bool) -> String {
        "\(stem).\(sequence).base.\(isRDB ? "rdb" : "aof")"
    }

    public func increment(_ sequence: Int64) -> String { "\(stem).\(sequence).incr.aof" }

    /// What a name that this scheme could have given stands for, or nothing for other names.
    public func meaning(of name: String) -> (kind: Manifest.Kind, sequence: Int64)? {
        guard name.hasPrefix("\(stem).") else { return nil }
        let parts = name.dropFirst(stem.count + 1).split(
            separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let sequence = Int64(parts[0]), sequence > 0 else { return nil }
        guard String(sequence) == parts[0] else { return nil }
        switch (parts[1], parts[2]) {
        case ("base", "rdb"), ("base", "aof"): return (.base, sequence)
        case ("incr", "aof"): return (.increment, sequence)
        default: return nil
        }
    }
}
