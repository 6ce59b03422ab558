import Bytes
import Persistence
import Platform

/// The work of `ledgerstone-check-aof` on a log that is not salvaged.
struct AOFInspection {
    let request: AOFRequest
    let world: World
    let output: ToolOutput
    var check = AOFCheck()
    var reports: [AOFFileReport] = []
    /// What a start of the server would do with the set.
    var judgement: Judgement?
    /// What was changed, for the JSON document.
    var change: AOFChange?

    init(_ request: AOFRequest, _ world: World, _ output: ToolOutput) {
        self.request = request
        self.world = world
        self.output = output
    }

    var fileSystem: any FileSystem { world.fileSystem }

    /// A line of Redis's tool.
    func print(_ line: String) { request.isJSON ? output.hold(line) : output.line(line) }

    /// A line of ours.
    func explain(_ line: String) { if !request.isJSON, !output.isStandIn { output.line(line) } }

    /// - Returns: whether everything is sound, or was made so.
    mutating func run(_ path: String) throws(ToolFailure) -> Bool {
        let source = try AOFSource.open(path, fileSystem) {
            request.isJSON ? output.complain($0) : output.line($0)
        }
        var isSound = false
        do throws(ToolFailure) {
            switch source {
            case .set(let manifest, let path): isSound = try examine(manifest, at: path)
            case .file(let path, let content):
                print("Start checking Old-Style AOF")
                isSound = try examine(
                    path, content, name: path, kind: "AOF",
                    place: Place(
                        sequence: AOFSource.sequence(of: FilePath.name(of: path)), limit: nil,
                        isLast: true, isCovered: false))
            }
        } catch {
            if request.isJSON, case .told = error {
                writeJSON(source, isSound: false)
            }
            throw error
        }
        if request.isJSON { writeJSON(source, isSound: isSound) }
        return isSound
    }

    /// Where a file stands in its set.
    struct Place {
        let sequence: Int64?
        /// Where later files begin, if they tell.
        let limit: LogOffset?
        let isLast: Bool
        /// Whether a start passes over what does not hold.
        let isCovered: Bool
    }

    /// - Returns: whether the file is sound, or was made so.
    mutating func examine(
        _ path: String, _ content: any MappedFile, name: String, kind: String, place: Place
    ) throws(ToolFailure) -> Bool {
        let bytes = content.bytes
        var report = AOFFileReport(path: path, name: name, kind: kind)
        defer { reports.append(report) }
        guard !bytes.isEmpty else {
            print("\(kind) \(name) is empty")
            return true
        }
        output.begin("Checking \(name)", size: bytes.count)
        defer { output.end() }
        var headSize = 0
        if RDBReader.begins(bytes), bytes.count >= 8 {
            guard let size = try examineHead(bytes, name, &report) else { return false }
            headSize = size
        }
        let output = output
        report.isCovered = place.isCovered
        try check.examine(
            bytes, headSize: headSize, sequence: place.sequence, limit: place.limit, &report
        ) { offset throws(ToolFailure) in try output.reach(offset) }
        if case .truncate(let limit) = request.mode {
            return try truncate(content, &report, to: limit, place)
        }
        check.lines(about: report).forEach(print)
        report.lines.forEach(explain)
        guard !report.isAcceptable else {
            print("\(kind) \(name) is valid")
            return report.unknownCommand == nil || output.isStandIn
        }
        guard request.mode == .fix else {
            print("AOF \(name) is not valid. Use the --fix option to try fixing it.")
            return false
        }
        try fix(report, isLast: place.isLast)
        return true
    }

    /// - Returns: the size of the RDB file at the head, nothing when it is not sound.
    private func examineHead(
        _ bytes: ByteSlice, _ name: String, _ report: inout AOFFileReport
    ) throws(ToolFailure) -> Int? {
        var check = RDBCheck(bytes, now: world.clock.wallMilliseconds)
        try check.run(path: name, output) { print($0) }
        guard let size = check.size else {
            report.headError = check.error
            report.findings = check.damagedFindings
            print("RDB preamble of AOF file is not sane, aborting.")
            check.repairLines.forEach(explain)
            return nil
        }
        print("RDB preamble is OK, proceeding with AOF tail...")
        return size
    }
}
