import Bytes

/// What scripts ask of the server while they run.
///
/// What is lent stays as it is until the next call; none of these may run a script.
public protocol ScriptHost: AnyObject {
    /// Executes a command and lends its reply, in the protocol's bytes of a version (2 or 3).
    func call(_ words: Slices, version: Int) -> ByteSlice
    /// Whether the client may use a command; nothing when there is no such command.
    func permits(_ words: Slices) -> Bool?
    /// - Parameter level: 0 (debug) to 3 (warning).
    func log(_ text: ByteSlice, level: Int)
    /// Takes a function of the library that is being loaded, under the interpreter's number of it.
    /// Returns what is wrong with it, if something is.
    func addFunction(
        _ name: ByteSlice, description: ByteSlice?, flags: Slices, number: Int32
    ) -> StaticString?
    /// Hears of an error that a script answers with and no command has answered before.
    func noteError(_ text: ByteSlice)
    /// Which of the log (1) and the replicas (2) hear of the changes from now on.
    func replicate(to targets: Int)
    /// Called now and then while a script runs, or a library is loaded. Returns whether it is to
    /// end.
    func interrupt() -> Bool
}
