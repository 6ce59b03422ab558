/// Why a manifest cannot be read.
public struct ManifestError: Error, Equatable, Sendable {
    public enum Reason: String, Sendable {
        case empty = "Found an empty AOF manifest"
        case unreadable = "Read AOF manifest failed"
        case lineTooLong = "The AOF manifest file contains too long line"
        case badFormat = "Invalid AOF manifest file format"
        case path = "File can't be a path, just a filename"
        case secondBase = "Found duplicate base file information"
        case notMonotonic = "Found a non-monotonic sequence number"
        case unknownType = "Unknown AOF file type"
        /// Ours alone; the others are Redis's words.
        case checksum = "The AOF manifest is not what its checksum was computed of"
    }

    public let reason: Reason
    /// From 1; nothing when no line is at fault.
    public let lineNumber: Int?
    public let line: String

    /// The lines that the server logs, in Redis's words.
    public var logLines: [String] {
        var lines = ["", "*** FATAL AOF MANIFEST FILE ERROR ***"]
        if let lineNumber {
            lines += ["Reading the manifest file, at line \(lineNumber)", ">>> '\(line)'"]
        }
        return lines + [reason.rawValue]
    }
}
