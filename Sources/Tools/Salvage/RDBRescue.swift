import Bytes
import Persistence

/// Takes every key out of a damaged RDB file that can be found again.
///
/// An RDB file says nowhere where the next key begins: only who reads a value knows where it ends.
/// Behind a value that cannot be read, the next place is taken from which so many keys in a row, or
/// the end of the file, read without any contradiction. What lies between is lost; of it, only the
/// first key is known by name. A byte that changed without changing the form, in a file that more
/// than one byte of is wrong, cannot be found: its key is kept as it reads.
struct RDBRescue {
    /// Keys in a row that make a place believable.
    private static let chainMin = 5
    /// Databases beyond this number are taken for damage.
    private static let databaseMax = 1 << 16
    /// The year 3000, in milliseconds since 1970.
    private static let deadlineMax: Int64 = 32_503_680_000_000

    let bytes: ByteSlice
    let file: String
    private(set) var version = 0
    private(set) var keys = 0
    private(set) var functionLibraries = 0
    /// Where the file ends, and an append-only file may go on.
    private(set) var end = 0
    /// Whether the file has an end of its own; else, nobody knows what followed.
    private(set) var hasEnd = false
    private(set) var losses: [SalvageReport.Loss] = []
    private(set) var notes: [String] = []
    private var database = 0
    /// Keys that the file announces for the database, and those that were found.
    private var announced: UInt64?
    private var found: UInt64 = 0

    init(_ bytes: ByteSlice, file: String) {
        self.bytes = bytes
        self.file = file
    }

    /// - Parameter write: takes the parts of the new file, but for its checksum.
    mutating func run(
        _ output: ToolOutput, _ write: (ByteSlice) throws(ToolFailure) -> Void
    ) throws(ToolFailure) {
        var probe = RDBReader(bytes, verifyingChecksum: false)
        _ = try? probe.next()
        version = probe.version
        if version == 0 {
            version = RDBFormat.currentVersion
            notes.append("the head of \(file) cannot be read; version \(version) is assumed")
            try write(ByteSlice("REDIS0011"))
        } else {
            try write(bytes[..<RDBFormat.magicSize])
        }
        var offset = min(RDBFormat.magicSize, bytes.count)
        var walker = ValueWalker(depth: .contents)
        while offset < bytes.count {
            try output.reach(offset)
            var reader = RDBReader(resuming: bytes, from: offset, version: version)
            do throws(RDBError) {
                if try take(&reader, &walker) {
                    end = reader.offset
                    hasEnd = true
                    break
                }
            } catch {
                offset = pass(error, from: offset)
                continue
            }
            try write(bytes[offset..<reader.offset])
            offset = reader.offset
        }
        if !hasEnd {
            end = bytes.count
            notes.append("\(file) has no end: it was cut off, or its end is damaged")
        }
        closeDatabase()
        let mark = [RDBFormat.Opcode.endOfFile]
        try mark.withSlice { bytes throws(ToolFailure) in try write(bytes) }
    }

    /// Reads a statement. Returns whether it is the end.
    private mutating func take(
        _ reader: inout RDBReader, _ walker: inout ValueWalker
    ) throws(RDBError) -> Bool {
        switch try reader.next() {
        case .record(let record):
            try reader.skipValue(of: record, with: &walker)
            keys += 1
            found += 1
        case .selectDatabase(let number):
            closeDatabase()
            database = number
        case .tableSizes(let keys, _): announced = keys
        case .functionLibrary: functionLibraries += 1
        case .end:
            guard isEnd(reader.offset) else {
                throw reader.input.failure(.corrupt("The end comes before the end"))
            }
            return true
        default: break
        }
        return false
    }

    /// Whether an RDB file can end at a place: with the file, or where commands follow.
    private func isEnd(_ offset: Int) -> Bool {
        offset == bytes.count || Resync.isBelievable(bytes, offset)
    }

    private mutating func closeDatabase() {
        if let announced, announced != found {
            notes.append(
                "\(file): database \(database) announces \(announced) keys, \(found) were found")
        }
        announced = nil
        found = 0
    }

    // MARK: Damage

    /// Notes what is lost, and returns where to go on.
    private mutating func pass(_ error: RDBError, from start: Int) -> Int {
        let next = nextPlace(behind: start) ?? bytes.count
        var loss = SalvageReport.Loss(
            file: file, range: start..<next,
            reason: "\(error.reason) (offset \(error.offset))")
        if let key = error.key { loss.keys = [AffectedKey(database: database, name: key)] }
        losses.append(loss)
        return next
    }

    /// The next place that can be believed to be the beginning of a statement.
    private func nextPlace(behind start: Int) -> Int? {
        (start + 1..<max(start + 1, bytes.count)).first { isBelievable($0) }
    }

    private func isBelievable(_ place: Int) -> Bool {
        guard isStatement(bytes[place]), let first = endOfFirst(inChainFrom: place) else {
            return false
        }
        return !holdsRecords(place + 1..<first)
    }

    /// Whether two keys or more fill the end of a range: then what seemed to be one key, by a length
    /// that chance wrote, is none.
    private func holdsRecords(_ range: Range<Int>) -> Bool {
        var walker = ValueWalker(depth: .contents)
        var scratch = ByteBuffer()
        return range.contains { place in
            guard isStatement(bytes[place]) else { return false }
            var reader = RDBReader(
                resuming: bytes[..<range.upperBound], from: place, version: version)
            // Zeros read as keys without a name; they are nobody's.
            var seen: Set<ByteString> = [""]
            while reader.offset < range.upperBound {
                guard case .record(let record)? = try? reader.next(), isPlausible(record),
                    let key = record.key.bytes(using: &scratch),
                    seen.insert(ByteString(key)).inserted,
                    (try? reader.skipValue(of: record, with: &walker)) != nil
                else { return false }
            }
            return seen.count > 2
        }
    }

    /// Where the first statement up to a key ends, if a place can begin a chain of keys.
    private func endOfFirst(inChainFrom place: Int) -> Int? {
        var reader = RDBReader(resuming: bytes, from: place, version: version)
        var walker = ValueWalker(depth: .contents)
        var seen: Set<ByteString> = []
        var count = 0
        var first: Int?
        var scratch = ByteBuffer()
        do throws(RDBError) {
            while count < Self.chainMin {
                switch try reader.next() {
                case .record(let record):
                    guard isPlausible(record), let key = record.key.bytes(using: &scratch),
                        seen.insert(ByteString(key)).inserted
                    else { return nil }
                    try reader.skipValue(of: record, with: &walker)
                    count += 1
                    first = first ?? reader.offset
                case .selectDatabase(let number):
                    guard number < Self.databaseMax else { return nil }
                    // Keys of another database may have the same names.
                    seen.removeAll()
                case .tableSizes(let keys, let expires):
                    guard keys >= expires, keys <= UInt64(bytes.count) else { return nil }
                case .end: return isEnd(reader.offset) ? first ?? place + 1 : nil
                // These stand before the keys.
                case .auxiliary, .functionLibrary, .moduleAuxiliary:
                    guard keys == 0 else { return nil }
                case .slotSizes: continue
                }
            }
            return first
        } catch {
            return nil
        }
    }

    private func isStatement(_ byte: UInt8) -> Bool {
        byte >= RDBFormat.Opcode.slotInfo || RDBType(rawValue: byte) != nil
    }

    private func isPlausible(_ record: RDBRecord) -> Bool {
        guard let deadline = record.deadline else { return true }
        return deadline > 0 && deadline < Self.deadlineMax
    }
}
