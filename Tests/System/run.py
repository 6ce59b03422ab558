#!/usr/bin/env python3
"""Runs the black-box tests against a built ledgerstone-server and the real Redis servers.

    python3 Tests/System/run.py [--only NAME] [--seed N] [--budget quick|torture] [--list]

A case is a function `test_…(context)` in a module of `cases/`. `--only` takes the name of a module
or of a case, or a part of it. What failed is told again at the end, in short. The last line is
`N passed, N failed`, with `, N skipped` when cases could not run here; the exit status is 1 when a
case failed. A seed repeats a run. The quick budget has one of its own, so that it tells about the
sources and nothing else; other seeds are for the search.
"""

import argparse
import importlib
import os
import shutil
import signal
import sys
import tempfile
import time
import traceback
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from harness.context import Context, Skip  # noqa: E402


QUICK_SEED = 1
# What is told again of failures at the end, for readers of the last lines only.
FAILURES_TOLD, LINES_TOLD, COLUMNS_TOLD = 6, 4, 200


def discover():
    """Every case as (module.name, function), in the order of files and of lines."""
    found = []
    for path in sorted((HERE / "cases").glob("*.py")):
        if path.stem == "__init__":
            continue
        module = importlib.import_module(f"cases.{path.stem}")
        for name, value in vars(module).items():
            if name.startswith("test_") and callable(value) and value.__module__ == module.__name__:
                found.append((f"{path.stem}.{name[5:]}", value))
    return found


def run_case(name, function, seed, budget, scratch, keep):
    """Runs one case and returns `passed`, `failed` or `skipped`, and why it failed."""
    case_scratch = tempfile.mkdtemp(prefix=name.replace(".", "-") + "-", dir=scratch)
    context = Context(name, seed, budget, case_scratch)
    started = time.monotonic()
    outcome, report, reason = "passed", "", ""
    try:
        function(context)
    except Skip as skip:
        outcome, report = "skipped", f"  SKIPPED: {skip}"
    except KeyboardInterrupt:
        context.close()
        raise
    except BaseException as error:
        outcome = "failed"
        where = traceback.extract_tb(error.__traceback__)
        frames = [frame for frame in where if str(HERE) in (frame.filename or "")][-4:]
        lines = [f"    at {Path(f.filename).name}:{f.lineno} {f.line}" for f in frames]
        reason = f"{type(error).__name__}: {error}" if str(error) else repr(error)
        report = "\n".join(["  " + reason.replace("\n", "\n  "), *lines, context.logs()])
    finally:
        context.close()
    elapsed = time.monotonic() - started
    print(f"{outcome:8}{name} ({elapsed:.1f} s)", flush=True)
    if report:
        print(report, flush=True)
    if outcome == "failed":
        print(f"  repeat with: {sys.argv[0]} --only {name} --seed {seed} --budget {budget}")
    if not keep:
        remove(case_scratch)
    return outcome, reason


def told_again(failures, seed):
    """What failed and why, in a few short lines: the first line of each reason and its last ones."""
    for name, reason in failures[:FAILURES_TOLD]:
        print(f"failed: {name}, seed {seed}")
        lines = reason.splitlines()
        if len(lines) > LINES_TOLD:
            lines = [lines[0], *lines[-(LINES_TOLD - 1) :]]
        for line in lines:
            print(f"  {line[:COLUMNS_TOLD]}")
    if len(failures) > FAILURES_TOLD:
        print("failed: " + " ".join(name for name, _ in failures[FAILURES_TOLD:]))


def remove(directory):
    for root, _, _ in os.walk(directory):
        os.chmod(root, 0o755)
    shutil.rmtree(directory, ignore_errors=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", action="append", default=[], help="part of a case's name")
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--budget", choices=["quick", "torture"], default="quick")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--keep", metavar="DIRECTORY", help="keep scratch directories there")
    options = parser.parse_args()

    cases = [
        (name, function)
        for name, function in discover()
        if not options.only or any(part in name for part in options.only)
    ]
    if options.list:
        print("\n".join(name for name, _ in cases))
        return 0
    # Whoever ends the run early ends its servers too, as an interrupt does.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    seed = options.seed
    if seed is None:
        seed = QUICK_SEED if options.budget == "quick" else int(time.time())
    print(f"seed {seed}, budget {options.budget}", flush=True)

    counts = {"passed": 0, "failed": 0, "skipped": 0}
    failures = []
    scratch = options.keep or tempfile.mkdtemp(prefix="ledgerstone-system-")
    os.makedirs(scratch, exist_ok=True)
    for name, function in cases:
        outcome, reason = run_case(name, function, seed, options.budget, scratch, bool(options.keep))
        counts[outcome] += 1
        if outcome == "failed":
            failures.append((name, reason))
    if not options.keep:
        remove(scratch)
    told_again(failures, seed)
    line = f"{counts['passed']} passed, {counts['failed']} failed"
    if counts["skipped"]:
        line += f", {counts['skipped']} skipped"
    print(line)
    return 1 if counts["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
