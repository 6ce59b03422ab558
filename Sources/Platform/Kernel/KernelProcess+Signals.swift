import CPlatform
import Glibc

extension KernelProcess {
    public func handleSignals(waking polling: any Polling) {
        ls_signals_install((polling as? EpollPolling)?.bell ?? -1)
    }

    public func takeSignals() -> Signals { Signals(rawValue: ls_signals_take()) }

    public func forgetRequestToEnd() { ls_signals_forget_request() }

    public func reportCrashes(of name: String, to logFile: String?) {
        unsafe ls_crash_install(name, logFile ?? "")
    }
}
