import Bytes
import Configuration
import Platform

// The log is on: is the set of its files whole, and if not, may its end be cut?

extension Judge {
    /// A file of the set and what was found in it.
    struct Examined {
        let entry: Manifest.Entry
        let path: String
        var findings = LogFindings()
        /// The log offset at which the file begins, when its head line tells.
        var start: LogOffset?
        /// The log offset at its end, as far as that is known.
        var end = LogOffset.zero
    }

    /// Judges the files that a manifest lists.
    mutating func judgeSet(
        _ manifest: Manifest, _ files: [String: UInt64], isRebuilt: Bool
    ) throws(IOError) -> Verdict {
        for entry in manifest.loadedEntries where files[entry.name] == nil {
            return .refuse(missing(entry))
        }
        var listed = manifest
        var isChanged = isRebuilt
        var examined = try examine(manifest.loadedEntries.map { ($0, path($0.name)) })
        if let refusal = settleEnds(&examined) { return .refuse(refusal) }
        let strays = try examineStrays(manifest, files)
        for stray in strays {
            switch meaning(of: stray, behind: examined.last?.end ?? .zero) {
            case .nothing: continue
            case .continuation:
                listed.increments.append(stray.entry)
                listed.incrementSequence = stray.entry.sequence
                isChanged = true
                notices.append(
                    Notice(
                        .warning,
                        "\(stray.path) goes on where the listed files end: it is listed again."))
                examined = try examine(listed.loadedEntries.map { ($0, path($0.name)) })
                if let refusal = settleEnds(&examined) { return .refuse(refusal) }
            case .unknown: return .refuse(unlisted(stray))
            }
        }
        if try isDumpHidden(by: examined) {
            notices.append(
                Notice(
                    .warning,
                    "appendonly is yes and the append-only log holds no data, but "
                        + "\(settings.dumpPath) does and is newer: it is loaded and becomes the "
                        + "base of the log."))
            return .convertDump(path: settings.dumpPath)
        }
        return plan(examined, listed, isChanged: isChanged, adopted: nil)
    }

    /// Reads every file to its end.
    func examine(_ files: [(Manifest.Entry, String)]) throws(IOError) -> [Examined] {
        var examined: [Examined] = []
        for (entry, path) in files {
            var file = Examined(entry: entry, path: path)
            file.start = try headLine(of: path)?.end
            examined.append(file)
        }
        var limit: LogOffset?
        for index in examined.indices.reversed() {
            examined[index].findings = try examine(examined[index], limit: limit)
            if let start = examined[index].start { limit = min(limit ?? start, start) }
        }
        return examined
    }

    /// The batch line with which an increment begins.
    private func headLine(of path: String) throws(IOError) -> BatchLine? {
        let content = try fileSystem.map(path)
        guard content.bytes.count >= BatchLine.size else { return nil }
        let line = BatchLine(content.bytes[..<BatchLine.size])
        return line?.size == 0 ? line : nil
    }

    private func examine(_ file: Examined, limit: LogOffset?) throws(IOError) -> LogFindings {
        let content = try fileSystem.map(file.path)
        content.advise(.sequential, from: 0, count: content.bytes.count)
        let bytes = content.bytes
        var headSize = 0
        if let reason = whyMisnamed(file, bytes) {
            var findings = LogFindings()
            findings.size = bytes.count
            findings.problem = LogProblem(kind: .damaged, offset: 0, reason: reason)
            return findings
        }
        if RDBReader.begins(bytes) {
            do throws(RDBError) {
                headSize = try sizeOfHead(bytes)
            } catch {
                var findings = LogFindings()
                findings.size = bytes.count
                findings.problem = LogProblem(
                    kind: .damaged, offset: error.offset, reason: "\(error)")
                return findings
            }
        }
        var examiner = LogExaminer(
            bytes, headSize: headSize, sequence: file.entry.sequence, limit: limit)
        return examiner.examine()
    }

    /// What shows that a file is not what its name says; nothing when it may be.
    private func whyMisnamed(_ file: Examined, _ bytes: ByteSlice) -> String? {
        switch settings.names.meaning(of: file.entry.name)?.kind {
        case .base where bytes.isEmpty && file.entry.name.hasSuffix(".rdb"):
            "an RDB file is never empty"
        case .base where file.start != nil: "an increment stands in the place of the base"
        case .increment where RDBReader.begins(bytes):
            "an RDB file stands in the place of the increment"
        default: nil
        }
    }

    /// Bytes of the RDB file that begins a log file, which is intact.
    private func sizeOfHead(_ bytes: ByteSlice) throws(RDBError) -> Int {
        // Most often nothing follows it, and the sum of the whole is quicker than a walk.
        let covered = bytes.count - RDBFormat.footerSize
        if settings.verifiesDumps, covered > RDBFormat.magicSize {
            let footer = bytes[covered...].littleEndian(at: 0, as: UInt64.self)
            if footer != 0, CRC64.of(bytes[..<covered]) == footer { return bytes.count }
        }
        return try RDBFile.examine(
            bytes, depth: .boundaries, verifyingChecksum: settings.verifiesDumps
        ).size
    }

    /// Counts offsets from file to file, and refuses what is missing or damaged.
    private func settleEnds(_ examined: inout [Examined]) -> Refusal? {
        var end = LogOffset.zero
        for index in examined.indices {
            let findings = examined[index].findings
            let nextStart = examined[(index + 1)...].lazy.compactMap { $0.start }.first
            let isLast = !examined[(index + 1)...].contains { $0.findings.hasContent }
            let known = findings.end
            examined[index].end =
                known ?? (examined[index].start ?? end).advanced(by: findings.uncounted)
            end = examined[index].end
            // What a later file begins with, this one need not hold beyond that.
            let isCovered = known.map { known in nextStart.map { known >= $0 } ?? false } ?? false
            if let problem = findings.problem, !isCovered {
                switch problem.kind {
                case .superseded: return hole(examined[index], upTo: nextStart ?? end)
                case .damaged: return damaged(examined[index], problem, isLast: isLast)
                case .torn:
                    guard isLast else { return tornInTheMiddle(examined[index], problem) }
                    guard settings.log.loadsTruncated else {
                        return truncated(examined[index], problem)
                    }
                }
            } else if let following = examined[(index + 1)...].first?.start,
                findings.problem == nil, end < following,
                known != nil || examined[index].entry.kind == .increment
            {
                // Whatever wrote an increment, its bytes count in the log; those that a base covers
                // do not. Between two of ours there may be others, which have no head.
                return hole(examined[index], upTo: following)
            }
        }
        return nil
    }

    /// Turns what was examined and holds into what is to be done.
    mutating func plan(
        _ examined: [Examined], _ manifest: Manifest, isChanged: Bool, adopted: String?
    ) -> Verdict {
        let files = examined.map { file in
            LogPlan.File(
                name: file.entry.name, path: file.path, kind: file.entry.kind,
                headSize: file.findings.headSize, validSize: file.findings.validEnd,
                size: file.findings.size)
        }
        for (file, found) in zip(files, examined) where file.validSize < file.size {
            noteCut(file, found.findings.problem)
        }
        let last = examined.last
        return .loadLog(
            LogPlan(
                files: files, manifest: manifest, isManifestChanged: isChanged, adopted: adopted,
                end: last?.end ?? .zero,
                lastChecksum: last?.entry.kind == .increment ? last?.findings.checksum : nil,
                notices: []))
    }

    private mutating func noteCut(_ file: LogPlan.File, _ problem: LogProblem?) {
        guard let problem else { return }
        if problem.kind == .superseded {
            notices.append(
                Notice(
                    .warning,
                    "The end of \(file.name), from offset \(file.validSize) on, was written again "
                        + "in a later file after an error; it is cut."))
            return
        }
        notices += [
            Notice(
                .warning, "!!! Warning: short read while loading the AOF file \(file.name)!!!"),
            Notice(
                .warning,
                "At offset \(problem.offset): \(problem.reason). The last "
                    + "\(file.size - file.validSize) bytes of the file are kept aside."),
            Notice(
                .warning,
                "!!! Truncating the AOF \(file.name) at offset \(file.validSize) !!!"),
            Notice(
                .warning,
                "AOF \(file.name) loaded anyway because aof-load-truncated is enabled"),
        ]
    }
}
