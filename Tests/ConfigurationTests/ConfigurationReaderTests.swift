import Bytes
import Testing

@testable import Configuration

@Suite struct ConfigurationReaderTests {
    // As redis-server 7.0.15 started with the same file.
    @Test(arguments: [
        ("save 900 1\n\n# note\nsave 300 10\n", "900 1 300 10"), ("save 900 1\nsave \"\"\n", ""),
        ("save \"\"\nsave 900 1\n", "900 1"),
        ("save 900 1 30 5\r\nsave 300 10", "900 1 30 5 300 10"),
        ("  SAVE  '900 1'  ", "900 1"), ("", "3600 1 300 100 60 10000"),
    ])
    func savePointsAddUp(text: String, expected: String) throws {
        #expect(try Files.value(of: "save", in: text) == expected)
    }

    @Test(arguments: [
        (["--save", "60", "1", "--appendonly", "yes"], "60 1", "yes"),
        (["--save", ""], "", "no"), (["--save"], "", "no"),
        (["--save", "--appendonly", "yes"], "", "yes"),
        (["--save", "60 1 30 2"], "60 1 30 2", "no"),
        (["--save", "60", "1", "--save", "30", "2"], "60 1 30 2", "no"),
        (["--appendonly yes", "--save", ""], "", "yes"),
        (["a.conf", "--save", "5", "6"], "9 8 5 6", "yes"),
        (["-", "--appendonly", "no"], "7 7", "no"), (["--appendonly", "yes", "-"], "7 7", "yes"),
        (["a.conf", "-"], "9 8 7 7", "no"),
    ])
    func readsTheCommandLine(arguments: [String], save: String, appendonly: String) throws {
        let files = Files(
            contents: ["a.conf": "save 9 8\nappendonly yes\n"],
            standardInput: "appendonly no\nsave 7 7")
        let settings = try files.load(arguments).settings
        let values = Directive.values(matching: ["save", "appendonly"], in: settings)
        #expect(values.map(\.value.text) == [save, appendonly])
    }

    @Test func optionsTakeWordsThatLookLikeOptions() throws {
        let settings = try Files().load([
            "--requirepass", "--x", "--shutdown-on-sigint", "nosave", "force", "--PORT", "0",
            "--client-output-buffer-limit", "normal 1 2 3 pubsub 4 5 6",
        ]).settings
        #expect(settings.security.password == "--x")
        #expect(settings.process.shutdownOnInterrupt == [.nosave, .force])
        #expect(settings.network.port == 0)
        #expect(settings.clients.outputBufferLimits.normal.soft == 2)
        #expect(settings.clients.outputBufferLimits.pubsub.softSeconds == 6)
        #expect(settings.clients.outputBufferLimits.replica.softSeconds == 60)
    }

    @Test func requestsThatServeNothing() {
        #expect(ServerArguments.parse(["--version"]) == .version)
        #expect(ServerArguments.parse(["-h"]) == .help)
        #expect(ServerArguments.parse(["--check-system"]) == .checkSystem)
        #expect(ServerArguments.parse(["--test-memory", "5"]) == .testMemory("5"))
        #expect(ServerArguments.parse([]) == .serve(ServerArguments([])))
    }

    // Arguments, line number, the line as shown, the reason: as redis-server 7.0.15 prints them.
    @Test(arguments: [
        (["--port"], 2, "port", "wrong number of arguments"),
        (["--port", "--bind", "a"], 2, #"port "--bind" "a""#, "wrong number of arguments"),
        (
            ["--timeout", "1", "--foo", "1"], 3, #"foo "1""#,
            "Bad directive or wrong number of arguments"
        ),
        (
            ["t1", "--port", "abc"], 7, #"port "abc""#,
            "argument couldn't be parsed into an integer"
        ),
        (["t2"], 3, #"requirepass "abc"#, "Unbalanced quotes in configuration line"),
        (["t3"], 3, "badthing 1 2", "Bad directive or wrong number of arguments"),
        (["t4"], 1, "Port 1 # trailing", "wrong number of arguments"),
        (["-x"], 2, #""-x""#, "Bad directive or wrong number of arguments"),
        (["t1", "-", "--timeout", "1"], 7, #""-""#, "Bad directive or wrong number of arguments"),
        (
            ["--rename-command", "nokeys", "x"], 2, #"rename-command "nokeys" "x""#,
            "No such command in rename-command"
        ),
        (
            ["--rename-command", "keys", "get"], 2, #"rename-command "keys" "get""#,
            "Target command name already exists"
        ),
        (["--a.b"], 2, "a.b", "Module config specified without value"),
        (["--loadmodule", "/x.so"], 2, #"loadmodule "/x.so""#, "Modules are not supported"),
        (
            ["--sentinel", "x"], 2, #"sentinel "x""#,
            "sentinel directive while not in sentinel mode"
        ),
        (["--dir", "/nonexistent"], 2, #"dir "/nonexistent""#, "No such file or directory"),
        (["--replicaof", "a"], 2, #"replicaof "a""#, "wrong number of arguments"),
        (["--replicaof", "a", "x"], 2, #"replicaof "a" "x""#, "Invalid master port"),
        (["--appendfilename", ""], 2, #"appendfilename """#, "appendfilename can't be empty"),
        (
            ["--appenddirname", "a/b"], 2, #"appenddirname "a/b""#,
            "appenddirname can't be a path, just a dirname"
        ),
    ])
    func refusesInRedissWords(arguments: [String], number: Int, line: String, reason: String) {
        let files = Files(contents: [
            "t1": "# comment\nsave 900 1\n\nsave 300 10\nmaxmemory 10mb\n",
            "t2": "port 17995\nbind 127.0.0.1\nrequirepass \"abc\n",
            "t3": "port 17995\nbind 127.0.0.1\n   badthing 1 2  \n",
            "t4": "Port 1 # trailing\n",
        ])
        do throws(ConfigurationError) {
            _ = try files.load(arguments)
            Issue.record("not refused")
        } catch {
            #expect(error == .line(number: number, text: line, reason: reason, file: nil))
            #expect(
                error.message(version: "7.2.6")
                    == "\n*** FATAL CONFIG FILE ERROR (Redis 7.2.6) ***\n"
                    + "Reading the configuration file, at line \(number)\n>>> '\(line)'\n\(reason)\n"
            )
        }
    }

    @Test func refusesAReplicaInACluster() {
        #expect(
            throws: ConfigurationError.whole(
                reason: "replicaof directive not allowed in cluster mode")
        ) {
            try Files().load(["--cluster-enabled", "yes", "--replicaof", "127.0.0.1", "1"])
        }
        #expect(throws: Never.self) { try Files().load(["--replicaof", "no", "one"]) }
    }

    @Test func includesAtThePlace() throws {
        let files = Files(contents: [
            "main": "maxmemory 1\ninclude part*.x\ntimeout 3\ninclude none*\n",
            "part1.x": "maxmemory 2\ntimeout 2\nsave 1 1\n", "part2.x": "maxmemory 3\n",
        ])
        let loaded = try files.load(["main"])
        #expect(loaded.file == "main")
        #expect(loaded.settings.memory.max == 3)
        #expect(loaded.settings.network.timeout == 3)
        #expect(loaded.includedNames == ["maxmemory", "timeout", "save"])
    }

    @Test func refusesWhatCannotBeIncluded() {
        let files = Files(contents: [
            "main": "timeout 1\ninclude gone\n", "loop": "include loop\n", "outer": "include bad\n",
            "bad": "\nport x\n",
        ])
        #expect(
            throws: ConfigurationError.unreadable(path: "gone", reason: "No such file or directory")
        ) { try files.load(["main"]) }
        #expect(
            throws: ConfigurationError.line(
                number: 2, text: "port x", reason: "argument couldn't be parsed into an integer",
                file: "bad")
        ) { try files.load(["outer"]) }
        #expect(
            throws: ConfigurationError.line(
                number: 1, text: "include loop", reason: "Files are included too deeply",
                file: "loop")
        ) { try files.load(["loop"]) }
    }

    @Test func renamesInOrder() throws {
        let loaded = try Files().load([
            "--rename-command", "KEYS", "old", "--rename-command", "old", "",
            "--rename-command", "get", "keys",
        ])
        #expect(loaded.renamedCommands.map(\.name) == ["KEYS", "old", "get"])
        #expect(loaded.renamedCommands.map(\.newName) == ["old", "", "keys"])
    }

    @Test func refusesNamesThatAreNotText() {
        let arguments = ServerArguments(["--dbfilename", ByteString([0xff])])
        #expect(throws: ConfigurationError.self) {
            try ConfigurationReader.load(arguments, from: Files().sources)
        }
    }
}
