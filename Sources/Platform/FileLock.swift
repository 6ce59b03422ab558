/// A lock on a file that ends with the process that holds it, however that process ends.
public protocol FileLock: AnyObject, Sendable {
    var path: String { get }

    /// Gives the lock back. The file stays: to remove it would let two processes hold 'the' lock.
    func release()
}

/// What trying to lock a file came to.
public enum FileLockOutcome: Sendable {
    case acquired(any FileLock)
    /// Another live process holds it; its number when it left it in the file.
    case held(byProcess: Int32?)
}
