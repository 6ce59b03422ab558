import Bytes
import Persistence
import Platform
import PlatformSimulation
import Testing
import Tools

/// The expected lines are what `redis-check-aof` 7.0.15 prints for the same bytes.
@Suite struct AOFCheckTests {
    private let world = SimulatedWorld(seed: 1)
    private let small =
        "*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1\r\nv\r\n"

    private func run(_ arguments: String..., answering input: [String] = []) -> (Int32, [String]) {
        world.process.state.withLock { state in
            state.arguments = ["redis-check-aof"]
            state.output = ""
            state.input = input
        }
        let status = AOFCheckCommand.run(arguments, in: world.world)
        let output = world.process.state.withLock { $0.output }
        return (status, output.split(separator: "\n").map(String.init))
    }

    private func place(_ text: String) { world.fileSystem.place("/d/a.aof", Array(text.utf8)) }

    @Test func aSoundFileIsValid() {
        place(small)
        let (status, lines) = run("/d/a.aof")
        #expect(status == 0)
        #expect(
            lines == [
                "Start checking Old-Style AOF",
                "AOF analyzed: filename=/d/a.aof, size=50, ok_up_to=50, ok_up_to_line=13, diff=0",
                "AOF /d/a.aof is valid",
            ])
        place("")
        #expect(run("/d/a.aof") == (0, ["Start checking Old-Style AOF", "AOF /d/a.aof is empty"]))
    }

    @Test(arguments: [
        ("*3\r\n$3\r\nSE", "0x              3a: Expected to read 5 bytes, got 2 bytes", 15),
        ("*1\r\n:3\r\n", "0x              36: Expected prefix '$', got: ':'", 14),
        ("garbage\r\n", "AOF /d/a.aof format error", 13),
        ("*1\r\n$4\r\nPINGxy", "0x              3a: Expected \\r\\n, got: 7879", 15),
    ])
    func tellsWhereItGoesWrong(tail: String, message: String, line: Int) {
        place(small + tail)
        let (status, lines) = run("/d/a.aof")
        #expect(status == 1)
        let size = 50 + tail.utf8.count
        #expect(
            lines.dropFirst() == [
                message,
                "AOF analyzed: filename=/d/a.aof, size=\(size), ok_up_to=50, "
                    + "ok_up_to_line=\(line), diff=\(size - 50)",
                "AOF /d/a.aof is not valid. Use the --fix option to try fixing it.",
            ])
    }

    @Test func fixesOnlyWhenToldAndKeepsWhatItCuts() throws {
        place(small + "*3\r\n$3")
        let (refused, lines) = run("--fix", "/d/a.aof", answering: ["n"])
        #expect(refused == 1)
        #expect(lines.last == "Continue? [y/N]: Aborting...")
        #expect(world.fileSystem.peek("/d/a.aof")?.count == 56)
        let (status, fixed) = run("--fix", "/d/a.aof", answering: ["y", "y"])
        #expect(status == 0)
        #expect(fixed.last == "Continue? [y/N]: Successfully truncated AOF /d/a.aof")
        #expect(world.fileSystem.peek("/d/a.aof") == Array(small.utf8))
        let aside = try #require(world.fileSystem.paths.first { $0.contains(".cut-") })
        #expect(world.fileSystem.peek(aside) == Array("*3\r\n$3".utf8))
    }

    @Test func truncatesToATime() {
        place(small + "#TS:1700000000\r\n" + small + "#TS:1700000010\r\n" + small)
        #expect(run("--truncate-to-timestamp", "soon", "/d/a.aof").0 == 1)
        let (status, lines) = run("--truncate-to-timestamp", "1700000005", "/d/a.aof")
        #expect(status == 0)
        #expect(lines.last == "Successfully truncated AOF /d/a.aof to timestamp 1700000005")
        #expect(world.fileSystem.peek("/d/a.aof")?.count == 116)
        #expect(
            run("--truncate-to-timestamp", "1700000005", "/d/a.aof").1.contains(
                "Truncate nothing in AOF /d/a.aof to timestamp 1700000005"))
    }

    @Test func checksAllFilesOfAManifest() {
        let bytes = Array(small.utf8)
        let manifest = "file a.1.base.aof seq 1 type b\nfile a.1.incr.aof seq 1 type i\n"
        world.fileSystem.place("/d/a.manifest", Array(manifest.utf8))
        world.fileSystem.place("/d/a.1.base.aof", bytes)
        world.fileSystem.place("/d/a.1.incr.aof", bytes)
        let (status, lines) = run("/d/a.manifest")
        #expect(status == 0)
        #expect(
            lines == [
                "Start checking Multi Part AOF",
                "Start to check BASE AOF (RESP format).",
                "AOF analyzed: filename=a.1.base.aof, size=50, ok_up_to=50, ok_up_to_line=13, "
                    + "diff=0",
                "BASE AOF a.1.base.aof is valid",
                "Start to check INCR files.",
                "AOF analyzed: filename=a.1.incr.aof, size=50, ok_up_to=50, ok_up_to_line=25, "
                    + "diff=0",
                "INCR AOF a.1.incr.aof is valid",
                "All AOF files and manifest are valid",
            ])
        world.fileSystem.place("/d/a.1.base.aof", Array(bytes.dropLast()))
        #expect(run("--fix", "/d/a.manifest", answering: ["y"]).0 == 1)
    }

    @Test func usageAndMissingFilesFail() {
        #expect(run().0 == 1)
        #expect(run("--else", "/d/a.aof").1.contains { $0.hasPrefix("Usage: ") })
        #expect(run("/d/none").1 == ["Cannot open file /d/none: No such file or directory"])
        #expect(run("--version").0 == 0)
    }
}
