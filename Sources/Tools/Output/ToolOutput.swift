import Bytes
import Platform

/// What a tool says: lines, or bytes as they are, to the standard output, collected to large writes.
///
/// The first write that fails is remembered and everything after it dropped; whoever works for long
/// asks `check` now and then, and `finish` reports it. So a reader that has gone away ends a tool,
/// and a full disk below a redirected output is an error, not a silent half of a report.
final class ToolOutput {
    private static let bufferSize = 64 << 10

    /// The name under which the program was called.
    let name: String
    private let process: any Process
    private let progress: Progress
    private var buffer = ByteBuffer()
    /// Whether everything stays in the buffer, for somebody else.
    private let isCollecting: Bool
    private(set) var failure: IOError?

    init(_ world: World) {
        process = world.process
        name = world.process.arguments.first ?? "ledgerstone-check"
        progress = Progress(world)
        isCollecting = false
    }

    /// Prints nothing, but collects what is written.
    init(collecting other: ToolOutput) {
        process = other.process
        name = other.name
        progress = other.progress
        isCollecting = true
    }

    /// Lends what was collected.
    func withCollected(
        _ body: (ByteSlice) throws(ToolFailure) -> Void
    ) throws(ToolFailure) { try body(buffer.bytes) }

    /// Whether the program is to be taken for Redis's own: then it prints Redis's lines only.
    var isStandIn: Bool { FilePath.name(of: name).hasPrefix("redis-") }

    func line(_ text: String) {
        buffer.append(text: text)
        buffer.append(UInt8(ascii: "\n"))
        flushIfFull()
    }

    /// Lines that belong into a JSON document instead; only so many are kept.
    private(set) var held: [String] = []
    private static let heldMax = 1000

    /// Keeps a line for `held`.
    func hold(_ text: String) { if held.count < Self.heldMax { held.append(text) } }

    func write(_ bytes: ByteSlice) {
        buffer.append(bytes)
        flushIfFull()
    }

    func flushIfFull() { if buffer.count >= Self.bufferSize { flush() } }

    func flush() {
        guard !buffer.isEmpty, !isCollecting else { return }
        progress.clear()
        if failure == nil {
            do throws(IOError) {
                try process.writeStandardOutput(bytes: buffer.bytes)
            } catch {
                failure = error
            }
        }
        buffer.removeAll()
    }

    /// A message about the program's own work, apart from what it prints.
    func complain(_ text: String) {
        flush()
        progress.clear()
        process.writeStandardError("\(FilePath.name(of: name)): \(text)\n")
    }

    /// Asks a question on the standard output and returns whether the answer begins with a y.
    func confirm(_ question: String) -> Bool {
        buffer.append(text: question)
        flush()
        let answer = try? process.readStandardInputLine()
        return answer?.array.first?.asciiLowercased == UInt8(ascii: "y")
    }

    // MARK: Long work

    /// Begins work on so many bytes; the progress shows on a terminal.
    func begin(_ what: String, size: Int) { progress.begin(what, size: size) }

    /// Says how far the work is, and stops it when nobody can be told any more.
    func reach(_ offset: Int) throws(ToolFailure) {
        progress.reach(offset)
        if let failure { throw .output(failure) }
    }

    func end() { progress.end() }

    /// Writes what is left.
    func finish() throws(ToolFailure) {
        progress.end()
        flush()
        if let failure { throw .output(failure) }
    }
}
