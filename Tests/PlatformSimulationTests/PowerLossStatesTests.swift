import Bytes
import Platform
import PlatformSimulation
import Testing

@Suite struct PowerLossStatesTests {
    private let disk = SimulatedFileSystem()

    private func states(
        _ model: PowerLossModel = .harsh, of path: String = "/log", countMax: Int = 1000
    ) -> (count: Int, contents: Set<String>) {
        var contents: Set<String> = []
        let count = disk.forEachPowerLoss(model, countMax: countMax) { survivor in
            contents.insert(survivor.text(path) ?? "absent")
        }
        return (count, contents)
    }

    @Test func whatIsSynchronizedHasOneState() throws {
        disk.place("/log", Array("abc".utf8))
        let (count, contents) = states()
        #expect(count == 1)
        #expect(contents == ["abc"])
    }

    @Test func everyBeginningOfAWriteIsThere() throws {
        disk.place("/log", Array("abc".utf8))
        let file = try disk.open("/log", .append)
        try file.writeAll("defg")
        defer { file.close() }
        #expect(states(.ordered).contents == ["abc", "abcd", "abcde", "abcdef", "abcdefg"])
        let harsh = states().contents
        #expect(harsh.isSuperset(of: states(.ordered).contents))
        #expect(harsh.contains("abcd\0\0\0"))
        #expect(harsh.contains("abc\0\0\0\0"))
    }

    @Test func everySetOfSectorsIsThere() throws {
        disk.place("/log", Array(repeating: UInt8(ascii: "a"), count: 1536))
        let file = try disk.open("/log", .readWrite)
        try String(repeating: "b", count: 1536).withSlice { bytes throws(IOError) in
            try file.write(bytes, at: 0)
        }
        file.close()
        let found = states().contents.map { text in
            [0, 512, 1024].map { Array(text.utf8)[$0] == UInt8(ascii: "b") }
        }
        #expect(Set(found).count == 8)
    }

    @Test func everySetOfNamesIsThereTogetherWithEveryContent() throws {
        for name in ["/a", "/b"] {
            let file = try disk.open(name, .createNew)
            try file.writeAll("x")
            file.close()
        }
        var seen: Set<[String]> = []
        disk.forEachPowerLoss { survivor in
            seen.insert(["/a", "/b"].map { survivor.text($0) ?? "absent" })
        }
        let each = ["absent", "", "x", "\0"]
        for first in each {
            for second in each { #expect(seen.contains([first, second])) }
        }
        var ordered: Set<[String]> = []
        disk.forEachPowerLoss(.ordered) { ordered.insert($0.paths) }
        #expect(ordered == [[], ["/a"], ["/a", "/b"]])
    }

    @Test func beyondTheLimitEachPartStillGoesThroughAll() throws {
        for name in ["/a", "/b", "/c"] {
            let file = try disk.open(name, .createNew)
            try file.writeAll("0123456789")
            file.close()
        }
        try disk.synchronizeDirectory("/")
        let (count, contents) = states(.ordered, of: "/b", countMax: 50)
        #expect(count < 100)
        #expect(contents.count == 11)
    }

    @Test func aShortReadIsContinued() throws {
        disk.place("/log", Array("abcdef".utf8))
        disk.inject(Fault(.shortRead(2), on: [.read], times: .max))
        let calls = disk.callCount
        #expect(try disk.contents(of: "/log") == "abcdef")
        #expect(disk.callCount - calls > 4)
        disk.clearFaults()
        disk.inject(Fault(.fail(SystemCode.inputOutput), on: [.read], passing: 1))
        disk.inject(Fault(.shortRead(2), on: [.read], times: .max))
        #expect(throws: IOError.self) { try disk.contents(of: "/log") }
    }
}
