import Bytes
import Platform

/// Reads a file of the log again, a bounded piece at a time, and compares it with its checksums.
///
/// An RDB file is compared with its footer. An increment, or a base of commands, is followed from
/// batch line to batch line; between them commands without one are passed over by their lengths:
/// they are known to be readable, and no more. Nothing is kept of what was read, so the memory
/// is bounded whatever the file holds. It is read by calls and not mapped: a medium that fails
/// is an error here, and not the end of the server.
final class FileScrubber {
    private enum Phase {
        case begin
        /// Inside an RDB file, whose last bytes are its checksum.
        case rdb
        /// Where a line or a command begins.
        case item
        case batch(left: UInt64, line: BatchLine, start: UInt64)
        /// The arguments of a command without a batch line; the next is announced by its length.
        case arguments(left: UInt64)
        /// The rest of an argument, with its line end.
        case argument(left: UInt64, argumentsLeft: UInt64)
        /// What cannot be compared with anything.
        case unverified
    }

    /// The longest annotation, in bytes, and the longest header of a command or of an argument.
    private static let annotationSizeMax = 1024
    private static let headerSizeMax = 32

    private let target: ScrubFile
    private let file: any File
    /// What was read and is not judged yet.
    private var window = ByteBuffer()
    /// The place of the window's first byte.
    private var offset: UInt64 = 0
    private var readEnd: UInt64 = 0
    private var phase = Phase.begin
    private var sum = CRC64()
    /// The checksum of the last batch line.
    private var checksum: UInt64
    private(set) var verified: UInt64 = 0
    private(set) var unverified: UInt64 = 0

    init(_ target: ScrubFile, on fileSystem: any FileSystem) throws(IOError) {
        self.target = target
        file = try fileSystem.open(target.path, .read)
        checksum = BatchLine.seed(ofIncrement: target.sequence)
        // What is read is to come from the disk, not from the memory that it was written from.
        file.dropCached(from: 0, count: target.size)
    }

    /// Reads and judges the next piece.
    ///
    /// - Returns: how many bytes were read; 0 at the end, when everything has proved right.
    func proceed(reading size: Int) throws(ScrubDamage) -> Int {
        let wanted = Int(min(UInt64(size), target.size - readEnd))
        guard wanted > 0 || readEnd == 0 else { return 0 }
        let count: Int
        do throws(IOError) {
            count = try file.read(into: &window, upTo: wanted, at: readEnd)
        } catch {
            throw damage("it cannot be read: \(error.message)", at: readEnd)
        }
        file.dropCached(from: readEnd, count: UInt64(count))
        readEnd += UInt64(count)
        if count == 0, readEnd < target.size {
            throw damage("it ends there and had \(target.size) bytes", at: readEnd)
        }
        while try judgeNext() {}
        if readEnd == target.size { try finish() }
        return count
    }

    func close() { file.close() }

    private func damage(_ reason: String, at place: UInt64) -> ScrubDamage {
        ScrubDamage(name: target.name, offset: place, reason: reason)
    }

    private func take(_ count: Int) {
        window.removeFirst(count)
        offset += UInt64(count)
    }

    /// Takes what it can from the window.
    ///
    /// - Returns: whether there may be more to take without reading.
    private func judgeNext() throws(ScrubDamage) -> Bool {
        switch phase {
        case .begin: return begin()
        case .rdb: return sumRDB()
        case .item: return try judgeItem()
        case .batch(let left, let line, let start):
            return try sumBatch(left, line, from: start)
        case .arguments(let left): return try judgeArgument(left)
        case .argument(let left, let argumentsLeft): return skip(left, argumentsLeft)
        case .unverified:
            unverified += UInt64(window.count)
            take(window.count)
            return false
        }
    }

    private func begin() -> Bool {
        guard window.count >= RDBFormat.magicSize || readEnd == target.size else { return false }
        if target.isRDB {
            phase = .rdb
        } else if RDBReader.begins(window.bytes) {
            // How long the RDB file before the commands is, only a walk over it would tell.
            phase = .unverified
        } else {
            phase = .item
        }
        return true
    }

    /// The whole of the file must be there, and nothing half.
    private func finish() throws(ScrubDamage) {
        switch phase {
        case .rdb: try compareFooter()
        case .item where window.isEmpty, .unverified: return
        case .begin where target.size == 0: return
        case .batch(_, _, let start): throw damage("it ends inside a batch", at: start)
        case .begin, .item, .arguments, .argument:
            throw damage("it ends inside a command", at: offset)
        }
    }
}

// MARK: - RDB files

extension FileScrubber {
    /// Sums everything but the last bytes, which may be the footer.
    private func sumRDB() -> Bool {
        let count = window.count - RDBFormat.footerSize
        guard count > 0 else { return false }
        sum.update(window.bytes[..<count])
        take(count)
        return false
    }

    private func compareFooter() throws(ScrubDamage) {
        guard window.count == RDBFormat.footerSize else {
            throw damage("it is too short for an RDB file", at: 0)
        }
        let footer = window.bytes.littleEndian(at: 0, as: UInt64.self)
        guard footer == 0 || footer == sum.value else {
            throw damage("the checksum of the RDB file is wrong", at: 0)
        }
    }

    /// Whether the RDB file was written with a checksum; to be asked at the end.
    var isSummed: Bool {
        window.count == RDBFormat.footerSize
            && window.bytes.littleEndian(at: 0, as: UInt64.self) != 0
    }
}

// MARK: - Commands

extension FileScrubber {
    private func judgeItem() throws(ScrubDamage) -> Bool {
        guard !window.isEmpty else { return false }
        switch window.bytes[0] {
        case UInt8(ascii: "#"): return try judgeAnnotation()
        case UInt8(ascii: "*"):
            guard let header = try takeHeader() else { return false }
            phase = .arguments(left: header)
            return true
        default: throw damage("neither a command nor a line of the log begins there", at: offset)
        }
    }

    private func judgeAnnotation() throws(ScrubDamage) -> Bool {
        guard let end = window.bytes.firstIndex(of: UInt8(ascii: "\n"), from: 0) else {
            guard window.count < Self.annotationSizeMax else {
                throw damage("a line of the log has no end", at: offset)
            }
            return false
        }
        let line = window.bytes[..<(end + 1)]
        guard BatchLine.isClaimed(by: line) else {
            unverified += UInt64(line.count)
            take(line.count)
            return true
        }
        guard let read = BatchLine(line) else {
            throw damage(BatchVerifier.Outcome.malformed.text, at: offset)
        }
        let start = offset
        sum = BatchLine.sum(of: line, previous: checksum)
        take(BatchLine.size)
        guard target.size - offset >= read.size else {
            throw damage(BatchVerifier.Outcome.short.text, at: start)
        }
        phase = .batch(left: read.size, line: read, start: start)
        return true
    }

    private func sumBatch(
        _ left: UInt64, _ line: BatchLine, from start: UInt64
    ) throws(ScrubDamage) -> Bool {
        let count = Int(min(left, UInt64(window.count)))
        sum.update(window.bytes[..<count])
        take(count)
        guard left == UInt64(count) else {
            phase = .batch(left: left - UInt64(count), line: line, start: start)
            return false
        }
        guard sum.value == line.checksum else {
            throw damage(BatchVerifier.Outcome.wrong(line).text, at: start)
        }
        checksum = line.checksum
        verified += UInt64(BatchLine.size) + line.size
        phase = .item
        return true
    }

    /// Takes `*3` or `$5` with its line end, and returns the number; nothing when more of it is to
    /// be read.
    private func takeHeader() throws(ScrubDamage) -> UInt64? {
        guard let end = window.bytes.firstIndex(of: UInt8(ascii: "\n"), from: 0) else {
            guard window.count < Self.headerSizeMax else {
                throw damage("a length has no end", at: offset)
            }
            return nil
        }
        let header = window.bytes[..<(end + 1)]
        guard header.count > 3, header[header.count - 2] == UInt8(ascii: "\r"),
            let number = header[1..<(header.count - 2)].integer, number >= 0
        else { throw damage("a length is no number", at: offset) }
        unverified += UInt64(header.count)
        take(header.count)
        return UInt64(number)
    }

    private func judgeArgument(_ left: UInt64) throws(ScrubDamage) -> Bool {
        guard left > 0 else {
            phase = .item
            return true
        }
        guard !window.isEmpty else { return false }
        guard window.bytes[0] == UInt8(ascii: "$") else {
            throw damage("an argument has no length", at: offset)
        }
        guard let size = try takeHeader() else { return false }
        let lineEndSize: UInt64 = 2
        guard target.size - offset >= size, target.size - offset - size >= lineEndSize else {
            throw damage("it ends inside a command", at: offset)
        }
        phase = .argument(left: size + lineEndSize, argumentsLeft: left - 1)
        return true
    }

    private func skip(_ left: UInt64, _ argumentsLeft: UInt64) -> Bool {
        let count = Int(min(left, UInt64(window.count)))
        unverified += UInt64(count)
        take(count)
        guard left == UInt64(count) else {
            phase = .argument(left: left - UInt64(count), argumentsLeft: argumentsLeft)
            return false
        }
        phase = .arguments(left: argumentsLeft)
        return true
    }
}
