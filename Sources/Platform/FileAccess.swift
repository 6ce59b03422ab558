/// What a file is opened for.
public enum FileAccess: Sendable, Equatable {
    /// Reading only; the file must exist.
    case read
    /// Writing at the end, wherever it is then; created when missing.
    case append
    /// Writing from the start; created when missing, emptied when not.
    case replace
    /// As `replace`, but it is an error when the file exists.
    case createNew
    /// Reading, and writing from the start; the file must exist.
    case readWrite
}
