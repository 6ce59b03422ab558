import Bytes
import Platform
import Synchronization

// The doors of a file system, each counted, open to faults, and watched.

extension SimulatedFileSystem {
    /// Makes a call: the fault that is planned for it happens first, then `body`, then the watcher.
    func call<Value: Sendable>(
        _ operation: IOError.Operation, _ path: String,
        _ body: (inout DiskState, Fault.Effect?) throws(Refusal) -> Value
    ) throws(IOError) -> Value {
        var delay: Int64 = 0
        let now = clock.wallMilliseconds
        let (number, outcome) = state.withLock { disk -> (Int, Result<Value, Refusal>) in
            disk.callCount += 1
            disk.now = now
            let effect = disk.effect(on: operation, path)
            if case .delay(let microseconds)? = effect { delay = microseconds }
            do throws(Refusal) {
                if case .fail(let code, _)? = effect, operation != .synchronize {
                    throw Refusal(code: code)
                }
                return (disk.callCount, .success(try body(&disk, effect)))
            } catch {
                return (disk.callCount, .failure(error))
            }
        }
        if delay > 0 { clock.advance(microseconds: delay) }
        if let afterEachCall {
            let succeeded = (try? outcome.get()) != nil
            let call = SimulatedCall(
                number: number, operation: operation, path: path, succeeded: succeeded)
            afterEachCall(self, call)
        }
        switch outcome {
        case .success(let value): return value
        case .failure(let refusal):
            throw IOError(code: refusal.code, operation: operation, path: path)
        }
    }

    public func open(
        _ path: String, _ access: FileAccess, permissions: UInt16
    ) throws(IOError) -> any File {
        let number = try call(.open, path) { disk, _ throws(Refusal) in
            try disk.open(path, access, permissions)
        }
        return SimulatedFile(path: path, number: number, access: access, of: self)
    }

    public func status(of path: String) throws(IOError) -> FileStatus? {
        try call(.status, path) { disk, _ throws(Refusal) in disk.status(of: path) }
    }

    public func names(in directory: String) throws(IOError) -> [String] {
        try call(.list, directory) { disk, _ throws(Refusal) in
            let number = try disk.directory(at: directory)
            return disk.directories[number].entries.keys
                .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        }
    }

    public func createDirectory(_ path: String, permissions: UInt16) throws(IOError) {
        try call(.createDirectory, path) { disk, _ throws(Refusal) in
            try disk.createDirectory(path, permissions)
        }
    }

    public func removeDirectory(_ path: String) throws(IOError) {
        try call(.removeDirectory, path) { disk, _ throws(Refusal) in
            try disk.removeDirectory(path)
        }
    }

    public func rename(_ path: String, to target: String) throws(IOError) {
        try call(.rename, path) { disk, _ throws(Refusal) in try disk.rename(path, to: target) }
    }

    public func link(_ path: String, to target: String) throws(IOError) {
        try call(.link, path) { disk, _ throws(Refusal) in try disk.link(path, to: target) }
    }

    public func remove(_ path: String) throws(IOError) {
        try call(.remove, path) { disk, _ throws(Refusal) in try disk.remove(path) }
    }

    public func changePermissions(of path: String, to permissions: UInt16) throws(IOError) {
        try call(.changePermissions, path) { disk, _ throws(Refusal) in
            switch disk.entry(at: path) {
            case .file(let number)?: disk.files[number].permissions = permissions
            case .directory(let number)?: disk.directories[number].permissions = permissions
            case nil: throw Refusal(code: SystemCode.notFound)
            }
        }
    }

    public func synchronizeDirectory(_ path: String) throws(IOError) {
        try call(.synchronizeDirectory, path) { disk, effect throws(Refusal) in
            let number = try disk.directory(at: path)
            if effect != .lie { disk.synchronizeDirectory(number) }
        }
    }

    public func space(at path: String) throws(IOError) -> DiskSpace {
        try call(.space, path) { disk, _ throws(Refusal) in
            let unlimited: UInt64 = 1 << 40
            return DiskSpace(
                available: disk.room ?? unlimited, total: disk.capacity ?? unlimited)
        }
    }

    public func lock(_ path: String) throws(IOError) -> FileLockOutcome {
        let holder = SimulatedProcess.identifier
        let outcome = try call(.lock, path) { disk, _ throws(Refusal) -> (Int, Int32?) in
            let number = try disk.open(path, .append, 0o644)
            disk.close(number)
            if let other = disk.locks[number] { return (number, other) }
            disk.locks[number] = holder
            disk.files[number].truncate(to: 0)
            disk.files[number].write(Array("\(holder)\n".utf8), at: 0)
            return (number, nil)
        }
        if let other = outcome.1 { return .held(byProcess: other) }
        return .acquired(SimulatedFileLock(path: path, number: outcome.0, of: self))
    }

    public func map(_ path: String) throws(IOError) -> any MappedFile {
        let bytes = try call(.map, path) { disk, _ throws(Refusal) in
            switch disk.entry(at: path) {
            case .file(let number)?: return disk.files[number].content
            case .directory?: throw Refusal(code: SystemCode.isDirectory)
            case nil: throw Refusal(code: SystemCode.notFound)
            }
        }
        return SimulatedMappedFile(bytes)
    }

    public func workingDirectory() throws(IOError) -> String {
        "/" + state.withLock { $0.workingDirectory }.joined(separator: "/")
    }

    public func changeWorkingDirectory(_ path: String) throws(IOError) {
        try call(.changeDirectory, path) { disk, _ throws(Refusal) in
            _ = try disk.directory(at: path)
            disk.workingDirectory = disk.components(of: path)
        }
    }
}
