/// Paths as text.
public enum FilePath {
    /// What precedes the last slash; `.` when there is none.
    public static func directory(of path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// What follows the last slash.
    public static func name(of path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return path }
        return String(path[path.utf8.index(after: slash)...])
    }

    /// A path inside a directory; an absolute path stays as it is.
    public static func join(_ directory: String, _ path: String) -> String {
        if path.utf8.first == UInt8(ascii: "/") || directory.isEmpty || directory == "." {
            return path
        }
        return directory.utf8.last == UInt8(ascii: "/") ? directory + path : directory + "/" + path
    }

    /// The name under which a file is written before it takes its place, in the same directory:
    /// `temp-` before the file's name, as Redis names them.
    public static func temporary(for path: String) -> String {
        join(directory(of: path), "temp-" + name(of: path))
    }
}
