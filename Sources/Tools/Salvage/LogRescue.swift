import Bytes
import Persistence

/// Takes every record out of a log file that can be read, whatever stands between.
///
/// - A batch whose checksum holds is taken whole.
/// - One in which a single byte is wrong is put right by its checksum and taken whole.
/// - Of another damaged batch, its records are taken as they read, and told as unverified; or none
///   of them, when asked. Then the search goes on at the next batch line.
/// - Outside of batches, the next place counts from which two commands in a row can be read.
///
/// A torn tail is left out, as at a start. After a loss the database is the one of the last SELECT
/// that can be made out in what was lost, or else the one before.
struct LogRescue {
    let content: ByteSlice
    let file: String
    let limit: LogOffset?
    let discardsUnverified: Bool
    let output: ToolOutput
    var offset: Int
    /// What the next batch line continues from; nothing when that is lost, and the line believed.
    var previous: UInt64?
    private var database = 0
    var finder = KeyFinder()
    var report: SalvageReport

    /// - Parameters:
    ///   - sequence: of the increment, if it is known.
    ///   - limit: where later files begin, if they tell.
    init(
        _ content: ByteSlice, from headSize: Int, file: String, sequence: Int64?,
        limit: LogOffset?, discardsUnverified: Bool, _ report: SalvageReport, _ output: ToolOutput
    ) {
        self.content = content
        self.file = file
        self.limit = limit
        self.discardsUnverified = discardsUnverified
        self.report = report
        self.output = output
        offset = headSize
        previous = sequence.map { BatchLine.seed(ofIncrement: $0) }
    }

    mutating func run(_ sink: inout RecordSink) throws(ToolFailure) {
        // What a start would cut is no loss by damage.
        var examiner = LogExaminer(content, headSize: offset, sequence: nil, limit: limit)
        let findings = examiner.examine()
        while offset < content.count {
            try output.reach(offset)
            if offset == findings.validEnd, findings.problem?.kind == .torn {
                let rest = offset..<content.count
                if isBatchLine(offset), try putRight(findings.problem?.batch ?? rest, &sink) {
                    continue
                }
                if isBatchLine(offset), try putRight(rest, &sink) { continue }
                return loseTail("\(findings.problem?.reason ?? "")", &sink)
            }
            if isBatchLine(offset) {
                guard try takeBatch(&sink) else { return }
            } else {
                try takeItem(&sink)
            }
        }
        if sink.isInGroup {
            lose(content.count..<content.count, "a transaction does not end", KeyFinder(), &sink)
        }
    }

    // MARK: Items outside of batches

    private mutating func takeItem(_ sink: inout RecordSink) throws(ToolFailure) {
        try take(upTo: content.count, &sink, as: .sound)
    }

    enum Standing {
        case sound
        /// In a batch whose checksum does not hold.
        case unverified
        /// The same, and not wanted.
        case discarded
    }

    /// Takes the next item, or passes what cannot be read.
    ///
    /// - Parameter end: where what is read ends at the latest.
    mutating func take(
        upTo end: Int, _ sink: inout RecordSink, as standing: Standing
    ) throws(ToolFailure) {
        var reader = RecordReader(content[..<end], from: offset)
        let item: RecordReader.Item
        do throws(RecordError) {
            item = try reader.next()
        } catch {
            let next = Resync.next(in: content[..<end], from: offset + 1) ?? end
            var lost = KeyFinder()
            if content[offset] == UInt8(ascii: "*") {
                lost.note(reader.arguments, database: database)
            }
            lose(offset..<next, error.description, lost, &sink)
            return offset = next
        }
        if item == .record, standing != .sound {
            finder.note(reader.arguments, database: database)
        }
        if standing != .discarded {
            try keep(item, reader, &sink)
        } else if item == .record, let number = SelectRecord.database(reader.arguments) {
            // The records behind the batch are for the database that was chosen in it.
            database = number
            sink.select(number)
        }
        offset = reader.offset
    }

    mutating func keep(
        _ item: RecordReader.Item, _ reader: borrowing RecordReader, _ sink: inout RecordSink
    ) throws(ToolFailure) {
        switch item {
        case .record:
            if let number = SelectRecord.database(reader.arguments) { database = number }
            try sink.append(reader.arguments, reader.item)
        case .annotation:
            if reader.item.hasPrefix(ByteSlice("#TS:")) { sink.append(annotation: reader.item) }
        case .end: break
        }
    }

    // MARK: Losses

    private mutating func lose(
        _ range: Range<Int>, _ reason: String, _ keys: KeyFinder, _ sink: inout RecordSink
    ) {
        var loss = SalvageReport.Loss(file: file, range: range, reason: reason)
        (loss.keys, loss.omittedKeys) = (keys.keys, keys.omitted)
        let lost = content[range]
        if sink.dropGroup(skippingRest: !Resync.holds("exec", lost)) {
            loss.reason += "; the transaction that it belongs to is left out as a whole"
        }
        report.add(loss)
        guard let number = Resync.lastSelect(in: lost), number != database else { return }
        database = number
        sink.select(number)
    }

    mutating func loseTail(
        _ reason: String, _ sink: inout RecordSink
    ) {
        var keys = KeyFinder()
        var search = LostRecords(content, offset..<content.count, database: database)
        search.visitAll { keys.note($0, database: $1) }
        lose(offset..<content.count, "torn tail: \(reason)", keys, &sink)
        offset = content.count
    }
}
