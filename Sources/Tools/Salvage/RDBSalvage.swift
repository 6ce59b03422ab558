import Bytes
import Persistence
import Platform

/// `ledgerstone-check-rdb --salvage`: a new RDB file of everything that can be read of another.
struct RDBSalvage {
    private let bytes: ByteSlice
    private let world: World
    private let output: ToolOutput

    init(_ bytes: ByteSlice, _ world: World, _ output: ToolOutput) {
        self.bytes = bytes
        self.world = world
        self.output = output
    }

    /// - Returns: the exit status.
    func run(_ path: String, to out: String, isJSON: Bool) throws(ToolFailure) -> Int32 {
        let target = try SalvageTarget(out, world.fileSystem)
        var report = SalvageReport(source: path, target: out)
        var file = try SalvageFile(target.temporary, world.fileSystem)
        do throws(ToolFailure) {
            let size = try file.writeRDB(bytes, name: path, output, &report)
            if size < bytes.count {
                report.notes.append(
                    "\(counted(bytes.count - size, "byte")) behind the RDB file were left out; "
                        + "ledgerstone-check-aof takes an append-only file with an RDB head")
            }
            try file.finish()
            try verify(target.temporary)
        } catch {
            file.close()
            try? world.fileSystem.removeIfPresent(target.temporary)
            throw error
        }
        try target.publish()
        output.end()
        try target.write(report, isJSON: isJSON, output)
        return report.isComplete ? ToolProgram.success : ToolProgram.failure
    }

    /// What is written is read back before it gets its name.
    private func verify(_ path: String) throws(ToolFailure) {
        let written = try world.fileSystem.mapped(path)
        do throws(RDBError) {
            _ = try RDBFile.examine(written.bytes, depth: .contents)
        } catch {
            throw .refused("what was salvaged does not read back: \(error)")
        }
    }
}
