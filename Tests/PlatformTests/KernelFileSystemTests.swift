import Bytes
import Platform
import Testing

@Suite struct KernelFileSystemTests {
    let scratch: ScratchDirectory
    let files: KernelFileSystem

    init() throws {
        scratch = try ScratchDirectory()
        files = scratch.files
    }

    private func write(_ text: String, to path: String, _ access: FileAccess) throws {
        let file = try files.open(path, access)
        defer { file.close() }
        try text.withSlice { bytes throws(IOError) in try file.writeAll(bytes) }
        try file.synchronize()
    }

    @Test func eachAccessDoesWhatItSays() throws {
        let path = scratch["data"]
        #expect(throws: IOError(code: SystemCode.notFound, operation: .open, path: path)) {
            _ = try files.open(path, .read)
        }
        #expect(throws: IOError.self) { _ = try files.open(path, .readWrite) }
        try write("one", to: path, .append)
        try write("two", to: path, .append)
        #expect(try files.contents(of: path).text == "onetwo")
        #expect(throws: IOError(code: SystemCode.exists, operation: .open, path: path)) {
            _ = try files.open(path, .createNew)
        }
        try write("new", to: path, .replace)
        #expect(try files.contents(of: path).text == "new")
        try write("NE", to: path, .readWrite)
        #expect(try files.contents(of: path).text == "NEw")
    }

    @Test func readsAndWritesAtPlacesAndTruncates() throws {
        let path = scratch["data"]
        try write("0123456789", to: path, .createNew)
        let file = try files.open(path, .readWrite)
        try "abc".withSlice { bytes throws(IOError) in try file.write(bytes, at: 4) }
        var buffer = ByteBuffer()
        #expect(try file.read(into: &buffer, upTo: 4, at: 3) == 4)
        #expect(try file.read(into: &buffer, upTo: 100, at: 8) == 2)
        #expect(buffer.bytes.text == "3abc89")
        #expect(try file.read(into: &buffer, upTo: 100, at: 10) == 0)
        try file.truncate(to: 5)
        #expect(try file.size() == 5)
        file.startWriteback(from: 0, count: 5)
        file.dropCached(from: 0, count: 5)
        file.close()
        file.close()
    }

    @Test func tellsWhatAFileIs() throws {
        #expect(try files.status(of: scratch["absent"]) == nil)
        #expect(try files.status(of: scratch["absent/below"]) == nil)
        #expect(try files.status(of: scratch.path)?.isDirectory == true)
        try write("four", to: scratch["data"], .createNew)
        let status = try #require(try files.status(of: scratch["data"]))
        #expect(status.isRegular)
        #expect(status.size == 4)
        let age = KernelClock().wallMilliseconds - status.modifiedMilliseconds
        #expect((-2000..<60_000).contains(age))
        try files.changePermissions(of: scratch["data"], to: 0o600)
        #expect(try files.status(of: scratch["data"])?.permissions == 0o600)
    }

    @Test func listsRenamesLinksAndRemoves() throws {
        for name in ["b", "a", "c"] { try write(name, to: scratch[name], .createNew) }
        try files.createDirectory(scratch["B"])
        #expect(try files.names(in: scratch.path) == ["B", "a", "b", "c"])
        try files.rename(scratch["a"], to: scratch["b"])
        try files.link(scratch["b"], to: scratch["d"])
        #expect(throws: IOError(code: SystemCode.exists, operation: .link, path: scratch["b"])) {
            try files.link(scratch["b"], to: scratch["c"])
        }
        try files.remove(scratch["c"])
        try files.removeIfPresent(scratch["c"])
        try files.removeDirectory(scratch["B"])
        try files.synchronizeDirectory(scratch.path)
        #expect(try files.names(in: scratch.path) == ["b", "d"])
        #expect(try files.contents(of: scratch["d"]).text == "a")
    }

    @Test func mapsFilesAlsoEmptyOnes() throws {
        try write("mapped", to: scratch["data"], .createNew)
        try write("", to: scratch["empty"], .createNew)
        let map = try files.map(scratch["data"])
        map.advise(.sequential, from: 0, count: 6)
        map.advise(.doneWith, from: 0, count: 6)
        #expect(map.bytes.text == "mapped")
        #expect(try files.map(scratch["empty"]).bytes.isEmpty)
    }

    @Test func aLockIsHeldOnceAndNamesItsHolder() throws {
        let path = scratch["lock"]
        guard case .acquired(let lock) = try files.lock(path) else {
            Issue.record("a free lock was not acquired")
            return
        }
        guard case .held(let holder) = try files.lock(path) else {
            Issue.record("a held lock was acquired")
            return
        }
        #expect(holder == KernelProcess().identifier)
        lock.release()
        guard case .acquired = try files.lock(path) else {
            Issue.record("a released lock was not acquired")
            return
        }
    }

    @Test func aFileIsReplacedWholeOrNotAtAll() throws {
        let path = scratch["settings"]
        try write("old", to: path, .createNew)
        try "new".withSlice { bytes throws(IOError) in
            try files.replaceFile(at: path, permissions: 0o600, with: bytes)
        }
        #expect(try files.contents(of: path).text == "new")
        #expect(try files.status(of: path)?.permissions == 0o600)
        let failure = IOError(code: SystemCode.noSpace, operation: .write, path: "made up")
        #expect(throws: failure) {
            try files.replaceFile(at: path) { file throws(IOError) in
                try "half".withSlice { bytes throws(IOError) in try file.writeAll(bytes) }
                throw failure
            }
        }
        #expect(try files.contents(of: path).text == "new")
        #expect(try files.names(in: scratch.path) == ["settings"])
    }

    @Test func errorsCarryTheSystemsText() throws {
        let full = try files.open("/dev/full", .readWrite)
        let error = #expect(throws: IOError.self) {
            try "x".withSlice { bytes throws(IOError) in try full.writeAll(bytes) }
        }
        #expect(error?.isNoSpace == true)
        #expect(error?.message == "No space left on device")
        #expect(error?.description == "write /dev/full: No space left on device")
    }

    @Test func knowsTheRoomOnTheDisk() throws {
        let space = try files.space(at: scratch.path)
        #expect(space.total >= space.available)
        #expect(space.total > 0)
    }
}
