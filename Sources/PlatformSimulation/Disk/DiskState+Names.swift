import Platform

// Calls that change names, with the refusals of the real ones.

extension DiskState {
    /// The effect of the first fault that hits a call; each counts the call.
    mutating func effect(on operation: IOError.Operation, _ path: String) -> Fault.Effect? {
        var effect: Fault.Effect?
        for index in faults.indices where effect == nil {
            if faults[index].hits(operation, path) { effect = faults[index].effect }
        }
        return effect
    }

    /// Opens a file, creating or emptying it as the access says, and returns its number.
    mutating func open(
        _ path: String, _ access: FileAccess, _ permissions: UInt16
    ) throws(Refusal) -> Int {
        let (directory, name, entry) = try place(of: path)
        switch entry {
        case _? where access == .createNew: throw Refusal(code: SystemCode.exists)
        case .directory: throw Refusal(code: SystemCode.isDirectory)
        case .file(let number):
            if access == .replace { files[number].truncate(to: 0) }
            files[number].openCount += 1
            return number
        case nil:
            if access == .read || access == .readWrite { throw Refusal(code: SystemCode.notFound) }
            var file = DiskFile()
            file.permissions = permissions
            file.modifiedMilliseconds = now
            file.openCount = 1
            files.append(file)
            let number = files.count - 1
            perform(
                DirectoryOperation(
                    operation: .open, path: path, target: nil,
                    changes: [.init(directory: directory, name: name, entry: .file(number))]))
            return number
        }
    }

    mutating func close(_ number: Int) {
        precondition(files[number].openCount > 0)
        files[number].openCount -= 1
    }

    func status(of path: String) -> FileStatus? {
        switch entry(at: path) {
        case nil: return nil
        case .file(let number):
            let file = files[number]
            return FileStatus(
                kind: .regular, size: UInt64(file.content.count),
                modifiedMilliseconds: file.modifiedMilliseconds, owner: 0, group: 0,
                permissions: file.permissions)
        case .directory(let number):
            let directory = directories[number]
            return FileStatus(
                kind: .directory, size: 0, modifiedMilliseconds: directory.modifiedMilliseconds,
                owner: 0, group: 0, permissions: directory.permissions)
        }
    }

    mutating func createDirectory(_ path: String, _ permissions: UInt16) throws(Refusal) {
        let (directory, name, entry) = try place(of: path)
        if entry != nil { throw Refusal(code: SystemCode.exists) }
        var created = DiskDirectory()
        created.permissions = permissions
        created.modifiedMilliseconds = now
        directories.append(created)
        let number = directories.count - 1
        perform(
            DirectoryOperation(
                operation: .createDirectory, path: path, target: nil,
                changes: [.init(directory: directory, name: name, entry: .directory(number))]))
    }

    mutating func removeDirectory(_ path: String) throws(Refusal) {
        let (directory, name, entry) = try place(of: path)
        guard let entry else { throw Refusal(code: SystemCode.notFound) }
        guard case .directory(let number) = entry else {
            throw Refusal(code: SystemCode.notDirectory)
        }
        if !directories[number].entries.isEmpty {
            throw Refusal(code: SystemCode.directoryNotEmpty)
        }
        perform(
            DirectoryOperation(
                operation: .removeDirectory, path: path, target: nil,
                changes: [.init(directory: directory, name: name, entry: nil)]))
    }

    mutating func rename(_ path: String, to target: String) throws(Refusal) {
        let (oldDirectory, oldName, oldEntry) = try place(of: path)
        let (directory, name, replaced) = try place(of: target)
        guard let entry = oldEntry else { throw Refusal(code: SystemCode.notFound) }
        let oldParts = components(of: path)
        let newParts = components(of: target)
        if replaced == entry { return }
        if newParts.starts(with: oldParts) { throw Refusal(code: SystemCode.invalid) }
        if oldParts.starts(with: newParts) { throw Refusal(code: SystemCode.directoryNotEmpty) }
        if case .directory(let number)? = replaced {
            guard case .directory = entry else { throw Refusal(code: SystemCode.isDirectory) }
            if !directories[number].entries.isEmpty {
                throw Refusal(code: SystemCode.directoryNotEmpty)
            }
        } else if replaced != nil, case .directory = entry {
            throw Refusal(code: SystemCode.notDirectory)
        }
        perform(
            DirectoryOperation(
                operation: .rename, path: path, target: target,
                changes: [
                    .init(directory: oldDirectory, name: oldName, entry: nil),
                    .init(directory: directory, name: name, entry: entry),
                ]))
    }

    mutating func link(_ path: String, to target: String) throws(Refusal) {
        guard let entry = try place(of: path).entry else {
            throw Refusal(code: SystemCode.notFound)
        }
        let (directory, name, existing) = try place(of: target)
        if existing != nil { throw Refusal(code: SystemCode.exists) }
        guard case .file = entry else { throw Refusal(code: SystemCode.notPermitted) }
        perform(
            DirectoryOperation(
                operation: .link, path: path, target: target,
                changes: [.init(directory: directory, name: name, entry: entry)]))
    }

    mutating func remove(_ path: String) throws(Refusal) {
        let (directory, name, entry) = try place(of: path)
        guard let entry else { throw Refusal(code: SystemCode.notFound) }
        guard case .file = entry else { throw Refusal(code: SystemCode.isDirectory) }
        perform(
            DirectoryOperation(
                operation: .remove, path: path, target: nil,
                changes: [.init(directory: directory, name: name, entry: nil)]))
    }
}
