import Bytes
import Platform
import PlatformSimulation
import Testing

@Suite struct PowerLossTests {
    let disk = SimulatedFileSystem()

    /// A file whose name is durable, with durable and unsynchronized text.
    private func log(durable: String, unsynchronized: String) throws -> any File {
        let file = try disk.open("/log", .append)
        try file.writeAll(durable)
        try file.synchronize()
        try disk.synchronizeDirectory("/")
        if !unsynchronized.isEmpty { try file.writeAll(unsynchronized) }
        return file
    }

    @Test func synchronizedBytesSurviveAndOthersNeedNot() throws {
        let file = try log(durable: "first", unsynchronized: "second")
        defer { file.close() }
        #expect(disk.text("/log") == "firstsecond")
        #expect(disk.afterPowerLoss().text("/log") == "first")
        #expect(disk.afterPowerLoss(keeping: { _ in 3 }).text("/log") == "firstsec")
        #expect(disk.afterPowerLoss(keeping: { _ in 100 }).text("/log") == "firstsecond")
        // The run that was watched goes on undisturbed.
        try file.writeAll("third")
        #expect(disk.text("/log") == "firstsecondthird")
    }

    @Test func theClosureSeesWhatIsAtStake() throws {
        let file = try log(durable: "first", unsynchronized: "second")
        defer { file.close() }
        var seen: [UnsynchronizedFile] = []
        _ = disk.afterPowerLoss(keeping: { file in
            seen.append(file)
            return 0
        })
        #expect(seen.count == 1)
        #expect(seen.first?.paths == ["/log"])
        #expect(seen.first?.durableSize == 5)
        #expect(seen.first?.unsynchronizedBytes == 6)
    }

    @Test func processDeathLosesNothingButPowerStillMay() throws {
        let file = try log(durable: "first", unsynchronized: "second")
        file.close()
        let next = disk.afterProcessDeath()
        #expect(next.text("/log") == "firstsecond")
        #expect(next.afterPowerLoss().text("/log") == "first")
        let again = try next.open("/log", .append)
        try again.synchronize()
        #expect(next.afterPowerLoss().text("/log") == "firstsecond")
    }

    @Test func aNameNeedsItsDirectorySynchronized() throws {
        let file = try disk.open("/new", .createNew)
        try file.writeAll("content")
        try file.synchronize()
        #expect(disk.unsynchronizedNames.map { $0.operation } == [.open])
        #expect(disk.afterPowerLoss().paths == [])
        try disk.synchronizeDirectory("/")
        #expect(disk.unsynchronizedNames.isEmpty)
        #expect(disk.afterPowerLoss().text("/new") == "content")
    }

    @Test func anUnsynchronizedRenameMayBeLostAndASynchronizedOneNever() throws {
        disk.place("/data", Array("old".utf8))
        let file = try disk.open("/temp-data", .createNew)
        try file.writeAll("new")
        try file.synchronize()
        file.close()
        try disk.rename("/temp-data", to: "/data")
        #expect(disk.text("/data") == "new")

        var seen: Set<String> = []
        for seed in 0..<200 as Range<UInt64> {
            var random = SeededRandom(seed: seed)
            let survivor = disk.afterPowerLoss(choosing: &random)
            seen.insert(survivor.text("/data") ?? "absent")
        }
        // A rename is atomic: the name always stands for one of the two, whole.
        #expect(seen == ["old", "new"])

        try disk.synchronizeDirectory("/")
        for seed in 0..<200 as Range<UInt64> {
            var random = SeededRandom(seed: seed)
            let survivor = disk.afterPowerLoss(choosing: &random)
            #expect(survivor.text("/data") == "new")
            #expect(survivor.paths == ["/data"])
        }
    }

    @Test func aRenameCanSurviveWithoutTheBytes() throws {
        disk.place("/data", Array("old".utf8))
        let file = try disk.open("/temp-data", .createNew)
        try file.writeAll("new")
        try disk.rename("/temp-data", to: "/data")
        let survivor = disk.afterPowerLoss(of: { _ in .none }, names: { _ in true })
        #expect(survivor.text("/data") == "")
    }

    @Test func namesSurviveInAnyCombination() throws {
        for name in ["/a", "/b", "/c"] { _ = try disk.open(name, .createNew) }
        var seen: Set<[String]> = []
        for seed in 0..<300 as Range<UInt64> {
            var random = SeededRandom(seed: seed)
            seen.insert(disk.afterPowerLoss(choosing: &random).paths)
        }
        #expect(seen.count == 8)

        seen = []
        for seed in 0..<300 as Range<UInt64> {
            var random = SeededRandom(seed: seed)
            seen.insert(disk.afterPowerLoss(.ordered, choosing: &random).paths)
        }
        #expect(seen == [[], ["/a"], ["/a", "/b"], ["/a", "/b", "/c"]])
    }

    @Test func aDirectoryCanBeLostWithEverythingInIt() throws {
        try disk.createDirectory("/set")
        let file = try disk.open("/set/file", .createNew)
        try file.writeAll("x")
        try file.synchronize()
        try disk.synchronizeDirectory("/set")
        #expect(disk.afterPowerLoss().paths == [])
        try disk.synchronizeDirectory("/")
        #expect(disk.afterPowerLoss().paths == ["/set/file"])
    }

    @Test func aRemovedFileMayComeBackUntilTheDirectoryIsSynchronized() throws {
        disk.place("/old", [1, 2, 3])
        try disk.remove("/old")
        #expect(disk.paths == [])
        #expect(disk.afterPowerLoss().peek("/old") == [1, 2, 3])
        try disk.synchronizeDirectory("/")
        #expect(disk.afterPowerLoss().paths == [])
    }

    @Test func aHardLinkKeepsTheFile() throws {
        disk.place("/one", [1])
        try disk.link("/one", to: "/two")
        try disk.remove("/one")
        #expect(disk.peek("/two") == [1])
        try disk.synchronizeDirectory("/")
        #expect(disk.afterPowerLoss().paths == ["/two"])
        #expect(disk.afterPowerLoss().peek("/two") == [1])
    }

    @Test func anEmptiedFileMayKeepItsOldBytes() throws {
        disk.place("/data", Array("old bytes".utf8))
        let file = try disk.open("/data", .replace)
        try file.writeAll("new")
        #expect(disk.text("/data") == "new")
        #expect(disk.afterPowerLoss().text("/data") == "old bytes")
        #expect(disk.afterPowerLoss(keeping: { _ in 0 }).text("/data") == "")
        #expect(disk.afterPowerLoss(keeping: { _ in 2 }).text("/data") == "ne")
        try file.synchronize()
        #expect(disk.afterPowerLoss().text("/data") == "new")
    }

    @Test func aSizeCanSurviveWithoutItsData() throws {
        let file = try log(durable: "abc", unsynchronized: "defghi")
        defer { file.close() }
        let zeros = disk.afterPowerLoss(of: { _ in .zerosAfter(2) }, names: { _ in false })
        #expect(zeros.peek("/log") == Array("abcde".utf8) + [0, 0, 0, 0])
        let garbage = disk.afterPowerLoss(
            of: { _ in .garbageAfter(2, seed: 1) }, names: { _ in false })
        #expect(garbage.peek("/log")?.count == 9)
        #expect(garbage.peek("/log").map { Array($0.prefix(5)) } == Array("abcde".utf8))
    }

    @Test func sectorsTearEachForItself() throws {
        disk.place("/data", [UInt8](repeating: 1, count: 2048))
        let file = try disk.open("/data", .readWrite)
        try [UInt8](repeating: 2, count: 2048).withSlice { bytes throws(IOError) in
            try file.write(bytes, at: 0)
        }
        var seen: Set<[UInt8]> = []
        for seed in 0..<400 as Range<UInt64> {
            let survivor = disk.afterPowerLoss(
                of: { _ in .sectors(seed: seed) }, names: { _ in false })
            let bytes = try #require(survivor.peek("/data"))
            let sectors = stride(from: 0, to: 2048, by: 512).map { bytes[$0] }
            for index in 0..<2048 { #expect(bytes[index] == sectors[index / 512]) }
            seen.insert(sectors)
        }
        #expect(seen.count == 16)
    }

    @Test func whateverSurvivesSynchronizedBytesDo() throws {
        let file = try log(durable: "durable", unsynchronized: "and more that is not")
        defer { file.close() }
        var lengths: Set<Int> = []
        for seed in 0..<500 as Range<UInt64> {
            var random = SeededRandom(seed: seed)
            let bytes = try #require(disk.afterPowerLoss(choosing: &random).peek("/log"))
            #expect(bytes.starts(with: Array("durable".utf8)))
            lengths.insert(bytes.count)
        }
        #expect(lengths.count > 15)
    }

    @Test func aSeedChoosesTheSameAgain() throws {
        let file = try log(durable: "durable", unsynchronized: "and more that is not")
        defer { file.close() }
        _ = try disk.open("/other", .createNew)
        for seed in 0..<50 as Range<UInt64> {
            var first = SeededRandom(seed: seed)
            var second = SeededRandom(seed: seed)
            let one = disk.afterPowerLoss(choosing: &first)
            let two = disk.afterPowerLoss(choosing: &second)
            #expect(one.paths == two.paths)
            #expect(one.peek("/log") == two.peek("/log"))
        }
    }

    @Test func replacingAFileIsAtomicWheneverPowerFails() throws {
        disk.place("/settings", Array("old".utf8))
        var outcomes: Set<String> = []
        var callsAfterReturn = 0
        disk.afterEachCall = { disk, _ in
            for seed in 0..<40 as Range<UInt64> {
                var random = SeededRandom(seed: seed)
                outcomes.insert(disk.afterPowerLoss(choosing: &random).text("/settings") ?? "none")
            }
            callsAfterReturn += 1
        }
        try "new".withSlice { bytes throws(IOError) in
            try disk.replaceFile(at: "/settings", with: bytes)
        }
        disk.afterEachCall = nil
        #expect(outcomes == ["old", "new"])
        #expect(callsAfterReturn == 5)
        #expect(disk.afterPowerLoss().text("/settings") == "new")
        #expect(disk.afterPowerLoss().paths == ["/settings"])
    }
}
