import Bytes
import Persistence
import Platform

// The files of a manifest, one after the other, and what a start would do with them all.

extension AOFInspection {
    mutating func examine(_ manifest: Manifest, at path: String) throws(ToolFailure) -> Bool {
        print("Start checking Multi Part AOF")
        let directory = FilePath.directory(of: path)
        let entries = manifest.loadedEntries
        let judgement = try judge(manifest, at: path)
        self.judgement = judgement
        let covered = coveredNames(judgement)
        var isSound = true
        for (index, entry) in entries.enumerated() {
            if entry.kind != .base, index == 0 || entries[index - 1].kind == .base {
                print("Start to check INCR files.")
            }
            let content = try map(entry, in: directory)
            if entry.kind == .base {
                let isRDB = RDBReader.begins(content.bytes)
                print("Start to check BASE AOF (\(isRDB ? "RDB" : "RESP") format).")
            }
            let isFileSound = try examine(
                FilePath.join(directory, entry.name), content, name: entry.name,
                kind: entry.kind == .base ? "BASE AOF" : "INCR AOF",
                place: Place(
                    sequence: entry.sequence,
                    limit: limit(entries[(index + 1)...], in: directory),
                    isLast: index == entries.count - 1, isCovered: covered.contains(entry.name)))
            guard !isFileSound else { continue }
            isSound = false
            // Redis's tool stops here; what follows is worth knowing.
            if output.isStandIn { throw .told }
        }
        guard isSound else {
            explain(judgement)
            return false
        }
        if change != nil { self.judgement = try judge(manifest, at: path) }
        let after = self.judgement ?? judgement
        guard case .refuse = after.verdict else {
            print("All AOF files and manifest are valid")
            explain(after)
            return true
        }
        print("The files are valid one by one, but not as a set.")
        explain(after)
        return false
    }

    /// What the server's own start decides.
    private func judge(_ manifest: Manifest, at path: String) throws(ToolFailure) -> Judgement {
        try ToolFailure.translating { () throws(IOError) in
            try Judge.examine(set: manifest, fileSystem, AOFSource.settings(ofManifest: path))
        }
    }

    /// The files of which a start passes over the end, because later ones hold it.
    private func coveredNames(_ judgement: Judgement) -> Set<String> {
        guard case .loadLog(let plan) = judgement.verdict else { return [] }
        return Set(
            plan.files.enumerated().filter { index, file in
                file.validSize < file.size
                    && plan.files[(index + 1)...].contains { $0.validSize > 0 }
            }.map(\.element.name))
    }

    private func map(
        _ entry: Manifest.Entry, in directory: String
    ) throws(ToolFailure) -> any MappedFile {
        let path = FilePath.join(directory, entry.name)
        do throws(IOError) {
            return try fileSystem.map(path)
        } catch {
            let shown = directory == "." ? "./\(entry.name)" : path
            print("Cannot open file \(shown): \(error.message), aborting...")
            throw .told
        }
    }

    /// Where the first of the later files begins that tells.
    private func limit(
        _ later: ArraySlice<Manifest.Entry>, in directory: String
    ) -> LogOffset? {
        // A file that is missing is told when its turn comes.
        let starts = later.compactMap { entry -> LogOffset? in
            guard let content = try? fileSystem.map(FilePath.join(directory, entry.name)) else {
                return nil
            }
            return AOFSource.start(of: content.bytes)
        }
        return starts.min()
    }

    private func explain(_ judgement: Judgement) {
        switch judgement.verdict {
        case .refuse(let refusal):
            print("ledgerstone-server would refuse to start:")
            for line in refusal.logLines { print("  " + line) }
        case .loadLog(let plan):
            let cuts = plan.files.filter { $0.validSize < $0.size }
            if reports.contains(where: { $0.unknownCommand != nil }) { return }
            guard !cuts.isEmpty else { return explain("ledgerstone-server would load all of it.") }
            for file in cuts {
                explain(
                    "ledgerstone-server would load it, cut \(file.name) at offset "
                        + "\(file.validSize), and keep the "
                        + "\(counted(file.size - file.validSize, "byte")) aside.")
            }
        case .startEmpty, .loadDump, .convertDump:
            explain("ledgerstone-server would start with the data set that it holds.")
        }
    }
}
