/// The server's own log, not the one of the data.
public struct LoggingSettings: Sendable {
    /// Path; empty is the standard output.
    public var file = ""
    public var level = LogLevel.notice
    public var usesSyslog = false
    public var syslogIdentity = "redis"
    public var syslogFacility = SyslogFacility.local0
}

/// From how important on a line is written; `nothing` writes none.
public enum LogLevel: String, DirectiveWord {
    case debug, verbose, notice, warning, nothing
}

/// The facility that lines for the system's log carry.
public enum SyslogFacility: String, DirectiveWord {
    case user, local0, local1, local2, local3, local4, local5, local6, local7
}
