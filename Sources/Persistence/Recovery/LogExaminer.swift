import Bytes

/// Reads a log file to the end and says how much of it holds, and what the rest is.
///
/// A batch with a line of its own is taken or refused as a whole, by its checksum. Everything else
/// was written by Redis, or with `aof-checksum no`, and is read by Redis's rules, only stricter: up
/// to the last complete command outside a transaction.
public struct LogExaminer {
    let content: ByteSlice
    private var verifier: BatchVerifier
    /// What is behind this place was written again in a later file.
    let limit: LogOffset?

    public private(set) var findings = LogFindings()
    /// Bytes of records since the last batch line.
    private var foreignSize = 0

    /// - Parameters:
    ///   - headSize: bytes of the RDB file at the head.
    ///   - sequence: the number of the file; when it is not known, its first batch line is believed.
    ///   - limit: where later files begin, if they tell.
    public init(_ content: ByteSlice, headSize: Int, sequence: Int64?, limit: LogOffset?) {
        self.content = content
        verifier = BatchVerifier(incrementSequence: sequence)
        self.limit = limit
        findings.size = content.count
        findings.headSize = headSize
        findings.validEnd = headSize
    }

    /// - Parameter visit: is told of all that holds, in order; what follows the last complete
    ///   record, transaction or batch is not told apart.
    public mutating func examine(
        _ visit: (LogPart, borrowing RecordReader) -> Void = { _, _ in }
    ) -> LogFindings {
        var reader = RecordReader(content, from: findings.headSize)
        var groupStart: Int?
        do throws(RecordError) {
            while findings.problem == nil {
                if groupStart == nil, isBeyondLimit, reader.offset < content.count {
                    supersede(at: reader.offset)
                    break
                }
                switch try reader.next() {
                case .end:
                    if groupStart != nil {
                        throw RecordError(
                            reason: .endsInGroup, offset: content.count, itemStart: content.count)
                    }
                    return finished()
                case .annotation where BatchLine.isClaimed(by: reader.item):
                    if groupStart == nil {
                        takeBatch(&reader, visit)
                    } else {
                        stop(
                            at: reader.itemStart, "a batch begins inside a transaction",
                            searchStart: reader.itemStart)
                    }
                case .annotation:
                    visit(.annotation, reader)
                    if groupStart == nil { take(reader.itemStart..<reader.offset) }
                case .record:
                    try follow(reader, &groupStart)
                    visit(.record, reader)
                    findings.hasRecords = true
                    if groupStart == nil { take(findings.validEnd..<reader.offset) }
                }
            }
        } catch {
            let searchStart = min(error.itemStart + 1, content.count)
            stop(at: error.offset, error.description, searchStart: searchStart)
            findings.problem?.error = error
        }
        return finished()
    }

    /// Whether everything up to the limit was read from commands without batch lines.
    private var isBeyondLimit: Bool {
        guard let limit, let end = findings.end, foreignSize > 0 else { return false }
        return end.advanced(by: foreignSize) >= limit
    }

    private mutating func supersede(at offset: Int) {
        findings.problem = LogProblem(
            kind: .superseded, offset: offset, reason: "written again in a later file")
    }

    private func finished() -> LogFindings {
        var findings = findings
        if let end = findings.end {
            findings.end = end.advanced(by: foreignSize)
        } else {
            findings.uncounted = foreignSize
        }
        return findings
    }

    /// Counts what stands outside batches.
    private mutating func take(_ range: Range<Int>) {
        foreignSize += range.count
        findings.validEnd = range.upperBound
    }

    /// Follows MULTI and EXEC.
    private func follow(
        _ reader: borrowing RecordReader, _ groupStart: inout Int?
    ) throws(RecordError) {
        guard reader.arguments.count == 1 else { return }
        let name = reader.arguments[0]
        if name.isWord("multi") {
            guard groupStart == nil else { throw error(.unexpectedMulti, reader) }
            groupStart = reader.itemStart
        } else if name.isWord("exec") {
            guard groupStart != nil else { throw error(.unexpectedExec, reader) }
            groupStart = nil
        }
    }

    private func error(
        _ reason: RecordError.Reason, _ reader: borrowing RecordReader
    ) -> RecordError {
        RecordError(reason: reason, offset: reader.itemStart, itemStart: reader.itemStart)
    }

    /// Takes a batch as a whole; the reader has just read its line.
    private mutating func takeBatch(
        _ reader: inout RecordReader, _ visit: (LogPart, borrowing RecordReader) -> Void
    ) {
        let start = reader.itemStart
        let line: BatchLine
        let end: Int
        switch verifier.verify(reader.item, before: reader.offset, in: content) {
        case .malformed:
            return stop(at: start, BatchVerifier.Outcome.malformed.text, searchStart: start + 1)
        case .short:
            return stop(
                at: content.count, BatchVerifier.Outcome.short.text, searchStart: content.count,
                batch: start..<content.count)
        case .wrong(let claimed):
            if let limit, claimed.end > limit { return supersede(at: start) }
            let claimedEnd = reader.offset + Int(claimed.size)
            return stop(
                at: start, BatchVerifier.Outcome.wrong(claimed).text, searchStart: claimedEnd,
                batch: start..<claimedEnd)
        case .intact(let read):
            line = read
            end = reader.offset + Int(read.size)
        }
        if let limit, line.end > limit { return supersede(at: start) }
        if let known = findings.end, line.end < known.advanced(by: foreignSize) {
            return stop(
                at: start, "a batch has an offset that was passed before", searchStart: end,
                batch: start..<end)
        }
        if findings.checksum == nil, start == findings.headSize, line.size == 0 {
            findings.start = line.end
        }
        findings.checksum = verifier.checksum
        findings.end = line.end
        foreignSize = 0
        if line.size > 0 { findings.hasRecords = true }
        findings.validEnd = end
        visit(.batch(line, reader.offset..<end), reader)
        reader.move(to: end)
    }

    /// Ends the examination at something that is not right, and judges what it is.
    ///
    /// - Parameters:
    ///   - searchStart: where commands would not belong to what is not right.
    ///   - batch: where it stands, if it is a batch whose line can be read.
    private mutating func stop(
        at offset: Int, _ reason: String, searchStart: Int, batch: Range<Int>? = nil
    ) {
        let evidence = LogEvidence(content, behind: findings.validEnd, commandsFrom: searchStart)
        let end = findings.end?.advanced(by: foreignSize)
        let isOurs = findings.checksum != nil || batch != nil
        let isDamage = evidence.showsDamage(at: end, isOurs: isOurs)
        findings.problem = LogProblem(
            kind: isDamage ? .damaged : .torn, offset: offset, reason: reason,
            hasZeros: evidence.hasZeros, batch: batch)
    }
}
