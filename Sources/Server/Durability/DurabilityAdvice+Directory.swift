import Platform

// The directories that hold the data: there, ours, and nobody else's to change?
extension DurabilityAdvice {
    static let directoryJudgements: [@Sendable (DurabilityFacts) -> DurabilityAdvice?] = [
        missingDirectory, foreignDirectory, openDirectory,
    ]

    @Sendable static func missingDirectory(_ facts: DurabilityFacts) -> DurabilityAdvice? {
        // The log's directory is made when the log is first needed.
        let neededCount = facts.log.state == "healthy" ? facts.directories.count : 1
        guard
            let directory = facts.directories.prefix(neededCount).first(where: {
                $0.status?.isDirectory != true
            })
        else {
            return nil
        }
        let reason = directory.problem.map { " (\($0))" } ?? ""
        return DurabilityAdvice(
            weight: .danger, subject: "directory",
            text: "\(directory.path) is not there\(reason): what is written goes to files that "
                + "nobody will find again.",
            remedy: "Put it back, or set 'dir' to one that is there; then BGREWRITEAOF or BGSAVE.")
    }

    /// Who may write and search a directory: the owner's, the group's and the others' bits.
    private static let ownerBits: UInt16 = 0o300
    private static let groupBits: UInt16 = 0o030
    private static let otherBits: UInt16 = 0o003

    @Sendable static func foreignDirectory(_ facts: DurabilityFacts) -> DurabilityAdvice? {
        // The superuser may do everything.
        guard facts.user != 0,
            let (path, status) = found(facts, where: { $0.owner != facts.user })
        else { return nil }
        let mayWrite =
            status.permissions & otherBits == otherBits
            || status.permissions & groupBits == groupBits
        return DurabilityAdvice(
            weight: mayWrite ? .note : .warning, subject: "owner",
            text: "\(path) belongs to user \(status.owner), and the server runs as "
                + "\(facts.user).",
            remedy: "chown it to the server's user, so that files can be created, replaced and "
                + "removed there.")
    }

    @Sendable static func openDirectory(_ facts: DurabilityFacts) -> DurabilityAdvice? {
        let sticky: UInt16 = 0o1000
        guard
            let (path, status) = found(
                facts, where: { $0.permissions & 0o002 != 0 && $0.permissions & sticky == 0 })
        else { return nil }
        return DurabilityAdvice(
            weight: .warning, subject: "permissions",
            text: "everybody on this machine can replace the files in \(path) (mode "
                + "\(String(status.permissions, radix: 8))).",
            remedy: "chmod o-w \(path)")
    }

    private static func found(
        _ facts: DurabilityFacts, where isMeant: (FileStatus) -> Bool
    ) -> (path: String, status: FileStatus)? {
        for directory in facts.directories {
            if let status = directory.status, isMeant(status) { return (directory.path, status) }
        }
        return nil
    }
}
