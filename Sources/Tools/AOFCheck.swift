import Bytes
import Persistence

/// The examination of append-only files that `ledgerstone-check-aof` prints: lines and words are
/// those of `redis-check-aof`. It reads with the server's own reader, so the two never disagree, and
/// it also checks the batch lines that Ledgerstone writes, by their checksums.
public struct AOFCheck {
    /// What was found in one file.
    public struct Findings: Equatable {
        /// Bytes of the file.
        public var size = 0
        /// Where the last complete command, transaction or batch ends.
        public var validSize = 0
        /// Where to cut to end before a moment; nothing when the file holds nothing later.
        public var cutForTime: Int?
        /// A time line that is no number.
        public var hasInvalidTime = false

        public var isValid: Bool { validSize == size }
    }

    /// The number of the line that is being read, from 1, over all files.
    private var line = 1
    private let print: (String) -> Void
    /// The second to cut behind, when asked to.
    private let timestamp: Int64?

    public init(truncatingTo timestamp: Int64? = nil, print: @escaping (String) -> Void) {
        self.timestamp = timestamp
        self.print = print
    }

    /// Reads commands from `headSize` to the end of a file.
    ///
    /// - Parameters:
    ///   - name: as it is to be printed.
    ///   - sequence: the number of the increment, if it is known.
    public mutating func examine(
        _ content: ByteSlice, from headSize: Int, name: String, sequence: Int64?
    ) -> Findings {
        var findings = Findings()
        findings.size = content.count
        findings.validSize = headSize
        var walk = Walk(content, headSize, sequence)
        do throws(RecordError) {
            while try walk.next() {
                if walk.item == .record {
                    line += 1 + 2 * walk.reader.arguments.count
                } else if try isBehind(timestamp, walk.reader.item, name, &findings) {
                    findings.cutForTime = walk.unitStart
                    return findings
                }
                if !walk.isInGroup { findings.validSize = walk.reader.offset }
            }
        } catch {
            report(error, in: content, name)
        }
        if let problem = walk.problem { print(problem) }
        if timestamp != nil, findings.isValid { return findings }
        print(
            "AOF analyzed: filename=\(name), size=\(findings.size), "
                + "ok_up_to=\(findings.validSize), ok_up_to_line=\(line), "
                + "diff=\(findings.size - findings.validSize)")
        return findings
    }

    /// Whether an annotation tells a moment behind the one that is asked for.
    private func isBehind(
        _ timestamp: Int64?, _ annotation: ByteSlice, _ name: String, _ findings: inout Findings
    ) throws(RecordError) -> Bool {
        guard let timestamp, annotation.hasPrefix(ByteSlice("#TS:")) else { return false }
        guard let second = annotation[4..<(annotation.count - 2)].integer else {
            print("Invalid timestamp annotation")
            findings.hasInvalidTime = true
            return false
        }
        return second > timestamp
    }

    private mutating func report(_ error: RecordError, in content: ByteSlice, _ name: String) {
        // The lines of the command that had been read when it went wrong.
        let read = content[error.itemStart..<min(error.offset, content.count)]
        line += (0..<read.count).count { read[$0] == 0x0a }
        if case .prefix = error.reason, error.offset == error.itemStart {
            return print("AOF \(name) format error")
        }
        print(place(error.offset) + error.checkText(name))
    }

    private func place(_ offset: Int) -> String {
        let digits = String(offset, radix: 16)
        return "0x" + String(repeating: " ", count: max(0, 16 - digits.utf8.count)) + digits + ": "
    }
}

extension RecordError {
    /// What `redis-check-aof` says of it.
    fileprivate func checkText(_ name: String) -> String {
        switch reason {
        case .endsEarly(let expected, let got):
            "Expected to read \(expected) bytes, got \(got) bytes"
        case .unexpectedMulti: "Unexpected MULTI in AOF \(name)"
        case .unexpectedExec: "Unexpected EXEC in AOF \(name)"
        default: description
        }
    }
}

/// Goes over the items of a file, outside and inside batches alike.
private struct Walk: ~Copyable {
    var reader: RecordReader
    private(set) var item = RecordReader.Item.end
    private(set) var isInGroup = false
    /// What is wrong, when it is not with an item's form.
    private(set) var problem: String?
    /// Where the batch begins that the item is in, else the item.
    private(set) var unitStart = 0
    private var verifier: BatchVerifier
    private var batchEnd = 0

    init(_ content: ByteSlice, _ headSize: Int, _ sequence: Int64?) {
        reader = RecordReader(content, from: headSize)
        verifier = BatchVerifier(incrementSequence: sequence)
    }

    /// Reads the next item; false at the end, or when something is wrong with a batch.
    mutating func next() throws(RecordError) -> Bool {
        item = try reader.next()
        if reader.itemStart >= batchEnd { unitStart = reader.itemStart }
        switch item {
        case .end:
            if isInGroup { problem = at("Reached EOF before reading EXEC for MULTI") }
            return false
        case .annotation:
            return !BatchLine.isClaimed(by: reader.item) || takeBatch()
        case .record:
            try follow()
            return true
        }
    }

    private mutating func takeBatch() -> Bool {
        guard !isInGroup else {
            problem = at("a batch begins inside a transaction")
            return false
        }
        let outcome = verifier.verify(reader.item, before: reader.offset, in: reader.content)
        guard case .intact(let line) = outcome else {
            problem = at(outcome.text)
            return false
        }
        batchEnd = reader.offset + Int(line.size)
        return true
    }

    private mutating func follow() throws(RecordError) {
        guard reader.arguments.count == 1 else { return }
        let name = reader.arguments[0]
        let isMulti = name.isWord("multi")
        guard isMulti || name.isWord("exec") else { return }
        guard isMulti != isInGroup else {
            throw RecordError(
                reason: isMulti ? .unexpectedMulti : .unexpectedExec, offset: reader.itemStart,
                itemStart: reader.itemStart)
        }
        isInGroup = isMulti
    }

    private func at(_ text: String) -> String {
        let digits = String(reader.itemStart, radix: 16)
        return "0x" + String(repeating: " ", count: max(0, 16 - digits.utf8.count)) + digits
            + ": " + text
    }
}
