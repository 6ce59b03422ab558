import Bytes
import Persistence
import Platform

/// A file that salvaging writes: its bytes, and the sum over them that an RDB file ends with.
struct SalvageFile {
    private let fileSystem: any FileSystem
    private var file: any File
    private var sum = CRC64()
    private(set) var size = 0

    init(_ path: String, _ fileSystem: any FileSystem) throws(ToolFailure) {
        self.fileSystem = fileSystem
        file = try ToolFailure.translating { () throws(IOError) in
            try fileSystem.open(path, .replace)
        }
    }

    mutating func write(_ bytes: ByteSlice) throws(ToolFailure) {
        try ToolFailure.translating { () throws(IOError) in try file.writeAll(bytes) }
        sum.update(bytes)
        size += bytes.count
    }

    /// Writes the sum of everything written so far.
    mutating func writeChecksum() throws(ToolFailure) {
        var footer = ByteBuffer()
        footer.append(littleEndian: sum.value)
        try write(footer.bytes)
    }

    /// Makes the file durable and closes it.
    func finish() throws(ToolFailure) {
        defer { file.close() }
        try ToolFailure.translating { () throws(IOError) in try file.synchronize() }
    }

    func close() { file.close() }
}

extension SalvageFile {
    /// Writes the RDB file at the front of a content: as it is, with one byte put right, or what can
    /// be found again of it.
    ///
    /// - Returns: bytes of the content that were the RDB file.
    mutating func writeRDB(
        _ bytes: ByteSlice, name: String, _ output: ToolOutput, _ report: inout SalvageReport
    ) throws(ToolFailure) -> Int {
        if let summary = try? RDBFile.examine(bytes, depth: .contents) {
            report.add(summary)
            try write(bytes[..<summary.size])
            return summary.size
        }
        if let wrong = RDBRepair.find(in: bytes), let summary = try write(bytes, with: wrong) {
            report.add(summary)
            report.repairs.append(SalvageReport.Repair(file: name, byte: wrong))
            return bytes.count
        }
        var rescue = RDBRescue(bytes, file: name)
        try rescue.run(output) { part throws(ToolFailure) in try write(part) }
        try writeChecksum()
        report.keys += rescue.keys
        report.functionLibraries += rescue.functionLibraries
        rescue.losses.forEach { report.add($0) }
        report.notes += rescue.notes
        report.hasUnknownDamage = rescue.losses.isEmpty || !rescue.hasEnd
        if rescue.losses.isEmpty, rescue.hasEnd {
            report.notes.append(
                "\(name): every key can be read, but the checksum does not hold and more than one "
                    + "byte is wrong; which keys are affected cannot be known")
        } else {
            report.notes.append(
                "\(name): what was kept has its form; the checksum is that of the whole file, so a "
                    + "value that was changed within its form cannot be told")
        }
        return rescue.end
    }

    /// Writes an RDB file with one byte put right, and reads it back.
    ///
    /// - Returns: what it holds; nothing, and nothing is written, when it is not sound then.
    private mutating func write(
        _ bytes: ByteSlice, with wrong: WrongByte
    ) throws(ToolFailure) -> RDBFile.Summary? {
        try write(bytes[..<wrong.offset])
        try [wrong.right].withSlice { byte throws(ToolFailure) in try write(byte) }
        try write(bytes[(wrong.offset + 1)...])
        let written = try fileSystem.mapped(file.path)
        if let summary = try? RDBFile.examine(written.bytes, depth: .contents) { return summary }
        file.close()
        self = try SalvageFile(file.path, fileSystem)
        return nil
    }
}
