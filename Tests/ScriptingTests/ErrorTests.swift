import Bytes
import Scripting
import Testing

/// Errors, however deep: they end where a script catches them, or as its reply.
@Suite struct ErrorTests {
    private let fixture = InterpreterFixture()

    @Test(arguments: [
        ("error('x')", "ERR user_script:1: x"), ("error({err='CODE x'})", "CODE x"),
        ("error()", "ERR nil"), ("error({})", "ERR unknown error"), ("error(true)", "ERR true"),
        ("redis.call('none')", "ERR unexpected"),
        ("redis.call()", "ERR Please specify at least one argument for this redis lib call"),
        (
            "redis.call({})",
            "ERR Lua redis lib command arguments must be strings or integers"
        ),
        (
            "local a = 1 return a.b",
            "ERR user_script:1: attempt to index local 'a' (a number value)"
        ),
        ("local function f() return 1 + f() end f()", "ERR user_script:1: stack overflow"),
    ])
    func anErrorIsTheReplyWithItsPlace(script: String, text: String) {
        let answer = fixture.run(script)
        #expect(answer == "-\(text) script: name, on @user_script:1.\r\n")
        #expect(fixture.run("return 1") == ":1\r\n", "the interpreter goes on")
    }

    @Test func aCaughtErrorIsText() {
        fixture.host.replies["x"] = "-WRONGTYPE no\r\n"
        let answer = fixture.run(
            "local ok, e = pcall(redis.call, 'x') return {tostring(ok), type(e), e}")
        #expect(answer == "*3\r\n$5\r\nfalse\r\n$6\r\nstring\r\n$12\r\nWRONGTYPE no\r\n")
    }

    @Test func errorsPassThroughManyLevelsOfCallsAndCatches() {
        fixture.host.replies["x"] = "-CODE deep\r\n"
        let answer = fixture.run(
            """
            local caught = 0
            local function down(level)
                if level == 0 then redis.call('x') end
                local ok, e = pcall(down, level - 1)
                caught = caught + 1
                error(e, 0)
            end
            local ok, e = pcall(down, 150)
            local thread = coroutine.wrap(function() redis.call('x') end)
            local second, f = pcall(thread)
            return {caught, tostring(ok), e, tostring(second), f}
            """)
        #expect(
            answer
                == """
                *5\r\n:150\r\n$5\r\nfalse\r\n$9\r\nCODE deep\r\n$5\r\nfalse\r\n$9\r\nCODE deep\r\n
                """)
        #expect(fixture.host.calls.count == 2)
    }

    @Test func anErrorOfAScriptIsCountedUnlessACommandHasCountedIt() {
        fixture.host.replies["x"] = "-CODE text\r\n"
        _ = fixture.run("redis.call('x')")
        _ = fixture.run("return redis.pcall('x')")
        #expect(fixture.host.errors.isEmpty)
        _ = fixture.run("return redis.error_reply('CODE mine')")
        _ = fixture.run("return {err='mine'}")
        #expect(fixture.host.errors == ["CODE mine", "mine"])
    }

    @Test func whatMemoryCannotHoldIsAnErrorAndNotTheEnd() {
        let small = InterpreterFixture(memoryMax: 4 << 20)
        let script = "local t = {} for i = 1, 1e9 do t[i] = string.rep('x', 1000)..i end"
        #expect(small.run(script).contains("not enough memory"))
        #expect(small.run("return 1") == ":1\r\n")
        #expect(small.interpreter.memoryUsage <= 4 << 20)
        let caught = small.run(
            "local ok, e = pcall(string.rep, 'x', 1e8) return {tostring(ok), e}")
        #expect(caught == "*2\r\n$5\r\nfalse\r\n$17\r\nnot enough memory\r\n")
    }

    @Test func aScriptThatIsEndedCannotCatchIt() {
        fixture.host.lookMax = 3
        let answer = fixture.run(
            "while true do pcall(function() while true do end end) end")
        #expect(
            answer.hasPrefix("-ERR Error running script")
                || answer.contains("Script killed by user with SCRIPT KILL."))
        fixture.host.lookMax = .max
        #expect(fixture.run("return 1") == ":1\r\n")
    }

    @Test func whatDoesNotCompileSaysWhere() {
        #expect(
            fixture.run("return )")
                == "does not compile: user_script:1: unexpected symbol near ')'")
        #expect(
            fixture.run("\u{1b}Lua")
                == "does not compile: user_script:1: unexpected symbol near 'char(27)'")
    }
}
