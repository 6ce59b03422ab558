import Bytes

/// What stands behind a place at which a log file stops making sense: the signs that tell a tail
/// that was torn while it was written from damage to something that had been complete.
///
/// Damage it is when
/// - a later batch line says that the place had been durable, or
/// - a later batch line or command is whole, and nothing between looks like blocks that the
///   disk never got, which read as zeros. Batches that were not synced can reach the disk in any
///   order, commands of a log without batch lines are given no such benefit.
///
/// Otherwise what follows the place was not complete when writing ended.
struct LogEvidence {
    private let content: ByteSlice
    private let place: Int
    /// Lines behind the place, and where they stand.
    private var lines: [(line: BatchLine, offset: Int)] = []
    /// Where whole commands stand behind the place.
    private var records: Int?

    /// - Parameter start: where to look for commands.
    init(_ content: ByteSlice, behind place: Int, commandsFrom start: Int) {
        self.content = content
        self.place = place
        findLines()
        if lines.isEmpty { findRecords(from: start) }
    }

    /// - Parameters:
    ///   - end: the log offset of the place, if it is known.
    ///   - isOurs: whether the file has batch lines.
    func showsDamage(at end: LogOffset?, isOurs: Bool) -> Bool {
        if let first = lines.first {
            let isDurable = lines.contains { $0.line.durable > (end ?? .zero) }
            return isDurable || !hasUnwrittenSector(before: first.offset)
        }
        guard let records else { return false }
        return !isOurs || !hasUnwrittenSector(before: records)
    }

    private mutating func findLines() {
        var offset = place
        while let found = content.firstIndex(of: UInt8(ascii: "#"), from: offset) {
            offset = found + 1
            guard content.count - found >= BatchLine.size else { break }
            let text = content[found..<found + BatchLine.size]
            guard let line = BatchLine(text) else { continue }
            let start = found + BatchLine.size
            guard UInt64(content.count - start) >= line.size else { continue }
            let end = start + Int(line.size)
            // Chance does not write a line whose size leads exactly to the next line or the end.
            let leadsOn =
                end == content.count || content[end...].hasPrefix(ByteSlice("#LS:1 "))
            if found > place, leadsOn { lines.append((line, found)) }
        }
    }

    /// Looks for at least two commands in a row, or for one with which the file ends.
    private mutating func findRecords(from start: Int) {
        var offset = start
        while offset < content.count,
            let found = content.firstIndex(of: UInt8(ascii: "*"), from: offset)
        {
            offset = found + 1
            guard offset < content.count, content[offset].isASCIIDigit else { continue }
            var reader = RecordReader(content, from: found)
            var count = 0
            do throws(RecordError) {
                while count < 2 {
                    let item = try reader.next()
                    if item == .record { count += 1 }
                    if item == .end { break }
                }
                if count > 0 {
                    records = found
                    return
                }
            } catch {
                continue
            }
        }
    }

    /// Whether a part of a disk sector between the place and an offset is nothing but zeros.
    private func hasUnwrittenSector(before end: Int) -> Bool {
        let sectorSize = 512
        var start = place
        while start < end {
            let next = min(end, (start / sectorSize + 1) * sectorSize)
            var index = start
            while index < next, content[index] == 0 { index += 1 }
            if index == next { return true }
            start = next
        }
        return false
    }
}
