#!/usr/bin/env python3
"""Measures Ledgerstone beside redis-server and valkey-server and prints one table.

    python3 Benchmarks/run.py [--quick] [--rows p1,p16,…] [--rounds N] [--servers a,b] [--json FILE]

The server runs on core 0 and the generator on core 1; the servers take turns within one run. A
figure is the median of the rounds, the best round in brackets. `null` is a server that only counts
requests and writes fixed replies: the kernel's floor. The exit status is 0 whether or not the
targets are reached; the last column tells.
"""

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from measure import JEMALLOC, Programs, available  # noqa: E402
from rows import ROWS, Bench  # noqa: E402
from table import markdown  # noqa: E402

from harness.servers import PROGRAMS  # noqa: E402


def machine(directory):
    """The facts without which the figures mean nothing."""
    model = "unknown"
    with open("/proc/cpuinfo") as file:
        for line in file:
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    with open("/proc/meminfo") as file:
        memory = int(file.readline().split()[1]) // 2**20
    system = subprocess.run(["stat", "-f", "-c", "%T", directory], capture_output=True, text=True).stdout.strip()
    facts = [
        f"{model}, {os.cpu_count()} cores, {memory} GiB, Linux {platform.release()}, data on {system}",
        f"load average at the start: {os.getloadavg()[0]:.2f}",
        "server pinned to core 0, generator to core 1 (shared with whatever else runs)",
    ]
    if not os.path.exists(JEMALLOC):
        facts.append("no jemalloc to preload: the valkey figures use the C library's allocator")
    return facts


def versions(kinds):
    found = []
    for kind in kinds:
        result = subprocess.run([PROGRAMS[kind], "--version"], capture_output=True, text=True)
        found.append(f"{kind}: {result.stdout.strip()}")
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", default=",".join(ROWS), help="of " + ", ".join(ROWS))
    parser.add_argument("--quick", action="store_true", help="fewer keys and requests: a smoke test")
    parser.add_argument("--rounds", type=int, default=None)
    parser.add_argument("--servers", default="ledgerstone,redis,valkey")
    parser.add_argument("--json", metavar="FILE")
    parser.add_argument("--directory", help="where the servers keep their data")
    parser.add_argument("--verbose", action="store_true", help="every round on standard error")
    options = parser.parse_args()

    for program in ("redis-benchmark", "taskset", "gcc"):
        if shutil.which(program) is None:
            sys.exit(f"{program} is not installed")
    if os.cpu_count() < 2:
        sys.exit("the server and the generator need a core each")
    kinds = [kind for kind in options.servers.split(",") if available(kind)]
    for kind in options.servers.split(","):
        if kind not in kinds:
            print(f"{kind}-server is not there: its column stays empty", file=sys.stderr)
    unknown = [name for name in options.rows.split(",") if name not in ROWS]
    if unknown:
        sys.exit(f"unknown rows: {', '.join(unknown)}")

    scratch = tempfile.mkdtemp(prefix="ledgerstone-benchmark-", dir=options.directory)
    os.sched_setaffinity(0, {1})
    say = (lambda text: print(text, file=sys.stderr, flush=True)) if options.verbose else (lambda text: None)
    facts = machine(scratch) + versions(kinds)
    rows, began = [], time.time()
    try:
        rounds = options.rounds or (2 if options.quick else 5)
        bench = Bench(kinds, scratch, Programs(scratch), options.quick, rounds, say)
        for name in options.rows.split(","):
            print(f"measuring {name} …", file=sys.stderr, flush=True)
            rows += ROWS[name](bench)
    except KeyboardInterrupt:
        print("interrupted: the rows that are complete follow", file=sys.stderr)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)

    facts.append(f"load average at the end: {os.getloadavg()[0]:.2f}; {time.time() - began:.0f} s in all")
    print(markdown(rows))
    print()
    for row in rows:
        if row.note:
            print(f"- {row.load}: {row.note}")
    print("\n".join(f"- {fact}" for fact in facts))
    if options.json:
        Path(options.json).write_text(
            json.dumps({"facts": facts, "rows": [row.as_dict() for row in rows]}, indent=1)
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
