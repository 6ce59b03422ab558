import Bytes

/// The process that the program runs in, and the machine below it.
public protocol Process: AnyObject, Sendable {
    /// The process's number.
    var identifier: Int32 { get }
    /// The number of the user whose permissions the process has.
    var user: UInt32 { get }
    /// The absolute path of the running program; empty when unknown.
    var executablePath: String { get }
    var arguments: [String] { get }
    func environment(_ name: String) -> String?

    // MARK: Signals

    /// Lets signals be noted instead of ending the process; SIGPIPE is ignored.
    ///
    /// - Parameter polling: is woken by each of them.
    func handleSignals(waking polling: any Polling)

    /// The signals noted since the last call.
    func takeSignals() -> Signals

    /// Says that a request to end was refused, so that the next interrupt is again a first one.
    ///
    /// Without this, an interrupt that follows a terminate or interrupt ends the process at once
    /// with status 1, for whoever insists may face a server that is busy for long.
    func forgetRequestToEnd()

    /// Lets a fatal signal leave a report with a stack trace before it ends the process.
    ///
    /// - Parameters:
    ///   - name: of the program and its version, for the report.
    ///   - logFile: the file that the report is appended to; nil for standard output.
    func reportCrashes(of name: String, to logFile: String?)

    // MARK: Becoming a service

    /// Goes on in the background, detached from the terminal. The first process ends with 0.
    func daemonize() throws(IOError)

    /// Tells the service supervisor something, such as `READY=1`; whether one was there to hear.
    func notifySupervisor(_ state: String) -> Bool

    func openSystemLog(identity: String, facility: String)
    func writeSystemLog(_ priority: SystemLogPriority, _ text: String)

    func writeStandardOutput(_ text: String)
    func writeStandardError(_ text: String)
    /// Everything up to the end of the standard input, which may be a pipe.
    func readStandardInput() throws(IOError) -> ByteString
    /// The next line of the standard input without its end; empty at the end of the input.
    func readStandardInputLine() throws(IOError) -> ByteString
    /// Writes everything to the standard output, or says why that cannot be done: what reads it is
    /// gone, its disk is full.
    func writeStandardOutput(bytes: ByteSlice) throws(IOError)
    var standardOutputIsTerminal: Bool { get }
    var standardErrorIsTerminal: Bool { get }

    /// The title that process lists show; cut to the room that there is. False: no room at all.
    func setTitle(_ title: String) -> Bool

    /// Sets the mask of permissions of what is created from now on, and returns the old one.
    func setPermissionMask(_ mask: UInt16) -> UInt16

    // MARK: Limits and measures

    /// Raises the limit of open files towards a number.
    ///
    /// - Returns: the limit that is in force then; what was refused, if it was.
    func raiseOpenFileLimit(to count: UInt64) -> OpenFileLimit

    /// Asks the kernel not to back the process by huge pages. False: it refused.
    func disableTransparentHugePages() -> Bool

    func processorTimes() -> ProcessorTimes
    func memory() -> ProcessMemory

    /// Gives the allocator's unused pages back to the system.
    func releaseUnusedMemory()
    /// Lets the allocator give unused pages back from a thread of its own.
    func setBackgroundPurging(_ isOn: Bool)
    /// The allocator's own report.
    func allocatorReport() -> String
    /// Reads one of the allocator's controls by its name, setting it first when a value is given;
    /// nil when there is no such control.
    func allocatorControl(_ name: String, setting value: UInt64?) -> UInt64?

    func host() -> HostFacts

    /// Begins the program anew in this process, with its arguments, where it was begun: what is open
    /// is closed, what is in memory is lost.
    ///
    /// - Returns: only when it cannot be done: why.
    func restart() -> IOError

    /// Ends the process at once, without destructors.
    func exit(_ status: Int32) -> Never
    /// Ends the process by a signal that is reported as a crash.
    func crash() -> Never
}

/// Signals that were noted.
public struct Signals: OptionSet, Sendable {
    public let rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    public static let terminate = Signals(rawValue: 1)
    public static let interrupt = Signals(rawValue: 2)
    public static let hangUp = Signals(rawValue: 4)
    public static let user1 = Signals(rawValue: 8)
    public static let user2 = Signals(rawValue: 16)
}

public enum SystemLogPriority: Sendable, Equatable { case debug, info, notice, warning }

/// The limit of open files after an attempt to raise it.
public struct OpenFileLimit: Equatable, Sendable {
    /// In force now.
    public var current: UInt64
    /// Before the attempt.
    public var previous: UInt64
    /// Why the number that was asked for was not granted; nil when it was.
    public var refusal: IOError?

    public init(current: UInt64, previous: UInt64, refusal: IOError?) {
        self.current = current
        self.previous = previous
        self.refusal = refusal
    }
}

/// Processor time used, in microseconds.
public struct ProcessorTimes: Equatable, Sendable {
    public var user: Int64 = 0
    public var system: Int64 = 0
    public var childrenUser: Int64 = 0
    public var childrenSystem: Int64 = 0
    /// Of the calling thread alone.
    public var threadUser: Int64 = 0
    public var threadSystem: Int64 = 0

    public init() {}
}

/// Memory of the process, in bytes.
public struct ProcessMemory: Equatable, Sendable {
    /// In physical memory, as the kernel counts it.
    public var resident: UInt64 = 0
    /// Handed out by the allocator.
    public var allocated: UInt64 = 0
    /// In pages that hold something handed out.
    public var active: UInt64 = 0
    /// Held by the allocator in physical memory.
    public var allocatorResident: UInt64 = 0
    /// Held by the allocator as addresses only.
    public var retained: UInt64 = 0

    public init() {}
}

/// Facts about the machine.
public struct HostFacts: Equatable, Sendable {
    /// `Linux 6.1.0 x86_64`.
    public var operatingSystem = ""
    public var name = ""
    public var architectureBits = 64
    public var processors = 1
    /// Physical memory in bytes.
    public var memory: UInt64 = 0
    /// What the control group allows, in bytes; nil when it sets no limit.
    public var memoryLimit: UInt64?
    /// `vm.overcommit_memory`; nil when unknown.
    public var overcommit: Int?
    /// Whether transparent huge pages are used without being asked for.
    public var transparentHugePagesAlways = false

    public init() {}
}
