import Bytes
import Persistence
import PlatformSimulation
import Testing
import Tools

/// What comes back of a damaged log, on a simulated disk.
@Suite struct AOFSalvageTests {
    private let world = SimulatedWorld(seed: 1)
    private static let manifest = "file a.aof.1.incr.aof seq 1 type i\n"

    /// An increment of one batch for each of some groups of records.
    private func increment(_ batches: [[[ByteString]]]) -> [UInt8] {
        var file: [UInt8] = []
        var sealer = BatchSealer(incrementSequence: 1, from: .zero)
        for records in [[]] + batches {
            var batch = ByteBuffer()
            sealer.begin(&batch)
            for record in records { batch.appendRecord(record) }
            sealer.seal(&batch)
            file += batch.bytes.array
        }
        return file
    }

    private func set(_ key: String) -> [ByteString] { ["SET", ByteString(key), "value"] }

    private func place(_ bytes: [UInt8]) {
        world.fileSystem.place("/d/log/a.aof.manifest", Array(Self.manifest.utf8))
        world.fileSystem.place("/d/log/a.aof.1.incr.aof", bytes)
    }

    /// The status and the keys of the salvaged records.
    private func salvage(_ options: String...) throws -> (status: Int32, keys: [String]) {
        let arguments = options + ["--salvage", "/d/out", "/d/log/a.aof.manifest"]
        let status = AOFCheckCommand.run(arguments, in: world.world)
        let output = world.process.state.withLock { $0.output }
        let bytes = try #require(
            world.fileSystem.peek("/d/out/a.aof.1.incr.aof"), "\(output)")
        let keys = bytes.withSlice { content in
            var keys: [String] = []
            var reader = RecordReader(content)
            while let item = try? reader.next(), item != .end {
                guard item == .record, reader.arguments.count > 1 else { continue }
                keys.append(reader.arguments[1].text)
            }
            return keys
        }
        #expect(AOFCheckCommand.run(["/d/out/a.aof.manifest"], in: world.world) == 0)
        return (status, keys)
    }

    /// The offset of a key's name.
    private func offset(of key: String, in bytes: [UInt8]) throws -> Int {
        let name = Array(key.utf8)
        return try #require(
            bytes.indices.first { bytes[$0...].starts(with: name) && bytes[$0 - 1] == 0x0a })
    }

    @Test func oneWrongByteIsPutRight() throws {
        var bytes = increment([[set("one")], [set("two"), set("three")], [set("four")]])
        bytes[try offset(of: "two", in: bytes)] ^= 4
        place(bytes)
        let (status, keys) = try salvage()
        #expect(status == 0)
        #expect(keys == ["one", "two", "three", "four"])
    }

    @Test func everyByteOfASetIsPutRightOrCutAsATornTail() throws {
        let whole = increment([[set("one")], [set("two")], [set("three")]])
        for index in whole.indices {
            let world = SimulatedWorld(seed: 1)
            var bytes = whole
            bytes[index] ^= 0x11
            world.fileSystem.place("/d/log/a.aof.manifest", Array(Self.manifest.utf8))
            world.fileSystem.place("/d/log/a.aof.1.incr.aof", bytes)
            let status = AOFCheckCommand.run(
                ["--salvage", "/d/out", "/d/log/a.aof.manifest"], in: world.world)
            #expect(status == 0, "byte \(index)")
        }
    }

    @Test func recordsOfADamagedBatchAreKeptUnlessTold() throws {
        var bytes = increment([[set("one")], [set("two"), set("three")], [set("four")]])
        let place = try offset(of: "two", in: bytes)
        bytes.replaceSubrange(place - 8..<place + 2, with: [UInt8](repeating: 0x7a, count: 10))
        self.place(bytes)
        let (status, keys) = try salvage()
        #expect(status == 1)
        #expect(keys == ["one", "three", "four"])
    }

    @Test func aDamagedBatchIsLeftOutWhenTold() throws {
        var bytes = increment([[set("one")], [set("two"), set("three")], [set("four")]])
        let place = try offset(of: "two", in: bytes)
        bytes.replaceSubrange(place..<place + 2, with: [0x7a, 0x7a])
        self.place(bytes)
        let (status, keys) = try salvage("--discard-unverified")
        #expect(status == 1)
        #expect(keys == ["one", "four"])
    }

    @Test func aTransactionIsKeptWholeOrNotAtAll() throws {
        let group: [[ByteString]] = [["MULTI"], set("two"), set("three"), ["EXEC"], set("four")]
        var bytes = increment([[set("one")], group, [set("five")]])
        let place = try offset(of: "two", in: bytes)
        bytes.replaceSubrange(place - 8..<place + 2, with: [UInt8](repeating: 0x7a, count: 10))
        self.place(bytes)
        let (status, keys) = try salvage()
        #expect(status == 1)
        #expect(keys == ["one", "four", "five"])
    }

    @Test func aSelectThatWasLostIsMadeOut() throws {
        let select: [ByteString] = ["SELECT", "7"]
        var bytes = increment([[set("one")], [select, set("two")], [set("three")]])
        let place = try #require(bytes.indices.first { bytes[$0...].starts(with: "*2".utf8) })
        bytes[place] = 0x7a
        bytes[place + 1] = 0x7a
        self.place(bytes)
        let (status, keys) = try salvage()
        #expect(status == 1)
        #expect(keys == ["one", "7", "two", "three"])
    }

    @Test func whatExistsIsNotTouched() {
        place(increment([[set("one")]]))
        world.fileSystem.place("/d/out", [1])
        #expect(
            AOFCheckCommand.run(["--salvage", "/d/out", "/d/log/a.aof.manifest"], in: world.world)
                == 1)
        #expect(world.fileSystem.peek("/d/out") == [1])
    }

    @Test func aCutAtALogOffsetSealsTheBatchAnew() throws {
        let bytes = increment([[set("one")], [set("two"), set("three")], [set("four")]])
        place(bytes)
        let size = set("one").reduce(0) { $0 + $1.count + 6 } + 4
        let status = AOFCheckCommand.run(
            ["--truncate-to-lsn", String(size * 2), "/d/log/a.aof.manifest"], in: world.world)
        #expect(status == 0)
        let cut = try #require(world.fileSystem.peek("/d/log/a.aof.1.incr.aof"))
        #expect(cut.count < bytes.count)
        #expect(AOFCheckCommand.run(["/d/log/a.aof.manifest"], in: world.world) == 0)
        let text = String(decoding: cut, as: UTF8.self)
        #expect(text.contains("two"))
        #expect(!text.contains("three"))
    }
}
