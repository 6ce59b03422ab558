import Bytes
import Persistence
import Platform

/// Where salvaged files go. Nothing that exists is touched; what is written gets its name when it is
/// complete and durable.
struct SalvageTarget {
    let fileSystem: any FileSystem
    let path: String

    /// - Throws: when the name, or that of a report beside it, is taken.
    init(_ path: String, _ fileSystem: any FileSystem) throws(ToolFailure) {
        self.fileSystem = fileSystem
        self.path = path
        for name in [path, temporary, textReport, jsonReport] {
            let status = try ToolFailure.translating { () throws(IOError) in
                try fileSystem.status(of: name)
            }
            guard status == nil else {
                throw .refused("\(name) exists; --salvage writes where nothing is yet")
            }
        }
    }

    /// The name until everything is durable.
    var temporary: String { FilePath.temporary(for: path) }
    var textReport: String { path + ".salvage.txt" }
    var jsonReport: String { path + ".salvage.json" }

    /// Gives the file or directory its name.
    func publish() throws(ToolFailure) {
        try ToolFailure.translating { () throws(IOError) in
            try fileSystem.publish(temporary: temporary, as: path)
        }
    }

    /// Writes the report, beside what was salvaged and to the output.
    func write(
        _ report: SalvageReport, isJSON: Bool, _ output: ToolOutput
    ) throws(ToolFailure) {
        var text = ByteBuffer()
        for line in report.lines { text.append(text: line + "\n") }
        try replace(textReport, text.bytes)
        let collector = ToolOutput(collecting: output)
        var json = JSONText(to: collector)
        report.write(to: &json)
        json.finish()
        try collector.withCollected { bytes throws(ToolFailure) in
            try replace(jsonReport, bytes)
            if isJSON { output.write(bytes) }
        }
        guard !isJSON else { return }
        let shown = 40
        report.lines.prefix(shown).forEach(output.line)
        if report.lines.count > shown {
            output.line("… \(report.lines.count - shown) more lines in \(textReport)")
        }
        output.line("The whole report: \(textReport) and \(jsonReport)")
    }

    private func replace(_ name: String, _ bytes: ByteSlice) throws(ToolFailure) {
        try ToolFailure.translating { () throws(IOError) in
            try fileSystem.replaceFile(at: name, with: bytes)
        }
    }
}
