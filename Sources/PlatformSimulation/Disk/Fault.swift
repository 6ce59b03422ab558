import Platform

/// A fault that is planned for certain calls.
public struct Fault: Sendable {
    public enum Effect: Sendable, Equatable {
        /// The call fails with this error number and changes nothing; but a failing `synchronize`
        /// makes so many of the unsynchronized bytes durable and gives the others up for lost.
        case fail(Int32, afterBytes: Int = 0)
        /// A `write` takes only so many bytes (at least one).
        case shortWrite(Int)
        /// A `read` returns only so many bytes (at least one, unless it is at the end).
        case shortRead(Int)
        /// The clock moves on by so many microseconds, then the call goes on.
        case delay(Int64)
        /// A `synchronize` succeeds and makes nothing durable, as a disk that lies does.
        case lie
    }

    /// What a disk does to calls of a correct program; a call that an effect does not concern goes
    /// on as if nothing had been planned.
    public static let everyEffect: [Effect] = [
        .fail(SystemCode.inputOutput), .fail(SystemCode.noSpace), .shortWrite(1), .shortWrite(40),
        .fail(SystemCode.inputOutput, afterBytes: 100), .fail(SystemCode.overQuota),
        .fail(SystemCode.tooManyFiles), .shortRead(1), .shortRead(100), .delay(3_000_000),
        .fail(SystemCode.readOnlyFileSystem),
    ]

    /// The calls that are meant; empty for all.
    public var operations: Set<IOError.Operation>
    /// What their path must contain; empty for any.
    public var path: String
    /// So many of them pass first.
    public var passing: Int
    /// So many of the following are hit.
    public var times: Int
    public var effect: Effect

    public init(
        _ effect: Effect, on operations: Set<IOError.Operation> = [], path: String = "",
        passing: Int = 0, times: Int = 1
    ) {
        self.effect = effect
        self.operations = operations
        self.path = path
        self.passing = passing
        self.times = times
    }

    /// Counts a call, and tells whether it is hit.
    mutating func hits(_ operation: IOError.Operation, _ path: String) -> Bool {
        guard times > 0, operations.isEmpty || operations.contains(operation) else { return false }
        guard self.path.isEmpty || path.contains(self.path) else { return false }
        if passing > 0 {
            passing -= 1
            return false
        }
        if times != .max { times -= 1 }
        return true
    }
}
