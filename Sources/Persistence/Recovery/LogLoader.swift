import Bytes
import Platform

/// Reads the files of a plan in order and hands out what they hold: RDB files whole, records in
/// batches that suit prefetching, groups whole.
///
/// It pulls nothing in the background: the server asks for the next part, executes it, and can
/// serve its clients in between.
public struct LogLoader: ~Copyable {
    public enum Part {
        /// The content of a file up to the end of the RDB file that begins it.
        case dump(any MappedFile, size: Int, file: LogPlan.File)
        /// The records that `batch` holds now.
        case records
        /// A file was read to its end.
        case endOfFile(LogPlan.File)
        /// Everything was read.
        case end
    }

    /// Records that a batch holds at most, when it is not one group.
    public static let batchCountMax = 64

    /// The records of the last part, until the next is asked for.
    public private(set) var batch = LoadedRecords()
    /// Bytes of the plan's `totalSize` that were handed out.
    public private(set) var loadedSize = 0
    /// The file that is being read.
    public var file: LogPlan.File? { index < plan.files.count ? plan.files[index] : nil }

    private let plan: LogPlan
    private let fileSystem: any FileSystem
    private var index = 0
    private var content: (any MappedFile)?
    private var offset = 0
    private var database = 0

    public init(_ plan: LogPlan, _ fileSystem: any FileSystem) {
        self.plan = plan
        self.fileSystem = fileSystem
    }

    /// The next part.
    ///
    /// The judge has let nothing pass that cannot be read; an error means that the file has changed
    /// or cannot be read any more.
    public mutating func next() throws(LogLoadError) -> Part {
        guard let file else { return .end }
        let content = try openContent(file)
        if offset == 0, file.headSize > 0 {
            advance(to: file.headSize)
            return .dump(content, size: file.headSize, file: file)
        }
        batch.removeAll()
        do throws(RecordError) {
            try fillBatch(content.bytes[..<file.validSize])
        } catch {
            throw .changed(error, path: file.path)
        }
        if batch.count > 0 { return .records }
        index += 1
        self.content = nil
        return .endOfFile(file)
    }

    private mutating func openContent(
        _ file: LogPlan.File
    ) throws(LogLoadError) -> any MappedFile {
        if let content { return content }
        do throws(IOError) {
            let opened = try fileSystem.map(file.path)
            opened.advise(.sequential, from: 0, count: opened.bytes.count)
            content = opened
            offset = 0
            database = 0
            return opened
        } catch {
            throw .unreadable(error)
        }
    }

    private mutating func advance(to newOffset: Int) {
        loadedSize += newOffset - offset
        offset = newOffset
    }

    /// Collects records up to the limit, or one group.
    private mutating func fillBatch(_ bytes: ByteSlice) throws(RecordError) {
        var reader = RecordReader(bytes, from: offset)
        while batch.isGroup || batch.count < Self.batchCountMax {
            let item = try reader.next()
            if item == .end { return }
            if item == .record {
                switch Frame(reader.arguments) {
                case .select(let number): database = number
                case .begin:
                    // A group goes alone; what was collected before it is handed out first.
                    if batch.count > 0 { return }
                    batch.isGroup = true
                case .end:
                    advance(to: reader.offset)
                    if batch.count > 0 { return }
                    batch.isGroup = false
                case nil: batch.append(reader.arguments, reader.item, database: database)
                }
            }
            if !batch.isGroup { advance(to: reader.offset) }
        }
    }
}

/// The log's own records: the selected database and the bounds of a group.
private enum Frame {
    case select(Int)
    case begin
    case end

    init?(_ arguments: Slices) {
        let name = arguments[0]
        switch arguments.count {
        case 1 where name.isWord("multi"): self = .begin
        case 1 where name.isWord("exec"): self = .end
        case 2 where name.isWord("select"):
            guard let number = arguments[1].integer, number >= 0, number <= Int64(Int32.max) else {
                return nil
            }
            self = .select(Int(number))
        default: return nil
        }
    }
}

/// Why a log that was judged good cannot be loaded.
public enum LogLoadError: Error, Equatable, Sendable {
    case unreadable(IOError)
    case changed(RecordError, path: String)
}
