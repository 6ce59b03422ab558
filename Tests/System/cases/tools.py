"""The check tools: beside Redis's own over the same bytes, beside a start of the server over the
same damage, and what they bring back."""

import json
import os
import re
import shutil
import subprocess

from cases.exchange import digest, fill
from harness.context import equal, holds, need_program
from harness.data import same_as
from differential.play import stored
from harness.directories import attempt, command, increments, log_set
from harness.servers import ROOT, free_port
from harness.tools import own_tool, run

AOF, RDB = "check-aof", "check-rdb"


def ours(kind):
    return own_tool(f"ledgerstone-{kind}")


def beside(context, kind):
    """Our tool under Redis's name, and Redis's own."""
    need_program(f"redis-{kind}", "redis-tools")
    link = context.directory("bin") / f"redis-{kind}"
    if not link.exists():
        link.symlink_to(ours(kind))
    return link, shutil.which(f"redis-{kind}")


def both(context, kind, path, *options, answer=b"n\n"):
    """Exit status and lines of both, over two copies of a file."""
    results = []
    original = path.read_bytes()
    for program in beside(context, kind):
        path.write_bytes(original)
        done = subprocess.run(
            [f"redis-{kind}", *options, path.name], executable=program, cwd=path.parent,
            input=answer, capture_output=True, timeout=60,
        )  # fmt: skip
        # Behind a zero, Redis's tool prints what an earlier line has left in its buffer.
        lines = re.sub(rb"got: 00[0-9a-f]+", b"got: 00", done.stdout).decode(errors="replace")
        results.append((done.returncode, lines, path.read_bytes()))
    return results


def mutated(context, data, step):
    """Every shorter file, and every byte changed twice, of which a share."""
    for size in range(context.random.randrange(step), len(data) + 1, step):
        yield f"cut at {size}", data[:size]
    for place in range(context.random.randrange(step), len(data), step):
        for byte in (data[place] ^ 1, context.random.randrange(256)):
            yield f"byte {place}: {data[place]} is {byte}", data[:place] + bytes([byte]) + data[place + 1 :]


SMALL_LOG = (
    command("SELECT", "0") + command("SET", "k", "v") + b"#TS:1700000000\r\n" + command("MULTI")
    + command("INCR", "c") + command("EXEC") + b"#TS:1700000100\r\n" + command("RPUSH", "l", "a", "bb")
)  # fmt: skip

# Where the server's reader, and so the tool, is stricter than Redis's tool: numbers that are not
# canonical, annotations without their line end or with zeros, commands without arguments.
STRICTER = (
    "not a plain decimal number", "a command has no arguments", "annotation", "Expected \\r\\n",
    "the file ends inside a command",
)  # fmt: skip


def stricter(mine, theirs):
    """Whether ours stops, for one of the known reasons, where Redis's tool goes on."""
    return any(text in mine[1] and text not in theirs[1] for text in STRICTER)


def test_logs_are_judged_in_the_words_of_redis(context):
    path = context.directory("log") / "x.aof"
    passed = 0
    for what, data in mutated(context, SMALL_LOG, context.rounds(3, 1)):
        path.write_bytes(data)
        mine, theirs = both(context, AOF, path)
        if stricter(mine, theirs):
            equal(mine[0], 1, what)
            passed += 1
        else:
            equal(mine, theirs, what)
    holds(passed < len(SMALL_LOG) // 4, f"{passed} files are refused that Redis's tool lets pass")


def test_logs_are_cut_as_redis_cuts_them(context):
    path = context.directory("log") / "x.aof"
    for size in range(0, len(SMALL_LOG), context.rounds(9, 1)):
        path.write_bytes(SMALL_LOG[:size])
        mine, theirs = both(context, AOF, path, "--fix", answer=b"y\n")
        equal(mine[0], 0, f"--fix of the first {size} bytes: status")
        if not stricter(mine, theirs):
            equal(mine, theirs, f"--fix of the first {size} bytes")
    for second in ("0", "1699999999", "1700000000", "1700000050", "1700000100", "soon"):
        path.write_bytes(SMALL_LOG)
        mine, theirs = both(context, AOF, path, "--truncate-to-timestamp", second)
        equal(mine, theirs, f"--truncate-to-timestamp {second}")


def test_sets_are_judged_in_the_words_of_redis(context):
    server = context.start("redis", "set", appendonly="yes", aof_timestamp_enabled="yes")
    fill(server, context.random, 60)
    server.ask("BGREWRITEAOF")
    while server.info("persistence")["aof_rewrite_in_progress"] != "0":
        pass
    server.ask("SET", "after", "the rewrite")
    server.kill()
    folder = server.directory / "appendonlydir"
    manifest = folder / "appendonly.aof.manifest"
    mine, theirs = both(context, AOF, manifest)
    equal(mine, theirs, "a sound set")
    last = increments(server.directory)[-1]
    whole = last.read_bytes()
    for size in (len(whole) - 1, len(whole) - 9, 3):
        last.write_bytes(whole[:size])
        mine, theirs = both(context, AOF, manifest)
        if not stricter(mine, theirs):
            equal(mine, theirs, f"the last file cut at {size}")
        last.write_bytes(whole)
    base = next(folder.glob("*.base.rdb"))
    whole = base.read_bytes()
    base.write_bytes(whole[:-9] + b"\xff\0\0\0\0\0\0\0\1")
    mine, theirs = both(context, AOF, manifest)
    equal(mine[0], theirs[0], "a base whose checksum is wrong")
    base.write_bytes(whole)
    last.unlink()
    mine, theirs = both(context, AOF, manifest)
    equal(mine, theirs, "a file is missing")


def test_dumps_are_judged_in_the_words_of_redis(context):
    server = context.start("redis", "dump")
    with server.connect() as connection:
        for words in (
            ("SET", "a", "1"), ("SET", "b", "x" * 40), ("RPUSH", "l", "1", "2"), ("SADD", "i", "1", "2"),
            ("HSET", "h", "a", "1"), ("ZADD", "z", "1", "a"), ("SET", "e", "v", "PXAT", "4102444800000"),
        ):  # fmt: skip
            connection.ask(*words)
    server.ask("SAVE")
    server.kill()
    path = server.directory / "dump.rdb"
    data = path.read_bytes()
    mine, theirs = both(context, RDB, path)
    equal(mine, theirs, "a sound dump")
    same_lines = total = 0
    for what, changed in mutated(context, data, context.rounds(3, 1)):
        path.write_bytes(changed)
        mine, theirs = both(context, RDB, path)
        total += 1
        same_lines += mine[1] == theirs[1]
        if mine[0] == theirs[0]:
            continue
        # Redis's tool ends by a signal, or lets a file pass that the server would not take.
        holds(mine[0] == 1, f"{what}: sound for us, not for Redis's tool: {theirs}")
    holds(same_lines * 2 > total, f"the same lines for {same_lines} of {total} files only")


# The tool and the server.


def small_set(context, name, **settings):
    """A small log of ours, of which both files hold something."""
    server = context.start("ledgerstone", name, appendonly="yes", appendfsync="always", **settings)
    with server.connect() as connection:
        for number in range(5):
            connection.ask("SET", f"base:{number}", f"value {number}")
        connection.ask("HSET", "hash", "field", "value")
    server.ask("BGREWRITEAOF")
    while server.info("persistence")["aof_rewrite_in_progress"] != "0":
        pass
    with server.connect() as connection:
        for number in range(6):
            connection.ask("SET", f"new:{number}", f"value {number}")
        connection.ask("SELECT", 3)
        connection.ask("RPUSH", "list", "a", "b")
        for words in (("MULTI",), ("SET", "t1", "1"), ("SET", "t2", "2"), ("EXEC",)):
            connection.ask(*words)
        connection.ask("SELECT", 0)
        connection.ask("SET", "last", "one")
    server.kill()
    return server


def findings(*words):
    """Exit status and document of the tool with --json."""
    done = run(ours(AOF), "--json", *words)
    return done.returncode, json.loads(done.stdout)


def refuses(server):
    """Whether a start is refused because of the data, not because the port is taken meanwhile."""
    while True:
        status = attempt(server)
        if "Failed listening" not in server.log():
            return status is not None
        server.kill()
        server.port = server.settings["port"] = free_port()


def agree(context, server, what):
    """What the tool says of a set is what a start does."""
    status, found = findings(server.directory)
    equal(status == 0, found["sound"], f"{what}: exit status and document")
    cuts = sum(cut["size"] for cut in found["server"].get("cuts", []))
    refused = refuses(server)
    equal(refused, not found["server"]["starts"], f"{what}: {found}")
    if found["verdict"] in ("intact", "empty"):
        holds(not refused and cuts == 0, f"{what}: intact, but {found['server']}")
    if found["verdict"] in ("damaged", "refused"):
        holds(refused, f"{what}: {found['verdict']}, but it starts")
    if not refused:
        kept = sum(path.stat().st_size for path in server.directory.rglob("*.cut-*"))
        equal(kept, cuts, f"{what}: bytes that the start has cut")
    server.kill()
    return found["verdict"]


def test_the_tool_agrees_with_the_server_over_damage(context):
    whole = small_set(context, "whole")
    verdicts = {}
    for kind in ("*.incr.aof", "*.base.rdb"):
        name = max(path.name for path in (whole.directory / "appendonlydir").glob(kind))
        data = (whole.directory / "appendonlydir" / name).read_bytes()
        step = context.rounds(max(len(data) * 3 // 60, 1), 1)
        for number, (what, changed) in enumerate(mutated(context, data, step)):
            target = context.copy(whole.directory, f"{kind[2:6]}{number}")
            (target / "appendonlydir" / name).write_bytes(changed)
            server = context.server("ledgerstone", target, appendonly="yes")
            verdict = agree(context, server, f"{name}, {what}")
            verdicts[verdict] = verdicts.get(verdict, 0) + 1
            shutil.rmtree(target)
    holds(verdicts.get("torn tail") and verdicts.get("damaged"), f"not every kind of damage came up: {verdicts}")


def test_the_tool_agrees_with_the_server_over_foreign_logs(context):
    for number, (what, data) in enumerate(mutated(context, SMALL_LOG, context.rounds(24, 1))):
        directory = context.directory(f"foreign{number}")
        log_set(directory, increments=[data])
        server = context.server("ledgerstone", directory, appendonly="yes")
        agree(context, server, what)


CORPORA = ROOT / "Tests/Fuzz/corpora"

# What the tool says where Redis's tool refuses a file that the server takes, or the other way round.
EMPTY, NOT_LOADED = "Aggregate value without elements", "does not load"


def test_the_tool_agrees_with_the_server_over_the_corpora(context):
    logs, dumps = sorted((CORPORA / "log").iterdir()), sorted((CORPORA / "dump").iterdir())
    holds(logs and dumps, "the corpora are empty")
    for file in logs:
        directory = context.directory(f"log {file.name}")
        log_set(directory, increments=[file.read_bytes()])
        agree(context, context.server("ledgerstone", directory, appendonly="yes"), file.name)
    for file in dumps:
        directory = context.directory(f"dump {file.name}")
        shutil.copy(file, directory / "dump.rdb")
        done = run(ours(RDB), directory / "dump.rdb")
        text = done.stdout.decode(errors="replace")
        server = context.server("ledgerstone", directory)
        refused = refuses(server)
        server.kill()
        if EMPTY in text or NOT_LOADED in text:
            continue
        equal(refused, done.returncode != 0, f"{file.name}: the start refuses\n{text}\n{server.log()[-600:]}")


# What comes back.


def salvage(context, source, name, *options):
    """The exit status, the report and the path of a salvaged set or file."""
    target = context.scratch / name
    kind = RDB if source.suffix == ".rdb" else AOF
    done = run(ours(kind), "--salvage", target, "--json", *options, source)
    assert done.stdout, done.stderr.decode()
    equal(json.loads(done.stdout), json.loads((context.scratch / f"{name}.salvage.json").read_text()), "both reports")
    return done.returncode, json.loads(done.stdout), target


def served(context, log, name):
    """What a server makes of a log directory."""
    directory = context.directory(name)
    shutil.copytree(log, directory / "appendonlydir")
    server = context.start("ledgerstone", directory, appendonly="yes")
    contents = stored(server)
    holds("Truncat" not in server.log(), f"{name} is cut at the start")
    server.kill()
    return contents


def test_all_but_one_damaged_record_comes_back(context):
    whole = small_set(context, "whole")
    log = whole.directory / "appendonlydir"
    expected = served(context, log, "expected")
    name = increments(whole.directory)[-1].name
    data = (log / name).read_bytes()
    for number in range(6):
        key = f"new:{number}".encode()
        place = data.index(b"\r\n" + key) + 2
        for form, changed in (
            ("a byte", data[: place + 2] + b"\xee" + data[place + 3 :]),
            ("a record", data[: place - 12] + b"\0" * 24 + data[place + 12 :]),
        ):
            source = context.copy(log, f"damaged {number} {form}")
            (source / name).write_bytes(changed)
            status, report, target = salvage(context, source, f"salvaged {number} {form}")
            contents = served(context, target, f"server {number} {form}")
            if form == "a byte":
                holds(status == 0 and report["complete"], f"one byte is put right: {report}")
                equal(contents, expected, f"{form} of {key}")
                continue
            equal(status, 1, "the exit status where something is lost")
            holds(report["losses"], f"no loss is listed: {report}")
            missing = {place for place in expected if contents.get(place) != expected[place]}
            holds(missing <= {(0, key)}, f"{form} of {key}: lost {missing}")
            holds(set(contents) <= set(expected), f"{form} of {key}: keys that never were {set(contents) - set(expected)}")


def test_a_damaged_base_gives_back_every_other_key(context):
    server = context.start("ledgerstone", "writer")
    fill(server, context.random, 120)
    expected = stored(server)
    server.ask("SAVE")
    server.kill()
    data = (server.directory / "dump.rdb").read_bytes()
    victims = [key for _, key in expected if data.count(key) == 1 and 6 < len(key) < 40]
    for number in range(context.rounds(4, 40)):
        key = context.random.choice(sorted(victims))
        place = data.index(key)
        source = context.scratch / f"damaged{number}.rdb"
        source.write_bytes(data[: place - 2] + b"\xc9\xc9" + data[place:])
        status, report, target = salvage(context, source, f"salvaged{number}.rdb")
        holds(status == 1 and len(report["losses"]) == 1, f"{key}: {report}")
        directory = context.directory(f"reader{number}")
        shutil.copy(target, directory / "dump.rdb")
        reader = context.start("ledgerstone", directory)
        contents = stored(reader)
        reader.kill()
        missing = [place for place in expected if contents.get(place) != expected[place]]
        # In much that is random, a length may by chance lead over the next key.
        holds(len(missing) <= (3 if key.startswith(b"big") else 1), f"{key}: {missing} are lost")
        source.write_bytes(data[:place] + bytes([data[place] ^ 16]) + data[place + 1 :])
        status, report, target = salvage(context, source, f"repaired{number}.rdb")
        holds(status == 0 and target.read_bytes() == data, f"one byte is put right: {report}")
        source.write_bytes(data[: context.random.randrange(100, len(data))])
        status, report, target = salvage(context, source, f"cut{number}.rdb")
        holds(status == 1 and not report["complete"], f"a dump that was cut off: {report}")
        equal(run(ours(RDB), target).returncode, 0, "what is salvaged of it")


def test_a_damaged_dump_gives_back_every_other_library(context):
    server = context.start("ledgerstone", "writer", rdbcompression="no")
    names = [f"library{number}" for number in range(5)]
    for name in names:
        server.ask("FUNCTION", "LOAD", f"#!lua name={name}\nredis.register_function('{name}', function() return 1 end)")
    for number in range(10):
        server.ask("SET", f"key{number}", "value")
    server.ask("SAVE")
    server.kill()
    data = (server.directory / "dump.rdb").read_bytes()
    for name in names:
        source = context.scratch / f"{name}.rdb"
        place = data.index(f"#!lua name={name}".encode()) - 3
        holds(data[place] == 245, "the opcode of a library and two bytes of its length")
        source.write_bytes(data[: place + 1] + b"\x7f\xff" + data[place + 3 :])
        status, report, target = salvage(context, source, f"{name}-salvaged.rdb")
        equal((status, report["keys"], report["function_libraries"]), (1, 10, 4), name)
        directory = context.directory(f"reader-{name}")
        shutil.copy(target, directory / "dump.rdb")
        reader = context.start("ledgerstone", directory)
        found = [library[1].decode() for library in reader.ask("FUNCTION", "LIST")]
        equal(found, [each for each in names if each != name], "the libraries that are left")
        reader.kill()


# What is in a file.


def test_a_dump_is_shown_whole(context):
    server = context.start("ledgerstone", "writer")
    fill(server, context.random, 80)
    expected, keys = digest(server), stored(server)
    server.ask("SAVE")
    server.kill()
    dump = server.directory / "dump.rdb"
    commands = run(ours(RDB), "--to-commands", dump)
    equal(commands.returncode, 0, "--to-commands")
    for kind in ("ledgerstone", "redis"):
        reader = context.start(kind, f"{kind} reader")
        with reader.connect(timeout=60) as connection:
            connection.send(commands.stdout + command("ECHO", "the end"))
            reply = connection.read()
            while reply.value != b"the end":
                holds(reply.type != "-", f"{kind}: {reply}")
                reply = connection.read()
        same_as(reader, keys, f"{kind} executes --to-commands")
        equal(digest(reader), expected, f"{kind} executes --to-commands: digest")
        reader.ask("SAVE")
        diff = run(ours(RDB), "--diff", dump, reader.directory / "dump.rdb")
        equal((diff.returncode, diff.stdout.count(b"\n")), (0, 1), f"--diff with the dump of {kind}:\n{diff.stdout[:400]}")
    document = json.loads(run(ours(RDB), "--to-json", dump).stdout)
    equal(len(document), len(keys), "keys in --to-json")
    report = json.loads(run(ours(RDB), "--report", "--json", dump).stdout)
    equal(report["keys"], len(keys), "keys in --report")
    equal(sum(range["keys"] for range in report["expiry"]), len(keys), "keys by expiry")
    listed = run(ours(RDB), "--keys", "*", dump).stdout.splitlines()
    equal(len(listed), len(keys), "keys in --keys")


def test_differences_are_told(context):
    server = context.start("ledgerstone", "writer")
    for words in (("SET", "gone", "1"), ("SET", "same", "1"), ("SADD", "changed", "a"), ("SET", "ttl", "1")):
        server.ask(*words)
    server.ask("SAVE")
    first = context.scratch / "first.rdb"
    shutil.copy(server.directory / "dump.rdb", first)
    for words in (("DEL", "gone"), ("SADD", "changed", "b"), ("SET", "fresh", "1"), ("PEXPIREAT", "ttl", "4102444800000")):
        server.ask(*words)
    server.ask("SAVE")
    done = run(ours(RDB), "--diff", first, server.directory / "dump.rdb")
    equal(done.returncode, 1, "the status where files differ")
    equal(
        sorted(done.stdout.decode().splitlines()),
        sorted([
            '- db 0 "gone"', '+ db 0 "fresh"', '~ db 0 "changed": value',
            '~ db 0 "ttl": expiry none, then 4102444800000',
            "1 only in the first, 1 only in the second, 2 changed, 1 the same",
        ]),
        "the differences",
    )  # fmt: skip
    equal(run(ours(RDB), "--diff", first, context.scratch / "none.rdb").returncode, 2, "the status on trouble")


# The programs.


def test_a_log_is_cut_at_a_log_offset(context):
    server = small_set(context, "cut")
    _, found = findings(server.directory)
    end = found["files"][-1]["log_offset"]
    path = increments(server.directory)[-1]
    whole = path.read_bytes()
    for wanted in (end, end - 1, end - 40):
        path.write_bytes(whole)
        done = run(ours(AOF), "--truncate-to-lsn", wanted, server.directory)
        equal(done.returncode, 0, done.stdout.decode())
        status, found = findings(server.directory)
        holds(status == 0 and found["files"][-1]["log_offset"] <= wanted, f"cut to {wanted}: {found}")
        equal(len(whole) == path.stat().st_size, wanted == end, f"cut to {wanted}")


def test_nothing_is_changed_unless_asked(context):
    server = small_set(context, "whole")
    path = increments(server.directory)[-1]
    path.write_bytes(path.read_bytes()[:-5])
    before = {file: file.read_bytes() for file in server.directory.rglob("*") if file.is_file()}
    for options in ((), ("--json",), ("--fix",)):
        run(ours(AOF), *options, server.directory)
        after = {file: file.read_bytes() for file in server.directory.rglob("*") if file.is_file()}
        holds(before == after, f"{options} changed something")
    done = run(ours(AOF), "--fix", "--yes", server.directory)
    equal(done.returncode, 0, done.stdout.decode())
    cut = list(server.directory.rglob("*.cut-*"))
    equal(path.read_bytes() + cut[0].read_bytes(), before[path], "what was cut is kept")
    equal(run(ours(AOF), server.directory).returncode, 0, "the set is sound then")


def test_arguments_and_outputs_that_fail(context):
    server = small_set(context, "whole")
    for words in (["--nothing"], ["--fix", "--salvage", "x", "y"], ["--truncate-to-lsn", "x", "y"], [], ["a", "b"]):
        done = run(ours(AOF), *words)
        holds(done.returncode == 1 and done.stderr and b"Usage" in done.stdout, f"{words}: {done}")
        done = run(ours(RDB), *words)
        holds(done.returncode == 1 and b"Usage" in done.stderr, f"{words}: {done}")
    for kind in (AOF, RDB):
        holds(b"--salvage" in run(ours(kind), "--help").stdout, f"{kind} --help")
        with open("/dev/full", "wb") as full:
            done = subprocess.run([ours(kind), server.directory], stdout=full, stderr=subprocess.PIPE)
        holds(done.returncode == 1 and b"No space left" in done.stderr, f"{kind}: a full disk: {done}")
        reading, writing = os.pipe()
        os.close(reading)
        done = subprocess.run([ours(kind), server.directory], stdout=writing, stderr=subprocess.PIPE)
        os.close(writing)
        holds(done.returncode != 0 and not done.stderr, f"{kind}: nobody reads: {done}")
    taken = context.directory("taken")
    holds(run(ours(AOF), "--salvage", taken, server.directory).returncode == 1, "what exists is not overwritten")
