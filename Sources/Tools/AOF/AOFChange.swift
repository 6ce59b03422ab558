import Bytes
import Persistence
import Platform

/// What was changed.
struct AOFChange {
    let file: String
    let sizeBefore: Int
    let size: Int

    func write(to json: inout JSONText) {
        json.beginObject("change")
        json.value("file", file)
        json.value("size_before", sizeBefore)
        json.value("size", size)
        json.endObject()
    }
}

// What `--fix` and the two `--truncate` options do. Bytes that go are durable beside the file before
// it gets shorter; where a batch has to be sealed anew, the file is written aside and takes the place
// of the old one when it is durable.

extension AOFInspection {
    mutating func fix(_ report: AOFFileReport, isLast: Bool) throws(ToolFailure) {
        let name = report.name
        guard isLast else {
            print("Failed to truncate AOF \(name) because it is not the last file")
            throw .told
        }
        print(
            "This will shrink the AOF \(name) from \(report.size) bytes, with "
                + "\(report.lostSize) bytes, to \(report.validSize) bytes")
        if report.verdict == .damaged {
            explain("Whole records follow the damage and would go, too; --salvage keeps them.")
        }
        let question = "Continue? [y/N]: "
        if request.isConfirmed {
            print(question + "y")
        } else {
            guard output.confirm(question) else {
                print("Aborting...")
                throw .told
            }
        }
        try cut(report, AOFCut(size: report.validSize), "to offset \(report.validSize)")
        print("Successfully truncated AOF \(name)")
    }

    /// - Returns: whether the file ends where it is to end.
    mutating func truncate(
        _ content: any MappedFile, _ report: inout AOFFileReport, to limit: AOFLimit,
        _ place: Place
    ) throws(ToolFailure) -> Bool {
        let name = report.name
        var search = AOFCutSearch(limit, headSize: report.findings.headSize)
        search.run(content.bytes, report.findings)
        if search.hasInvalidTime {
            print("Invalid timestamp annotation")
            throw .told
        }
        guard let found = search.found else {
            guard report.isAcceptable else {
                check.lines(about: report).forEach(print)
                report.lines.forEach(explain)
                print("AOF \(name) is not valid. Use the --fix option to try fixing it.")
                return false
            }
            if case .logOffset = limit, report.findings.end == nil, report.size > 0, place.isLast {
                throw .refused("\(name) has no batch lines, so nobody knows its log offsets")
            }
            print("Truncate nothing in AOF \(name) to \(limit.text)")
            print("\(report.kind) \(name) is valid")
            return true
        }
        guard place.isLast else {
            print(
                "Failed to truncate AOF \(report.path) to \(limit.text) to offset \(found.size) "
                    + "because it is not the last file.")
            print(
                "If you insist, please delete all files after this file according to the manifest "
                    + "file and delete the corresponding records in manifest file manually. Then "
                    + "re-run \(FilePath.name(of: output.name)).")
            throw .told
        }
        guard found.size > 0 else {
            print("AOF \(name) has nothing before \(limit.text), aborting...")
            throw .told
        }
        try cut(report, found, "to \(limit.text)")
        print("Successfully truncated AOF \(name) to \(limit.text)")
        return true
    }

    private mutating func cut(
        _ report: AOFFileReport, _ cut: AOFCut, _ where: String
    ) throws(ToolFailure) {
        do throws(IOError) {
            try cut.apply(to: report.path, fileSystem, at: world.clock.wallSeconds)
        } catch {
            print("Failed to truncate AOF \(report.name) \(`where`): \(error.message)")
            throw .told
        }
        change = AOFChange(file: report.path, sizeBefore: report.size, size: cut.newSize)
    }
}
