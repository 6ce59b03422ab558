import Bytes
import Configuration
import Persistence
import Platform

/// The program `ledgerstone-check-aof`: says of append-only files whether they are sound, and how
/// they are not; cuts the last one, or writes what can be read to another place, when asked to.
///
/// Called as `redis-check-aof` it prints that program's lines and no others. Without an option that
/// asks for it, nothing is changed.
public enum AOFCheckCommand {
    public static func main() -> Never {
        let world = World.kernel()
        world.process.exit(run(Array(world.process.arguments.dropFirst()), in: world))
    }

    /// - Parameter arguments: without the program's name.
    /// - Returns: the exit status.
    public static func run(_ arguments: [String], in world: World) -> Int32 {
        let output = ToolOutput(world)
        return ToolProgram.run(arguments, output, manual, usage: usage) {
            arguments throws(ToolFailure) in
            guard arguments.operands.count == 1 else {
                throw .usage("exactly one file or directory is to be named")
            }
            guard let request = try AOFRequest(arguments, output) else {
                return ToolProgram.failure
            }
            let path = arguments.operands[0]
            if let out = request.salvageTarget {
                return try AOFSalvage(request, world, output).run(path, to: out)
            }
            var inspection = AOFInspection(request, world, output)
            return try inspection.run(path) ? ToolProgram.success : ToolProgram.failure
        }
    }

    /// Redis's line, on the standard output as there.
    private static func usage(_ output: ToolOutput) {
        output.line(
            "Usage: \(output.name) [--fix|--truncate-to-timestamp $timestamp] "
                + "<file.manifest|file.aof>")
        if !output.isStandIn { output.line("More: \(output.name) --help") }
    }

    static let manual = ToolManual(
        purpose: """
            Checks an append-only log: the files of a manifest, one file, or all of a data \
            directory. Says where the log is intact, where its end is torn, and where something is \
            damaged. Changes nothing unless told to.
            """,
        operands: "<file.manifest|file.aof|directory>",
        options: [
            ToolOption("--fix", "Cut the last file behind what holds, after asking."),
            ToolOption("--yes", "Do not ask: for scripts."),
            ToolOption(
                "--truncate-to-timestamp", "SECONDS",
                "Cut before the first time line later than this (aof-timestamp-enabled)."),
            ToolOption(
                "--truncate-to-lsn", "OFFSET",
                "Cut behind the last record that ends at or before this log offset."),
            ToolOption(
                "--salvage", "OUT",
                "Write a new, valid set of everything that can be read, and list what is lost."),
            ToolOption(
                "--discard-unverified",
                "With --salvage: leave out all of a batch whose checksum does not hold."),
            ToolOption("--json", "Print the findings as one JSON document."),
            ToolOption("--version", "Print the version."),
            ToolOption("--help", "Print this page."),
        ],
        notes: [
            "What is cut is first copied, durably, to <file>.cut-<seconds since 1970> beside the "
                + "file.",
            "Exit status: 0 when everything is sound, fixed, cut or empty, and when nothing was "
                + "lost; 1 otherwise.",
        ])
}

extension ToolOption {
    init(_ name: String, _ summary: String) { self.init(name, nil, summary) }
}
