/// The unit in which a request gives a time.
public enum TimeUnit: Sendable { case seconds, milliseconds }

extension Execution {
    /// The moment after a time to live, in Unix milliseconds.
    ///
    /// - Parameter name: of the command, for the error: not positive, or beyond 64 bits.
    public func deadline(
        after time: Int64, _ unit: TimeUnit, of name: StaticString
    ) throws(CommandError) -> Int64 {
        guard time > 0 else { throw .invalidExpiry(of: name) }
        let milliseconds = try Self.milliseconds(time, unit, of: name)
        let (deadline, overflowed) = now.addingReportingOverflow(milliseconds)
        guard !overflowed else { throw .invalidExpiry(of: name) }
        return deadline
    }

    /// A moment that a request gives, in Unix milliseconds.
    ///
    /// - Parameter name: of the command, for the error: not positive, or beyond 64 bits.
    public static func deadline(
        at moment: Int64, _ unit: TimeUnit, of name: StaticString
    ) throws(CommandError) -> Int64 {
        guard moment > 0 else { throw .invalidExpiry(of: name) }
        return try milliseconds(moment, unit, of: name)
    }

    /// A time or moment in milliseconds.
    public static func milliseconds(
        _ time: Int64, _ unit: TimeUnit, of name: StaticString
    ) throws(CommandError) -> Int64 {
        guard unit == .seconds else { return time }
        let (milliseconds, overflowed) = time.multipliedReportingOverflow(by: 1000)
        guard !overflowed else { throw .invalidExpiry(of: name) }
        return milliseconds
    }
}

extension CommandError {
    static func invalidExpiry(of name: StaticString) -> CommandError {
        .composed("ERR invalid expire time in '\(name)' command")
    }
}
