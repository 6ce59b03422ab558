import Bytes
import Scripting
import Testing

/// What scripts find, and that they cannot change it for each other.
@Suite struct SandboxTests {
    private let fixture = InterpreterFixture()

    private func text(_ script: String) -> String {
        let answer = fixture.run(script)
        guard answer.hasPrefix("$") else { return answer }
        return String(answer.dropFirst(answer.prefix { $0 != "\r\n" }.count + 1).dropLast())
    }

    @Test func theGlobalsAreRedissOwn() {
        let names = text(
            """
            local t = {} for k in pairs(_G) do t[#t + 1] = k end
            table.sort(t) return table.concat(t, ' ')
            """)
        #expect(
            names == """
                ARGV KEYS _G _VERSION __redis__err__handler assert bit cjson cmsgpack collectgarbage \
                coroutine error gcinfo getmetatable ipairs load loadstring math next pairs pcall \
                rawequal rawget rawset redis select setmetatable string struct table tonumber \
                tostring type unpack xpcall
                """)
    }

    @Test(arguments: [
        "x = 1", "redis.call = 1", "string.rep = nil", "KEYS = {}", "function f() end",
        "getmetatable(_G).__index = nil", "getmetatable('').__index = nil", "_G.x = 1",
    ])
    func nothingShared(isChanged script: String) {
        #expect(
            fixture.run(script)
                == "-ERR user_script:1: Attempt to modify a readonly table script: name, "
                + "on @user_script:1.\r\n")
    }

    @Test(arguments: [
        "rawset(_G, 'x', 1)", "setmetatable(_G, {})", "table.insert(redis, 1)",
        "setmetatable(string, nil)", "rawset(getmetatable(''), '__index', 1)",
    ])
    func noWayAround(script: String) {
        #expect(
            fixture.run(script)
                == "-ERR Attempt to modify a readonly table script: name, on @user_script:1.\r\n")
    }

    @Test(arguments: ["-2147483648", "-2147483648, 2147483647", "2^31", "0, 2^31 - 1", "1, 9000"])
    func noRangeIsTooWideToBeRefused(range: String) {
        let answer = fixture.run("return unpack({}, \(range))")
        #expect(answer.hasPrefix("-ERR user_script:1: too many results"), "\(answer)")
    }

    @Test func rangesAreUnpacked() {
        #expect(fixture.run("return {unpack({1, 2, 3}, 2)}") == "*2\r\n:2\r\n:3\r\n")
        #expect(fixture.run("return {unpack({1, 2, 3}, 1, 2)}") == "*2\r\n:1\r\n:2\r\n")
        #expect(fixture.run("return select('#', unpack({1}, -1, 3))") == ":5\r\n")
        #expect(fixture.run("return select('#', unpack({1}, 3, 2))") == ":0\r\n")
    }

    @Test func whatWouldGoOnForEverInsideOfLuaDoesNot() {
        #expect(fixture.run("return string.rep('', 2147483647)") == "$0\r\n\r\n")
        #expect(fixture.run("return ('ab'):rep(2) .. string.rep(1, 2)") == "$6\r\nabab11\r\n")
        let far = fixture.run("table.insert({1, 2}, -2147483648, 3)")
        #expect(far.contains("bad argument #2 to 'insert' (position out of bounds)"))
        #expect(fixture.run("local t = {1} table.insert(t, 1, 2) return t[1]") == ":2\r\n")
    }

    @Test(arguments: ["os", "io", "debug", "print", "dofile", "loadfile", "require", "getfenv"])
    func whatIsNotThereIsAnError(name: String) {
        #expect(
            fixture.run("return \(name)")
                == "-ERR user_script:1: Script attempted to access nonexistent global variable "
                + "'\(name)' script: name, on @user_script:1.\r\n")
    }

    @Test func noTableBehindAStandInIsHandedOut() {
        // Whatever these give, it must not be a table that takes a value.
        let script = """
            local found = {}
            local function try(t) if type(t) == 'table' then found[#found + 1] = t end end
            local f, t = pairs(_G) try(t)
            local g, u = ipairs(_G) try(u)
            try(getmetatable(_G)) try(getmetatable('')) try(getmetatable(redis))
            try(getmetatable('').__index) try(getmetatable(_G).__index)
            try(select(2, next(_G, 'redis')))
            table.foreach(_G, function(k, v) try(v) end)
            for _, each in ipairs(found) do
                if each ~= KEYS and each ~= ARGV and pcall(function() each.zzz = 1 end) then
                    return 'changed'
                end
            end
            return #found
            """
        let answer = fixture.run(script)
        #expect(answer.hasPrefix(":"))
    }

    @Test func chanceIsRediss() {
        #expect(fixture.run("return math.random(1000)") == ":397\r\n")
        let script = "return {math.random(1000), math.random(1000), math.random(1000)}"
        #expect(fixture.run(script) == "*3\r\n:841\r\n:354\r\n:447\r\n")
        let seeded = "math.randomseed(7) \(script)"
        #expect(fixture.run(seeded) == fixture.run(seeded))
    }

    @Test func compiledTextIsNotTaken() {
        #expect(
            text("local f, e = loadstring(string.dump(function() end)) return type(f)..e")
                .hasPrefix(
                    "nil[string"))
        #expect(fixture.run("return loadstring('return 5')()") == ":5\r\n")
        #expect(
            fixture.run(
                "local n = 0 return load(function() n = n + 1 return ({'return ', '6'})[n] end)()")
                == ":6\r\n")
    }
}
