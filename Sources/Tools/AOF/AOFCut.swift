import Bytes
import Persistence
import Platform

/// Where a file is to end.
struct AOFCut {
    /// Bytes that stay as they are.
    let size: Int
    /// The records at the front of a batch that stay, behind `size`, and the line before the batch.
    var part: (records: Range<Int>, behind: BatchLine)?

    init(size: Int) { self.size = size }

    init(size: Int, keeping records: Range<Int>, behind line: BatchLine) {
        self.size = size
        part = (records, line)
    }

    /// Bytes of the file afterwards.
    var newSize: Int { size + (part.map { BatchLine.size + $0.records.count } ?? 0) }

    /// Cuts the file. What goes is kept beside it.
    func apply(
        to path: String, _ fileSystem: any FileSystem, at seconds: Int64
    ) throws(IOError) {
        guard let part else {
            return try LogPlan.cut(path, to: size, fileSystem, at: seconds)
        }
        let content = try fileSystem.map(path)
        let bytes = content.bytes
        var batch = ByteBuffer()
        var sealer = BatchSealer(behind: part.behind)
        sealer.begin(&batch)
        batch.append(bytes[part.records])
        sealer.seal(&batch)
        try LogPlan.keep(bytes[part.records.upperBound...], of: path, fileSystem, at: seconds)
        let permissions = try fileSystem.status(of: path)?.permissions ?? 0o644
        try fileSystem.replaceFile(at: path, permissions: permissions) { file throws(IOError) in
            try file.writeAll(bytes[..<size])
            try file.writeAll(batch.bytes)
        }
    }
}

/// Looks for the place at which a file is to end.
struct AOFCutSearch {
    private let limit: AOFLimit
    private let headSize: Int
    private(set) var found: AOFCut?
    private(set) var hasInvalidTime = false
    /// The last batch line that has been passed.
    private var line: BatchLine?
    private var offset: LogOffset?
    private var groupStart: Int?

    init(_ limit: AOFLimit, headSize: Int) {
        self.limit = limit
        self.headSize = headSize
    }

    /// - Parameter findings: what holds of the content.
    mutating func run(_ content: ByteSlice, _ findings: LogFindings) {
        var reader = RecordReader(content[..<findings.validEnd], from: headSize)
        while found == nil, !hasInvalidTime, let item = try? reader.next(), item != .end {
            if item == .annotation, BatchLine.isClaimed(by: reader.item),
                let line = BatchLine(reader.item)
            {
                let range = reader.offset..<reader.offset + Int(line.size)
                search(range, of: line, at: reader.itemStart, content)
                self.line = line
                offset = line.end
                reader.move(to: range.upperBound)
            } else if isBehind(item, reader) {
                found = AOFCut(size: groupStart ?? reader.itemStart)
            }
        }
    }

    private mutating func search(
        _ range: Range<Int>, of line: BatchLine, at start: Int, _ content: ByteSlice
    ) {
        if case .logOffset(let wanted) = limit, line.end <= wanted { return }
        offset = LogOffset(line.end.value - line.size)
        var inside = RecordReader(content[..<range.upperBound], from: range.lowerBound)
        while !hasInvalidTime, let item = try? inside.next(), item != .end {
            guard isBehind(item, inside) else { continue }
            let end = groupStart ?? inside.itemStart
            if end == range.lowerBound {
                found = AOFCut(size: start)
            } else if let before = self.line {
                found = AOFCut(size: start, keeping: range.lowerBound..<end, behind: before)
            } else {
                // Without a line before it, the batch is kept or given up as a whole.
                found = AOFCut(size: start)
            }
            return
        }
    }

    /// Whether an item is the first that goes.
    private mutating func isBehind(
        _ item: RecordReader.Item, _ reader: borrowing RecordReader
    ) -> Bool {
        let isBehind = isBehindLimit(item, reader)
        // What goes with the end of a transaction goes from its beginning.
        if !isBehind { follow(item, reader) }
        return isBehind
    }

    private mutating func isBehindLimit(
        _ item: RecordReader.Item, _ reader: borrowing RecordReader
    ) -> Bool {
        switch limit {
        case .timestamp(let second):
            guard item == .annotation, reader.item.hasPrefix(ByteSlice("#TS:")) else {
                return false
            }
            guard let time = reader.item[4..<(reader.item.count - 2)].integer else {
                hasInvalidTime = true
                return false
            }
            return time > second
        case .logOffset(let wanted):
            guard let offset else { return false }
            let end = offset.advanced(by: reader.item.count)
            self.offset = end
            return end > wanted
        }
    }

    private mutating func follow(
        _ item: RecordReader.Item, _ reader: borrowing RecordReader
    ) {
        guard item == .record, reader.arguments.count == 1 else { return }
        if reader.arguments[0].isWord("multi") { groupStart = reader.itemStart }
        if reader.arguments[0].isWord("exec") { groupStart = nil }
    }
}
