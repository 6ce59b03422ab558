"""Servers on one core, generators on the other, and what both needed.

Throughput says little here, because the generator saturates first; the processor time that the
server spent per command does not depend on the generator. It is the sum over all threads of the
server, in nanoseconds, from the kernel's scheduler statistics.
"""

import csv
import os
import re
import statistics
import subprocess
import tempfile
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "Tests" / "System"))

from harness.resp import Connection  # noqa: E402
from harness.servers import Server, available, free_port  # noqa: E402,F401

SERVER_CORE, GENERATOR_CORE = 0, 1
JEMALLOC = "/usr/lib/x86_64-linux-gnu/libjemalloc.so.2"


def pinned(core, *words):
    return ["taskset", "-c", str(core), *map(str, words)]


class Programs:
    """The small C programs of `programs/`, compiled into the scratch directory."""

    def __init__(self, scratch):
        self.null = self.compile(scratch, "null")
        self.load = self.compile(scratch, "load", "-lssl", "-lcrypto")
        self.subscribers = self.compile(scratch, "subscribers")
        self.slow_sync = self.compile(scratch, "slow_sync", "-shared", "-fPIC", "-ldl")

    def compile(self, scratch, name, *flags):
        target = Path(scratch) / name
        subprocess.run(["gcc", "-O2", "-o", target, HERE / "programs" / f"{name}.c", *flags], check=True)
        return target


def start(kind, scratch, name=None, environment=None, core=SERVER_CORE, **settings):
    """A server of that kind, ready and pinned to the servers' core."""
    preload = []
    if kind == "valkey" and os.path.exists(JEMALLOC):
        # The wheel was built with the C library's allocator; nobody runs it so.
        preload.append(JEMALLOC)
    environment = dict(environment or {})
    if "LD_PRELOAD" in environment:
        preload.append(environment["LD_PRELOAD"])
    if preload:
        environment["LD_PRELOAD"] = ":".join(preload)
    directives = {key.replace("_", "-"): value for key, value in settings.items()}
    server = Server(kind, Path(scratch) / (name or kind), directives, environment=environment)
    return server.start(timeout=300, prefix=pinned(core))


class NullServer:
    """The kernel's floor, with the interface that measurements need."""

    kind = "null"

    def __init__(self, programs, reply):
        self.port = free_port()
        self.process = subprocess.Popen(pinned(SERVER_CORE, programs.null, self.port, reply))
        time.sleep(0.2)

    def kill(self):
        self.process.kill()
        self.process.wait()


def processor_time(server):
    """Nanoseconds that all threads of the server have run so far."""
    total = 0
    base = f"/proc/{server.process.pid}/task"
    for thread in os.listdir(base):
        try:
            with open(f"{base}/{thread}/schedstat") as file:
                total += int(file.read().split()[0])
        except FileNotFoundError:
            pass
    return total


def redis_benchmark(
    server, command, clients, pipeline, requests, keys, size=3, words=None, options=(), port=None
):
    """One run of redis-benchmark: requests a second, latencies in ms, the server's µs a command.

    `words` is a command of one's own instead of one of its tests, `options` go to redis-benchmark.
    """
    chosen = ["-d", size, "-t", command] if words is None else []
    before = processor_time(server)
    result = subprocess.run(
        pinned(
            GENERATOR_CORE, "redis-benchmark", "-p", port or server.port, "-c", clients, "-P", pipeline,
            "-n", requests, "-r", keys, "--csv", *options, *chosen, *(words or []),
        ),
        capture_output=True, text=True,
    )  # fmt: skip
    spent = processor_time(server) - before
    rows = list(csv.DictReader(line for line in result.stdout.splitlines() if line.startswith('"')))
    if not rows:
        raise RuntimeError(f"redis-benchmark on {server.kind}: {result.stdout} {result.stderr}")
    row = rows[-1]
    return {
        "throughput": float(row["rps"]),
        "p50": float(row["p50_latency_ms"]),
        "p99": float(row["p99_latency_ms"]),
        "cpu": spent / 1000 / requests,
    }


class Load:
    """Our own generator, running until it is stopped or its time is over."""

    def __init__(self, programs, server, clients, pipeline, seconds, keys, size, mode, seed=1):
        # A file, since nobody reads while it runs and a full pipe would stop the generator.
        self.output = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(
            pinned(GENERATOR_CORE, programs.load, server.port, clients, pipeline, seconds, keys, size, mode, seed),
            stdout=self.output, text=True,
        )  # fmt: skip

    def wait(self):
        self.process.wait()
        self.output.seek(0)
        return Intervals(self.output.read())

    def stop(self):
        self.process.terminate()
        return self.wait()


class Intervals:
    """What the generator saw, interval by interval."""

    def __init__(self, text):
        self.rows = []
        for line in text.splitlines():
            words = line.split()
            buckets = {}
            for word in words[2:]:
                bucket, _, count = word.partition(":")
                if not count.isdigit():
                    break
                buckets[int(bucket)] = int(count)
            if len(words) >= 2:
                self.rows.append((int(words[0]) / 1000, int(words[1]), buckets))

    def between(self, first, last):
        """Throughput and latencies in milliseconds of the intervals inside (first, last)."""
        rows = [(a, b) for a, b in zip(self.rows, self.rows[1:]) if a[0] >= first and b[0] <= last]
        seconds = sum(b[0] - a[0] for a, b in rows)
        merged = {}
        for _, row in rows:
            for bucket, count in row[2].items():
                merged[bucket] = merged.get(bucket, 0) + count
        total = sum(row[1] for _, row in rows)
        return {
            "seconds": seconds,
            "throughput": total / seconds if seconds else 0.0,
            "p50": percentile(merged, 0.5),
            "p99": percentile(merged, 0.99),
            "p99.9": percentile(merged, 0.999),
        }

    def whole(self):
        """Everything but the first and the last tenth of a second."""
        return self.between(self.rows[0][0] + 0.1, self.rows[-1][0])


def percentile(buckets, share):
    total = sum(buckets.values())
    seen = 0
    for bucket in sorted(buckets):
        seen += buckets[bucket]
        if seen >= total * share:
            return microseconds(bucket) / 1000
    return float("nan")


def microseconds(bucket):
    """The upper end of a bucket of `load.c`."""
    if bucket < 64:
        return bucket + 1
    shift = bucket // 32 - 1
    return ((bucket % 32 + 32 + 1) << shift) - 1


def fill(programs, server, keys, size):
    Load(programs, server, 8, 64, 0, keys, size, "fill").wait()
    with Connection(("127.0.0.1", server.port), timeout=60) as connection:
        found = connection.ask("DBSIZE")
    if found != keys:
        raise RuntimeError(f"{server.kind} holds {found} keys instead of {keys}")


def memory(server):
    """Bytes of the server and its children; shared pages count once.

    A process alone is read from `statm`, which costs nothing. What a child shares is only known from
    a walk over all pages, which holds the server up: callers ask seldom.
    """
    forked = children(server.process.pid)
    try:
        if not forked:
            with open(f"/proc/{server.process.pid}/statm") as file:
                return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0
    total = 0
    for pid in [server.process.pid, *forked]:
        try:
            with open(f"/proc/{pid}/smaps_rollup") as file:
                match = re.search(r"^Pss:\s+(\d+) kB", file.read(), re.M)
                total += int(match.group(1)) * 1024 if match else 0
        except OSError:
            pass
    return total


def children(pid):
    try:
        with open(f"/proc/{pid}/task/{pid}/children") as file:
            return [int(word) for word in file.read().split()]
    except OSError:
        return []


def median(values):
    return statistics.median(values)
