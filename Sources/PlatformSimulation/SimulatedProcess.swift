import Bytes
import Platform
import Synchronization

/// A process whose signals and measures the test decides, and which keeps what it was told.
public final class SimulatedProcess: Process {
    /// What a test sets and reads.
    public struct State: Sendable {
        public var signals: Signals = []
        public var user: UInt32 = 0
        public var arguments = ["ledgerstone-server"]
        public var environment: [String: String] = [:]
        public var memory = ProcessMemory()
        public var times = ProcessorTimes()
        public var host = HostFacts()
        public var openFileMax: UInt64 = 1 << 20
        /// What was written to either standard descriptor.
        public var output = ""
        /// The lines that are still to be read from the standard input.
        public var input: [String] = []
        public var systemLog: [String] = []
        public var notifications: [String] = []
        public var title = ""
        public var permissionMask: UInt16 = 0o022
        public var controls: [String: UInt64] = [:]
    }

    static let identifier: Int32 = 4711

    public let state = Mutex(State())
    private let woken = Mutex<(any Polling)?>(nil)

    public init() {}

    /// Delivers a signal.
    public func raise(_ signal: Signals) {
        _ = state.withLock { $0.signals.insert(signal) }
        woken.withLock { $0 }?.wakeUp()
    }

    public var identifier: Int32 { Self.identifier }
    public var user: UInt32 { state.withLock { $0.user } }
    public var executablePath: String { "/usr/bin/ledgerstone-server" }
    public var arguments: [String] { state.withLock { $0.arguments } }
    public func environment(_ name: String) -> String? { state.withLock { $0.environment[name] } }

    public func handleSignals(waking polling: any Polling) { woken.withLock { $0 = polling } }

    public func takeSignals() -> Signals {
        state.withLock { state in
            defer { state.signals = [] }
            return state.signals
        }
    }

    public func forgetRequestToEnd() {}
    public func reportCrashes(of name: String, to logFile: String?) {}
    public func daemonize() throws(IOError) {}

    public func notifySupervisor(_ text: String) -> Bool {
        state.withLock { $0.notifications.append(text) }
        return true
    }

    public func openSystemLog(identity: String, facility: String) {}
    public func writeSystemLog(_ priority: SystemLogPriority, _ text: String) {
        state.withLock { $0.systemLog.append(text) }
    }

    public func writeStandardOutput(_ text: String) { state.withLock { $0.output += text } }
    public func readStandardInput() throws(IOError) -> ByteString {
        state.withLock { state in
            defer { state.input = [] }
            return ByteString(state.input.joined(separator: "\n"))
        }
    }

    public func readStandardInputLine() throws(IOError) -> ByteString {
        state.withLock { state in
            state.input.isEmpty ? "" : ByteString(state.input.removeFirst())
        }
    }

    public func writeStandardError(_ text: String) { state.withLock { $0.output += text } }
    public func writeStandardOutput(bytes: ByteSlice) throws(IOError) {
        writeStandardOutput(bytes.text)
    }
    public var standardOutputIsTerminal: Bool { false }
    public var standardErrorIsTerminal: Bool { false }

    public func setTitle(_ title: String) -> Bool {
        state.withLock { $0.title = title }
        return true
    }

    public func setPermissionMask(_ mask: UInt16) -> UInt16 {
        state.withLock { state in
            defer { state.permissionMask = mask }
            return state.permissionMask
        }
    }

    public func raiseOpenFileLimit(to count: UInt64) -> OpenFileLimit {
        let granted = state.withLock { $0.openFileMax }
        var refusal: IOError?
        if granted < count {
            refusal = IOError(
                code: SystemCode.notPermitted, operation: .process, path: "setrlimit")
        }
        return OpenFileLimit(current: min(granted, count), previous: 1024, refusal: refusal)
    }

    public func disableTransparentHugePages() -> Bool { true }
    public func processorTimes() -> ProcessorTimes { state.withLock { $0.times } }
    public func memory() -> ProcessMemory { state.withLock { $0.memory } }
    public func releaseUnusedMemory() {}
    public func setBackgroundPurging(_ isOn: Bool) {}
    public func allocatorReport() -> String { "___ Begin simulated statistics ___\n" }

    public func allocatorControl(_ name: String, setting value: UInt64?) -> UInt64? {
        state.withLock { state in
            if let value { state.controls[name] = value }
            return state.controls[name]
        }
    }

    public func host() -> HostFacts { state.withLock { $0.host } }

    public func restart() -> IOError {
        preconditionFailure("the simulated process began anew")
    }

    public func exit(_ status: Int32) -> Never {
        preconditionFailure("the simulated process ended itself with status \(status)")
    }

    public func crash() -> Never { preconditionFailure("the simulated process crashed") }
}
