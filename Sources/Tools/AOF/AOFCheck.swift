import Bytes
import Persistence

/// The examination of one append-only file after the other, with the lines of `redis-check-aof`.
///
/// It reads with the examiner that the server's start uses, so the two never disagree about what
/// holds, and counts along for what is printed.
struct AOFCheck {
    /// The number of the line that is being read, from 1, over all files.
    private var line = 1

    /// Reads commands from the end of the head to the end of a file.
    ///
    /// - Parameters:
    ///   - sequence: the number of the increment, if it is known.
    ///   - limit: where later files begin, if they tell.
    ///   - reach: is told how far the reading is.
    mutating func examine(
        _ content: ByteSlice, headSize: Int, sequence: Int64?, limit: LogOffset?,
        _ report: inout AOFFileReport, reach: (Int) throws(ToolFailure) -> Void
    ) throws(ToolFailure) {
        var examiner = LogExaminer(content, headSize: headSize, sequence: sequence, limit: limit)
        var counts = Counts()
        var failure: ToolFailure?
        report.findings = examiner.examine { part, reader in
            counts.take(part, reader)
            guard failure == nil else { return }
            do throws(ToolFailure) {
                try reach(reader.offset)
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        line += counts.lines
        if let error = report.findings.problem?.error {
            report.redisLine = errorLine(error, content, counts, report.name)
        } else if let problem = report.findings.problem {
            report.redisLine = Self.place(problem.offset) + problem.reason
        }
        report.records = counts.completeRecords
        if let unknown = counts.unknown, unknown.offset < report.validSize {
            report.unknownCommand = unknown
        }
        report.batches = counts.batches
        report.checksummedSize = counts.checksummedSize
        if report.findings.problem?.kind == .damaged {
            report.damage = AOFDamage.examine(
                content, report.findings, database: counts.database, sequence: sequence)
        }
    }

    /// The lines that Redis's tool prints about a file that has been examined.
    func lines(about report: AOFFileReport) -> [String] {
        let analyzed =
            "AOF analyzed: filename=\(report.name), size=\(report.size), "
            + "ok_up_to=\(report.validSize), ok_up_to_line=\(line), diff=\(report.lostSize)"
        guard !report.isAcceptable, let line = report.redisLine else { return [analyzed] }
        return [line, analyzed]
    }

    /// What Redis's tool says of a command that cannot be read; nothing where the file just ends.
    private mutating func errorLine(
        _ error: RecordError, _ content: ByteSlice, _ counts: Counts, _ name: String
    ) -> String? {
        guard error.itemStart < content.count else {
            var last = RedisFraming(content, at: counts.lastStart)
            _ = last.read(isInGroup: counts.isLastInGroup, name)
            return Self.place(last.place) + "Reached EOF before reading EXEC for MULTI"
        }
        switch content[error.itemStart] {
        case UInt8(ascii: "*"):
            var framing = RedisFraming(content, at: error.itemStart)
            // What Redis's tool lets pass, the server does not.
            guard !framing.read(isInGroup: counts.isInGroup, name) else { break }
            line += framing.lines
            if let text = framing.text { return Self.place(framing.place) + text }
            guard counts.isInGroup else { return nil }
            return Self.place(framing.place) + "Reached EOF before reading EXEC for MULTI"
        case UInt8(ascii: "#"): break
        default: return "AOF \(name) format error"
        }
        return Self.place(error.offset) + error.description
    }

    private static func place(_ offset: Int) -> String {
        let digits = String(offset, radix: 16)
        return "0x" + String(repeating: " ", count: max(0, 16 - digits.utf8.count)) + digits + ": "
    }
}

/// What is counted while a file is read.
private struct Counts {
    var records = 0
    var lines = 0
    var batches = 0
    var checksummedSize = 0
    var database = 0
    /// Records before a transaction that has not ended yet.
    private var recordsBeforeGroup: Int?
    /// Where the last record begins, and whether it stands in a transaction.
    private(set) var lastStart = 0
    private(set) var isLastInGroup = false
    /// The first command outside of batches that nobody knows.
    private(set) var unknown: UnknownCommand?
    private var commands = KnownCommands()

    var isInGroup: Bool { recordsBeforeGroup != nil }

    /// Records, without those of a transaction that does not end.
    var completeRecords: Int { recordsBeforeGroup ?? records }

    mutating func take(_ part: LogPart, _ reader: borrowing RecordReader) {
        switch part {
        case .annotation: return
        case .record:
            lastStart = reader.itemStart
            if unknown == nil, !commands.contains(reader.arguments[0]) {
                unknown = UnknownCommand(
                    name: ByteString(reader.arguments[0]), offset: reader.itemStart)
            }
            isLastInGroup = isInGroup
            count(reader.arguments)
        case .batch(let line, let range):
            if line.size > 0 { batches += 1 }
            checksummedSize += BatchLine.size + range.count
            var inside = RecordReader(reader.content[..<range.upperBound], from: range.lowerBound)
            // Its checksum holds, so its writer is to blame if it does not read as commands.
            while let item = try? inside.next(), item != .end {
                if item == .record { count(inside.arguments) }
            }
        }
    }

    private mutating func count(_ arguments: Slices) {
        records += 1
        lines += 1 + 2 * arguments.count
        if let number = SelectRecord.database(arguments) { database = number }
        guard arguments.count == 1 else { return }
        if arguments[0].isWord("multi") { recordsBeforeGroup = records - 1 }
        if arguments[0].isWord("exec") { recordsBeforeGroup = nil }
    }
}
