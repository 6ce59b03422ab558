"""What the log records is what Redis records: absolute deadlines, outcomes, groups, databases."""

import time

from differential.judge import spelled
from differential.keys import COMMANDS as KEYS
from differential.play import Player, difference, stored
from differential.session import Commands, Generator, described
from differential.sessions import TRANSACTIONS
from differential.strings import COMMANDS as STRINGS
from harness.context import equal
from harness.directories import increments
from harness.logs import commands
from harness.servers import wait_until

# These look past deadlines in Redis and do not in ours, so a DEL of an expired key comes at another
# place; it comes in both.
LOOKERS = ("DEBUG", "MEMORY", "KEYS")
KEY_COMMANDS = [command for command in KEYS if command.name not in LOOKERS]
WRITES = [(STRINGS, 5.0), (KEY_COMMANDS, 4.0), (TRANSACTIONS, 1.0)]

SCRIPT = """
SET a 1
SET a 2 EX 100
SET a 3 PX 100000 NX
SET a 3 PX 100000 XX
SET a 4 EXAT 4102444800
SET a 5 PXAT 4102444800000
SET a 6 KEEPTTL
SET a 7 GET
SET a 8 GET EX 100
SET a 9 NX
SETEX b 100 v
PSETEX b 100000 v
SETNX b v
SETNX c v
GETSET c w
GETDEL c
GETDEL c
GETEX b
GETEX b EX 50
GETEX b PERSIST
GETEX b PERSIST
GETEX b PXAT 4102444800000
GETEX b EXAT 1
SET b v
EXPIRE b 100
EXPIRE b 50 GT
PEXPIRE b 100000
EXPIREAT b 4102444800
PEXPIREAT b 4102444800001
EXPIRE b -1
EXPIRE nothing 100
SET b v
PEXPIREAT b 1
PERSIST b
SET n 10
INCR n
DECRBY n 3
INCRBYFLOAT n 1.5
INCRBYFLOAT f 2.25
INCR f
APPEND s abc
SETRANGE s 5 xyz
SETRANGE s 0 ""
MSET x 1 y 2
MSETNX x 1 z 2
MSETNX p 1 q 2
DEL x nothing
DEL nothing
UNLINK y nothing
RENAME p p2
RENAMENX q p2
RENAMENX q q2
COPY q2 q3
COPY q2 q3 REPLACE
COPY q2 q3 DB 1
MOVE q3 2
SELECT 3
SET in3 1
SELECT 0
SET in0 1
SWAPDB 1 3
FLUSHDB ASYNC
SELECT 2
FLUSHDB
SET k 1
MULTI
SET t1 1
SET t2 2 EX 100
GET t1
EXEC
MULTI
SET t1 1
EXEC
MULTI
GET t1
EXEC
MULTI
SELECT 5
SET t5 1
SELECT 2
SET t2 1
EXEC
WATCH t1
MULTI
DISCARD
TOUCH k
RESTORE r 0 "\\x00\\x05hello\\x0a\\x00\\x63\\x72\\xdf\\x76\\x65\\x34\\x20\\x0a"
RESTORE r 100000 "\\x00\\x05hello\\x0a\\x00\\x63\\x72\\xdf\\x76\\x65\\x34\\x20\\x0a" REPLACE
RESTORE r 4102444800000 "\\x00\\x05hello\\x0a\\x00\\x63\\x72\\xdf\\x76\\x65\\x34\\x20\\x0a" REPLACE ABSTTL
RESTORE r 1 "\\x00\\x05hello\\x0a\\x00\\x63\\x72\\xdf\\x76\\x65\\x34\\x20\\x0a" REPLACE ABSTTL
FLUSHALL
SET last 1
""".strip().splitlines()


def same_record(mine, theirs):
    """Equal, except that a moment in the future may differ by what lies between both runs."""
    if len(mine) != len(theirs):
        return False
    for place, (one, two) in enumerate(zip(mine, theirs)):
        if place == 0 and one.upper() == two.upper():
            continue
        # Redis keeps the spelling that the client used; ours may write the plain words.
        if one.upper() == two.upper() and one.upper() in WORDS:
            continue
        if one != two:
            if not (one.isdigit() and two.isdigit() and abs(int(one) - int(two)) < 5000 and len(one) >= 13):
                return False
    return True


WORDS = {b"PXAT", b"KEEPTTL", b"ABSTTL", b"REPLACE", b"PX", b"EX", b"EXAT", b"DB", b"NX", b"XX", b"GT", b"LT", b"SYNC", b"ASYNC", b"GET"}


def log_of(server):
    wait_until(lambda: server.info("persistence")["aof_buffer_length"] == "0", 5)
    time.sleep(0.05)
    data = b"".join(path.read_bytes() for path in increments(server.directory))
    return commands(data)


def placed(records):
    """The records with their database in front. Whether SELECT stands before or behind MULTI
    differs between 7.0 and 7.2 and means the same."""
    found, database = [], b"none"
    for words in records:
        name = words[0].upper()
        if name == b"SELECT":
            database = words[1]
        else:
            found.append(words if name in (b"MULTI", b"EXEC") else [words[0], b"in " + database, *words[1:]])
    return found


def compare_logs(mine, theirs, what):
    mine, theirs = placed(mine), placed(theirs)
    for place, (one, two) in enumerate(zip(mine, theirs)):
        if not same_record(one, two):
            around = "\n".join(f"    ours {spelled(a)}   Redis {spelled(b)}" for a, b in list(zip(mine, theirs))[max(0, place - 3) : place])
            raise AssertionError(f"{what}: record {place}: ours {spelled(one)!r}, Redis {spelled(two)!r}, after\n{around}")
    extra = mine[len(theirs) :] or theirs[len(mine) :]
    holder = "ours" if len(mine) > len(theirs) else "Redis"
    assert not extra, f"{what}: only {holder} recorded {[spelled(c) for c in extra[:3]]}"


def test_script(context):
    servers = [context.start(kind, appendonly="yes") for kind in ("ledgerstone", "redis")]
    for server in servers:
        with server.connect() as connection:
            connection.ask("DEBUG", "SET-ACTIVE-EXPIRE", "0")
            for line in SCRIPT:
                connection.send(line.encode() + b"\r\n")
                connection.read()
    compare_logs(*map(log_of, servers), "the script")


def test_expiry_is_recorded_as_deletion(context):
    logs = []
    for kind in ("ledgerstone", "redis"):
        server = context.start(kind, appendonly="yes")
        with server.connect() as connection:
            connection.ask("DEBUG", "SET-ACTIVE-EXPIRE", "0")
            connection.ask("SET", "read", "1", "PX", "20")
            connection.ask("SET", "written", "1", "PX", "20")
            time.sleep(0.05)
            connection.ask("GET", "read")
            connection.ask("INCR", "written")
            connection.ask("SET", "active", "1", "PX", "20")
            connection.ask("DEBUG", "SET-ACTIVE-EXPIRE", "1")
            wait_until(lambda: connection.ask("DBSIZE") == 1, 5)
        logs.append(log_of(server))
    compare_logs(*logs, "expiry")


def test_generated_sessions(context):
    """The same generated writes leave the same records."""
    for number in range(context.rounds(6, 200)):
        servers = [
            context.start(kind, f"{kind}-{number}", appendonly="yes", databases=16)
            for kind in ("ledgerstone", "redis")
        ]
        generator = Generator(context.random, connections=2, families=WRITES)
        session = [step for step in generator.session(150) if isinstance(step, Commands)]
        for server in servers:
            server.ask("DEBUG", "SET-ACTIVE-EXPIRE", "0")
            player = Player(server)
            for step in session:
                player.play(step)
            player.close()
        try:
            compare_logs(*map(log_of, servers), f"session {number}")
        except AssertionError as error:
            raise AssertionError(f"{error}\nthe session ends:\n{described(session)[-1200:]}") from None
        for server in servers:
            server.kill()


def test_replay_rebuilds_the_state(context):
    """After any generated session a kill and a restart lead to the same data."""
    for number in range(context.rounds(8, 300)):
        preamble = context.random.choice(["yes", "no"])
        server = context.start("ledgerstone", f"data-{number}", appendonly="yes", aof_use_rdb_preamble=preamble)
        generator = Generator(context.random, connections=3, families=WRITES)
        player = Player(server)
        session = [step for step in generator.session(200) if isinstance(step, Commands)]
        rewrite_at = context.random.randrange(len(session) * 2)
        for place, step in enumerate(session):
            player.play(step)
            if place == rewrite_at:
                server.ask("BGREWRITEAOF")
        player.close()
        before = stored(server)
        digest = server.ask("DEBUG", "DIGEST")
        server.kill()
        server.start()
        found = difference(before, stored(server), tolerance=0)
        if found is not None:
            raise AssertionError(f"session {number} (preamble {preamble}): {found}\n{described(session)[-3000:]}")
        equal(server.ask("DEBUG", "DIGEST"), digest, f"digest after session {number}")
        server.kill()


def test_databases_are_selected_only_when_they_change(context):
    server = context.start("ledgerstone", appendonly="yes")
    with server.connect() as one, server.connect() as two:
        two.ask("SELECT", "4")
        for number in range(3):
            one.ask("SET", "a", number)
            one.ask("SET", "b", number)
            two.ask("SET", "a", number)
    selects = [words for words in log_of(server) if words[0].upper() == b"SELECT"]
    equal(len(selects), 6, "SELECT records")


def test_time_annotations(context):
    server = context.start("ledgerstone", appendonly="yes", aof_timestamp_enabled="yes")
    server.ask("SET", "a", "1")
    time.sleep(1.1)
    server.ask("SET", "a", "2")
    wait_until(lambda: server.info("persistence")["aof_buffer_length"] == "0", 5)
    data = b"".join(path.read_bytes() for path in increments(server.directory))
    import re

    stamps = [int(text) for text in re.findall(rb"#TS:(\d+)\r\n", data)]
    equal(len(stamps), 2, "time annotations")
    assert abs(stamps[-1] - time.time()) < 5, stamps
