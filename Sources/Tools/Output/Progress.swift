import Platform

/// A line on a terminal that says how far long work is: `Checking dump.rdb  42% of 1.50G`.
///
/// It goes to the standard error, only when that is a terminal and the work takes longer than a
/// second, and is removed before anything else is printed.
final class Progress {
    private static let patience: Int64 = 1_000_000
    private static let interval: Int64 = 200_000
    /// Bytes of work between two looks at the clock.
    private static let stride = 256 << 10

    private let process: any Process
    private let clock: any Clock
    private let isOn: Bool
    private var what = ""
    private var size = 0
    private var next = 0
    private var showAt: Int64 = 0
    private var isShown = false

    init(_ world: World) {
        process = world.process
        clock = world.clock
        isOn = world.process.standardErrorIsTerminal
    }

    func begin(_ what: String, size: Int) {
        guard isOn else { return }
        self.what = what
        self.size = size
        next = Self.stride
        showAt = clock.monotonicMicroseconds + Self.patience
    }

    func reach(_ offset: Int) {
        guard isOn, offset >= next, size > 0 else { return }
        next = offset + Self.stride
        let now = clock.monotonicMicroseconds
        guard now >= showAt else { return }
        showAt = now + Self.interval
        isShown = true
        let share = Int(Double(min(offset, size)) / Double(size) * 100)
        process.writeStandardError("\r\u{1b}[K\(what)  \(share)% of \(ByteCount.text(size))")
    }

    func clear() {
        guard isShown else { return }
        process.writeStandardError("\r\u{1b}[K")
        isShown = false
    }

    func end() {
        clear()
        size = 0
    }
}
