"""Sends a server what no good client would, for as long as is asked, and reports figures.

    python3 Tests/System/edge/run.py --requests 10000000 --seed 1 --clients 2000
"""

import argparse
import random
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from edge.swarm import Swarm  # noqa: E402
from harness.context import Context  # noqa: E402

SETTINGS = {
    "maxmemory": "300mb", "maxmemory-policy": "allkeys-lru", "proto-max-bulk-len": "1mb", "timeout": "20", "maxclients": "20000",
    "client-output-buffer-limit": [["normal", "4mb", "1mb", "5"], ["pubsub", "4mb", "1mb", "5"]], "latency-monitor-threshold": "50",
    "client-query-buffer-limit": "2mb", "appendonly": "yes", "appendfsync": "everysec",
}  # fmt: skip


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--requests", type=int, default=1_000_000)
    arguments.add_argument("--clients", type=int, default=2000)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--kind", default="ledgerstone", help="ledgerstone, redis or valkey")
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        context = Context("edge", options.seed, "torture", scratch)
        server = context.server(options.kind, **{name.replace("-", "_"): value for name, value in SETTINGS.items()})
        server.start()
        try:
            swarm = Swarm(server, random.Random(options.seed), options.clients)
            before = server.info("memory")
            swarm.run(requests=options.requests)
            assert server.running, f"the server died:\n{server.log()[-5000:]}"
            after = server.info("memory")
            print(f"seed {options.seed}, {options.clients} clients at once")
            for name, value in swarm.report().items():
                print(f"  {name}: {value}")
            for name in ("used_memory_human", "used_memory_rss_human", "used_memory_peak_human"):
                print(f"  {name}: {before[name]} before, {after[name]} after")
            print("  slow events:", server.ask("LATENCY", "LATEST"))
        finally:
            server.kill()


if __name__ == "__main__":
    main()
