"""The weak points of Redis's persistence that Ledgerstone must not copy, one case each.

A case builds the directory, shows on a copy what redis-server 7.0.15 does with it (so that the case
is known to test something), and then asserts Ledgerstone's outcome: never empty over data, nothing
modified before everything is judged, cut bytes kept aside, acknowledged writes kept.
"""

import time

from harness.context import Skip, equal, holds
from harness.directories import (
    attempt, bases, command, dump, increments, kept, log_set, refused_untouched, replace, state, written,
)  # fmt: skip
from harness.servers import STAND_IN, wait_until
from harness.shim import Shim
from harness.tools import own_tool, run


def size_on(context, kind, directory):
    """The number of keys that a server finds in a directory; the exit status as text if none."""
    server = context.server(kind, directory, appendonly="yes")
    status = attempt(server)
    if status is not None:
        return f"exit {status}"
    size = server.ask("DBSIZE")
    server.kill()
    return size


def test_01_torn_command_behind_an_rdb_head(context):
    head = dump(context)
    torn = command("SET", "k", "v")[:13]
    directory = context.directory("single")
    (directory / "appendonly.aof").write_bytes(head + torn)
    copy = context.copy(directory, "copy")
    equal(size_on(context, "redis", copy), 50, "Redis, first start")
    equal(size_on(context, "redis", copy), 0, "Redis, second start: its loader has erased the head")
    for start in (1, 2, 3):
        equal(size_on(context, "ledgerstone", directory), 50, f"ours, start {start}")
    holds(kept(directory, torn), "the cut bytes are kept")


def test_02_torn_file_that_is_not_the_last(context):
    first = command("SELECT", "0") + b"".join(command("SET", f"a{n}", "1") for n in range(10))
    second = command("SELECT", "0") + command("SET", "b", "2")
    directory = context.directory("data")
    log_set(directory, None, [first[:-5], second])
    copy = context.copy(directory, "copy")
    equal(size_on(context, "redis", copy), "exit 1", "Redis, first start")
    equal(size_on(context, "redis", copy), 10, "Redis, second start: a hole, unseen")
    server = context.server("ledgerstone", directory, appendonly="yes")
    refused_untouched(server, "a torn file that is not the last", times=3)
    holds("appendonly.aof.1.incr.aof" in server.log(), "the log names the file")


def test_03_torn_transaction(context):
    good = command("SELECT", "0") + command("SET", "before", "1")
    group = command("MULTI") + command("SET", "x", "1") + command("SET", "y", "1")
    torn = group + command("EXEC")[:-4]
    directory = context.directory("data")
    log_set(directory, None, [good + torn])
    copy = context.copy(directory, "copy")
    redis = context.start("redis", copy, appendonly="yes", appendfsync="always")
    redis.ask("SET", "later", "acknowledged")
    redis.kill()
    redis.start()
    equal(redis.ask("GET", "later"), None, "Redis swallows the later write in the open MULTI")
    redis.kill()
    server = context.start("ledgerstone", directory, appendonly="yes", appendfsync="always")
    equal(sorted(server.ask("KEYS", "*")), [b"before"], "nothing of the torn transaction")
    server.ask("SET", "later", "acknowledged")
    server.kill()
    server.start()
    equal(sorted(server.ask("KEYS", "*")), [b"before", b"later"], "after the next restart")
    holds(kept(directory, torn), "the cut bytes are kept")


def never_empty(context, directory, expected, what):
    """Ours either has all the data, twice, or refuses without touching anything."""
    server = context.server("ledgerstone", directory, appendonly="yes")
    before = state(server.directory)
    status = attempt(server)
    if status is None:
        equal(server.ask("DBSIZE"), expected, f"{what}: keys at the first start")
        server.ask("SET", "after", "1")
        server.kill()
        server.start()
        equal(server.ask("DBSIZE"), expected + 1, f"{what}: keys at the second start")
        server.kill()
    else:
        holds(status > 0, f"{what}: ended by a signal")
        after = state(server.directory)
        changed = [name for name, digest in before.items() if after.get(name) != digest]
        equal(changed, [], f"{what}: files changed although it refused")
    return status


def test_04_manifest_missing(context):
    for kind in ("redis", "ledgerstone"):
        server = written(context, kind, f"by-{kind}")
        (server.directory / "appendonlydir" / "appendonly.aof.manifest").unlink()
        copy = context.copy(server.directory, f"copy-{kind}")
        if kind == "redis":
            equal(size_on(context, "redis", copy), 0, "Redis starts empty without a warning")
        never_empty(context, server.directory, 100, f"no manifest, set written by {kind}")


def test_04_manifest_damaged(context):
    server = written(context, "ledgerstone", "data")
    path = server.directory / "appendonlydir" / "appendonly.aof.manifest"
    text = path.read_bytes()
    for name, damaged in (("empty", b""), ("torn", text[:-7]), ("garbage", b"\x00" * len(text))):
        copy = context.copy(server.directory, f"copy-{name}")
        (copy / "appendonlydir" / "appendonly.aof.manifest").write_bytes(damaged)
        never_empty(context, copy, 100, f"{name} manifest")


def test_04_listed_file_missing(context):
    server = written(context, "ledgerstone", "data")
    for path in [*bases(server.directory), *increments(server.directory)]:
        copy = context.copy(server.directory, f"copy-{path.name}")
        (copy / "appendonlydir" / path.name).unlink()
        refused_untouched(context.server("ledgerstone", copy, appendonly="yes"), f"no {path.name}")


def test_05_dump_but_no_log(context):
    directory = context.directory("data")
    (directory / "dump.rdb").write_bytes(dump(context))
    copy = context.copy(directory, "copy")
    redis = context.start("redis", copy, appendonly="yes", save="3600 1")
    equal(redis.ask("DBSIZE"), 0, "Redis starts empty")
    redis.kill()
    never_empty(context, directory, 50, "a dump without a log")
    server = context.start("ledgerstone", "empty-folder-case", appendonly="yes")
    server.kill()


def test_05_dump_and_empty_log_folder(context):
    directory = context.directory("data")
    (directory / "dump.rdb").write_bytes(dump(context))
    (directory / "appendonlydir").mkdir()
    never_empty(context, directory, 50, "a dump beside an empty folder")


def test_05_damaged_dump_is_not_overwritten(context):
    directory = context.directory("data")
    data = bytearray(dump(context))
    data[len(data) // 2] ^= 0x55
    (directory / "dump.rdb").write_bytes(data)
    for appendonly in ("yes", "no"):
        server = context.server("ledgerstone", directory, appendonly=appendonly)
        refused_untouched(server, f"a damaged dump, appendonly {appendonly}")


def test_06_changed_byte_in_a_value(context):
    redis = context.start("redis", "by-redis", appendonly="yes", aof_use_rdb_preamble="no")
    redis.ask("SET", "balance", "1000")
    redis.ask("SET", "other", "1")
    redis.kill()
    replace(increments(redis.directory)[0], b"\r\n1000\r\n", b"\r\n9000\r\n")
    redis.start()
    equal(redis.ask("GET", "balance"), b"9000", "Redis serves the changed value")
    redis.kill()
    server = context.start("ledgerstone", "by-ours", appendonly="yes")
    server.ask("SET", "balance", "1000")
    for number in range(50):
        server.ask("SET", f"other:{number}", "1")
    server.kill()
    replace(increments(server.directory)[0], b"\r\n1000\r\n", b"\r\n9000\r\n")
    refused_untouched(server, "a changed byte in a value")


def test_07_wrong_bytes_behind_an_argument(context):
    text = command("SELECT", "0") + command("SET", "a", "1").replace(b"\r\n1\r\n", b"\r\n1xy")
    text += command("SET", "b", "2")
    directory = context.directory("data")
    log_set(directory, None, [text])
    equal(size_on(context, "redis", context.copy(directory, "copy")), 2, "Redis loads it")
    refused_untouched(context.server("ledgerstone", directory, appendonly="yes"), "no line end")
    tool = own_tool("ledgerstone-check-aof")
    result = run(tool, directory / "appendonlydir" / "appendonly.aof.manifest")
    holds(result.returncode != 0, "the check tool agrees with the server")


def test_08_zeros_after_the_last_command(context):
    for kind in ("redis", "ledgerstone"):
        for what, tail in (("zeros", bytes(12)), ("a page of zeros", bytes(4096 + 7))):
            name = f"by-{kind}-{len(tail)}"
            writer = written(context, kind, name)
            last = increments(writer.directory)[-1]
            clean = last.read_bytes()
            last.write_bytes(clean + tail)
            copy = context.copy(writer.directory, f"copy-{name}")
            equal(size_on(context, "redis", copy), "exit 1", f"Redis on {what}")
            server = context.server("ledgerstone", writer.directory, appendonly="yes")
            equal(attempt(server), None, f"ours on {what} behind a log of {kind}")
            equal(server.ask("DBSIZE"), 100, f"keys with {what} behind a log of {kind}")
            server.ask("SET", "after", "1")
            server.kill()
            server.start()
            equal(server.ask("DBSIZE"), 101, f"keys at the start after that ({what}, {kind})")
            server.kill()


def test_08_garbage_after_the_last_command(context):
    writer = written(context, "ledgerstone", "data")
    last = increments(writer.directory)[-1]
    garbage = context.random.randbytes(300)
    last.write_bytes(last.read_bytes() + garbage)
    server = context.server("ledgerstone", writer.directory, appendonly="yes")
    equal(attempt(server), None, "ours on garbage behind its own log")
    equal(server.ask("DBSIZE"), 100, "keys")
    holds(kept(server.directory, garbage), "the cut bytes are kept")


def test_08_every_kind_of_cut(context):
    """A log of ours cut at any byte of its tail starts with a prefix of what was written."""
    server = context.start("ledgerstone", "data", appendonly="yes", appendfsync="always")
    with server.connect() as connection:
        for number in range(40):
            if number % 4 == 3:
                connection.pipeline([["MULTI"], ["SET", "left", number], ["SET", "right", number], ["EXEC"]])
            else:
                connection.ask("SET", "last", number)
    server.kill()
    path = increments(server.directory)[-1]
    data = path.read_bytes()
    cuts = context.random.sample(range(len(data) - 900, len(data)), context.rounds(12, 400))
    for number, cut in enumerate(cuts):
        copy = context.copy(server.directory, f"cut{number}")
        (copy / "appendonlydir" / path.name).write_bytes(data[:cut])
        reader = context.server("ledgerstone", copy, appendonly="yes", appendfsync="always")
        equal(attempt(reader), None, f"ours on its log cut at byte {cut} of {len(data)}")
        equal(reader.ask("GET", "left"), reader.ask("GET", "right"), f"the transaction at cut {cut}")
        reader.ask("SET", "after", cut)
        before = (reader.ask("GET", "last"), reader.ask("GET", "left"), b"%d" % cut)
        reader.kill()
        reader.start()
        after = tuple(reader.ask("GET", name) for name in ("last", "left", "after"))
        equal(after, before, f"the start after cut {cut}")
        reader.kill()


def governed(context, kind, shim, name, **settings):
    return context.start(kind, name, environment=shim.environment, appendonly="yes", **settings)


def test_09_a_failed_sync_heals(context):
    shim = Shim(context, only=".incr.aof")
    redis = governed(context, "redis", shim, "by-redis")
    redis.ask("SET", "a", "1")
    shim.set(fail=1)
    redis.ask("SET", "b", "1")
    wait_until(lambda: shim.remaining_failures() == 0, 5)
    time.sleep(2.2)
    reply = redis.connect().call("SET", "c", "1")
    holds(reply.value.startswith(b"MISCONF"), f"Redis stays stuck: {reply}")
    redis.kill()
    server = governed(context, "ledgerstone", shim, "by-ours")
    server.ask("SET", "a", "1")
    shim.set(fail=1)
    server.ask("SET", "b", "1")
    wait_until(lambda: shim.remaining_failures() == 0, 5, "ours never synced")
    time.sleep(0.3)
    wait_until(
        lambda: server.connect().call("SET", "c", "1").type == "+"
        and server.info("persistence")["aof_last_write_status"] == "ok",
        5,
        "ours did not heal",
    )
    server.kill()
    server.start()
    equal(sorted(server.ask("KEYS", "*")), [b"a", b"b", b"c"], "keys after kill and start")
    server.kill()


def test_09_a_failed_sync_heals_under_always(context):
    shim = Shim(context, only=".incr.aof")
    server = governed(context, "ledgerstone", shim, "data", appendfsync="always")
    for number in range(10):
        shim.set(fail=context.random.choice([0, 1, 2]))
        equal(server.ask("SET", f"k{number}", "1"), b"OK", f"write {number} with failing syncs")
    server.kill()
    shim.set()
    server.start()
    equal(server.ask("DBSIZE"), 10, "acknowledged writes after kill and start")


def test_10_waitaof_waits_for_the_sync_itself(context):
    shim = Shim(context, only=".incr.aof")
    server = governed(context, "ledgerstone", shim, "data", appendfsync="everysec")
    with server.connect() as connection:
        for number in range(3):
            shim.set(delay=300)
            connection.ask("SET", "a", number)
            syncs = shim.syncs()
            equal(connection.ask("WAITAOF", "1", "0", "10000"), [1, 0], "WAITAOF")
            holds(shim.syncs() > syncs, "a sync had ended when WAITAOF answered")


def test_11_rewrite_leaves_no_torn_middle(context):
    """The old increment is durable before anything depends on the new one."""
    shim = Shim(context, only="appendonlydir")
    server = governed(context, "ledgerstone", shim, "data", appendfsync="always")
    for number in range(20):
        server.ask("SET", f"k{number}", "1")
    shim.set(delay=100)
    server.ask("BGREWRITEAOF")
    server.ask("SET", "late", "1")
    shim.set()
    wait_until(lambda: server.info("persistence")["aof_rewrite_in_progress"] == "0", 30)
    server.ask("SET", "last", "1")
    server.kill()
    server.start()
    equal(server.ask("DBSIZE"), 22, "keys after kill and start")


def test_12_sync_failure_at_shutdown(context):
    shim = Shim(context, only=".incr.aof")
    redis = governed(context, "redis", shim, "by-redis", appendfsync="no")
    redis.ask("SET", "a", "1")
    shim.set(fail=1000)
    equal(redis.stop(), 0, "Redis reports success although nothing is durable")
    shim.set()
    server = governed(context, "ledgerstone", shim, "by-ours", appendfsync="no")
    server.ask("SET", "a", "1")
    shim.set(fail=1000)
    status = server.stop(timeout=60)
    holds(status not in (0, None), f"ours ends with a non-zero status, got {status}")
    shim.set()


def test_14_info_says_more_than_ok(context):
    server = context.start("ledgerstone", appendonly="yes")
    with server.connect() as connection:
        text = connection.ask("INFO", "persistence").decode()
    names = [line.split(":")[0] for line in text.split("\r\n") if ":" in line]
    redis = context.start("redis", appendonly="yes")
    with redis.connect() as connection:
        theirs = connection.ask("INFO", "persistence").decode()
    known = [line.split(":")[0] for line in theirs.split("\r\n") if ":" in line]
    own = [name for name in names if name not in known]
    holds(len(own) >= 6, f"fields of our own about durability: {own}")


def test_15_always_holds_during_a_rewrite(context):
    shim = Shim(context, only=".incr.aof")
    settings = {"appendfsync": "always", "no_appendfsync_on_rewrite": "yes"}
    for kind in ("redis", "ledgerstone"):
        server = governed(context, kind, shim, f"by-{kind}", **settings)
        server.ask("DEBUG", "POPULATE", "20000", "filler", "50")
        server.ask("CONFIG", "SET", "rdb-key-save-delay", "50")
        server.ask("BGREWRITEAOF")
        server.ask("SET", "first", "1")
        missed = shim.writes_without_sync(server)
        holds(server.info("persistence")["aof_rewrite_in_progress"] == "1", "it was a rewrite")
        server.kill()
        if kind == "redis":
            holds(missed >= 10, f"Redis acknowledged {missed} of 20 writes without a sync")
        else:
            equal(missed, 0, "writes that ours acknowledged without a sync")


def test_17_torn_annotation(context):
    good = command("SELECT", "0") + command("SET", "before", "1")
    directory = context.directory("data")
    log_set(directory, None, [good + b"#TS:17000"])
    copy = context.copy(directory, "copy")
    redis = context.start("redis", copy, appendonly="yes")
    redis.ask("SET", "later", "1")
    redis.kill()
    equal(size_on(context, "redis", copy), "exit 1", "Redis at the start after the next write")
    server = context.start("ledgerstone", directory, appendonly="yes")
    server.ask("SET", "later", "1")
    server.kill()
    server.start()
    equal(sorted(server.ask("KEYS", "*")), [b"before", b"later"], "ours after two starts")


def test_load_truncated_no_refuses(context):
    """With `aof-load-truncated no` a torn tail is the operator's decision."""
    good = command("SELECT", "0") + command("SET", "before", "1")
    directory = context.directory("data")
    log_set(directory, None, [good + command("SET", "x", "y")[:-3]])
    server = context.server("ledgerstone", directory, appendonly="yes", aof_load_truncated="no")
    refused_untouched(server, "aof-load-truncated no")


def test_unknown_command_in_the_log_is_refused(context):
    text = command("SELECT", "0") + command("SET", "a", "1") + command("NOSUCH", "a") + command("SET", "b", "1")
    directory = context.directory("data")
    log_set(directory, None, [text])
    server = context.server("ledgerstone", directory, appendonly="yes")
    refused_untouched(server, "an unknown command in the log")
    holds("NOSUCH" in server.log(), "the log names the command")


def test_damaged_base_is_refused(context):
    writer = written(context, "ledgerstone", "data")
    base = bases(writer.directory)[-1]
    data = bytearray(base.read_bytes())
    for place in context.random.sample(range(9, len(data)), context.rounds(4, 40)):
        damaged = bytearray(data)
        damaged[place] ^= 1 << context.random.randrange(8)
        copy = context.copy(writer.directory, f"copy{place}")
        (copy / "appendonlydir" / base.name).write_bytes(damaged)
        refused_untouched(context.server("ledgerstone", copy, appendonly="yes"), f"bit changed at {place}", 1)


def test_damage_in_the_middle_is_refused(context):
    """Any changed bit in our own log, except in its last batch, is found and nothing is changed."""
    writer = written(context, "ledgerstone", "data")
    path = increments(writer.directory)[-1]
    data = path.read_bytes()
    for place in context.random.sample(range(0, len(data) - 400), context.rounds(6, 100)):
        damaged = bytearray(data)
        damaged[place] ^= 1 << context.random.randrange(8)
        copy = context.copy(writer.directory, f"copy{place}")
        (copy / "appendonlydir" / path.name).write_bytes(damaged)
        refused_untouched(context.server("ledgerstone", copy, appendonly="yes"), f"bit changed at {place}", 1)


def test_file_of_an_unknown_type_is_refused(context):
    """A dump with a value type that is not known is refused by name and offset, never skipped."""
    directory = context.directory("data")
    data = dump(context)
    place = data.index(b"\x05key:7")
    (directory / "dump.rdb").write_bytes(data[: place - 1] + b"\x3f" + data[place:])
    server = context.server("ledgerstone", directory, rdbchecksum="no")
    refused_untouched(server, "an unknown value type")


if STAND_IN:

    def test_stand_in(context):
        raise Skip("LEDGERSTONE_SERVER is a stand-in: most of these cases must fail on it")
