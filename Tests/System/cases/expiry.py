"""Keys die in time, whether or not anyone looks."""

import time

from harness.context import equal, holds
from harness.servers import wait_until


def test_active_expiry(context):
    server = context.start("ledgerstone")
    with server.connect(timeout=60) as connection:
        for start in range(0, 50_000, 1000):
            connection.pipeline([["SET", f"k{n}", "v", "PX", 200 + n % 500] for n in range(start, start + 1000)])
        connection.ask("SET", "stays", "v")
        wait_until(lambda: connection.ask("DBSIZE") == 1, 15, "keys that died were not removed")
    info = server.info()
    equal(int(info["expired_keys"]), 50_000, "expired_keys")
    equal(info["db0"], "keys=1,expires=0,avg_ttl=0,subexpiry=0", "db0")


def test_active_expiry_can_be_switched_off(context):
    server = context.start("ledgerstone")
    with server.connect() as connection:
        connection.ask("DEBUG", "SET-ACTIVE-EXPIRE", "0")
        connection.ask("SET", "a", "v", "PX", "50")
        connection.ask("SET", "b", "v", "PX", "50")
        time.sleep(0.5)
        equal(connection.ask("DBSIZE"), 2, "nobody looked")
        equal(connection.ask("GET", "a"), None, "a look")
        equal(connection.ask("DBSIZE"), 1, "after the look")
        connection.ask("DEBUG", "SET-ACTIVE-EXPIRE", "1")
        wait_until(lambda: connection.ask("DBSIZE") == 0, 5)


def test_a_key_lives_until_its_moment(context):
    server = context.start("ledgerstone")
    with server.connect() as connection:
        for life in (60, 130, 333):
            connection.ask("SET", "k", "v")
            started = time.time()
            connection.ask("PEXPIRE", "k", life)
            while connection.ask("GET", "k") is not None:
                pass
            lasted = (time.time() - started) * 1000
            holds(life - 3 <= lasted <= life + 60, f"a life of {life} ms lasted {lasted:.0f} ms")


def test_expiry_does_not_stop_the_server(context):
    """Very many keys that die at once are removed in bounded slices."""
    server = context.start("ledgerstone")
    with server.connect(timeout=60) as connection:
        moment = int(time.time() * 1000) + 2500
        for start in range(0, 200_000, 2000):
            connection.pipeline([["SET", f"k{n}", "v", "PXAT", moment] for n in range(start, start + 2000)])
        worst = 0.0
        while time.time() * 1000 < moment + 1500:
            began = time.monotonic()
            connection.ask("PING")
            worst = max(worst, time.monotonic() - began)
    holds(worst < 0.25, f"a PING took {worst * 1000:.0f} ms")


def test_watch_and_expiry(context):
    """A watched key that dies before EXEC: the answers of Redis."""
    answers = []
    for kind in ("ledgerstone", "redis"):
        server = context.start(kind)
        rows = []
        with server.connect() as connection, server.connect() as other:
            connection.ask("DEBUG", "SET-ACTIVE-EXPIRE", "0")
            for look in (None, ["GET", "k"], ["DBSIZE"], ["SET", "k", "2"], ["DEL", "k"], ["EXPIRE", "k", "100"]):
                for life in ("20", "5000"):
                    connection.ask("SET", "k", "1", "PX", life)
                    connection.ask("WATCH", "k")
                    time.sleep(0.04)
                    if look:
                        other.call(*look)
                    rows.append((look, life, connection.pipeline([["MULTI"], ["GET", "k"], ["EXEC"]])))
                    # A key that is dead already when it is watched.
                    connection.ask("SET", "k", "1", "PX", "10")
                    time.sleep(0.03)
                    connection.ask("WATCH", "k")
                    if look:
                        other.call(*look)
                    rows.append((look, "dead", connection.pipeline([["MULTI"], ["GET", "k"], ["EXEC"]])))
        answers.append(rows)
    for mine, theirs in zip(*answers):
        equal(mine, theirs, "WATCH and expiry (ours, Redis)")
