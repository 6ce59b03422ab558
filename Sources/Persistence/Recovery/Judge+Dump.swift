import Bytes
import Platform

// The log is off: the dump is the data, unless that would hide something newer.

extension Judge {
    mutating func judgeDump(
        _ manifest: Manifest, _ files: [String: UInt64]
    ) throws(IOError) -> Verdict {
        let dump = try fileSystem.status(of: settings.dumpPath)
        if let log = try newestLog(manifest, files) {
            let isNewer = dump.map { log.modified > $0.modifiedMilliseconds } ?? true
            if isNewer { return .refuse(newerLog(log.path, hasDump: dump != nil)) }
        }
        return dump == nil ? .startEmpty : .loadDump(path: settings.dumpPath)
    }

    /// The file of a log with content that was written last.
    private func newestLog(
        _ manifest: Manifest, _ files: [String: UInt64]
    ) throws(IOError) -> (path: String, modified: Int64)? {
        var paths = [settings.singleLogPath]
        if manifest.isEmpty {
            paths += files.keys.filter { settings.names.meaning(of: $0) != nil }.map(path)
        } else {
            paths += manifest.loadedEntries.map { path($0.name) }
        }
        var newest: (path: String, modified: Int64)?
        for path in paths {
            guard let status = try fileSystem.status(of: path), status.isRegular,
                try hasData(path, size: status.size)
            else { continue }
            if status.modifiedMilliseconds > newest?.modified ?? .min {
                newest = (path, status.modifiedMilliseconds)
            }
        }
        return newest
    }

    /// Whether a file holds more than a batch line at its head or an RDB file without keys.
    private func hasData(_ path: String, size: UInt64) throws(IOError) -> Bool {
        guard size > 0 else { return false }
        let content = try fileSystem.map(path)
        if RDBReader.begins(content.bytes) {
            var reader = RDBReader(content.bytes)
            while let event = try? reader.next() {
                switch event {
                case .record, .functionLibrary: return true
                case .end: return reader.offset < content.bytes.count
                default: continue
                }
            }
            return true
        }
        var reader = RecordReader(content.bytes)
        while let item = try? reader.next() {
            if item == .record { return true }
            if item == .end { return false }
        }
        return true
    }

    /// Whether the log is without any data and a dump with data is newer: to start with the log
    /// would hide the dump.
    ///
    /// So it is when a backup was restored beside an empty log, and when power was lost after a
    /// snapshot had been saved and before anything of the log had been synchronized.
    func isDumpHidden(by examined: [Examined]) throws(IOError) -> Bool {
        guard let dump = try fileSystem.status(of: settings.dumpPath), dump.isRegular else {
            return false
        }
        for file in examined {
            if file.findings.hasRecords { return false }
            guard let status = try fileSystem.status(of: file.path),
                status.modifiedMilliseconds < dump.modifiedMilliseconds,
                try !hasData(file.path, size: status.size)
            else { return false }
        }
        return try hasData(settings.dumpPath, size: dump.size)
    }

    private func newerLog(_ path: String, hasDump: Bool) -> Refusal {
        let what =
            hasDump
            ? "appendonly is no, but the append-only log was written after \(settings.dumpPath)"
            : "appendonly is no and there is no dump, but there is an append-only log with data"
        return Refusal(
            what + ": to start would serve older data over newer.", file: path,
            remedies: [
                "Start with 'appendonly yes' to load the log; afterwards CONFIG SET appendonly no "
                    + "and SAVE leave a dump that is newer.",
                "If the log is not wanted any more, move it out of \(settings.directory).",
            ])
    }

    func path(_ name: String) -> String { FilePath.join(settings.logDirectory, name) }
}
