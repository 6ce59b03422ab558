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

    /// Whether zeros stand between the place and the first sign of life behind it.
    var hasZeros: Bool { hasZeros(before: lines.first?.offset ?? records ?? content.count) }

    /// - Parameters:
    ///   - end: the log offset of the place, if it is known.
    ///   - isOurs: whether the file has batch lines.
    func showsDamage(at end: LogOffset?, isOurs: Bool) -> Bool {
        if !lines.isEmpty {
            let isDurable = lines.contains { $0.line.durable > (end ?? .zero) }
            return isDurable || !hasZeros
        }
        guard records != nil else { return false }
        return !isOurs || !hasZeros
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

    /// Whether anything between the place and an offset is zero.
    ///
    /// A value may hold zeros, too. Then damage to what was never synced is taken for a torn tail;
    /// the cut bytes are kept.
    private func hasZeros(before end: Int) -> Bool {
        (place..<end).contains { content[$0] == 0 }
    }
}
