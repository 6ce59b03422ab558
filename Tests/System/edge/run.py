"""Sends a server what no good client would, for as long as is asked, and reports figures.

    python3 Tests/System/edge/run.py --requests 10000000 --seed 1 --clients 2000

The bad clients take as much of the machine as the server does. With `--apart` (for root) the server has
a processor of its own and goes before everything else there, so that a wait is the server's fault.
"""

import argparse
import collections
import os
import random
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from edge.swarm import Swarm, go_first  # noqa: E402
from harness.context import Context  # noqa: E402
from harness.servers import wait_until  # noqa: E402

SETTINGS = {
    "maxmemory": "300mb", "maxmemory-policy": "allkeys-lru", "proto-max-bulk-len": "1mb", "timeout": "20", "maxclients": "20000",
    "client-output-buffer-limit": [["normal", "4mb", "1mb", "5"], ["pubsub", "4mb", "1mb", "5"]], "latency-monitor-threshold": "50",
    "client-query-buffer-limit": "2mb", "appendonly": "yes", "appendfsync": "everysec",
    "slowlog-log-slower-than": "100000", "slowlog-max-len": "100000",
}  # fmt: skip


def set_apart(server):
    """Gives the server's threads the first processor, and the others to the clients."""
    processors = sorted(os.sched_getaffinity(0))
    for thread in os.listdir(f"/proc/{server.process.pid}/task"):
        os.sched_setaffinity(int(thread), processors[:1])
    go_first(server.process.pid)
    os.sched_setaffinity(0, processors[1:])


def slow_commands(server):
    """Which commands took longer than the slow log's threshold: how often, and the longest, in ms."""
    found = collections.defaultdict(list)
    for entry in server.ask("SLOWLOG", "GET", "-1"):
        found[entry[3][0].upper()].append(entry[2] / 1000)
    return {name.decode(): (len(times), max(times)) for name, times in found.items()}


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--requests", type=int, help="changed requests to be sent; a million, if no time is given")
    arguments.add_argument("--seconds", type=int, help="how long to go on instead")
    arguments.add_argument("--clients", type=int, default=2000)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--kind", default="ledgerstone", help="ledgerstone, redis or valkey")
    arguments.add_argument("--apart", action="store_true", help="keep the server from everybody else's work")
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        context = Context("edge", options.seed, "torture", scratch)
        server = context.server(options.kind, **{name.replace("-", "_"): value for name, value in SETTINGS.items()})
        server.settings["unixsocket"] = f"{scratch}/good"
        server.start()
        if options.apart:
            set_apart(server)
        try:
            swarm = Swarm(server, random.Random(options.seed), options.clients)
            swarm.goes_first = options.apart
            before = server.info("memory")
            began = time.monotonic()
            requests = None if options.seconds else options.requests or 1_000_000
            swarm.run(seconds=options.seconds, requests=requests)
            assert server.running, f"the server died:\n{server.log()[-5000:]}"
            after = server.info("memory")
            print(f"seed {options.seed}, {options.clients} clients at once, {time.monotonic() - began:.0f} s")
            for name, value in swarm.report().items():
                print(f"  {name}: {value}")
            for name in ("used_memory_human", "used_memory_rss_human", "used_memory_peak_human"):
                print(f"  {name}: {before[name]} before, {after[name]} after")
            stats = server.info("stats")
            if "eventloop_duration_max" in stats:
                print(f"  longest turn of the loop, ms: {int(stats['eventloop_duration_max']) / 1000}")
            print(f"  commands that took more than 100 ms: {slow_commands(server)}")
            for event in server.ask("LATENCY", "LATEST"):
                print("  slow event:", *event)
            print(f"  used_memory once all is removed: {used_when_empty(server)} bytes, {before['used_memory']} before")
        finally:
            server.kill()


def used_when_empty(server):
    """What is still used when the bad clients, the keys and the scripts are gone: a leak would stay."""
    wait_until(lambda: int(server.info("clients")["connected_clients"]) <= 1, 60, "the clients are gone")
    for request in (["FLUSHALL"], ["SCRIPT", "FLUSH"], ["FUNCTION", "FLUSH"], ["SLOWLOG", "RESET"], ["LATENCY", "RESET"]):
        if server.kind == "ledgerstone" or request[0] != "FUNCTION":
            server.ask(*request)
    return server.info("memory")["used_memory"]


if __name__ == "__main__":
    main()
