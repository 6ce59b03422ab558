"""kill -9 at random moments under load: what was acknowledged is there after the restart."""

import threading
import time

from harness.context import equal, holds
from harness.load import judge, loaded, snapshot
from harness.servers import wait_until

BALLAST = 20_000


def ballast(server):
    """Keys enough for a snapshot to last while clients write."""
    value = b"b" * 40
    with server.connect(timeout=60) as connection:
        for start in range(0, BALLAST, 1000):
            pairs = [word for n in range(start, start + 1000) for word in (b"ballast:%d" % n, value)]
            connection.ask("MSET", *pairs)


def kill_rounds(context, policy, rounds, **settings):
    """Rounds of load, kill, restart and judgement on one directory, whose history grows."""
    random = context.random
    server = context.start(
        "ledgerstone", "data", appendonly="yes", appendfsync=policy,
        auto_aof_rewrite_min_size="256kb", **settings,
    )  # fmt: skip
    ballast(server)
    states = {}
    operations = 0
    for number in range(rounds):
        what = random.choice(["nothing", "BGSAVE", "BGREWRITEAOF", "BGREWRITEAOF", "both"])
        server.ask("CONFIG", "SET", "rdb-key-save-delay", random.choice([0, 0, 5, 20]))
        clients = loaded(server, random, random.choice([1, 4, 8]), states, random.uniform(0.02, 0.25))
        missing = {n: s for n, s in states.items() if n >= len(clients)}
        if what in ("BGSAVE", "both"):
            quietly(server, "BGSAVE")
        if what in ("BGREWRITEAOF", "both"):
            quietly(server, "BGREWRITEAOF")
        time.sleep(random.uniform(0.0, 0.15))
        server.kill()
        for client in clients:
            client.join(10)
            holds(client.refused is None, f"round {number}: a write was refused: {client.refused}")
        if random.random() < 0.25:
            killed_while_loading(context, server)
        server.start(timeout=60)
        found = snapshot(server)
        try:
            states = {**judge_with_idle(clients, missing, found)}
        except AssertionError as error:
            raise AssertionError(f"round {number} ({policy}, during {what}): {error}") from None
        full = sum(key.startswith(b"ballast:") for key in found)
        equal(full, BALLAST, f"round {number}: keys that were there from the start")
        operations += sum(client.operations for client in clients)
    holds(operations > rounds, "the rounds did some work")
    equal(server.stop(), 0, "exit status at the end")


def quietly(server, command):
    try:
        with server.connect() as connection:
            connection.call(command)
    except OSError:
        pass


def judge_with_idle(clients, idle, found):
    """Judges the clients of this round; those of earlier rounds must not have changed."""
    mine = {}
    rest = dict(found)
    for number, (state, _) in idle.items():
        prefix = b"c%d:" % number
        theirs = {key: value for key, value in found.items() if key.startswith(prefix)}
        equal(theirs, state, f"keys of client {number}, which was idle")
        rest = {key: value for key, value in rest.items() if not key.startswith(prefix)}
    mine.update(judge(clients, rest))
    mine.update(idle)
    return mine


def killed_while_loading(context, server):
    """A start that is killed before it has finished must not change the data."""
    server.settings["key-load-delay"] = 50
    server.launch()
    time.sleep(context.random.uniform(0.0, 0.25))
    server.kill()
    del server.settings["key-load-delay"]


def test_always(context):
    kill_rounds(context, "always", context.rounds(12, 300))


def test_everysec(context):
    kill_rounds(context, "everysec", context.rounds(12, 300))


def test_commands_as_base(context):
    kill_rounds(context, "everysec", context.rounds(8, 200), aof_use_rdb_preamble="no")


def test_switching_the_log_on_and_off(context):
    """What was acknowledged after the log counted as enabled survives; so does what the dump had."""
    random = context.random
    for number in range(context.rounds(4, 60)):
        name = f"switch{number}"
        server = context.start("ledgerstone", name, rdb_key_save_delay=10)
        ballast(server)
        clients = loaded(server, random, 4, {}, 0.05)
        server.ask("CONFIG", "SET", "appendonly", "yes")
        wait_until(
            lambda: server.info("persistence")["aof_rewrite_in_progress"] == "0"
            and server.info("persistence")["aof_rewrite_scheduled"] == "0",
            30,
        )
        time.sleep(random.uniform(0, 0.2))
        server.kill()
        for client in clients:
            client.join(10)
        server.settings["appendonly"] = "yes"
        server.start(timeout=60)
        judge(clients, snapshot(server))
        server.kill()


def test_snapshot_is_one_moment(context):
    """A snapshot under load shows all that happened before one instant and nothing after it.

    Every transaction takes the next number of a counter and stores it; the counter in the dump
    says where the instant was, and exactly the numbers up to it must be there.
    """
    for number in range(context.rounds(3, 60)):
        server = context.start("ledgerstone", f"moment{number}", rdb_key_save_delay=20)
        ballast(server)
        stop = threading.Event()
        threads = [threading.Thread(target=numbered, args=(server, n, stop)) for n in range(4)]
        for thread in threads:
            thread.start()
        time.sleep(0.1)
        server.ask("BGSAVE")
        time.sleep(0.1)
        during = int(server.ask("GET", "total"))
        holds(
            server.info("persistence")["rdb_bgsave_in_progress"] == "1" or number,
            "the snapshot was still being taken while clients wrote",
        )
        server.ask("CONFIG", "SET", "rdb-key-save-delay", "0")
        wait_until(lambda: server.info("persistence")["rdb_bgsave_in_progress"] == "0", 60)
        holds(int(server.ask("GET", "total")) > during, "clients wrote during the snapshot")
        server.kill()
        stop.set()
        for thread in threads:
            thread.join(10)
        server.settings["rdb-key-save-delay"] = 0
        server.start()
        found = snapshot(server)
        total = int(found.get(b"total", b"0"))
        numbers = sorted(int(key[2:]) for key in found if key.startswith(b"n:"))
        equal(len(numbers), total, "numbered keys in the dump against the counter")
        equal(numbers, list(range(1, total + 1)), "the numbers in the dump")
        equal(sum(key.startswith(b"ballast:") for key in found), BALLAST, "ballast in the dump")
        server.kill()


def numbered(server, seed, stop):
    """Stores each number that the shared counter gives, in a transaction with the counting."""
    try:
        with server.connect() as connection:
            guess = 0
            while not stop.is_set():
                connection.call("WATCH", "total")
                value = connection.ask("GET", "total")
                guess = int(value or 0) + 1
                replies = connection.pipeline([
                    ["MULTI"], ["INCR", "total"], ["SET", f"n:{guess}", seed],
                    ["SETRANGE", f"ballast:{guess % BALLAST}", 0, "changed"], ["EXEC"],
                ])  # fmt: skip
                if replies[-1].type == "closed":
                    return
    except (OSError, Exception):
        return


def test_dump_survives_a_kill_during_bgsave(context):
    """A kill during BGSAVE leaves the old dump whole."""
    for number in range(context.rounds(3, 50)):
        server = context.start("ledgerstone", f"dump{number}")
        ballast(server)
        server.ask("SET", "generation", "old")
        server.ask("SAVE")
        server.ask("SET", "generation", "new")
        server.ask("CONFIG", "SET", "rdb-key-save-delay", "20")
        server.ask("BGSAVE")
        time.sleep(context.random.uniform(0, 0.3))
        server.kill()
        server.start()
        found = snapshot(server)
        equal(len(found), BALLAST + 1, "keys in the dump")
        holds(found[b"generation"] in (b"old", b"new"), "one of both dumps")
        server.kill()
