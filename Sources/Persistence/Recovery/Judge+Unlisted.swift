import Bytes
import Configuration
import Platform

// Files that no manifest names.

extension Judge {
    enum StrayMeaning { case nothing, continuation, unknown }

    /// Increments that are newer than the last that is listed, oldest first.
    func examineStrays(
        _ manifest: Manifest, _ files: [String: UInt64]
    ) throws(IOError) -> [Examined] {
        var strays: [(Manifest.Entry, String)] = []
        for name in files.keys.sorted() {
            guard let (kind, sequence) = settings.names.meaning(of: name), kind == .increment,
                sequence > manifest.incrementSequence,
                !manifest.history.contains(where: { $0.name == name })
            else { continue }
            strays.append(
                (Manifest.Entry(name: name, sequence: sequence, kind: .increment), path(name)))
        }
        strays.sort { $0.0.sequence < $1.0.sequence }
        return try examine(strays)
    }

    /// What an increment is that a crash, or an old copy of the manifest, has left without a list.
    func meaning(of stray: Examined, behind end: LogOffset) -> StrayMeaning {
        let findings = stray.findings
        // A head line that is torn, or a first batch: the file was being written when everything
        // ended, and nobody was told that anything is in it.
        let isUnwritten = findings.problem.map { $0.kind != .damaged || $0.hasZeros } ?? true
        if !findings.hasRecords, isUnwritten { return .nothing }
        guard let start = stray.start, start <= end, findings.problem == nil else {
            return .unknown
        }
        return .continuation
    }

    /// Judges files that have the log's names but no manifest.
    mutating func judgeWithoutManifest(_ files: [String: UInt64]) throws(IOError) -> Verdict {
        var bases: [Manifest.Entry] = []
        var increments: [Manifest.Entry] = []
        for name in files.keys {
            guard let (kind, sequence) = settings.names.meaning(of: name) else { continue }
            let entry = Manifest.Entry(name: name, sequence: sequence, kind: kind)
            if kind == .base { bases.append(entry) } else { increments.append(entry) }
        }
        increments.sort { $0.sequence < $1.sequence }
        let isContiguous = zip(increments, increments.dropFirst()).allSatisfy {
            $1.sequence == $0.sequence + 1
        }
        // A base is removed after the increments that it covered together with the next base, so
        // where there is one base, all increments follow it.
        guard bases.count == 1, isContiguous else {
            return .refuse(ambiguous((bases + increments).map(\.name).sorted()))
        }
        let manifest = Manifest(base: bases.first, increments: increments)
        notices.append(
            Notice(
                .warning,
                "\(path(settings.names.manifest)) is missing. It is rebuilt from what is there: "
                    + manifest.loadedEntries.map(\.name).joined(separator: ", ")))
        return try judgeSet(manifest, files, isRebuilt: true)
    }

    /// Judges a log from before Redis 7, which becomes the base.
    mutating func judgeSingle() throws(IOError) -> Verdict {
        let name = settings.names.stem
        let entry = Manifest.Entry(name: name, sequence: 1, kind: .base)
        let examined = try examine([(entry, settings.singleLogPath)])
        if let problem = examined[0].findings.problem {
            if problem.kind == .damaged {
                return .refuse(damaged(examined[0], problem, isLast: true))
            }
            guard settings.log.loadsTruncated else {
                return .refuse(truncated(examined[0], problem))
            }
        }
        let manifest = Manifest(base: entry, increments: [])
        return plan(examined, manifest, isChanged: true, adopted: settings.singleLogPath)
    }
}
