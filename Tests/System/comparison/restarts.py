"""How long it takes to serve again after `kill -9`, with all the data."""

import os
import time

from harness.servers import wait_until
from measure import JEMALLOC, median

from .comparison import Table, best_in_bold, info, safest

BATCH = 500


def seconds_to_serve(context, kind, keys, rewritten, rounds):
    """The median of some restarts over one directory."""
    # Written without a sync for each batch, since it is the start that is measured.
    settings = safest("no", save="", auto_aof_rewrite_percentage="0")
    if kind == "valkey" and os.path.exists(JEMALLOC):
        # As in the benchmarks: this build has the C library's allocator, which nobody runs it with.
        settings["environment"] = {"LD_PRELOAD": JEMALLOC}
    server = context.start(kind, "data", **settings)
    value = b"v" * 64
    with server.connect(timeout=60) as connection:
        for start in range(0, keys, BATCH):
            connection.pipeline([["SET", f"key:{n:012}", value] for n in range(start, start + BATCH)])
    if rewritten:
        server.ask("BGREWRITEAOF")
        wait_until(lambda: info(server)["aof_rewrite_in_progress"] == "0", 120)
    server.settings["appendfsync"] = "always"
    times = []
    for _ in range(rounds):
        server.kill()
        began = time.monotonic()
        server.start(timeout=300)
        times.append(time.monotonic() - began)
        found = server.ask("DBSIZE")
        assert found == keys, f"{kind} serves {found} of {keys} keys"
    server.kill()
    return median(times)


def section(comparison):
    keys = comparison.many(1_000_000, 20_000)
    rounds = comparison.many(3, 1)
    table = Table(
        f"{keys:,} keys of 16 bytes with values of 64 bytes",
        ["What lies there", *comparison.names],
        note=f"Median of {rounds} starts; the best in bold.",
    )
    for title, rewritten in (("a log of commands", False), ("a base that a rewrite has made", True)):
        seconds = comparison.each(title, seconds_to_serve, keys, rewritten, rounds)
        table.add(title, *best_in_bold(seconds, 2, unit=" s"))
    return [table]
