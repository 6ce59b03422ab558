import Platform

/// The error number with which the disk refuses a call.
struct Refusal: Error {
    let code: Int32
}

/// Everything about a simulated disk, as a value: a copy is the disk at one moment.
struct DiskState {
    static let root = 0

    var files: [DiskFile] = []
    var directories = [DiskDirectory()]
    /// Not yet durable, oldest first.
    var operations: [DirectoryOperation] = []
    var capacity: UInt64?
    var workingDirectory: [String] = []
    /// The holder's process number by file.
    var locks: [Int: Int32] = [:]
    var faults: [Fault] = []
    var callCount = 0
    /// The time of the call that is under way, for the times of files.
    var now: Int64 = 0

    init(capacity: UInt64?) { self.capacity = capacity }

    // MARK: Paths

    /// The components of a path from the root, dots resolved.
    func components(of path: String) -> [String] {
        var result = path.hasPrefix("/") ? [] : workingDirectory
        for part in path.split(separator: "/") where part != "." {
            if part != ".." {
                result.append(String(part))
            } else if !result.isEmpty {
                result.removeLast()
            }
        }
        return result
    }

    func entry(at path: String) -> DiskEntry? { try? resolve(components(of: path)) }

    private func resolve(_ components: [String]) throws(Refusal) -> DiskEntry {
        var entry = DiskEntry.directory(Self.root)
        for name in components {
            guard case .directory(let number) = entry else {
                throw Refusal(code: SystemCode.notDirectory)
            }
            guard let next = directories[number].entries[name] else {
                throw Refusal(code: SystemCode.notFound)
            }
            entry = next
        }
        return entry
    }

    func directory(at path: String) throws(Refusal) -> Int {
        guard case .directory(let number) = try resolve(components(of: path)) else {
            throw Refusal(code: SystemCode.notDirectory)
        }
        return number
    }

    /// The place of a name: its directory, which must exist, and what it stands for.
    func place(
        of path: String
    ) throws(Refusal) -> (directory: Int, name: String, entry: DiskEntry?) {
        var parts = components(of: path)
        guard let name = parts.popLast() else { throw Refusal(code: SystemCode.busy) }
        guard case .directory(let number) = try resolve(parts) else {
            throw Refusal(code: SystemCode.notDirectory)
        }
        return (number, name, directories[number].entries[name])
    }

    /// The absolute paths of all files, sorted.
    func paths() -> [String] {
        var result: [String] = []
        collect(Self.root, "") { path, _ in result.append(path) }
        return result.sorted()
    }

    private func collect(_ number: Int, _ prefix: String, _ body: (String, Int) -> Void) {
        for (name, entry) in directories[number].entries {
            switch entry {
            case .file(let file): body(prefix + "/" + name, file)
            case .directory(let below): collect(below, prefix + "/" + name, body)
            }
        }
    }

    /// The names of each file that has any.
    func pathsByFile() -> [Int: [String]] {
        var result: [Int: [String]] = [:]
        collect(Self.root, "") { path, file in result[file, default: []].append(path) }
        return result.mapValues { $0.sorted() }
    }

    // MARK: Names

    /// Carries out a change of names, at once for readers, later on the disk.
    mutating func perform(_ operation: DirectoryOperation) {
        for change in operation.changes {
            let before = directories[change.directory].entries[change.name]
            if case .file(let number)? = before { files[number].linkCount -= 1 }
            if case .file(let number)? = change.entry { files[number].linkCount += 1 }
            directories[change.directory].entries[change.name] = change.entry
        }
        operations.append(operation)
    }

    /// Makes durable what happened in a directory, and what that builds on in others.
    mutating func synchronizeDirectory(_ number: Int) {
        var involved: Set<Int> = [number]
        for operation in operations.reversed() {
            let touched = operation.changes.map { $0.directory }
            if !involved.isDisjoint(with: touched) { involved.formUnion(touched) }
        }
        var rest: [DirectoryOperation] = []
        for operation in operations {
            if operation.changes.contains(where: { involved.contains($0.directory) }) {
                makeDurable(operation)
            } else {
                rest.append(operation)
            }
        }
        operations = rest
        dropUnreachableFiles()
    }

    mutating func makeDurable(_ operation: DirectoryOperation) {
        for change in operation.changes {
            directories[change.directory].durableEntries[change.name] = change.entry
        }
    }

    // MARK: Room

    /// Bytes that can still be written; nil when there is no limit.
    var room: UInt64? {
        guard let capacity else { return nil }
        return capacity - min(capacity, used)
    }

    private var used: UInt64 {
        files.reduce(0) { sum, file in
            let takesRoom = file.linkCount > 0 || file.openCount > 0
            return takesRoom ? sum + UInt64(file.content.count) : sum
        }
    }

    /// Frees the memory of files that nobody can reach any more, not even after a loss of power.
    private mutating func dropUnreachableFiles() {
        var durable: Set<Int> = []
        for directory in directories {
            for case .file(let number) in directory.durableEntries.values { durable.insert(number) }
        }
        for operation in operations {
            for case .file(let number)? in operation.changes.map({ $0.entry }) {
                durable.insert(number)
            }
        }
        for number in files.indices
        where files[number].linkCount == 0 && files[number].openCount == 0
            && !durable.contains(number)
        {
            files[number] = DiskFile()
        }
    }

    // MARK: Set-up

    /// Puts a durable file in place, with the directories it needs.
    mutating func place(_ path: String, _ bytes: [UInt8]) {
        var parts = components(of: path)
        let name = parts.removeLast()
        var number = Self.root
        for part in parts {
            if case .directory(let next)? = directories[number].entries[part] {
                number = next
                continue
            }
            directories.append(DiskDirectory())
            setDurably(.directory(directories.count - 1), part, in: number)
            number = directories.count - 1
        }
        if case .file(let old)? = directories[number].entries[name] { files[old].linkCount -= 1 }
        var file = DiskFile(durable: bytes)
        file.linkCount = 1
        files.append(file)
        setDurably(.file(files.count - 1), name, in: number)
    }

    private mutating func setDurably(_ entry: DiskEntry, _ name: String, in directory: Int) {
        directories[directory].entries[name] = entry
        directories[directory].durableEntries[name] = entry
    }
}
