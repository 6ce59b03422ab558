import Bytes
import Scripting
import Testing

/// Libraries: what their code sees while it loads, and what their functions see.
@Suite struct LibraryTests {
    private let host = PreparedHost()
    private let interpreter: Interpreter

    init() {
        interpreter = Interpreter(host: host, version: "7.2.6", runsFunctions: true)
    }

    private func load(_ code: String) -> String? {
        do throws(Interpreter.CompileError) {
            try code.withSlice { code throws(Interpreter.CompileError) in
                try interpreter.load(library: code)
            }
            return nil
        } catch {
            return error.text.text
        }
    }

    private func call(_ name: String) throws -> String {
        let number = try #require(host.functions[name])
        var words = SliceList()
        words.append(ByteSlice("key"))
        words.append(ByteSlice("argument"))
        let all = words.all
        let reply = interpreter.run(
            number, name: ByteSlice("f"), keys: all.first(1), arguments: all.dropFirst(1),
            version: 2, canBeInterrupted: true
        ).reply.text
        words.removeAll()
        return reply
    }

    @Test func functionsGetTheirKeysAndArguments() throws {
        host.replies["x"] = ":7\r\n"
        #expect(
            load(
                """
                redis.register_function('f', function(keys, arguments)
                    return {keys[1], arguments[1], redis.call('x'), string.rep('a', 2)} end)
                redis.register_function{function_name='g', callback=function() return KEYS end,
                    flags={'no-writes'}, description='d'}
                """) == nil)
        #expect(try call("f") == "*4\r\n$3\r\nkey\r\n$8\r\nargument\r\n:7\r\n$2\r\naa\r\n")
        #expect(
            try call("g")
                == "-ERR user_function:3: Script attempted to access nonexistent global variable "
                + "'KEYS' script: f, on @user_function:3.\r\n")
    }

    @Test(arguments: [
        ("return )", "Error compiling function: user_function:1: unexpected symbol near ')'"),
        (
            "redis.call('x')",
            "Error registering functions: ERR user_function:1: Script attempted to access "
                + "nonexistent global variable 'call'"
        ),
        (
            "x = 1",
            "Error registering functions: ERR user_function:1: Attempt to modify a readonly table"
        ),
        (
            "redis.register_function(1)",
            "Error registering functions: ERR calling redis.register_function with a single "
                + "argument is only applicable to Lua table (representing named arguments)."
        ),
    ])
    func whatLoadingForbidsIsToldAndUndone(code: String, text: String) throws {
        #expect(load(code) == text)
        #expect(load("redis.register_function('h', function() return redis.log end)") == nil)
        #expect(try call("h") == "$-1\r\n", "a function sees what it may see again")
    }

    @Test func aLibraryThatLoadsForEverIsEnded() {
        host.lookMax = 2
        #expect(
            load("while true do end") == "Error registering functions: ERR FUNCTION LOAD timeout")
    }
}
