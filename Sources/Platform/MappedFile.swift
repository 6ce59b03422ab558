import Bytes

/// The content of a file as memory, read-only.
///
/// It is unmapped when the last reference goes: keep the object as long as slices of it are used.
/// The file must not be truncated meanwhile; the kernel answers that with SIGBUS.
public protocol MappedFile: AnyObject, Sendable {
    var bytes: ByteSlice { get }

    /// A hint about a part; without effect on the content.
    func advise(_ advice: MappedFileAdvice, from offset: Int, count: Int)
}

public enum MappedFileAdvice: Sendable, Equatable {
    /// Will be read from front to back.
    case sequential
    /// Will be needed soon: start reading it.
    case willNeed
    /// Was used: its pages can go.
    case doneWith
}
