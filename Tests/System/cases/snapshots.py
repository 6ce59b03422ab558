"""A snapshot without fork shows one moment, whatever happens to the data while it is taken.

The data set is large enough, and saving slow enough, for a whole generated session (FLUSHALL,
SWAPDB, RENAME, COPY, MOVE, expiry, transactions) to run while the snapshot is under way.
"""

import time

from differential.keys import COMMANDS as KEYS
from differential.play import Player, difference, stored
from differential.session import Commands, Generator, described
from differential.sessions import TRANSACTIONS
from differential.strings import COMMANDS as STRINGS
from harness.context import equal, holds
from harness.servers import wait_until

WRITES = [(STRINGS, 5.0), (KEYS, 5.0), (TRANSACTIONS, 1.0)]
SPREAD = 3000


def spread(server, random):
    """Keys in four databases, among them those that generated sessions use."""
    with server.connect(timeout=60) as connection:
        for database in range(4):
            commands = [["SELECT", database]]
            for number in range(SPREAD // 4):
                life = ["PXAT", 4_102_444_800_000] if number % 5 == 0 else []
                commands.append(["SET", f"key:{number}", random.randbytes(random.choice([3, 40, 200])), *life])
            commands += [["SET", name, f"{name} in {database}"] for name in ("a", "b", "c", "counter")]
            commands.append(["SET", "large", random.randbytes(3_000_000)])
            connection.pipeline(commands)


def begin(server, command, field):
    """Starts a snapshot that takes a second or so."""
    server.ask("CONFIG", "SET", "rdb-key-save-delay", 400)
    server.ask(command)
    equal(server.info("persistence")[field], "1", f"{command} is under way")


def session_on(context, server, length=120):
    generator = Generator(context.random, connections=3, families=WRITES)
    session = [step for step in generator.session(length) if isinstance(step, Commands)]
    # FLUSHALL ends a running BGSAVE; it has a case of its own.
    session = [
        step for step in session if all(command[0].upper() != b"FLUSHALL" for command in step.commands)
    ]
    player = Player(server)
    for step in session:
        player.play(step)
    player.close()
    return session


def finish(server, field):
    under_way = server.info("persistence")[field]
    server.ask("CONFIG", "SET", "rdb-key-save-delay", 0)
    wait_until(lambda: server.info("persistence")[field] == "0", 60, "the snapshot never ended")
    return under_way == "1"


def test_bgsave_is_the_moment_of_its_start(context):
    inside = 0
    for number in range(context.rounds(3, 200)):
        server = context.start("ledgerstone", f"data{number}")
        spread(server, context.random)
        before = stored(server)
        digest = server.ask("DEBUG", "DIGEST")
        begin(server, "BGSAVE", "rdb_bgsave_in_progress")
        session = session_on(context, server)
        inside += finish(server, "rdb_bgsave_in_progress")
        equal(server.info("persistence")["rdb_last_bgsave_status"], "ok", "status")
        server.kill()
        server.start()
        found = difference(stored(server), before, tolerance=0)
        holds(found is None, f"round {number}: {found}\n{described(session)[-2500:]}")
        equal(server.ask("DEBUG", "DIGEST"), digest, "digest of the dump")
        server.kill()
    holds(inside, "some session ended while the snapshot was still being taken")


def test_rewrite_and_log_together_are_the_present(context):
    for number in range(context.rounds(3, 200)):
        preamble = context.random.choice(["yes", "no"])
        server = context.start("ledgerstone", f"data{number}", appendonly="yes", aof_use_rdb_preamble=preamble)
        spread(server, context.random)
        begin(server, "BGREWRITEAOF", "aof_rewrite_in_progress")
        session = session_on(context, server)
        killed_inside = context.random.random() < 0.4
        if not killed_inside:
            finish(server, "aof_rewrite_in_progress")
            equal(server.info("persistence")["aof_last_bgrewrite_status"], "ok", "status")
            session += session_on(context, server, 20)
        present = stored(server)
        digest = server.ask("DEBUG", "DIGEST")
        server.kill()
        server.settings["rdb-key-save-delay"] = 0
        server.start()
        found = difference(stored(server), present, tolerance=0)
        what = f"round {number}, preamble {preamble}, killed inside: {killed_inside}"
        holds(found is None, f"{what}: {found}\n{described(session)[-2500:]}")
        equal(server.ask("DEBUG", "DIGEST"), digest, f"{what}: digest")
        server.kill()


def test_flushall_ends_a_running_snapshot_as_redis_does(context):
    """FLUSHALL kills a running BGSAVE and, with save points, writes an empty dump."""
    server = context.start("ledgerstone", "data", save="3600 1")
    spread(server, context.random)
    begin(server, "BGSAVE", "rdb_bgsave_in_progress")
    server.ask("FLUSHALL")
    server.ask("SET", "after", "1")
    server.ask("CONFIG", "SET", "rdb-key-save-delay", 0)
    wait_until(lambda: server.info("persistence")["rdb_bgsave_in_progress"] == "0", 30)
    server.kill()
    server.start()
    holds(server.ask("DBSIZE") <= 1, "the data that was flushed does not come back")


def test_writers_go_on_during_a_snapshot(context):
    """No write waits longer than a moment while a snapshot runs, even on a slow 'disk'."""
    server = context.start("ledgerstone", "data", appendonly="yes")
    with server.connect(timeout=60) as connection:
        value = b"v" * 300
        for start in range(0, 200_000, 2000):
            connection.pipeline([["SET", f"k{n}", value] for n in range(start, start + 2000)])
        worst, writes = 0.0, 0
        connection.ask("BGREWRITEAOF")
        while server_busy(connection) or writes < 100:
            for _ in range(200):
                began = time.monotonic()
                connection.ask("SET", f"k{context.random.randrange(200_000)}", value)
                worst = max(worst, time.monotonic() - began)
                writes += 1
    holds(worst < 0.3, f"a write took {worst * 1000:.0f} ms beside a rewrite ({writes} writes)")


def server_busy(connection):
    return b"aof_rewrite_in_progress:1" in connection.ask("INFO", "persistence")
