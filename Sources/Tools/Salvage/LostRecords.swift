import Bytes
import Persistence

/// Goes over bytes that are damaged somewhere, and finds the commands in them that have a form.
///
/// What has a form need not be right: in a batch whose checksum does not hold, any byte may be wrong.
struct LostRecords: ~Copyable {
    private let content: ByteSlice
    private var reader: RecordReader
    private(set) var database: Int
    /// Where the search goes on.
    private(set) var offset: Int

    init(_ content: ByteSlice, _ range: Range<Int>, database: Int) {
        let end = min(range.upperBound, content.count)
        self.content = content[..<end]
        self.database = database
        reader = RecordReader(self.content, from: min(range.lowerBound, end))
        offset = min(range.lowerBound, end)
    }

    /// Hands out every command, whole or in part.
    mutating func visitAll(_ visit: (Slices, _ database: Int) -> Void) {
        while offset < content.count { visitNext(visit) }
    }

    /// Passes what cannot be read, and hands out what has been read of it; or a whole command.
    mutating func visitNext(_ visit: (Slices, _ database: Int) -> Void) {
        reader.move(to: offset)
        do throws(RecordError) {
            let item = try reader.next()
            offset = reader.offset
            guard item == .record else { return }
            follow()
            visit(reader.arguments, database)
        } catch {
            // The part of a command before the damage names its key, if it comes so far.
            if content[offset] == UInt8(ascii: "*") { visit(reader.arguments, database) }
            offset = Self.nextRecord(in: content, from: offset + 1) ?? content.count
        }
    }

    private mutating func follow() {
        if let number = SelectRecord.database(reader.arguments) { database = number }
    }

    /// Where the next thing begins that reads as a whole command.
    static func nextRecord(in content: ByteSlice, from start: Int) -> Int? {
        var offset = start
        while let found = content.firstIndex(of: UInt8(ascii: "*"), from: offset) {
            offset = found + 1
            guard offset < content.count, content[offset].isASCIIDigit else { continue }
            var reader = RecordReader(content, from: found)
            if (try? reader.next()) == .record { return found }
        }
        return nil
    }
}

/// The record that says for which database those behind it are.
enum SelectRecord {
    static func database(_ arguments: Slices) -> Int? {
        guard arguments.count == 2, arguments[0].isWord("select"),
            let number = arguments[1].integer, number >= 0, number <= Int64(Int32.max)
        else { return nil }
        return Int(number)
    }
}
