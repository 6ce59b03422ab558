import Bytes
import Configuration
import Persistence
import Platform

/// The work of `ledgerstone-check-rdb`.
struct RDBInspection {
    let request: RDBRequest
    let world: World
    let output: ToolOutput

    init(_ request: RDBRequest, _ world: World, _ output: ToolOutput) {
        self.request = request
        self.world = world
        self.output = output
    }

    func run() throws(ToolFailure) -> Int32 {
        if request.mode == .diff { return try compare() }
        let path = request.paths[0]
        if (try? world.fileSystem.status(of: path))?.isDirectory == true, !output.isStandIn {
            return try runOnDirectory(path)
        }
        if request.mode == .check { return try check([path]) }
        return try run(on: path)
    }

    /// Everything but a plain check.
    private func run(on path: String) throws(ToolFailure) -> Int32 {
        let file = try world.fileSystem.mapped(path)
        output.begin("Reading \(FilePath.name(of: path))", size: file.bytes.count)
        defer { output.end() }
        if case .salvage(let target) = request.mode {
            let salvage = RDBSalvage(file.bytes, world, output)
            return try salvage.run(path, to: target, isJSON: request.isJSON)
        }
        var walk = RDBWalk(file.bytes, path: path, pattern: request.pattern, output)
        switch request.mode {
        case .report:
            var report = RDBReport(largest: request.largestCount, now: world.clock.wallMilliseconds)
            try report.read(&walk)
            request.isJSON ? report.writeJSON(path, output) : report.writeText(path, output)
        case .keys: try RDBKeyList.write(&walk, isJSON: request.isJSON, output)
        case .toCommands: try RDBCommands.write(&walk, isJSON: request.isJSON, output)
        case .toJSON: try RDBDocument.write(&walk, output)
        case .check, .diff, .salvage: preconditionFailure("done elsewhere")
        }
        return ToolProgram.success
    }

    // MARK: Checking

    /// The RDB files of a directory, and the base of the log in it.
    private func runOnDirectory(_ path: String) throws(ToolFailure) -> Int32 {
        let fileSystem = world.fileSystem
        let log = FilePath.join(path, AppendOnlySettings().directoryName)
        var found: [String] = []
        for directory in [path, log] {
            guard (try? fileSystem.status(of: directory))?.isDirectory == true else { continue }
            let names = try ToolFailure.translating { () throws(IOError) in
                try fileSystem.names(in: directory)
            }
            found += names.filter { $0.hasSuffix(".rdb") && !$0.hasPrefix("temp-") }
                .map { FilePath.join(directory, $0) }
        }
        guard !found.isEmpty else { throw .refused("\(path) holds no RDB file") }
        if request.mode == .check { return try check(found) }
        guard found.count == 1 else {
            throw .refused("\(path) holds \(found.count) RDB files; name the one that is meant")
        }
        return try run(on: found[0])
    }

    private func check(_ paths: [String]) throws(ToolFailure) -> Int32 {
        var json = JSONText(to: output)
        let isList = paths.count > 1
        if request.isJSON, isList { json.beginArray() }
        var isSound = true
        for path in paths {
            isSound = try check(path, &json) && isSound
        }
        if request.isJSON {
            if isList { json.endArray() }
            json.finish()
        }
        return isSound ? ToolProgram.success : ToolProgram.failure
    }

    private func check(_ path: String, _ json: inout JSONText) throws(ToolFailure) -> Bool {
        let print = { (line: String) in if !request.isJSON { output.line(line) } }
        let file: any MappedFile
        do throws(IOError) {
            file = try world.fileSystem.map(path)
        } catch {
            print("[offset 0] Checking RDB file \(path)")
            output.complain("cannot open \(path): \(error.message)")
            throw .told
        }
        file.advise(.sequential, from: 0, count: file.bytes.count)
        output.begin("Checking \(FilePath.name(of: path))", size: file.bytes.count)
        defer { output.end() }
        var check = RDBCheck(file.bytes, now: world.clock.wallMilliseconds)
        try check.run(path: path, output, print: print)
        if !output.isStandIn { try check.lookForDuplicates(path: path, output) }
        if request.isJSON {
            check.write(to: &json, path: path)
        } else if !output.isStandIn {
            let lines = check.duplicateLines + check.repairLines + check.limitLines
            lines.forEach { print("[ledgerstone] \($0)") }
        }
        return check.isSound
    }

    // MARK: Comparing

    private func compare() throws(ToolFailure) -> Int32 {
        do throws(ToolFailure) {
            let files = (
                try world.fileSystem.mapped(request.paths[0]),
                try world.fileSystem.mapped(request.paths[1])
            )
            var diff = RDBDiff(
                RDBDiff.Side(files.0.bytes, request.paths[0]),
                RDBDiff.Side(files.1.bytes, request.paths[1]), pattern: request.pattern, output)
            let isSame =
                request.isJSON ? try diff.runAsJSON(output) : try diff.runAsText(output)
            return isSame ? ToolProgram.success : RDBCheckCommand.differs
        } catch {
            guard let text = error.text, !error.isBrokenPipe else { throw error }
            output.end()
            output.complain(text)
            return RDBCheckCommand.troubleOfDiff
        }
    }
}
