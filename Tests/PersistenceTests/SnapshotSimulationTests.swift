import Bytes
import Keyspace
import Persistence
import Platform
import PlatformSimulation
import Structures
import Testing

/// Snapshots on a disk that fails, fills up and loses power, with threads that the test steps.
@Suite struct SnapshotSimulationTests {
    private static let old = Array("REDIS0011".utf8) + [0xff] + [UInt8](repeating: 0, count: 8)

    private let keyspace = Keyspace(databaseCount: 16)
    private let contents: KeyspaceContents

    init() {
        keyspace.shared.value.expiresOnAccess = false
        var random = SeededRandom(seed: 11)
        keyspace.change(3000, &random, keys: 1000)
        contents = KeyspaceContents(keyspace)
    }

    private func world(_ seed: UInt64) throws -> SimulatedWorld {
        let world = SimulatedWorld(seed: seed)
        world.fileSystem.place("/data/dump.rdb", Self.old)
        return world
    }

    private var plan: SnapshotPlan {
        SnapshotPlan(
            content: .rdb(version: 11), temporaryPath: "/data/temp-1.rdb",
            publishedPath: "/data/dump.rdb")
    }

    /// Saves in the background; between slices the seed decides which thread goes on.
    private func save(
        in world: SimulatedWorld, each turn: () -> Void = {}
    ) -> Result<SnapshotResult, SnapshotFailure> {
        let snapshot = Snapshot(of: keyspace, plan, in: world.world) {}
        while true {
            turn()
            if case .ended(let outcome) = snapshot.proceed(for: 0) { return outcome }
            _ = world.threads.stepOne(choosing: &world.random)
        }
    }

    private func isWhole(_ bytes: [UInt8]?) throws -> Bool {
        guard let bytes else { return false }
        if bytes == Self.old { return true }
        let loaded = Keyspace(databaseCount: 16)
        loaded.shared.value.expiresOnAccess = false
        return try bytes.withSlice { bytes in
            var loader = RDBLoader(bytes, into: loaded, options: RDBLoader.Options())
            while try loader.proceed(size: 1 << 20) {}
            return loader.checksum == .correct && KeyspaceContents(loaded) == contents
        }
    }

    @Test func theSameSeedMakesTheSameFile() throws {
        var files: [[UInt8]?] = []
        for _ in 0..<2 {
            let world = try world(5)
            _ = try save(in: world).get()
            files.append(world.fileSystem.peek("/data/dump.rdb"))
            #expect(world.fileSystem.paths == ["/data/dump.rdb"])
        }
        #expect(files[0] == files[1])
        #expect(files[0] != Self.old)
    }

    @Test func whicheverCallFailsTheOldFileOrTheNewIsWhole() throws {
        let calls = try world(1)
        let before = calls.fileSystem.callCount
        _ = try save(in: calls).get()
        let count = calls.fileSystem.callCount - before
        #expect(count > 6)
        let effects: [Fault.Effect] = [
            .fail(SystemCode.inputOutput), .fail(SystemCode.noSpace), .shortWrite(7),
        ]
        for number in 0..<count {
            for effect in effects {
                let world = try world(1)
                world.fileSystem.inject(Fault(effect, passing: number))
                let outcome = save(in: world)
                let file = world.fileSystem.peek("/data/dump.rdb")
                #expect(try isWhole(file))
                #expect(!keyspace.isSnapshotting)
                switch outcome {
                case .success: #expect(file != Self.old)
                case .failure(let failure):
                    #expect(failure.ioError != nil)
                    // Only when the directory could not be synchronized is the new file there.
                    if failure.ioError?.operation != .synchronizeDirectory {
                        #expect(file == Self.old)
                    }
                }
                #expect(world.fileSystem.paths == ["/data/dump.rdb"])
            }
        }
    }

    @Test func wheneverThePowerGoesTheOldFileOrTheNewIsWhole() throws {
        for seed in 1...3 as ClosedRange<UInt64> {
            let world = try world(seed)
            var seen = -1
            var random = SeededRandom(seed: seed)
            let outcome = save(in: world) {
                guard world.fileSystem.callCount != seen else { return }
                seen = world.fileSystem.callCount
                for share in [0, Int(random.below(100_000)), .max] {
                    let survivor = world.fileSystem.afterPowerLoss(keeping: { _ in share })
                    let isWhole = try? isWhole(survivor.peek("/data/dump.rdb"))
                    #expect(isWhole == true)
                }
            }
            let result = try outcome.get()
            let survivor = world.fileSystem.afterPowerLoss()
            #expect(survivor.peek("/data/dump.rdb")?.count == Int(result.size))
            #expect(survivor.peek("/data/dump.rdb") != Self.old)
        }
    }

    @Test func aFileThatIsNotWhatWasWrittenIsNotPublished() throws {
        let world = try world(2)
        let snapshot = Snapshot(of: keyspace, plan, in: world.world) {}
        var isDamaged = false
        while true {
            let status = snapshot.proceed(for: 0)
            if case .ended(let outcome) = status {
                guard case .failure(.differs) = outcome else {
                    Issue.record("\(outcome)")
                    return
                }
                break
            }
            if case .finishing = status, !isDamaged {
                // A byte rots at rest, before it is read back.
                isDamaged = world.fileSystem.damage("/data/temp-1.rdb", at: 1000)
            }
            _ = world.threads.stepOne(choosing: &world.random)
        }
        #expect(world.fileSystem.peek("/data/dump.rdb") == Self.old)
        #expect(world.fileSystem.paths == ["/data/dump.rdb"])
    }

    @Test func aFullDiskFailsAndTheNextSaveSucceeds() throws {
        let world = try world(3)
        world.fileSystem.setCapacity(20_000)
        guard case .failure(let failure) = save(in: world) else {
            Issue.record("the disk had no room")
            return
        }
        #expect(failure.ioError?.isNoSpace == true)
        #expect(world.fileSystem.paths == ["/data/dump.rdb"])
        world.fileSystem.setCapacity(nil)
        _ = try save(in: world).get()
        #expect(try isWhole(world.fileSystem.peek("/data/dump.rdb")))
    }
}
