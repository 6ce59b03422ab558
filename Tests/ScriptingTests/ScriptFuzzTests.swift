import Bytes
import Platform
import PlatformSimulation
import Testing

/// Scripts that chance has written, out of everything that scripts can call and values that nobody
/// expects. Whatever they do, the interpreter answers, and the next script finds what the first
/// found.
@Suite struct ScriptFuzzTests {
    @Test(arguments: SimulationBudget.seeds(4))
    func noScriptEndsTheInterpreter(seed: UInt64) {
        let fixture = InterpreterFixture(memoryMax: 16 << 20)
        // None of them runs long: what is repeated is so a few times.
        fixture.host.lookMax = 1_000
        fixture.host.replies = [
            "get": "$1\r\nx\r\n", "mget": "*2\r\n$1\r\na\r\n$-1\r\n", "fail": "-ERR it fails\r\n",
            "map": "%1\r\n+k\r\n~1\r\n,1.5\r\n", "none": "_\r\n", "flag": "#t\r\n",
            "big": "(123\r\n", "text": "=5\r\ntxt:a\r\n",
        ]
        var writer = ScriptWriter(seed: seed)
        for number in 0..<400 {
            let script = writer.script()
            fixture.host.looks = 0
            let reply = fixture.run(script, keys: ["a", "b"], arguments: ["1"])
            #expect(reply.hasSuffix("\r\n") || reply.hasPrefix("does not"), "\(seed): \(script)")
            if number % 100 == 0 {
                #expect(fixture.run("return string.rep('a', 3) .. #KEYS") == "$4\r\naaa0\r\n")
            }
        }
    }

    @Test(arguments: SimulationBudget.seeds(2))
    func noBytesEndTheDecoders(seed: UInt64) {
        let fixture = InterpreterFixture(memoryMax: 16 << 20)
        var random = SeededRandom(seed: seed)
        let heads: [UInt8] = [
            0x80, 0x82, 0x93, 0xa3, 0xc0, 0xc4, 0xc7, 0xca, 0xcb, 0xcf, 0xd3, 0xd4, 0xd9, 0xdb,
            0xdc, 0xdd, 0xde, 0xdf, 0x5b, 0x7b, 0x22, 0x5c, 0x75, 0x64, 0x2d, 0x65,
        ]
        for _ in 0..<1_000 {
            let bytes = (0..<random.next() % 40).map { _ -> UInt8 in
                let chosen = random.next()
                let isHead = chosen % 2 == 0
                return isHead ? heads[Int(chosen >> 8) % heads.count] : UInt8(chosen >> 56)
            }
            // Three digits each, so that a digit that follows is not taken for one of them.
            let text = bytes.map { "\\" + String(1_000 + Int($0)).dropFirst() }.joined()
            let format = (0..<random.next() % 8).map { _ in
                String(Array("<>=!bBhHlLfdsxiIc0123456789")[Int(random.next() % 27)])
            }.joined()
            let reply = fixture.run(
                """
                local t = '\(text)'
                return {pcall(cmsgpack.unpack, t), pcall(cjson.decode, t),
                    pcall(struct.unpack, '\(format)', t), pcall(struct.pack, '\(format)', #t, t)}
                """)
            #expect(reply.hasPrefix("*"), "\(seed): \(text) \(format)")
        }
    }
}

/// Writes scripts.
private struct ScriptWriter {
    private static let functions = """
        assert error pcall xpcall select tonumber tostring type unpack rawget rawset rawequal \
        next pairs ipairs getmetatable setmetatable load loadstring gcinfo string.byte \
        string.char string.dump string.find string.format string.gmatch string.gsub string.len \
        string.lower string.match string.rep string.reverse string.sub string.upper table.concat \
        table.foreach table.foreachi table.getn table.maxn table.remove table.sort table.insert \
        math.abs math.floor math.fmod math.frexp math.ldexp math.max math.modf math.random \
        math.randomseed coroutine.create coroutine.resume coroutine.running coroutine.status \
        coroutine.wrap coroutine.yield bit.tobit bit.tohex bit.bnot bit.band bit.lshift bit.rol \
        bit.bswap cjson.encode cjson.decode cjson.new cjson.encode_max_depth \
        cjson.decode_max_depth cjson.encode_sparse_array cjson.encode_keep_buffer cmsgpack.pack \
        cmsgpack.unpack cmsgpack.unpack_one cmsgpack.unpack_limit struct.pack struct.unpack \
        struct.size redis.call redis.pcall redis.sha1hex redis.error_reply redis.status_reply \
        redis.setresp redis.set_repl redis.log redis.replicate_commands redis.acl_check_cmd \
        redis.register_function nothing
        """.split(separator: " ").map(String.init)

    /// One a line.
    private static let values = #"""
        nil
        true
        false
        0
        1
        -1
        2
        3.5
        1e3
        -2^31
        2^31
        2^53
        1e308
        0/0
        1/0
        ''
        'a'
        '%s%d%q'
        '%99d'
        '(a*'
        '%b()'
        '[[['
        '\0'
        'get'
        'mget'
        'fail'
        'map'
        'none'
        'flag'
        'big'
        'text'
        'return 1'
        '\27Lua'
        '>I4i8c0'
        '<dfs'
        '\129\129\129'
        '\221\255\255\255\255'
        ('['):rep(3000)
        ('{"a":'):rep(2000)
        ('\145'):rep(3000)
        ('x'):rep(70000)
        {}
        {1,2,3}
        {err='e'}
        {ok='o'}
        {map={a={}}}
        {set={1}}
        {double=1/0}
        {big_number='1\r\n'}
        {verbatim_string={format='txtx',string='s'}}
        {[1.5]=2,[-1]=3}
        {function_name='x'}
        KEYS
        ARGV
        _G
        redis
        string
        table
        cjson
        cjson.null
        bit
        getmetatable('')
        getmetatable(_G)
        function() end
        function(...) return ... end
        function() error({err=1}) end
        function(a) return a end
        coroutine.create(function() coroutine.yield(1) end)
        setmetatable({}, {__index=function(t, k) return k end})
        setmetatable({}, {__tostring=function() error('t') end, __len=1, __metatable=2})
        setmetatable({err='x'}, {__index=function() error('i') end})
        setmetatable({}, {__call=function(...) return ... end, __concat=error, __lt=error})
        """#.split(separator: "\n").map(String.init)

    private var random: SeededRandom

    init(seed: UInt64) { random = SeededRandom(seed: seed) }

    private mutating func one(of words: [String]) -> String {
        words[Int(random.next() % UInt64(words.count))]
    }

    private mutating func value() -> String {
        switch random.next() % 8 {
        case 0...3: one(of: Self.values)
        case 4...6: "v[\(random.next() % 8)]"
        default: one(of: Self.functions)
        }
    }

    private mutating func call() -> String {
        let values = (0..<random.next() % 5).map { _ in value() }
        return "pcall(" + ([one(of: Self.functions)] + values).joined(separator: ", ") + ")"
    }

    private mutating func statement() -> String {
        let place = "v[\(random.next() % 8)]"
        switch random.next() % 10 {
        case 0...3: return "\(place) = select(2, \(call()))"
        case 4: return "\(place) = \(value())"
        case 5: return "pcall(function() v[\(value())] = \(value()) end)"
        case 6: return "pcall(function() for i = 1, 50 do \(place) = {\(place)} end end)"
        case 7: return "pcall(function() \(place) = \(value()) .. \(value()) end)"
        case 8: return "local function f(n) return n + f(n + 1) end \(place) = f(1)"
        default: return call()
        }
    }

    mutating func script() -> String {
        let statements = (0..<1 + random.next() % 10).map { _ in statement() }
        let end = random.next() % 4 == 0 ? "error(\(value()))" : "return \(value())"
        // What does not name anything is an error, which is caught where it stands.
        let lines = statements.map { "pcall(function() \($0) end)" }
        return "local v = {}\n" + lines.joined(separator: "\n") + "\n" + end
    }
}
