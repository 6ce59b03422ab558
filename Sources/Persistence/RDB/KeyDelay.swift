/// The directives `rdb-key-save-delay` and `key-load-delay`: tests ask for them to have time.
///
/// Nothing sleeps; the delay limits how many keys may be done by now.
public struct KeyDelay: Equatable, Sendable {
    /// Microseconds per key; a negative number is that many keys per microsecond, 0 no delay.
    public var microseconds: Int

    public init(microseconds: Int) { self.microseconds = microseconds }

    /// How many keys may have been done after so much time.
    public func keysAllowed(afterMicroseconds elapsed: Int64) -> Int {
        if microseconds == 0 { return .max }
        if microseconds > 0 { return Int(elapsed) / microseconds + 1 }
        let (keys, isBeyond) = Int(elapsed).multipliedReportingOverflow(by: -microseconds)
        return isBeyond ? .max : keys + 1
    }
}
