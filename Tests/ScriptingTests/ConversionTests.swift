import Bytes
import Scripting
import Testing

/// Values of Lua as replies, and replies as values of Lua.
@Suite struct ConversionTests {
    private let fixture = InterpreterFixture()

    @Test(arguments: [
        ("return 3.9", ":3\r\n"), ("return -3.9", ":-3\r\n"), ("return 1e300", ":\(Int64.min)\r\n"),
        ("return 'a\\0b'", "$3\r\na\0b\r\n"), ("return true", ":1\r\n"),
        ("return false", "$-1\r\n"),
        ("return nil", "$-1\r\n"), ("return {1,'x',nil,2}", "*2\r\n:1\r\n$1\r\nx\r\n"),
        ("return {ok='a\\r\\nb'}", "+a  b\r\n"), ("return {err='CODE text'}", "-CODE text\r\n"),
        ("return {double=0.1}", "$3\r\n0.1\r\n"), ("return {map={a=1}}", "*2\r\n$1\r\na\r\n:1\r\n"),
        ("return {set={a=true}}", "*1\r\n$1\r\na\r\n"),
        ("return {big_number='12\\r\\n'}", "$4\r\n12  \r\n"),
        ("return {verbatim_string={format='txt',string='x'}}", "$1\r\nx\r\n"),
        ("return function() end", "$-1\r\n"),
    ])
    func valuesBecomeReplies(script: String, reply: String) {
        #expect(fixture.run(script) == reply)
    }

    @Test(arguments: [
        ("return true", ":1\r\n"), ("return false", "_\r\n"), ("return nil", "_\r\n"),
        ("redis.setresp(3) return true", "#t\r\n"), ("redis.setresp(3) return false", "#f\r\n"),
        ("return {double=0.5}", ",0.5\r\n"), ("return {map={a=1}}", "%1\r\n$1\r\na\r\n:1\r\n"),
        ("return {set={a=true}}", "~1\r\n$1\r\na\r\n"), ("return {big_number='12'}", "(12\r\n"),
        (
            "return {verbatim_string={format='txt',string='x'}}", "=5\r\ntxt:x\r\n"
        ),
    ])
    func valuesBecomeRepliesOfVersionThree(script: String, reply: String) {
        let answer = fixture.run(script, version: 3)
        #expect(answer == reply)
    }

    @Test(arguments: [
        (":-12\r\n", "number -12"), ("$3\r\nabc\r\n", "string abc"), ("$-1\r\n", "boolean false"),
        ("*-1\r\n", "boolean false"), ("_\r\n", "nil nil"), ("#t\r\n", "boolean true"),
    ])
    func repliesBecomeValues(reply: String, value: String) {
        fixture.host.replies["x"] = reply
        let answer = fixture.run("local v = redis.call('x') return type(v)..' '..tostring(v)")
        #expect(answer == "$\(value.utf8.count)\r\n\(value)\r\n")
    }

    @Test(arguments: [
        "*2\r\n:1\r\n*1\r\n$1\r\nx\r\n", "%1\r\n$1\r\na\r\n:1\r\n", "~1\r\n$1\r\na\r\n",
        ",0.25\r\n",
        "(123456789012345678901234567890\r\n", "=5\r\nmkd:x\r\n", "+fine\r\n", "-CODE text\r\n",
    ])
    func repliesComeBackAsTheyWere(reply: String) {
        fixture.host.replies["x"] = reply
        #expect(fixture.run("redis.setresp(3) return redis.pcall('x')", version: 3) == reply)
        #expect(fixture.host.versions == [3])
        #expect(fixture.host.errors.isEmpty, "the command has counted its error")
    }

    @Test func argumentsAreTextAndNumbersInTheFewestDigits() {
        fixture.host.replies["x"] = "+OK\r\n"
        _ = fixture.run(
            "return redis.call('x', 0.1, 1e15, 2^53, -1, 1/0, KEYS[1], ARGV[2])",
            keys: ["k"], arguments: ["a", "b"])
        #expect(
            fixture.host.calls == [
                ["x", "0.1", "1000000000000000", "9007199254740992", "-1", "inf", "k", "b"]
            ])
    }

    @Test func aTableThatHoldsItselfEndsAtTheStackLimit() {
        let answer = fixture.run("local t = {} t[1] = t return t")
        #expect(answer.hasPrefix("*1\r\n*1\r\n"))
        #expect(answer.hasSuffix("-ERR reached lua stack limit\r\n"))
    }

    @Test func aTableThatStandsInManyPlacesIsBounded() {
        let small = InterpreterFixture(memoryMax: 4 << 20)
        let answer = small.run(
            "local t = {1} for i = 1, 40 do t = {t, t} end return t")
        #expect(answer.contains("not enough memory"))
        #expect(small.run("return 1") == ":1\r\n")
    }
}
