import Bytes
import Foundation
import Keyspace
import Persistence
import Platform
import Structures
import Synchronization
import Testing

/// What a keyspace holds, in a form that can be compared.
struct KeyspaceContents: Equatable, CustomTestStringConvertible {
    struct Value: Equatable {
        let text: [UInt8]
        let deadline: Int64?
    }

    var databases: [[[UInt8]: Value]] = []

    init(_ keyspace: Keyspace) {
        for index in 0..<keyspace.databaseCount where !keyspace[index].isEmpty {
            while databases.count < index { databases.append([:]) }
            var keys: [[UInt8]: Value] = [:]
            keyspace[index].forEach { entry in
                var text = ByteBuffer()
                entry.string.append(to: &text)
                keys[entry.key.array] = Value(text: text.bytes.array, deadline: entry.deadline)
            }
            databases.append(keys)
        }
    }

    var testDescription: String { "\(databases.map(\.count)) keys" }
}

/// A directory of a test's own, removed with it.
final class ScratchDirectory {
    let path: String

    init() {
        path = NSTemporaryDirectory() + "ledgerstone-\(UUID().uuidString)"
        try? FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { path + "/" + name }
    func bytes(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: file(name))))
    }
    var names: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
    }
}

extension Keyspace {
    /// Changes keys at random, as a seed decides: few short keys, values of every form.
    func change(_ count: Int, _ random: inout SeededRandom, keys: Int) {
        for _ in 0..<count {
            let database = self[random.index(below: min(3, databaseCount))]
            if random.chance(1, in: 500) { changeLargeString(in: database, &random) }
            let name = "key:\(random.index(below: keys))"
            name.withSlice { name in
                let key = Key(name)
                switch random.index(below: 8) {
                case 0: database.remove(key)
                case 1:
                    guard database.contains(key) else { return }
                    database.setDeadline(
                        random.chance(1, in: 2) ? nil : Int64(random.below(1 << 40)), of: key)
                default:
                    let deadline: DeadlineChange =
                        random.chance(1, in: 4) ? .set(4_102_444_800_000) : .remove
                    Self.value(&random).withSlice {
                        database.setUntold(key, to: StringValue($0), deadline: deadline)
                    }
                }
            }
        }
    }

    /// Sets, extends, overwrites or removes one of a few strings that snapshots do not copy.
    private func changeLargeString(in database: Database, _ random: inout SeededRandom) {
        "large:\(random.index(below: 4))".withSlice { name in
            let key = Key(name)
            let isThere = database.contains(key)
            let repeated = random.chance(1, in: 2)
            let piece = (0..<200).map { repeated ? UInt8($0 & 7) : UInt8(random.below(256)) }
            switch random.index(below: isThere ? 6 : 1) {
            case 0:
                var text = ByteBuffer()
                piece.withSlice { piece in
                    for _ in 0..<400 + random.index(below: 200) { text.append(piece) }
                }
                database.setUntold(key, to: StringValue(text.bytes), deadline: .keep)
            case 1, 2: piece.withSlice { _ = database.append($0, to: key, .string("append")) }
            case 3, 4:
                let offset = random.index(below: 100_000)
                piece.withSlice {
                    _ = database.overwrite(key, at: offset, with: $0, .string("setrange"))
                }
            default: database.remove(key)
            }
        }
    }

    private static func value(_ random: inout SeededRandom) -> [UInt8] {
        switch random.index(below: 6) {
        case 0: return Array(String(Int64(bitPattern: random.next() >> random.below(64))).utf8)
        case 1: return Array(repeating: UInt8(random.below(256)), count: random.index(below: 3000))
        case 2: return (0..<random.index(below: 100)).map { _ in UInt8(random.below(256)) }
        case 3:
            return Array("{\"id\":\(random.below(1000)),\"name\":\"x\",\"tags\":[1,2,3,4,5]}".utf8)
        default: return Array("value \(random.below(100_000))".utf8)
        }
    }
}

@Suite struct SnapshotTests {
    private func plan(
        _ directory: ScratchDirectory, _ content: SnapshotPlan.Content = .rdb(version: 11)
    ) -> SnapshotPlan {
        var plan = SnapshotPlan(
            content: content, temporaryPath: directory.file("temp-1.rdb"),
            publishedPath: directory.file("dump.rdb"))
        plan.auxiliary = SnapshotPlan.auxiliary(
            version: "7.2.4", now: 1_700_000_000, usedMemory: 1, isBaseOfLog: false)
        return plan
    }

    private func load(
        _ bytes: [UInt8], expiringBefore now: Int64? = nil
    ) throws -> (Keyspace, RDBLoader.Counts) {
        let keyspace = Keyspace(databaseCount: 16)
        keyspace.shared.value.expiresOnAccess = false
        let counts = try bytes.withSlice { bytes in
            var options = RDBLoader.Options()
            options.dropsExpiredBefore = now
            var loader = RDBLoader(bytes, into: keyspace, options: options)
            while try loader.proceed(size: 1000) {}
            #expect(loader.offset == bytes.count)
            return loader.counts
        }
        return (keyspace, counts)
    }

    @Test(arguments: [10, 11], [true, false])
    func whatIsSavedIsLoaded(version: Int, compresses: Bool) throws {
        let directory = ScratchDirectory()
        let keyspace = Keyspace(databaseCount: 16)
        keyspace.shared.value.expiresOnAccess = false
        var random = SeededRandom(seed: 1)
        keyspace.change(20_000, &random, keys: 5000)
        var plan = plan(directory, .rdb(version: version))
        plan.compresses = compresses
        let result = try Snapshot.take(of: keyspace, plan, in: .kernel())

        let bytes = try directory.bytes("dump.rdb")
        #expect(directory.names == ["dump.rdb"])
        #expect(UInt64(bytes.count) == result.size)
        let summary = try bytes.withSlice { try RDBFile.examine($0, depth: .contents) }
        #expect(summary.version == version)
        #expect(summary.checksum == .correct)
        #expect(summary.keys == keyspace.count)
        #expect(summary.expires == keyspace.countWithDeadline)
        #expect(summary.auxiliary("redis-ver") == "7.2.4")
        let (loaded, counts) = try load(bytes)
        #expect(counts.keysLoaded == keyspace.count)
        #expect(KeyspaceContents(loaded) == KeyspaceContents(keyspace))
    }

    @Test func aSnapshotHoldsTheMomentOfItsBeginning() throws {
        for seed in 1...8 as ClosedRange<UInt64> {
            let directory = ScratchDirectory()
            let keyspace = Keyspace(databaseCount: 16)
            keyspace.shared.value.expiresOnAccess = false
            var random = SeededRandom(seed: seed)
            keyspace.change(10_000, &random, keys: 4000)
            let before = KeyspaceContents(keyspace)
            let snapshot = Snapshot(of: keyspace, plan(directory), in: .kernel()) {}
            var isRunning = true
            while isRunning {
                if keyspace.isSnapshotting {
                    keyspace.change(50, &random, keys: 8000)
                    if random.chance(1, in: 40) {
                        keyspace.flush(keyspace[random.index(below: 3)], lazily: true)
                    }
                    if random.chance(1, in: 40) { keyspace.swap(0, random.index(below: 3)) }
                }
                switch snapshot.proceed(for: 20) {
                case .ended(let outcome):
                    _ = try outcome.get()
                    isRunning = false
                case .walking, .waiting, .finishing: continue
                }
            }
            let (loaded, _) = try load(try directory.bytes("dump.rdb"))
            #expect(KeyspaceContents(loaded) == before, "seed \(seed)")
        }
    }

    @Test func aCancelledSnapshotLeavesNothing() throws {
        let directory = ScratchDirectory()
        let keyspace = Keyspace(databaseCount: 16)
        var random = SeededRandom(seed: 3)
        keyspace.change(5000, &random, keys: 4000)
        for _ in 0..<2 {
            let snapshot = Snapshot(of: keyspace, plan(directory), in: .kernel()) {}
            _ = snapshot.proceed(for: 0)
            snapshot.cancel()
            while true {
                guard case .ended(let outcome) = snapshot.proceed(for: 100) else { continue }
                #expect(outcome == .failure(.cancelled))
                break
            }
            #expect(directory.names == [])
            #expect(!keyspace.isSnapshotting)
        }
        _ = try Snapshot.take(of: keyspace, plan(directory), in: .kernel())
        #expect(directory.names == ["dump.rdb"])
    }

    @Test func aFailureLeavesTheOldFileAndTheKeyspaceUsable() throws {
        let directory = ScratchDirectory()
        let keyspace = Keyspace(databaseCount: 1)
        var random = SeededRandom(seed: 3)
        keyspace.change(500, &random, keys: 400)
        var plan = plan(directory)
        plan.temporaryPath = directory.file("missing/temp-1.rdb")
        #expect(throws: SnapshotFailure.self) {
            _ = try Snapshot.take(of: keyspace, plan, in: .kernel())
        }
        #expect(!keyspace.isSnapshotting)
        #expect(directory.names == [])
    }

    @Test func aFullQueueMakesTheWalkWait() throws {
        let directory = ScratchDirectory()
        let keyspace = Keyspace(databaseCount: 1)
        var random = SeededRandom(seed: 5)
        for index in 0..<40_000 {
            let value = (0..<64).map { _ in UInt8(random.below(256)) }
            "key \(index)".withSlice { key in
                value.withSlice {
                    keyspace[0].setUntold(Key(key), to: StringValue($0), deadline: .remove)
                }
            }
        }
        var plan = plan(directory)
        // One chunk fills it, so the walk waits however fast the file is written.
        plan.queueLimit = 1
        let news = Atomic<Int>(0)
        let snapshot = Snapshot(of: keyspace, plan, in: .kernel()) {
            news.add(1, ordering: .relaxed)
        }
        var waited = false
        while true {
            let status = snapshot.proceed(for: 1_000_000)
            if case .waiting = status { waited = true }
            guard case .ended(let outcome) = status else { continue }
            _ = try outcome.get()
            break
        }
        #expect(waited)
        // Room again, at least once, and the end.
        #expect(news.load(ordering: .relaxed) >= 2)
        let (loaded, _) = try load(try directory.bytes("dump.rdb"))
        #expect(KeyspaceContents(loaded) == KeyspaceContents(keyspace))
    }

    @Test func expiredKeysOfADumpAreDroppedAndOfABaseKept() throws {
        let (dump, counts) = try load(RDBFileTests.file, expiringBefore: 4_102_444_800_001)
        #expect(counts.keysLoaded == 1)
        #expect(counts.keysExpired == 1)
        #expect(dump.count == 1)
        let (base, baseCounts) = try load(RDBFileTests.file)
        #expect(baseCounts.keysLoaded == 2)
        #expect(base.count == 2)
    }

    @Test func aBaseOfCommandsRebuildsTheKeys() throws {
        let directory = ScratchDirectory()
        let keyspace = Keyspace(databaseCount: 16)
        "k".withSlice { key in
            "v".withSlice {
                keyspace[0].setUntold(
                    Key(key), to: StringValue($0), deadline: .set(4_102_444_800_000))
            }
        }
        "n".withSlice { keyspace[2].setUntold(Key($0), to: .integer(-12), deadline: .remove) }
        _ = try Snapshot.take(
            of: keyspace, plan(directory, .commands(timestamp: 1_700_000_000)), in: .kernel())
        let text = String(decoding: try directory.bytes("dump.rdb"), as: UTF8.self)
        #expect(
            text == """
                #TS:1700000000\r\n*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n*3\r\n$3\r\nSET\r\n$1\r\nk\r\n\
                $1\r\nv\r\n*3\r\n$9\r\nPEXPIREAT\r\n$1\r\nk\r\n$13\r\n4102444800000\r\n\
                *2\r\n$6\r\nSELECT\r\n$1\r\n2\r\n*3\r\n$3\r\nSET\r\n$1\r\nn\r\n$3\r\n-12\r\n
                """)
    }

    @Test func aLargeStringIsWrittenFromWhereItLies() throws {
        let directory = ScratchDirectory()
        let keyspace = Keyspace(databaseCount: 1)
        let text = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 ^ $0 >> 8) }
        "large".withSlice { key in
            text.withSlice {
                keyspace[0].setUntold(
                    Key(key), to: StringValue($0), deadline: .set(4_102_444_800_000))
            }
        }
        _ = try Snapshot.take(
            of: keyspace, plan(directory, .commands(timestamp: nil)), in: .kernel())
        let head = "*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n*3\r\n$3\r\nSET\r\n$5\r\nlarge\r\n$300000\r\n"
        let tail = "\r\n*3\r\n$9\r\nPEXPIREAT\r\n$5\r\nlarge\r\n$13\r\n4102444800000\r\n"
        #expect(
            try directory.bytes("dump.rdb") == Array(head.utf8) + text + Array(tail.utf8))
        for compresses in [true, false] {
            var plan = plan(directory)
            plan.compresses = compresses
            _ = try Snapshot.take(of: keyspace, plan, in: .kernel())
            let (loaded, _) = try load(try directory.bytes("dump.rdb"))
            #expect(KeyspaceContents(loaded) == KeyspaceContents(keyspace))
        }
    }

    @Test func librariesOfFunctionsComeBack() throws {
        let directory = ScratchDirectory()
        let codes: [ByteString] = ["#!lua name=a\n--", "#!lua name=b\n"]
        for compresses in [false, true] {
            var plan = plan(directory)
            plan.compresses = compresses
            plan.functionLibraries = codes
            _ = try Snapshot.take(of: Keyspace(databaseCount: 16), plan, in: .kernel())
            let bytes = try directory.bytes("dump.rdb")
            let found = try bytes.withSlice { bytes in
                var loader = RDBLoader(
                    bytes, into: Keyspace(databaseCount: 16), options: RDBLoader.Options())
                while try loader.proceed(size: 1000) {}
                return loader.functionLibraries
            }
            #expect(found == codes)
        }
    }

    @Test func librariesPassAsAPayload() throws {
        let codes: [ByteString] = ["#!lua name=a\n--", "#!lua name=b\n"]
        var payload = FunctionPayload.make(codes, compressing: true)
        let found = try FunctionPayload.libraries(in: payload.bytes)
        #expect(found == codes)
        #expect(DumpPayload.isIntact(payload.bytes))
        payload.removeAll()
        payload.append(UInt8(0))
        DumpPayload.seal(&payload)
        #expect(throws: FunctionPayload.Failure.notAFunction) {
            _ = try FunctionPayload.libraries(in: payload.bytes)
        }
    }

    @Test func aFileThatCannotBeHeldIsRefusedWithThePlace() throws {
        let module = Array("REDIS0011".utf8) + [UInt8](hex: "fe00 07 016d 05 00 ff 0000000000")
        do {
            _ = try load(module)
            Issue.record("values of modules cannot be held")
        } catch let error as RDBError {
            #expect(error.key == "m")
            #expect(error.type == 7)
        }
    }

    @Test func duplicatesAndTooManyDatabasesAreRefused() throws {
        let head = Array("REDIS0011".utf8)
        let twice = head + [UInt8](hex: "fe00 00 016b 0161 00 016b 0162 ff 0000000000000000")
        do {
            _ = try load(twice)
            Issue.record("a duplicate went unnoticed")
        } catch let error as RDBError {
            #expect(error.reason.description == "RDB has duplicated key 'k' in DB 0")
        }
        let beyond = head + [UInt8](hex: "fe10 00 016b 0161 ff 0000000000000000")
        do {
            _ = try load(beyond)
            Issue.record("database 16 of 16")
        } catch let error as RDBError {
            #expect(error.reason == .tooManyDatabases(limit: 16))
        }
    }
}
