import Platform

// Every reason to refuse a set of log files, with what an operator can do.

extension Judge {
    private var manifestPath: String { path(settings.names.manifest) }

    func missing(_ entry: Manifest.Entry) -> Refusal {
        Refusal(
            "Unable to obtain the AOF file \(entry.name) length. stat: No such file or directory",
            file: path(entry.name), detail: "the manifest lists it and it is not there",
            remedies: [
                "Restore the file, or the whole of \(settings.logDirectory), from a backup."
            ])
    }

    func damaged(_ file: Examined, _ problem: LogProblem, isLast: Bool) -> Refusal {
        let reason =
            file.findings.headSize == 0 && file.entry.kind == .base
                && file.findings.validEnd == 0
            ? "Error reading the RDB base file \(file.entry.name), AOF loading aborted"
            : "Bad file format reading the append only file \(file.entry.name): make a backup of "
                + "your AOF file, then use ./redis-check-aof --fix <filename.manifest>"
        return Refusal(
            reason, file: file.path, offset: problem.offset,
            detail: problem.reason + "; what follows had been complete",
            remedies: [
                "Restore \(settings.logDirectory) from a backup.",
                "Run ledgerstone-check-aof --salvage <new directory> \(manifestPath) to write a new "
                    + "log with everything that can be read, and look at what it lists as lost.",
                "Copy \(settings.logDirectory), then run ledgerstone-check-aof \(manifestPath) to "
                    + "see what is damaged, and with --fix to give up everything behind it.",
            ])
    }

    func tornInTheMiddle(_ file: Examined, _ problem: LogProblem) -> Refusal {
        Refusal(
            "Fatal error: the truncated file is not the last file", file: file.path,
            offset: problem.offset, detail: problem.reason + ", and later files hold data",
            remedies: [
                "Restore \(settings.logDirectory) from a backup.",
                "Copy \(settings.logDirectory), then decide what to give up: cut the file at "
                    + "offset \(file.findings.validEnd) to lose only what is behind it in this "
                    + "file, or take the later files out of \(manifestPath).",
            ])
    }

    func truncated(_ file: Examined, _ problem: LogProblem) -> Refusal {
        Refusal(
            "Unexpected end of file reading the append only file \(file.entry.name). You can: 1) "
                + "Make a backup of your AOF file, then use ./redis-check-aof --fix "
                + "<filename.manifest>. 2) Alternatively you can set the 'aof-load-truncated' "
                + "configuration option to yes and restart the server.",
            file: file.path, offset: problem.offset, detail: problem.reason,
            remedies: [
                "Set aof-load-truncated to yes: the file is cut at offset "
                    + "\(file.findings.validEnd) and what is cut is kept beside it."
            ])
    }

    func hole(_ file: Examined, upTo next: LogOffset) -> Refusal {
        Refusal(
            "The append-only log has a hole: \(file.entry.name) ends at log offset "
                + "\(file.end.value), the next file begins at \(next.value).",
            file: file.path, offset: file.findings.validEnd,
            detail: "records between the two are missing",
            remedies: ["Restore \(settings.logDirectory) from a backup."])
    }

    func unlisted(_ file: Examined) -> Refusal {
        Refusal(
            "\(file.entry.name) holds records and is newer than the manifest, which does not list "
                + "it.",
            file: file.path, detail: "the manifest may be an old copy",
            remedies: [
                "Restore the manifest that belongs to the file.",
                "If the file is not wanted, move it out of \(settings.logDirectory).",
            ])
    }
}
