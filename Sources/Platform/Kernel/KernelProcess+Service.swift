import CPlatform
import CSystemd
import Glibc

extension KernelProcess {
    public func daemonize() throws(IOError) {
        let code = ls_daemonize()
        if code < 0 { throw IOError(code: -code, operation: .process, path: "fork") }
    }

    public func notifySupervisor(_ state: String) -> Bool { unsafe sd_notify(0, state) > 0 }

    public func openSystemLog(identity: String, facility: String) {
        // The system keeps the pointer, so the copy is never freed.
        unsafe ls_syslog_open(
            strdup(identity), Self.facilities[facility.lowercased()] ?? LOG_LOCAL0)
    }

    public func writeSystemLog(_ priority: SystemLogPriority, _ text: String) {
        let number =
            switch priority {
            case .debug: LOG_DEBUG
            case .info: LOG_INFO
            case .notice: LOG_NOTICE
            case .warning: LOG_WARNING
            }
        unsafe ls_syslog(number, text)
    }

    // `syslog.h`: the number of a facility is shifted by three bits.
    private static let facilities: [String: Int32] = [
        "user": 1 << 3, "local0": 16 << 3, "local1": 17 << 3, "local2": 18 << 3,
        "local3": 19 << 3, "local4": 20 << 3, "local5": 21 << 3, "local6": 22 << 3,
        "local7": 23 << 3,
    ]
}
