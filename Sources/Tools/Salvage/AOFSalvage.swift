import Bytes
import Persistence
import Platform

/// `ledgerstone-check-aof --salvage`: a new log of everything that can be read of another.
///
/// Of the files of a manifest, a directory is written that can take the place of the log's: with a
/// manifest, the base, and one increment that holds the records of all. Of a single file, a file.
struct AOFSalvage {
    private let request: AOFRequest
    private let world: World
    private let output: ToolOutput

    init(_ request: AOFRequest, _ world: World, _ output: ToolOutput) {
        self.request = request
        self.world = world
        self.output = output
    }

    private var fileSystem: any FileSystem { world.fileSystem }

    /// - Returns: the exit status.
    func run(_ path: String, to out: String) throws(ToolFailure) -> Int32 {
        let source = try AOFSource.open(path, fileSystem) { output.complain($0) }
        let target = try SalvageTarget(out, fileSystem)
        var report = SalvageReport(source: source.path, target: out)
        switch source {
        case .set(let manifest, let path): try salvage(manifest, at: path, to: target, &report)
        case .file(let path, let content):
            try salvageFile(
                content.bytes, name: FilePath.name(of: path), to: target.temporary, &report)
            try target.publish()
        }
        output.end()
        try target.write(report, isJSON: request.isJSON, output)
        return report.isComplete ? ToolProgram.success : ToolProgram.failure
    }

    // MARK: One file

    /// Commands, perhaps behind an RDB file; an increment keeps its batch lines.
    private func salvageFile(
        _ bytes: ByteSlice, name: String, to path: String, _ report: inout SalvageReport
    ) throws(ToolFailure) {
        output.begin("Salvaging \(name)", size: bytes.count)
        var file = try SalvageFile(path, fileSystem)
        var headSize = 0
        if RDBReader.begins(bytes) {
            headSize = try file.writeRDB(bytes, name: name, output, &report)
        }
        let sequence = AOFSource.sequence(of: name)
        let sealer = sequence.map {
            BatchSealer(incrementSequence: $0, from: AOFSource.start(of: bytes) ?? .zero)
        }
        var sink = try RecordSink(file, sealer)
        try rescue(bytes, from: headSize, name, sequence: sequence, limit: nil, &sink, &report)
        try sink.finish()
        report.records += sink.records
    }

    private func rescue(
        _ bytes: ByteSlice, from headSize: Int, _ name: String, sequence: Int64?,
        limit: LogOffset?, _ sink: inout RecordSink, _ report: inout SalvageReport
    ) throws(ToolFailure) {
        var rescue = LogRescue(
            bytes, from: headSize, file: name, sequence: sequence, limit: limit,
            discardsUnverified: request.discardsUnverified, report, output)
        try rescue.run(&sink)
        report = rescue.report
    }

    // MARK: A set

    private func salvage(
        _ manifest: Manifest, at path: String, to target: SalvageTarget,
        _ report: inout SalvageReport
    ) throws(ToolFailure) {
        let directory = target.temporary
        try ToolFailure.translating { () throws(IOError) in
            try fileSystem.createDirectory(directory)
        }
        let source = FilePath.directory(of: path)
        var kept = Manifest(base: nil, increments: [])
        if let base = manifest.base, let content = open(base, in: source, &report) {
            try salvageBase(base, content, in: directory, &report)
            kept = Manifest(base: base, increments: [])
        }
        let increments = try salvageIncrements(manifest, in: source, to: directory, &report)
        kept = Manifest(base: kept.base, increments: increments)
        let names = FilePath.name(of: path)
        try ToolFailure.translating { () throws(IOError) in
            try kept.text.withSlice { text throws(IOError) in
                try fileSystem.replaceFile(at: FilePath.join(directory, names), with: text)
            }
        }
        try target.publish()
        try verify(kept, at: FilePath.join(target.path, names))
    }

    private func open(
        _ entry: Manifest.Entry, in directory: String, _ report: inout SalvageReport
    ) -> (any MappedFile)? {
        let path = FilePath.join(directory, entry.name)
        do throws(IOError) {
            return try fileSystem.map(path)
        } catch {
            report.add(
                SalvageReport.Loss(
                    file: entry.name, range: 0..<0,
                    reason: "the whole file: \(error.message)"))
            return nil
        }
    }

    private func salvageBase(
        _ base: Manifest.Entry, _ content: any MappedFile, in directory: String,
        _ report: inout SalvageReport
    ) throws(ToolFailure) {
        let bytes = content.bytes
        output.begin("Salvaging \(base.name)", size: bytes.count)
        var file = try SalvageFile(FilePath.join(directory, base.name), fileSystem)
        var headSize = 0
        if RDBReader.begins(bytes) || base.name.hasSuffix(".rdb") {
            headSize = try file.writeRDB(bytes, name: base.name, output, &report)
        }
        var sink = try RecordSink(file, nil)
        try rescue(bytes, from: headSize, base.name, sequence: nil, limit: nil, &sink, &report)
        try sink.finish()
        report.records += sink.records
    }

    /// Writes one increment of all, since offsets cannot go on over what is lost.
    private func salvageIncrements(
        _ manifest: Manifest, in source: String, to directory: String,
        _ report: inout SalvageReport
    ) throws(ToolFailure) -> [Manifest.Entry] {
        guard let entry = manifest.increments.last else { return [] }
        var contents: [(Manifest.Entry, any MappedFile)] = []
        for increment in manifest.increments {
            guard let content = open(increment, in: source, &report) else { continue }
            contents.append((increment, content))
        }
        let starts = contents.map { AOFSource.start(of: $0.1.bytes) }
        let file = try SalvageFile(FilePath.join(directory, entry.name), fileSystem)
        let sealer = BatchSealer(
            incrementSequence: entry.sequence, from: starts.lazy.compactMap { $0 }.first ?? .zero)
        var sink = try RecordSink(file, sealer)
        for (index, (increment, content)) in contents.enumerated() {
            output.begin("Salvaging \(increment.name)", size: content.bytes.count)
            // The server begins each file with database 0 in force.
            if index > 0 { sink.select(0) }
            try rescue(
                content.bytes, from: 0, increment.name, sequence: increment.sequence,
                limit: starts[(index + 1)...].lazy.compactMap { $0 }.min(), &sink, &report)
        }
        try sink.finish()
        report.records += sink.records
        return [entry]
    }

    /// What was written is judged as a start would.
    private func verify(_ manifest: Manifest, at path: String) throws(ToolFailure) {
        let judgement = try ToolFailure.translating { () throws(IOError) in
            try Judge.examine(set: manifest, fileSystem, AOFSource.settings(ofManifest: path))
        }
        switch judgement.verdict {
        case .loadLog(let plan):
            guard plan.files.contains(where: { $0.validSize < $0.size }) else { return }
            throw .refused("\(path): what was salvaged does not read back as a whole")
        case .refuse(let refusal):
            throw .refused("\(path): what was salvaged is refused: \(refusal.reason)")
        case .startEmpty, .loadDump, .convertDump: return
        }
    }
}
