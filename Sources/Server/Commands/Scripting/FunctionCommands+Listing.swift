import Bytes
import Commands
import Platform
import RESP

extension FunctionCommands {
    static let list = SessionCommand(
        declare(
            "list", arity: -2, [.noScript], tips: ["nondeterministic_output_order"],
            "Lists the libraries and their functions.",
            complexity: "O(N) where N is the number of functions",
            arguments: [
                .string("library-name-pattern", token: "LIBRARYNAME", .optional),
                .word("withcode", "WITHCODE", .optional),
            ])
    ) { arguments, session throws(CommandError) in
        let options = try ListOptions(arguments)
        let libraries = session.server.functions.libraries.all.filter { library in
            guard let pattern = options.pattern else { return true }
            return pattern.withSlice { pattern in
                library.name.withSlice { Glob.matches($0, pattern, ignoringCase: true) }
            }
        }
        session.replies.array(libraries.count)
        for library in libraries {
            write(library, withCode: options.isWithCode, to: session.replies)
        }
    }

    private struct ListOptions {
        var pattern: ByteString?
        var isWithCode = false

        init(_ arguments: Slices) throws(CommandError) {
            var index = 2
            while index < arguments.count {
                let word = arguments[index]
                if !isWithCode, word.isWord("withcode") {
                    isWithCode = true
                } else if pattern == nil, word.isWord("libraryname") {
                    index += 1
                    guard index < arguments.count else {
                        throw .text("ERR library name argument was not given")
                    }
                    pattern = ByteString(arguments[index])
                } else {
                    throw .quoting("ERR Unknown argument ", word)
                }
                index += 1
            }
        }
    }

    private static func write(
        _ library: FunctionLibrary, withCode: Bool, to replies: ReplyWriter
    ) {
        replies.map(withCode ? 4 : 3)
        replies.bulk("library_name")
        replies.bulk(library.name)
        replies.bulk("engine")
        replies.bulk("LUA")
        replies.bulk("functions")
        replies.array(library.functions.count)
        for function in library.functions {
            replies.map(3)
            replies.bulk("name")
            replies.bulk(function.name)
            replies.bulk("description")
            if let description = function.description {
                replies.bulk(description)
            } else {
                replies.null()
            }
            replies.bulk("flags")
            let flags = ScriptFlags.names.filter { function.flags.contains($0.flag) }
            replies.set(flags.count)
            for flag in flags { replies.simple(flag.name) }
        }
        guard withCode else { return }
        replies.bulk("library_code")
        replies.bulk(library.code)
    }

    static let stats = SessionCommand(
        declare(
            "stats", arity: 2, [.noScript, .allowBusy],
            tips: [
                "nondeterministic_output", "request_policy:all_shards", "response_policy:special",
            ],
            "Tells of the running function, and how many there are.", complexity: "O(1)")
    ) { _, session throws(CommandError) in
        let server = session.server
        if server.scripts.running?.kind == .script { throw server.busyRefusal }
        let replies = session.replies
        replies.map(2)
        replies.bulk("running_script")
        if let running = server.scripts.running {
            replies.map(3)
            replies.bulk("name")
            replies.bulk(running.script.value.name)
            replies.bulk("command")
            replies.array(running.words.count)
            for index in 0..<running.words.count { replies.bulk(running.words[index]) }
            replies.bulk("duration_ms")
            replies.integer(
                (server.world.clock.monotonicMicroseconds - running.start) / 1000)
        } else {
            replies.null()
        }
        replies.bulk("engines")
        replies.map(1)
        replies.bulk("LUA")
        replies.map(2)
        replies.bulk("libraries_count")
        replies.integer(server.functions.libraries.all.count)
        replies.bulk("functions_count")
        replies.integer(server.functions.libraries.functionCount)
    }
}
