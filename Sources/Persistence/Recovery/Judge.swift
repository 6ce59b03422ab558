import Bytes
import Configuration
import Platform

/// Decides at start what the data on the disk is, before anything is changed.
///
/// The rules, in order, with `appendonly yes`:
///
///  1. A manifest that lists files: they are the data. Each is read to its end. A tail of the last
///     one with content that was torn while it was written is cut (unless `aof-load-truncated no`).
///     Anything else that does not hold is refused. A dump beside it is not read.
///  2. No manifest, but files with the log's names: the manifest is rebuilt when they can only mean
///     one thing, else refused.
///  3. A single log from before Redis 7: it becomes the base.
///  4. Only a dump, or one that is newer than a log without data: it is loaded and becomes the base.
///  5. None of these: the data set is empty.
///
/// With `appendonly no` the dump is loaded, as Redis does, unless a log with data lies there that
/// was written after it, or lies there without a dump: then an older data set, or none, would
/// be served over newer data, and that is refused, naming `appendonly yes`.
public struct Judge {
    let fileSystem: any FileSystem
    let settings: RecoverySettings
    var notices: [Notice] = []

    /// - Throws: when something cannot be read.
    public static func examine(
        _ fileSystem: any FileSystem, _ settings: RecoverySettings
    ) throws(IOError) -> Judgement {
        var judge = Judge(fileSystem: fileSystem, settings: settings)
        return try judge.decide()
    }

    /// Judges the files of a manifest as a start with `appendonly yes` would, whatever else lies in
    /// `dir`: for the check tools, which are pointed to a manifest.
    ///
    /// - Parameter settings: whose `logDirectory` is the directory of the manifest.
    /// - Throws: when something cannot be read.
    public static func examine(
        set manifest: Manifest, _ fileSystem: any FileSystem, _ settings: RecoverySettings
    ) throws(IOError) -> Judgement {
        var judge = Judge(fileSystem: fileSystem, settings: settings)
        let verdict = try judge.judgeSet(manifest, try judge.logFiles(), isRebuilt: false)
        return Judgement(
            verdict: verdict, recovered: RecoveredLog(directory: settings.logDirectory),
            notices: judge.notices)
    }

    private mutating func decide() throws(IOError) -> Judgement {
        var recovered = RecoveredLog(directory: settings.logDirectory)
        let manifest: Manifest?
        switch try readManifest() {
        case .success(let read): manifest = read
        case .failure(let error):
            return Judgement(verdict: .refuse(refusal(of: error)), recovered: recovered)
        }
        let files = try logFiles()
        if let manifest {
            recovered.manifest = manifest
            recovered.sizes = files.filter { file in
                manifest.loadedEntries.contains { $0.name == file.key }
            }
        }
        recovered.manifest.skipSequences(
            base: highest(.base, in: files), increment: highest(.increment, in: files))
        let verdict =
            settings.log.isEnabled
            ? try judgeLog(manifest ?? Manifest(), files)
            : try judgeDump(manifest ?? Manifest(), files)
        if settings.log.isEnabled { recovered.manifest = manifest ?? Manifest() }
        if case .convertDump = verdict { recovered.isReplaced = true }
        return Judgement(verdict: verdict, recovered: recovered, notices: notices)
    }

    /// The manifest, nothing when there is none.
    private func readManifest() throws(IOError) -> Result<Manifest?, ManifestError> {
        let path = FilePath.join(settings.logDirectory, settings.names.manifest)
        guard try fileSystem.status(of: path) != nil else { return .success(nil) }
        let text = try fileSystem.contents(of: path)
        do throws(ManifestError) {
            return .success(
                try text.withSlice { slice throws(ManifestError) in try Manifest(text: slice) })
        } catch {
            return .failure(error)
        }
    }

    private func refusal(of error: ManifestError) -> Refusal {
        let path = FilePath.join(settings.logDirectory, settings.names.manifest)
        return Refusal(
            error.logLines.filter { !$0.isEmpty }.joined(separator: "\n"), file: path,
            remedies: [
                "Restore \(path) from a copy of the same moment as the files beside it."
            ] + (error.reason == .checksum ? [changedByHand] : []) + [
                "If these files can only mean one thing, move the manifest away and start again: "
                    + "it is then rebuilt from their names and checksums."
            ])
    }

    private var changedByHand: String {
        "If the list was changed on purpose, remove its last line, which begins with #LS: and holds "
            + "the checksum; lists without it are accepted."
    }

    /// The files of the log's directory and their sizes, without directories.
    func logFiles() throws(IOError) -> [String: UInt64] {
        let directory = settings.logDirectory
        guard try fileSystem.status(of: directory)?.isDirectory == true else { return [:] }
        var files: [String: UInt64] = [:]
        for name in try fileSystem.names(in: directory) {
            guard let status = try fileSystem.status(of: FilePath.join(directory, name)),
                status.isRegular
            else { continue }
            files[name] = status.size
        }
        return files
    }

    private func highest(_ kind: Manifest.Kind, in files: [String: UInt64]) -> Int64 {
        files.keys.compactMap { name in
            settings.names.meaning(of: name).flatMap { $0.kind == kind ? $0.sequence : nil }
        }.max() ?? 0
    }

    private mutating func judgeLog(
        _ manifest: Manifest, _ files: [String: UInt64]
    ) throws(IOError) -> Verdict {
        let single = try fileSystem.status(of: settings.singleLogPath)
        let hasSingle = single?.isRegular == true
        if hasSingle, isUnfinishedAdoption(manifest, files) || manifest.isEmpty {
            let others = files.keys.filter { settings.names.meaning(of: $0) != nil }
            if others.isEmpty { return try judgeSingle() }
            return .refuse(ambiguous(others.sorted() + [settings.singleLogPath]))
        }
        if !manifest.isEmpty { return try judgeSet(manifest, files, isRebuilt: false) }
        let named = files.filter { settings.names.meaning(of: $0.key) != nil && $0.value > 0 }
        if !named.isEmpty { return try judgeWithoutManifest(files) }
        if try fileSystem.status(of: settings.dumpPath) != nil {
            notices.append(
                Notice(
                    .warning,
                    "appendonly is yes, but there is only a dump: \(settings.dumpPath) is loaded "
                        + "and becomes the base of a new log."))
            return .convertDump(path: settings.dumpPath)
        }
        return .startEmpty
    }

    /// Whether the manifest names the old single log as base and the file has not been moved yet.
    private func isUnfinishedAdoption(_ manifest: Manifest, _ files: [String: UInt64]) -> Bool {
        manifest.increments.isEmpty && manifest.base?.name == settings.names.stem
            && files[settings.names.stem] == nil
    }

    func ambiguous(_ files: [String]) -> Refusal {
        Refusal(
            "The append-only log has no manifest, and its files do not tell which of them count.",
            file: settings.logDirectory, detail: "found " + files.joined(separator: ", "),
            remedies: [
                "Restore \(settings.names.manifest) from a backup of the same moment.",
                "Move the files that do not belong to the data set elsewhere: one base and the "
                    + "increments that follow it are accepted without a manifest.",
            ])
    }
}
