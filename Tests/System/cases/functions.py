"""Functions: libraries and their life, what they answer, and that they are there after a restart."""

import shutil

from cases.scripts import PATIENCE, all_agree, text
from harness.context import equal, holds
from harness.directories import increments
from harness.logs import commands as logged
from harness.resp import encode
from harness.servers import wait_until
from harness.tools import accepted, redis_check_rdb

ONE = "redis.register_function('one', function(keys, arguments) return {keys, arguments} end)"
LIBRARY = """#!lua name=mylib
local count = 0
redis.register_function{function_name='reads', callback=function(keys) return redis.call('get', keys[1]) end,
    flags={'no-writes', 'allow-oom'}, description='reads a key'}
redis.register_function('writes', function(keys, arguments)
    redis.call('set', keys[1], arguments[1]) return redis.call('incr', 'written') end)
redis.register_function('counts', function() count = count + 1 return count end)
redis.register_function('registers', function() redis.register_function('x', function() end) end)
redis.register_function('fails', function() error('here') end)
redis.register_function('keys', function() return KEYS end)
redis.register_function('globals', function()
    local names = {} for name in pairs(_G) do names[#names + 1] = name end
    table.sort(names) return #names > 20 end)
redis.register_function('unknown', function() return redis.call('nosuch') end)
redis.register_function('forbidden', function() return redis.call('function', 'flush') end)
redis.register_function('big', function() redis.setresp(3) return redis.call('hgetall', 'none') end)
"""


def named(arguments):
    return f"#!lua name=a\nredis.register_function({arguments})"


# What LOAD refuses, with the library 'a' never there before.
REFUSED = [
    "return 1", "#!lua\nreturn 1", "#!lua", "#!lua name=a b\nreturn 1", "#!lua name=a\nreturn 1", "#!lua name=\n",
    "#!lua name=a-b\nreturn 1", "#!lua name=a name=b\nreturn 1", "#!none name=a\nreturn 1", '#!lua name="a\nreturn 1',
    "#!lua name=a\nreturn )", "#!lua name=a\nerror('x')", "#!lua name=a\nredis.call('get', 'a')", "#!lua name=a\nx = 1",
    "#!lua name=a\nlocal s = string.rep('a', 3)", "#!lua name=a\nlocal s = tostring(1)", "#!lua name=a\nprint(1)",
    "#!lua name=a\nredis.setresp(3)", "#!lua name=a\nreturn none", "#!lua name=a\nlocal x = nil; x.y = 1",
    named(""), named("'x'"), named("'x', 1"), named("1, 1"), named("{}, function() end"),
    named("'ab', function() end, 3"), named("{}"), named("{function_name='x'}"), named("{callback=function() end}"),
    named("{function_name={}, callback=function() end}"), named("{function_name='x', callback=1}"),
    named("{function_name='x', callback=function() end, flags=1}"),
    named("{function_name='x', callback=function() end, flags={'none'}}"),
    named("{function_name='x', callback=function() end, flags={1}}"),
    named("{function_name='x', callback=function() end, description={}}"),
    named("{function_name='x', callback=function() end, other=1}"), named("{[1]='x'}"), named("{1, 2}"),
    named("'a-b', function() end"), named("'ab', function() end) redis.register_function('AB', function() end"),
]  # fmt: skip


def test_what_is_refused(context):
    """Texts of the first oracle: the second one's speak of `server`."""
    all_agree(context, [["FUNCTION", "LOAD", code] for code in REFUSED])


def calls():
    yield from (["FCALL", "x", "0"], ["FCALL", "x", "a"], ["FCALL", "x"], ["FUNCTION", "LOAD", LIBRARY])
    yield from (["FUNCTION", "LOAD", LIBRARY], ["FUNCTION", "LOAD", "REPLACE", "#!lua name=mylib\nreturn 1"])
    yield from (["FUNCTION", "LOAD", "#!lua name=other\n" + ONE.replace("'one'", "'reads'")],)
    yield from (["FUNCTION", "LOAD", "WRONG", LIBRARY], ["FUNCTION", "LOAD", "REPLACE", LIBRARY])
    for name in ("writes", "reads", "counts", "counts", "registers", "fails", "keys", "globals", "unknown", "forbidden", "big"):
        yield ["FCALL", name, "1", "k", "v"]
        yield ["FCALL_RO", name, "1", "k", "v"]
    yield from (["FCALL", "READS", "1", "k"], ["FCALL", "reads", "a"], ["FCALL", "reads", "5"], ["FCALL", "reads", "-1"])
    yield from (["FUNCTION", "LOAD", "#!lua name=single\n" + ONE], ["FCALL", "one", "1", "a", "b", "c"])
    yield from (["FUNCTION", "LIST", "LIBRARYNAME", "SING*"], ["FUNCTION", "LIST", "LIBRARYNAME", "single", "WITHCODE"])
    yield from (["FUNCTION", "LIST", "LIBRARYNAME", "none"], ["FUNCTION", "LIST", "LIBRARYNAME"], ["FUNCTION", "LIST", "x"])
    yield from (["FUNCTION", "LIST", "WITHCODE", "WITHCODE"], ["FUNCTION", "STATS"], ["FUNCTION", "KILL"])
    yield from (["MULTI"], ["FCALL", "writes", "1", "m", "1"], ["FUNCTION", "DELETE", "none"], ["EXEC"])
    yield from (["FUNCTION", "DELETE", "none"], ["FUNCTION", "DELETE", "mylib"], ["FUNCTION", "DELETE"], ["FCALL", "reads", "1", "k"])
    yield from (["FUNCTION", "RESTORE", "x"], ["FUNCTION", "RESTORE", "x", "WRONG"], ["FUNCTION", "RESTORE", "x", "FLUSH", "y"])
    yield from (["FUNCTION", "FLUSH", "WRONG"], ["FUNCTION", "FLUSH", "SYNC", "x"], ["FUNCTION", "FLUSH", "ASYNC"])
    yield from (["FUNCTION", "LIST"], ["FUNCTION", "STATS"], ["FUNCTION", "FLUSH"], ["FUNCTION", "WRONG"], ["FUNCTION"])


def test_libraries_live_as_theirs(context):
    all_agree(context, list(calls()))


def test_libraries_live_as_theirs_in_version_3(context):
    all_agree(context, list(calls()), protocol=3)


def loaded(server):
    """The libraries with their code, by name."""
    with server.connect() as connection:
        found = [dict(zip(each[::2], each[1::2])) for each in connection.ask("FUNCTION", "LIST", "WITHCODE")]
    return {each[b"library_name"]: each[b"library_code"] for each in found}


def fill(server):
    server.ask("FUNCTION", "LOAD", LIBRARY)
    server.ask("FUNCTION", "LOAD", "#!lua name=single\n" + ONE)
    server.ask("FUNCTION", "LOAD", "#!lua name=gone\n" + ONE.replace("one", "two"))
    server.ask("FUNCTION", "DELETE", "gone")
    server.ask("SET", "key", "value")
    return loaded(server)


def test_payloads_pass_both_ways(context):
    ours, redis = context.start("ledgerstone", rdb_version="10"), context.start("redis")
    for writer, reader in ((ours, redis), (redis, ours)):
        writer.ask("FUNCTION", "FLUSH")
        reader.ask("FUNCTION", "FLUSH")
        expected = fill(writer)
        payload = writer.ask("FUNCTION", "DUMP")
        equal(reader.ask("FUNCTION", "RESTORE", payload), b"OK", "RESTORE")
        equal(loaded(reader), expected, f"{reader.kind} restores")
    with ours.connect() as one, redis.connect() as two:
        for policy in ("APPEND", "REPLACE", "FLUSH", "APPEND"):
            answers = [connection.call("FUNCTION", "RESTORE", payload, policy) for connection in (one, two)]
            if answers[0].type == "-":
                holds(answers[1].type == "-" and b"already exists" in answers[0].value, f"{policy}: {answers}")
            else:
                equal(answers[0], answers[1], policy)
        broken = bytearray(payload)
        for place in range(len(broken)):
            broken[place] ^= 1
            answer = one.call("FUNCTION", "RESTORE", bytes(broken), "REPLACE")
            equal(text(answer), "-ERR DUMP payload version or checksum are wrong", f"byte {place}")
            broken[place] ^= 1
    equal(loaded(ours), expected, "after all that was refused")


def test_functions_are_there_after_a_restart(context):
    """From the log's records, from a base of either form, and from a dump."""
    for preamble in ("yes", "no"):
        server = context.start("ledgerstone", f"log-{preamble}", appendonly="yes", aof_use_rdb_preamble=preamble)
        expected = fill(server)
        server.kill()
        server.start()
        equal(loaded(server), expected, "from records")
        server.ask("BGREWRITEAOF")
        wait_until(lambda: server.info("persistence")["aof_rewrite_in_progress"] == "0", 30)
        server.ask("FUNCTION", "LOAD", "#!lua name=later\n" + ONE.replace("one", "three"))
        expected = loaded(server)
        server.kill()
        server.start()
        equal(loaded(server), expected, f"from a base, preamble {preamble}")
        equal(server.ask("FCALL", "reads", "1", "key"), b"value", "a call")
        server.ask("DEBUG", "RELOAD")
        equal(loaded(server), expected, "after DEBUG RELOAD")
        server.ask("FUNCTION", "FLUSH")
        server.kill()
        server.start()
        equal(loaded(server), {}, "after FUNCTION FLUSH")
    server = context.start("ledgerstone", "dump")
    expected = fill(server)
    server.ask("SAVE")
    server.kill()
    server.start()
    equal(loaded(server), expected, "from a dump")


def test_dumps_pass_both_ways(context):
    for writer, reader, version in (("ledgerstone", "redis", {"rdb_version": "10"}), ("redis", "ledgerstone", {})):
        server = context.start(writer, f"from-{writer}", **version)
        expected = fill(server)
        server.ask("SAVE")
        server.kill()
        if writer == "ledgerstone":
            accepted(redis_check_rdb(server.directory / "dump.rdb"), "our dump")
        target = context.directory(f"to-{reader}")
        shutil.copy(server.directory / "dump.rdb", target)
        equal(loaded(context.start(reader, f"to-{reader}")), expected, f"{reader} reads a dump of {writer}")


def test_records_are_theirs(context):
    logs = []
    for kind in ("ledgerstone", "redis"):
        server = context.start(kind, appendonly="yes", appendfsync="always")
        with server.connect() as connection:
            for command in calls():
                connection.call(*command)
        server.stop()
        found = [record for path in increments(server.directory) for record in logged(path.read_bytes())]
        logs.append([[word.lower() if place == 0 else word for place, word in enumerate(record)] for record in found])
    equal(logs[0], logs[1], "the records")


def test_a_damaged_library_is_refused(context):
    """A base whose library does not load any more is not passed over."""
    server = context.start("redis", "data", rdbcompression="no", rdbchecksum="no")
    server.ask("FUNCTION", "LOAD", "#!lua name=single\n" + ONE)
    server.ask("SAVE")
    server.kill()
    dump = server.directory / "dump.rdb"
    data = dump.read_bytes()
    holds(b"redis.register_function" in data, "the code as it is")
    dump.write_bytes(data.replace(b"redis.register_function", b"redis.register_fun(tion"))
    ours = context.server("ledgerstone", "data", rdbchecksum="no")
    ours.launch()
    equal(ours.process.wait(30), 1, "exit status")


def test_a_slow_function_can_be_ended(context):
    server = context.start("ledgerstone", busy_reply_threshold="50")
    server.ask("FUNCTION", "LOAD", "#!lua name=slow\nredis.register_function('slow', function() while true do end end)")
    busy = "-BUSY Redis is busy running a script. You can only call FUNCTION KILL or SHUTDOWN NOSAVE."
    with server.connect(timeout=PATIENCE) as slow, server.connect(timeout=PATIENCE) as other:
        slow.send(encode(["FCALL", "slow", "1", "k", "v"]) + encode(["PING"]))
        wait_until(lambda: text_of(other.call("PING")) == busy, 30, "the function did not become busy")
        stats = other.ask("FUNCTION", "STATS")
        equal(stats[1][:4], [b"name", b"slow", b"command", [b"FCALL", b"slow", b"1", b"k", b"v"]], "STATS")
        equal(text_of(other.call("SCRIPT", "KILL")), busy, "SCRIPT KILL")
        equal(other.ask("FUNCTION", "KILL"), b"OK", "FUNCTION KILL")
        holds(text(slow.read()).startswith("-ERR Script killed by user with"), "its end")
        equal(slow.read().value, b"PONG", "what was pipelined")


def text_of(reply):
    return f"{reply.type}{reply.value.decode()}" if isinstance(reply.value, bytes) else repr(reply)


def test_a_library_that_loads_for_ever_is_ended(context):
    server = context.start("ledgerstone")
    with server.connect(timeout=PATIENCE) as connection:
        answer = connection.call("FUNCTION", "LOAD", "#!lua name=slow\nwhile true do end")
        equal(text(answer), "-ERR Error registering functions: ERR FUNCTION LOAD timeout", "LOAD")
        equal(connection.ask("FUNCTION", "LIST"), [], "LIST")
