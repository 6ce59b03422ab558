"""Scripts: what they see, what they answer, what they leave in the log, and how they are ended."""

import re
from dataclasses import dataclass
from select import select

from cases.differential import judge
from differential.families import FAMILIES
from differential.judge import Judge, report
from differential.play import stored
from differential.session import Commands, Generator
from harness.context import equal, holds
from harness.directories import increments
from harness.logs import commands as logged
from harness.resp import encode
from harness.servers import ROOT, available, wait_until

TABLE = ROOT / "Tests/Data/scripts/table.txt"
PATIENCE = 60.0


def table():
    return [script for script in TABLE.read_text().removesuffix("\n").split("\n%%\n")]


def all_agree(context, commands, protocol=2):
    """Each command is answered by ours as by one of the oracles: the second speaks 7.2's contract, but
    has names and texts of its own."""
    kinds = ["ledgerstone", "redis"] + (["valkey"] if available("valkey") else [])
    servers = [context.start(kind) for kind in kinds]
    connections = [server.connect(protocol=protocol, timeout=PATIENCE) for server in servers]
    for command in commands:
        ours, *theirs = [connection.call(*command) for connection in connections]
        answers = "\n".join(f"  {kind}: {reply!r}" for kind, reply in zip(kinds, [ours, *theirs]))
        holds(ours in theirs, f"{command!r}\n{answers}")


def test_scripts_answer_as_theirs(context):
    all_agree(context, [["EVAL", script, "0"] for script in table()])


def test_scripts_answer_as_theirs_in_version_3(context):
    all_agree(context, [["EVAL", script, "0"] for script in table()], protocol=3)


def test_chance_is_theirs(context):
    """One sequence from the start of the server on, whichever script asks."""
    scripts = [
        "return math.random(1000)", "return {math.random(1000), math.random(5, 9), math.random(1)}",
        "return tostring(math.random())", "math.randomseed(5) return math.random(100000)",
        "return {math.random(100), math.random(100)}",
    ]  # fmt: skip
    all_agree(context, [["EVAL", script, "0"] for script in scripts])


KEPT = "e0e1f9fabfc9d4800c877a703b823ac0578ff8db"
COMMANDS = [
    ["EVALSHA", KEPT, "0"], ["EVALSHA", "short", "x"], ["EVALSHA", KEPT, "x"],
    ["EVAL", "return 1", "0"], ["EVALSHA", KEPT, "0"], ["EVALSHA", KEPT.upper(), "0"],
    ["EVALSHA", "z" * 40, "0"], ["EVAL", "return 1", "-1"], ["EVAL", "return 1", "1"],
    ["EVAL", "return 1", "a"], ["EVAL", "return )", "5"], ["EVAL", "return )", "0"], ["EVAL", "return 1"],
    ["EVAL", "return {KEYS, ARGV}", "2", "a", "b", "c"], ["EVAL", "return {#KEYS, #ARGV}", "0", "c"],
    ["EVAL_RO", "return redis.call('set', 'a', 1)", "0"], ["EVAL_RO", "return redis.call('get', 'a')", "0"],
    ["EVAL_RO", "#!lua\nreturn 1", "0"], ["EVAL_RO", "#!lua flags=no-writes\nreturn 1", "0"],
    ["EVAL", "#!lua flags=no-writes\nreturn redis.call('set', 'a', 1)", "0"],
    ["EVAL", "#!lua flags=no-writes,allow-oom,allow-stale,no-cluster,allow-cross-slot-keys\nreturn 1", "0"],
    ["EVAL", "#!lua flags=wrong\nreturn 1", "0"], ["EVAL", "#!lua flags=\nreturn 1", "0"],
    ["EVAL", "#!lua name=x\nreturn 1", "0"], ["EVAL", "#!lua", "0"], ["EVAL", "#!lua\nerror('here')", "0"],
    ["EVAL", "#!lua\nredis.call('set', KEYS[1], ARGV[1]) return redis.call('get', KEYS[1])", "1", "k", "v"],
    ["EVALSHA_RO", KEPT, "0"], ["SCRIPT", "EXISTS", KEPT, KEPT.upper(), "x"], ["SCRIPT", "EXISTS"],
    ["SCRIPT", "LOAD", "return 5"], ["EVALSHA", "4ca238f611c9d0ae4e9a75a5dbac22aedc379801", "0"],
    ["SCRIPT", "LOAD", "return ("], ["SCRIPT", "LOAD", "#!lua flags=x\nreturn 1"],
    ["SCRIPT", "FLUSH", "wrong"], ["SCRIPT", "FLUSH", "a", "b"], ["SCRIPT", "FLUSH", "ASYNC"],
    ["SCRIPT", "EXISTS", KEPT], ["SCRIPT", "FLUSH", "SYNC"], ["SCRIPT", "FLUSH"], ["SCRIPT", "KILL"],
    ["SCRIPT", "DEBUG", "NO"], ["SCRIPT", "DEBUG", "wrong"], ["SCRIPT", "WRONG"], ["SCRIPT"],
    ["COMMAND", "GETKEYS", "EVAL", "return 1", "2", "a", "b", "c"],
    ["COMMAND", "GETKEYS", "EVAL", "return 1", "0"], ["COMMAND", "GETKEYS", "EVAL", "return 1", "x"],
    ["COMMAND", "GETKEYS", "EVALSHA_RO", "x", "1", "a"],
    ["SELECT", "2"], ["EVAL", "redis.call('select', 3) redis.call('set', 'three', 1)", "0"], ["DBSIZE"],
    ["EVAL", "return redis.call('dbsize')", "0"], ["SELECT", "3"], ["DBSIZE"], ["SELECT", "0"],
    ["MULTI"], ["EVAL", "redis.call('set', 'm', 1) return redis.call('incr', 'm')", "0"],
    ["GET", "m"],
    ["EVAL", "return redis.call('none')", "0"], ["EVAL", "error({err='CODE x'})", "0"], ["EXEC"],
    ["CONFIG", "SET", "maxmemory", "1"], ["EVAL", "return redis.call('set', 'a', 'b')", "0"],
    ["EVAL", "#!lua\nreturn 1", "0"], ["EVAL", "#!lua flags=allow-oom\nreturn redis.call('set', 'a', 'b')", "0"],
    ["EVAL", "#!lua flags=no-writes\nreturn redis.call('get', 'a')", "0"],
    ["EVAL", "return redis.pcall('set', 'a', 'b').err", "0"],
    ["EVAL", "redis.call('del', 'a') return redis.call('set', 'a', 'b')", "0"],
    ["CONFIG", "SET", "maxmemory", "0"],
]  # fmt: skip


def test_the_commands_around_scripts(context):
    all_agree(context, COMMANDS)


def test_scripts_have_the_rights_of_their_clients(context):
    scripts = [
        "return redis.pcall('get', 'b')", "return redis.pcall('del', 'a')", "return redis.call('get', 'a')",
        "return redis.pcall('object', 'encoding', 'a')", "return redis.pcall('publish', 'c', 'm')",
        "return {redis.acl_check_cmd('get', 'b'), redis.acl_check_cmd('get', 'a'), redis.acl_check_cmd('del', 'a')}",
    ]  # fmt: skip
    user = ["ACL", "SETUSER", "u", "on", "nopass", "~a*", "+eval", "+get", "+set", "+publish"]
    everything = ["AUTH", "default", ""]
    all_agree(context, [user, ["AUTH", "u", "x"], *(["EVAL", script, "0"] for script in scripts), everything])


@dataclass
class Scripted(Commands):
    """Commands that a script calls each."""

    def data(self):
        if self.encoded is None:
            script = b"return redis.pcall(unpack(ARGV))"
            self.encoded = b"".join(encode([b"EVAL", script, b"0", *each]) for each in self.commands)
        return self.encoded


class ScriptJudge(Judge):
    """The second oracle has its own texts for commands that a script cannot call."""

    def agrees(self, command, ours, theirs):
        if ours.type == "-" and any(each.type == "-" for each in theirs):
            return True
        return super().agrees(command, ours, theirs)


def test_generated_commands_in_scripts(context):
    """What a command answers and does, it answers and does for a script."""
    base = judge(context)
    comparison = ScriptJudge(*base.servers)
    names = [name for name in ("strings", "hashes", "lists", "sets", "sortedsets", "keys") if name in FAMILIES]
    wanted, played = context.rounds(2_500, 500_000), 0
    while played < wanted:
        family = FAMILIES[context.random.choice(names)]
        generator = Generator(context.random, connections=1, families=family.commands)
        session = []
        for _ in range(10):
            drawn = [generator.command(0, last=False) for _ in range(50)]
            drawn = [each for each in drawn if each and may_be_scripted(each)]
            if drawn:
                session.append(Scripted(0, drawn))
        mismatch = comparison.run(session, family.settings[0])
        if mismatch is not None:
            session, mismatch = comparison.shrink(session, mismatch, settings=family.settings[0])
            raise AssertionError(f"in scripts:\n{report(session, mismatch)}")
        played += 500


# 7.0 refuses scripts the commands that block, and DEBUG and CONFIG are no commands of scripts.
UNSCRIPTED = (b"B", b"DEBUG", b"CONFIG", b"MULTI", b"EXEC", b"WATCH", b"CLIENT", b"WAIT", b"OBJECT", b"COMMAND")


def may_be_scripted(command):
    name = command[0].upper()
    return not name.startswith(UNSCRIPTED) or name.startswith(b"BIT")


RECORDED = [
    "redis.call('set', 'a', 1)",
    "redis.call('set', 'a', 1) redis.call('incr', 'a')",
    "redis.call('get', 'a')",
    "redis.call('set', 'b', 1, 'ex', 100) redis.call('get', 'b') redis.call('del', 'b', 'none')",
    "redis.call('select', 3) redis.call('set', 'c', 1)",
    "redis.call('set', 'd', 1) redis.call('select', 4) redis.call('set', 'd', 2)",
    "redis.call('set', 'e', 1) error('after a write')",
    "redis.pcall('lpush', 'a', 1) redis.call('sadd', 's', 'x', 'y')",
    "redis.call('spop', 's') redis.call('incrbyfloat', 'f', '0.5')",
    "redis.set_repl(redis.REPL_NONE) redis.call('set', 'hidden', 1)",
    "redis.set_repl(redis.REPL_NONE) redis.call('set', 'hidden', 1) redis.set_repl(redis.REPL_ALL) redis.call('set', 'seen', 1)",
    "redis.call('xadd', 'x', '1-1', 'f', 'v') redis.call('expire', 'x', 0)",
    "return redis.call('mset', 'g', 1, 'h', 2)",
]


def test_a_script_leaves_its_effects(context):
    """One command alone, several as MULTI … EXEC, in Redis's order and databases."""
    logs = []
    for kind in ("ledgerstone", "redis"):
        server = context.start(kind, appendonly="yes", appendfsync="always")
        with server.connect() as connection:
            for script in RECORDED:
                connection.call("EVAL", script, "0")
            connection.ask("MULTI")
            connection.ask("SET", "m", "1")
            connection.ask("EVAL", "redis.call('incr', 'm') redis.call('incr', 'm')", "0")
            connection.ask("EXEC")
        server.stop()
        found = [record for path in increments(server.directory) for record in logged(path.read_bytes())]
        logs.append([[word.lower() if place == 0 else word for place, word in enumerate(record)] for record in found])
    ours, theirs = ([without_chance(record) for record in log] for log in logs)
    equal(ours, theirs, "the records")


def without_chance(record):
    """A deadline depends on the moment, and what SPOP took on luck."""
    name = record[0]
    if name in (b"set", b"pexpireat") and len(record) > 3 or name == b"srem":
        return record[:2]
    return record


def test_a_script_survives_whole_or_not_at_all(context):
    """kill -9 while scripts write many keys each."""
    script = "for i = 1, 50 do redis.call('set', KEYS[1]..':'..i, ARGV[1]) end return ARGV[1]"
    server = context.start("ledgerstone", "data", appendonly="yes", appendfsync="always")
    for round_number in range(context.rounds(4, 100)):
        connections = [server.connect(timeout=PATIENCE) for _ in range(4)]
        answered = {}
        for number in range(context.random.randint(5, 40)):
            for place, connection in enumerate(connections):
                connection.send_command("EVAL", script, "1", f"k{place}", f"{round_number}-{number}")
            if number % 3 == 0:
                for place, connection in enumerate(connections):
                    answered[place] = connection.read().value
        server.kill()
        server.start(timeout=PATIENCE)
        found = {key: value[1] for (_, key), value in stored(server).items()}
        for place in range(len(connections)):
            values = {found.get(f"k{place}:{i}".encode()) for i in range(1, 51)}
            equal(len(values), 1, f"values that script {place} left, in round {round_number}")


BUSY = "-BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE."


def text(reply):
    return f"{reply.type}{reply.value.decode()}"


def until_busy(connection):
    wait_until(lambda: text(connection.call("PING")).startswith("-BUSY"), 30, "the script did not become busy")


def test_a_slow_script_can_be_ended(context):
    server = context.start("ledgerstone", busy_reply_threshold="50")
    with server.connect(timeout=PATIENCE) as slow, server.connect(timeout=PATIENCE) as other:
        # What is pipelined behind the script is answered after it.
        slow.send(encode(["EVAL", "while true do end", "0"]) + encode(["PING"]))
        until_busy(other)
        for command in (["GET", "x"], ["INFO"], ["SHUTDOWN"], ["SCRIPT", "EXISTS", "x"]):
            equal(text(other.call(*command)), BUSY, f"{command}")
        equal(other.ask("MULTI"), b"OK", "MULTI")
        equal(text(other.call("GET", "x")), BUSY, "queueing")
        equal(text(other.call("EXEC")), "-EXECABORT Transaction discarded because of: " + BUSY[1:], "EXEC")
        with server.connect(timeout=PATIENCE) as new:
            equal(text(new.call("GET", "x")), BUSY, "a new client")
        equal(other.ask("SCRIPT", "KILL"), b"OK", "SCRIPT KILL")
        holds(text(slow.read()).startswith("-ERR Script killed by user with SCRIPT KILL..."), "the script's end")
        equal(slow.read().value, b"PONG", "what was pipelined")
        equal(other.ask("GET", "x"), None, "afterwards")
        slow.send_command("EVAL", "while true do pcall(function() while true do end end) end", "0")
        until_busy(other)
        equal(other.ask("SCRIPT", "KILL"), b"OK", "a script that catches errors")
        equal(slow.read().type, "-", "its end")


def test_messages_of_a_slow_script_wait_for_its_end(context):
    """They may tell of writes that are in no log yet."""
    server = context.start("ledgerstone", busy_reply_threshold="50", notify_keyspace_events="EA")
    slow = server.connect(3, timeout=PATIENCE)
    ear = server.connect(3, timeout=PATIENCE)
    other = server.connect(timeout=PATIENCE)
    with slow, ear, other:
        for each in (slow, ear):
            each.ask("SUBSCRIBE", "news")
        slow.send_command("EVAL", "redis.call('publish', 'news', 'here') while true do end", "0")
        until_busy(other)
        for _ in range(20):
            equal(text(other.call("PING")), BUSY, "others hear that it is busy, and nothing else")
        equal(select([ear.socket, slow.socket], [], [], 0)[0], [], "who hears before the script has ended")
        equal(other.ask("SCRIPT", "KILL"), b"OK", "SCRIPT KILL")
        news = [b"message", b"news", b"here"]
        equal([part.value for part in ear.read().value], news, "a subscriber")
        equal(slow.read().type, "-", "the script's end")
        equal([part.value for part in slow.read().value], news, "the script's own client, behind the reply")


def test_a_script_that_wrote_is_not_ended(context):
    server = context.start("ledgerstone", "data", busy_reply_threshold="50", appendonly="yes")
    server.ask("SET", "before", "1")
    with server.connect(timeout=PATIENCE) as slow, server.connect(timeout=PATIENCE) as other:
        slow.send_command("EVAL", "redis.call('set', 'half', 1) while true do end", "0")
        until_busy(other)
        holds(text(other.call("SCRIPT", "KILL")).startswith("-UNKILLABLE "), "SCRIPT KILL")
        other.send_command("SHUTDOWN", "NOSAVE")
        equal(other.read().type, "closed", "SHUTDOWN NOSAVE")
    equal(server.process.wait(30), 0, "exit status")
    server.start()
    equal(server.ask("GET", "before"), b"1", "what was there before")
    equal(server.ask("GET", "half"), None, "what the script has not finished")


WATCHED = [
    ["EVAL", "redis.call('set', KEYS[1], ARGV[1]) return redis.call('get', 'k')", "1", "k", "v w"],
    ["SCRIPT", "LOAD", "return redis.call('get', 'k')"], ["EVALSHA", "2845dc5d9bfb60b33a15b681dee13ea33da18095", "0"],
    ["EVALSHA", KEPT, "0"], ["EVAL_RO", "return redis.call('get', 'k')", "0"],
    ["EVAL", "redis.call('select', 4) return redis.call('get', 'k')", "0"], ["MULTI"],
    ["EVAL", "return redis.call('ping')", "0"], ["EXEC"], ["EVAL", "return redis.pcall('auth', 'x')", "0"],
    ["FUNCTION", "LOAD", "#!lua name=a\nredis.register_function('f', function() return redis.call('get', 'k') end)"],
    ["FCALL", "f", "0"], ["FCALL", "none", "0"], ["ECHO", "end"],
]  # fmt: skip


def watched(server):
    """What a monitor is shown of the commands, without moments and ports."""
    with server.connect(timeout=PATIENCE) as monitor, server.connect(timeout=PATIENCE) as connection:
        monitor.ask("MONITOR")
        for command in WATCHED:
            connection.call(*command)
        lines = []
        while not lines or '"ECHO"' not in lines[-1]:
            lines.append(re.sub(r"127\.0\.0\.1:[0-9]+", "client", monitor.read().value.decode().split(" ", 1)[1]))
    return lines


def test_monitors_see_a_script_before_its_commands(context):
    ours, theirs = (watched(context.start(kind)) for kind in ("ledgerstone", "redis"))
    equal(ours, theirs, "what monitors are shown")


def test_slow_commands_of_scripts_are_their_clients(context):
    logs = []
    for kind in ("ledgerstone", "redis"):
        server = context.start(kind)
        with server.connect(timeout=PATIENCE) as connection:
            connection.ask("CONFIG", "SET", "slowlog-log-slower-than", "0")
            connection.ask("CLIENT", "SETNAME", "me")
            connection.ask("SLOWLOG", "RESET")
            connection.ask("EVAL", "redis.call('set', 'a', 1) return redis.call('get', 'a')", "0")
            entries = connection.ask("SLOWLOG", "GET", "3")
            if kind == "ledgerstone":
                equal({(entry[4], entry[5]) for entry in entries}, {(entries[0][4], b"me")}, "whose they are")
        logs.append([entry[3] for entry in entries])
    equal(logs[0], logs[1], "the slow log")


def test_scripts_are_counted(context):
    server = context.start("ledgerstone")
    server.ask("EVAL", "return 1", "0")
    server.ask("SCRIPT", "LOAD", "return 2")
    info = server.info("memory")
    equal(info["number_of_cached_scripts"], "2", "number_of_cached_scripts")
    holds(int(info["used_memory_vm_eval"]) > 10_000, "used_memory_vm_eval")
    server.ask("SCRIPT", "FLUSH")
    equal(server.info("memory")["number_of_cached_scripts"], "0", "after SCRIPT FLUSH")
