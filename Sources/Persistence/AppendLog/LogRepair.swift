import Platform

/// What is still to be done to the files of a log that was loaded, because it failed at first.
public struct LogRepair: Sendable {
    /// Why it could not be done.
    public let error: IOError
    /// Does it, on the log's thread; may be called again after an error.
    public let perform: @Sendable () throws(IOError) -> RecoveredLog

    public init(
        error: IOError, perform: @escaping @Sendable () throws(IOError) -> RecoveredLog
    ) {
        self.error = error
        self.perform = perform
    }
}
