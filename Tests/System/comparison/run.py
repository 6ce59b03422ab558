#!/usr/bin/env python3
"""Compares the durability of Ledgerstone, Redis and Valkey, and writes docs/durability-comparison.md.

    python3 Tests/System/comparison/run.py [--sections a,b] [--seed N] [--small]

The sections can be run one by one: results are kept below .build, and the page is written anew from
all of them. `--small` is a smoke test that keeps and writes nothing.
"""

import argparse
import importlib
import json
import os
import platform
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "Tests" / "System"))
sys.path.insert(1, str(ROOT / "Benchmarks"))

from harness.servers import available  # noqa: E402

from comparison.comparison import Comparison, version  # noqa: E402
from comparison.page import SECTIONS, text  # noqa: E402

RESULTS = ROOT / ".build" / "durability-comparison.json"
PAGE = ROOT / "docs" / "durability-comparison.md"


def facts():
    with open("/proc/meminfo") as file:
        memory = int(file.readline().split()[1]) // 2**20
    return [f"{os.cpu_count()} cores, {memory} GiB of memory, Linux {platform.release().split('-')[0]}, shared with other work"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sections", default=",".join(SECTIONS))
    parser.add_argument("--servers", default="ledgerstone,redis,valkey")
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--small", action="store_true", help="a smoke test, which writes no page")
    options = parser.parse_args()

    kinds = [kind for kind in options.servers.split(",") if available(kind)]
    if kinds != options.servers.split(",") and not options.small:
        sys.exit(f"the page compares {options.servers}; only {', '.join(kinds)} can be started here")
    seed = options.seed if options.seed is not None else int(time.time())
    say = lambda line: print(line, file=sys.stderr, flush=True)  # noqa: E731
    for name in options.sections.split(","):
        section = importlib.import_module(f"comparison.{name}").section
        tables = section(Comparison(kinds, seed, options.small, say))
        # After each section, so that an interrupted run keeps what it has.
        results = {"sections": {}}
        if RESULTS.exists() and not options.small:
            results = json.loads(RESULTS.read_text())
        results["versions"] = [version(kind) for kind in kinds]
        results["facts"] = facts()
        results["sections"][name] = {"seed": seed, "tables": [list(table.lines()) for table in tables]}
        if options.small:
            print(text(results))
        else:
            RESULTS.write_text(json.dumps(results, indent=1))
            PAGE.write_text(text(results))
    return 0


if __name__ == "__main__":
    sys.exit(main())
