"""How well keys are chosen to make room: hit rates of a cache under a Zipf load, side by side.

    python3 Benchmarks/eviction.py [--policies allkeys-lru,allkeys-lfu] [--requests 400000] [--seed 1]

A cache holds about a fifth of the keys that are asked for. A request is a GET; what is missing is
SET, as an application would. The same requests go to each server. What is reported is the share of
GETs that found their key, after a first half that fills the cache. The keys' ranks are shuffled at
half of the measured part, so that a policy also shows how it forgets.

For recency to be told apart the requests have to take some seconds: Redis and Ledgerstone note the
use of keys in seconds.
"""

import argparse
import bisect
import itertools
import random
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "Tests" / "System"))
from harness.servers import Server, available, parse_info  # noqa: E402

PIPELINE = 200
VALUE = "x" * 200


def zipf(keys, exponent):
    """Cumulative weights of ranks."""
    return list(itertools.accumulate(1 / (rank + 1) ** exponent for rank in range(keys)))


def load(options):
    """The keys that are asked for, in order."""
    chance = random.Random(options.seed)
    weights = zipf(options.keys, options.exponent)
    names = [f"key:{n:08}" for n in range(options.keys)]
    chance.shuffle(names)
    requests = []
    for number in range(options.requests):
        if number == options.requests * 3 // 4:
            chance.shuffle(names)
        requests.append(names[bisect.bisect_left(weights, chance.random() * weights[-1])])
    return requests


def play(server, requests, options):
    """Plays the load, and returns the hit rates before and after the shuffle."""
    hits, counts = [0, 0], [0, 0]
    with server.connect() as connection:
        # What as many keys take as are to fit. Their names differ from those of the load.
        fitting = int(options.keys * options.share)
        for start in range(0, fitting, PIPELINE):
            connection.pipeline([["SET", f"fit:{n:08}", VALUE] for n in range(start, start + PIPELINE)])
        memory = parse_info(connection.ask("INFO", "memory"))
        connection.ask("CONFIG", "SET", "maxmemory", memory["used_memory"])
        connection.ask("FLUSHALL")
        began = time.monotonic()
        for start in range(0, len(requests), PIPELINE):
            names = requests[start : start + PIPELINE]
            replies = connection.pipeline([["GET", name] for name in names])
            missing = [name for name, reply in zip(names, replies) if reply.value is None]
            connection.pipeline([["SET", name, VALUE] for name in dict.fromkeys(missing)])
            part = (start * 4 // len(requests)) - 2
            if part >= 0:
                hits[part] += len(names) - len(missing)
                counts[part] += len(names)
            pause = began + options.seconds * start / len(requests) - time.monotonic()
            if pause > 0:
                time.sleep(pause)
        stats = parse_info(connection.ask("INFO", "everything"))
    return [hit / count for hit, count in zip(hits, counts)], stats


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--policies", default="allkeys-lru,allkeys-lfu,allkeys-random")
    parser.add_argument("--servers", default="ledgerstone,redis,valkey")
    parser.add_argument("--samples", type=int, default=5)
    parser.add_argument("--keys", type=int, default=50_000)
    parser.add_argument("--share", type=float, default=0.2, help="of the keys that fits")
    parser.add_argument("--exponent", type=float, default=0.9)
    parser.add_argument("--requests", type=int, default=400_000)
    parser.add_argument("--seconds", type=float, default=20, help="for which the load lasts at least")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    requests = load(options)
    print(f"{options.keys} keys, room for {options.share:.0%}, Zipf {options.exponent}, seed {options.seed}")
    print("| policy | server | hit rate | after the shuffle | keys kept | evicted |")
    print("|---|---|---|---|---|---|")
    for policy in options.policies.split(","):
        for kind in filter(available, options.servers.split(",")):
            with tempfile.TemporaryDirectory() as directory:
                settings = {"maxmemory-policy": policy, "maxmemory-samples": options.samples}
                server = Server(kind, directory, settings).start()
                try:
                    (before, after), stats = play(server, requests, options)
                finally:
                    server.kill()
            kept = stats.get("db0", "keys=0,").split(",")[0].removeprefix("keys=")
            print(f"| {policy} | {kind} | {before:.2%} | {after:.2%} | {kept} | {stats['evicted_keys']} |", flush=True)


if __name__ == "__main__":
    main()
