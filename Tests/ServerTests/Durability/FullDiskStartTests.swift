import Platform
import PlatformSimulation
import Testing

@testable import Server

/// A start on a full disk over a log whose end is torn.
@Suite struct FullDiskStartTests {
    private static let directives = [["appendonly", "yes"], ["appendfsync", "always"]]

    /// A disk without room, and a log on it whose last record is torn.
    private func tornDisk() throws -> (disk: SimulatedFileSystem, path: String, torn: [UInt8]) {
        let client = try Conversation(on: nil, Self.directives)
        for number in 0..<5 { _ = client.ask("SET", "k\(number)", "value") }
        let files = client.server.persistence.appendLog?.scrubFiles
        let path = try #require(files?.last { $0.name.contains("incr") }).path
        let disk = client.disk.afterPowerLoss()
        let whole = try #require(disk.peek(path))
        let torn = Array(whole.dropLast(4))
        disk.place(path, torn)
        fill(disk)
        return (disk, path, torn)
    }

    private func fill(_ disk: SimulatedFileSystem) {
        // The lock of the directory holds the process's number.
        let lock = 16
        let used = disk.paths.reduce(0) { $0 + (disk.peek($1)?.count ?? 0) }
        disk.setCapacity(UInt64(used + lock))
    }

    @Test func whatThereIsIsServedAndWritesHealWithTheDisk() throws {
        let (disk, path, torn) = try tornDisk()
        let client = try Conversation(on: disk, Self.directives)
        #expect(client.simulated.refusal == nil)
        #expect(client.ask("DBSIZE") == ":4")
        #expect(client.ask("SET", "new", "1").hasPrefix("-MISCONF Errors writing to the AOF file"))
        #expect(client.info("aof_state") == "refusing")
        #expect(client.disk.peek(path) == torn, "nothing is cut before it can be kept")
        #expect(client.simulated.output.contains("cannot be put in order yet"))
        // A crash now loses nothing and changes nothing.
        fill(client.disk)
        let again = try Conversation(on: client.disk.afterPowerLoss(), Self.directives)
        #expect(again.ask("DBSIZE") == ":4")

        client.disk.setCapacity(nil)
        #expect(client.wait { client.info("aof_state") == "healthy" })
        #expect(client.ask("SET", "new", "1") == "+OK")
        let kept = client.disk.paths.filter { $0.contains(".cut-") }
        #expect(kept.count == 1)
        let aside = try #require(kept.first)
        let cut = try #require(client.disk.peek(aside))
        #expect(torn.suffix(cut.count) == cut[...])
        #expect(client.disk.peek(path) == Array(torn.dropLast(cut.count)))
        for survivor in [client.disk.afterPowerLoss(), client.disk.afterProcessDeath()] {
            let next = try Conversation(on: survivor, Self.directives)
            #expect(next.ask("GET", "new") == "$1\r\n1")
            #expect(next.ask("DBSIZE") == ":5")
        }
    }

    /// Whenever power is lost while the log is put in order, the next start finds all of it.
    @Test func theRepairCanBeInterrupted() throws {
        let (disk, _, _) = try tornDisk()
        let client = try Conversation(on: disk, Self.directives)
        #expect(client.ask("DBSIZE") == ":4")
        var survivors: [SimulatedFileSystem] = []
        client.disk.setCapacity(nil)
        client.disk.afterEachCall = { disk, _ in survivors.append(disk.afterPowerLoss()) }
        #expect(client.wait { client.server.persistence.appendLog?.health == .healthy })
        client.disk.afterEachCall = nil
        #expect(survivors.count > 10)
        for survivor in survivors {
            let next = try Conversation(on: survivor, Self.directives)
            #expect(next.simulated.refusal == nil)
            #expect(next.ask("DBSIZE") == ":4")
        }
    }

    /// The repair itself fails a few times before it succeeds, at each of its calls.
    @Test func theRepairIsTriedAgain() throws {
        for passing in 0..<12 {
            let (disk, _, _) = try tornDisk()
            let client = try Conversation(on: disk, Self.directives)
            client.disk.setCapacity(nil)
            client.disk.inject(
                Fault(.fail(SystemCode.inputOutput), path: "appendonlydir", passing: passing))
            #expect(client.wait { client.info("aof_state") == "healthy" }, "\(passing)")
            #expect(client.ask("SET", "new", "1") == "+OK")
            #expect(client.disk.paths.filter { $0.contains(".cut-") }.count == 1, "\(passing)")
            let next = try Conversation(on: client.disk.afterPowerLoss(), Self.directives)
            #expect(next.ask("DBSIZE") == ":5", "\(passing)")
        }
    }
}
