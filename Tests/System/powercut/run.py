#!/usr/bin/env python3
"""Cuts the power of real servers: records what they do to their files, builds the states that a
loss of power could have left, and starts them over each.

    python3 Tests/System/powercut/run.py [--servers a,b] [--states N] [--seed N] [--keep DIRECTORY]

Prints a table, and for each outcome that is not `served` the smallest state, complete. The exit
status is 1 when Ledgerstone did not serve what it had promised.
"""

import argparse
import shutil
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from harness.context import Context  # noqa: E402
from harness.scratch import memory_backed  # noqa: E402
from harness.servers import available  # noqa: E402

from powercut.campaign import campaign  # noqa: E402
from powercut.disk import JOURNAL, POSIX  # noqa: E402
from powercut.judge import OUTCOMES, SERVED  # noqa: E402
from powercut.recording import POLICIES  # noqa: E402
from powercut.smallest import report  # noqa: E402


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--servers", default="ledgerstone,redis,valkey")
    parser.add_argument("--policies", default=",".join(POLICIES))
    parser.add_argument("--models", default=f"{JOURNAL},{POSIX}")
    parser.add_argument("--states", type=int, default=1000, help="for each server, policy and model")
    parser.add_argument("--rounds", type=int, default=100, help="length of a recorded life")
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--jobs", type=int, default=2, help="servers that are started at a time")
    parser.add_argument("--failing-sync", action="store_true", help="one sync fails in each process")
    parser.add_argument("--keep", type=Path, help="keep the smallest failing states below it")
    options = parser.parse_args()

    seed = options.seed if options.seed is not None else int(time.time())
    print(f"seed {seed}", flush=True)
    scratch = tempfile.mkdtemp(prefix="ledgerstone-powercut-", dir=memory_backed())
    context = Context("powercut", seed, "torture", scratch)
    failures, own = [], 0
    head = ["server", "policy", "model", "states", *OUTCOMES, "oldest loss"]
    print(" | ".join(head), flush=True)
    try:
        for kind in options.servers.split(","):
            if not available(kind):
                print(f"{kind}-server is not there")
                continue
            for policy in options.policies.split(","):
                for model in options.models.split(","):
                    tally, found = campaign(
                        context, kind, policy, model, seed, options.states, options.rounds, options.jobs,
                        options.failing_sync,
                    )  # fmt: skip
                    counts = [tally.outcomes[outcome] for outcome in OUTCOMES]
                    row = [kind, policy, model, tally.states, *counts, f"{tally.age_max:.2f} s"]
                    print(" | ".join(map(str, row)), flush=True)
                    failures += found
                    own += (tally.states - tally.outcomes[SERVED]) * (kind == "ledgerstone")
    finally:
        context.close()
        shutil.rmtree(scratch, ignore_errors=True)
    for failure in failures:
        name = f"{failure.kind}-{failure.policy}-{failure.model}-{failure.cut.verdict.outcome}"
        print(f"\n{failure.kind}, {failure.policy}, {failure.model}: the smallest state")
        print(report(failure.cut, options.keep and options.keep / name.replace(" ", "-")))
    return 1 if own else 0


if __name__ == "__main__":
    sys.exit(main())
