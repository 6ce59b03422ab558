import Bytes
import Persistence
import Platform

/// The program `ledgerstone-check-rdb`: says of a file whether it is a sound RDB file, what is in
/// it, and how it differs from another.
///
/// Called as `redis-check-rdb` it prints that program's lines and no others. It changes nothing.
public enum RDBCheckCommand {
    public static func main() -> Never {
        let world = World.kernel()
        world.process.exit(run(Array(world.process.arguments.dropFirst()), in: world))
    }

    /// - Parameter arguments: without the program's name.
    /// - Returns: the exit status.
    public static func run(_ arguments: [String], in world: World) -> Int32 {
        let output = ToolOutput(world)
        return ToolProgram.run(arguments, output, manual, usage: { usage($0, world) }) {
            arguments throws(ToolFailure) in
            let request = try RDBRequest(arguments)
            return try RDBInspection(request, world, output).run()
        }
    }

    /// Redis's line, on the standard error as there.
    private static func usage(_ output: ToolOutput, _ world: World) {
        var text = "Usage: \(output.name) <rdb-file-name>\n"
        if !output.isStandIn { text += "More: \(output.name) --help\n" }
        world.process.writeStandardError(text)
    }

    /// What a difference between two files makes of the exit status; a failure has its own then.
    static let differs: Int32 = 1
    static let troubleOfDiff: Int32 = 2

    static let manual = ToolManual(
        purpose: """
            Checks an RDB file, the base of an append-only log or the RDB files of a directory, \
            and shows what is in them. Changes nothing.
            """,
        operands: "<file.rdb|directory> | --diff <A> <B>",
        options: [
            ToolOption("--report", "Print counts, bytes and encodings by type and database."),
            ToolOption("--largest", "COUNT", "How many of the largest keys --report names (10)."),
            ToolOption("--keys", "PATTERN", "List the keys that match; narrows the other options."),
            ToolOption("--diff", "Compare two files: keys only in one, and keys that differ."),
            ToolOption(
                "--to-commands", "Print the commands that rebuild the data, for redis-cli --pipe."),
            ToolOption("--to-json", "Print every key with its value as one JSON document."),
            ToolOption(
                "--salvage", "OUT",
                "Write a new file with every key that can be found again, and list what is lost."),
            ToolOption("--json", "Print the findings as one JSON document."),
            ToolOption("--version", "Print the version."),
            ToolOption("--help", "Print this page."),
        ],
        notes: [
            "Strings that are not UTF-8 stand in JSON as {\"base64\": \"…\"}.",
            "Exit status: 0 when the file is sound, and when nothing was lost; 1 otherwise. With "
                + "--diff: 0 when the files hold the same, 1 when they differ, 2 on trouble.",
        ])
}
