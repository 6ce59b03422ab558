import Bytes
import Platform
import PlatformSimulation
import Testing

/// What both file systems, the kernel's and the simulated one, answer alike: the same session on
/// each leaves the same transcript.
@Suite struct FileSystemContractTests {
    /// Runs a session of random calls and writes down every answer.
    private func transcript(
        of files: any FileSystem, in root: String, seed: UInt64
    ) -> [String] {
        var random = SeededRandom(seed: seed)
        var lines: [String] = []
        let names = ["a", "b", "sub/a", "sub/b", "sub", "a/x", "none/x"]
        let accesses: [FileAccess] = [.read, .append, .replace, .createNew, .readWrite]

        func attempt(_ what: String, _ body: () throws(IOError) -> String) {
            do throws(IOError) {
                lines.append("\(what): \(try body())")
            } catch {
                // Which of the calls refuses to read a directory is left open.
                lines.append("\(what): \(error.message)")
            }
        }
        func path(_ name: String) -> String { FilePath.join(root, name) }

        for _ in 0..<1000 {
            let name = names[random.index(below: names.count)]
            let other = names[random.index(below: names.count)]
            switch random.index(below: 10) {
            case 0, 1:
                let access = accesses[random.index(below: accesses.count)]
                let text = String(random.below(1_000_000))
                let size = random.below(12)
                attempt("open \(access) \(name)") { () throws(IOError) in
                    let file = try files.open(path(name), access)
                    defer { file.close() }
                    if access != .read { try file.writeAll(text) }
                    if access == .readWrite { try file.truncate(to: size) }
                    var buffer = ByteBuffer()
                    if access == .read || access == .readWrite {
                        _ = try file.read(into: &buffer, upTo: 100, at: 1)
                    }
                    return "\(try file.size()) \(buffer.bytes.text)"
                }
            case 2:
                attempt("mkdir \(name)") { () throws(IOError) in
                    try files.createDirectory(path(name))
                    return "done"
                }
            case 3:
                attempt("rmdir \(name)") { () throws(IOError) in
                    try files.removeDirectory(path(name))
                    return "done"
                }
            case 4:
                attempt("rename \(name) \(other)") { () throws(IOError) in
                    try files.rename(path(name), to: path(other))
                    return "done"
                }
            case 5:
                attempt("link \(name) \(other)") { () throws(IOError) in
                    try files.link(path(name), to: path(other))
                    return "done"
                }
            case 6:
                attempt("remove \(name)") { () throws(IOError) in
                    try files.remove(path(name))
                    return "done"
                }
            case 7:
                attempt("list") { () throws(IOError) in
                    try files.names(in: path(name)).joined(separator: " ")
                }
            case 8:
                attempt("contents \(name)") { () throws(IOError) in
                    try files.contents(of: path(name)).text
                }
            default:
                attempt("status \(name)") { () throws(IOError) in
                    guard let status = try files.status(of: path(name)) else { return "none" }
                    return status.isDirectory ? "directory" : "\(status.kind) \(status.size)"
                }
            }
        }
        return lines
    }

    @Test(arguments: 1...25 as ClosedRange<UInt64>)
    func theSimulationAnswersAsTheKernel(seed: UInt64) throws {
        let kernel = KernelFileSystem()
        let root = "/tmp/ledgerstone-contract-\(KernelEntropy().seed())"
        try kernel.createDirectory(root)
        defer { removeTree(root, kernel) }
        let simulated = SimulatedFileSystem()
        try simulated.createDirectory("/root")

        let expected = transcript(of: kernel, in: root, seed: seed)
        let actual = transcript(of: simulated, in: "/root", seed: seed)
        for (want, have) in zip(expected, actual) { #expect(want == have) }
        #expect(expected.count == actual.count)
    }

    private func removeTree(_ path: String, _ files: KernelFileSystem) {
        for name in (try? files.names(in: path)) ?? [] {
            let place = FilePath.join(path, name)
            if (try? files.remove(place)) == nil { removeTree(place, files) }
        }
        try? files.removeDirectory(path)
    }

    @Test func readsMapsAndLocks() throws {
        let disk = SimulatedFileSystem()
        disk.place("/set/data", Array("0123456789".utf8))
        try disk.changeWorkingDirectory("/set")
        #expect(try disk.workingDirectory() == "/set")
        #expect(try disk.contents(of: "../set/./data").text == "0123456789")
        let file = try disk.open("data", .readWrite)
        var buffer = ByteBuffer()
        #expect(try file.read(into: &buffer, upTo: 100, at: 7) == 3)
        #expect(buffer.bytes == "789")
        let map = try disk.map("data")
        try file.truncate(to: 2)
        #expect(map.bytes == "0123456789")

        guard case .acquired(let lock) = try disk.lock("lock") else {
            Issue.record("a free lock was not acquired")
            return
        }
        guard case .held(let holder) = try disk.lock("lock") else {
            Issue.record("a held lock was acquired")
            return
        }
        #expect(holder == SimulatedProcess().identifier)
        guard case .acquired = try disk.afterProcessDeath().lock("/set/lock") else {
            Issue.record("a dead process held a lock")
            return
        }
        lock.release()
        disk.setLockHolder(99, of: "/set/lock")
        guard case .held(99) = try disk.lock("lock") else {
            Issue.record("another process's lock was acquired")
            return
        }
    }

    @Test func aRemovedFileIsUsableWhileOpen() throws {
        let disk = SimulatedFileSystem()
        let file = try disk.open("/data", .createNew)
        try disk.remove("/data")
        try file.writeAll("still")
        #expect(try file.size() == 5)
        try disk.synchronizeDirectory("/")
        #expect(try file.size() == 5)
        file.close()
        #expect(disk.paths == [])
    }
}
