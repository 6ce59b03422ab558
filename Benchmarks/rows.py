"""The loads of the table: each function measures one of them and returns its rows."""

import os
import shutil
import time
from pathlib import Path

from measure import (
    Load, NullServer, fill, memory, pinned, processor_time, redis_benchmark, start,
)  # fmt: skip
from applications import memory_limit, messages, scripts, threads, tls, users
from table import Row
from value_types import mixed_data, value_types

CPU, THROUGHPUT, P50, P99 = "processor time, µs/command", "throughput, /s", "p50, ms", "p99, ms"


class Bench:
    """What the rows share: which servers, how long, where."""

    def __init__(self, kinds, scratch, programs, quick, rounds, say):
        self.kinds, self.scratch, self.programs = kinds, Path(scratch), programs
        self.quick, self.rounds, self.say = quick, rounds, say
        self.keys = 100_000 if quick else 1_000_000
        self.many_keys = 500_000 if quick else 5_000_000

    def requests(self, full):
        return full // 10 if self.quick else full

    def rotated(self, number):
        """The kinds, beginning with another one each round."""
        turn = number % len(self.kinds)
        return self.kinds[turn:] + self.kinds[:turn]

    def lineup(self, **settings):
        return {kind: start(kind, self.scratch, **settings) for kind in self.kinds}

    def end(self, servers):
        for server in servers.values():
            server.kill()
            if server.kind != "null":
                shutil.rmtree(server.directory, ignore_errors=True)


def commands(bench, pipeline, requests, target, names=("set", "get"), floor=True, label="", **settings):
    """redis-benchmark with 50 clients on a keyspace that is there before it starts."""
    rows = []
    servers = bench.lineup(**settings)
    try:
        for server in servers.values():
            fill(bench.programs, server, bench.keys, 3)
        for name in names:
            load = f"{name.upper()}, 50 clients, pipeline {pipeline}{label}"
            cpu = Row(load, CPU, "lower", target)
            throughput = Row(load, THROUGHPUT, "higher", 1.0 if pipeline == 1 else None, digits=0)
            p99 = Row(load, P99, "lower", 1.0 if pipeline == 1 else None, digits=3)
            null = NullServer(bench.programs, name) if floor else None
            for number in range(bench.rounds):
                for kind in bench.rotated(number) + (["null"] if null else []):
                    server = null if kind == "null" else servers[kind]
                    figures = redis_benchmark(server, name, 50, pipeline, bench.requests(requests), bench.keys)
                    bench.say(f"{load}: {kind} {figures}")
                    cpu.add(kind, figures["cpu"])
                    throughput.add(kind, figures["throughput"])
                    p99.add(kind, figures["p99"])
            if null:
                null.kill()
            rows += [cpu, throughput, p99]
    finally:
        bench.end(servers)
    return rows


def pipeline_1(bench):
    return commands(bench, 1, 200_000, 0.95)


def pipeline_16(bench):
    return commands(bench, 16, 2_000_000, 0.75)


def pipeline_64(bench):
    return commands(bench, 64, 5_000_000, 0.5)


def everysec(bench):
    return commands(
        bench, 16, 1_500_000, 0.8, names=("set",), floor=False, label=", everysec",
        appendonly="yes", appendfsync="everysec", auto_aof_rewrite_percentage="0",
    )  # fmt: skip


LOG = {"appendonly": "yes", "auto_aof_rewrite_percentage": "0"}


def always(bench):
    """Write-only clients under `appendfsync always`, and our own everysec for comparison."""
    rows = []
    servers = bench.lineup(appendfsync="always", **LOG)
    try:
        for server in servers.values():
            fill(bench.programs, server, bench.keys, 3)
        for clients, target in ((1, 1.0), (50, 1.1), (500, 1.0)):
            load = f"SET, {clients} client{'s' if clients > 1 else ''}, always"
            throughput = Row(load, THROUGHPUT, "higher", target, digits=0)
            p50, p99 = Row(load, P50, "lower", None, digits=3), Row(load, P99, "lower", None, digits=3)
            seconds = 1.0 if bench.quick else 3.0
            for number in range(bench.rounds):
                for kind in bench.rotated(number):
                    figures = Load(bench.programs, servers[kind], clients, 1, seconds, bench.keys, 3, "set", number).wait().whole()
                    bench.say(f"{load}: {kind} {figures}")
                    throughput.add(kind, figures["throughput"])
                    p50.add(kind, figures["p50"])
                    p99.add(kind, figures["p99"])
            rows += [throughput, p50, p99]
        if "ledgerstone" in servers:
            rows.append(always_beside_everysec(bench, servers["ledgerstone"]))
    finally:
        bench.end(servers)
    return rows


def always_beside_everysec(bench, server):
    """Our `always` at 50 clients against our own `everysec`, alternating."""
    from harness.resp import Connection

    row = Row("SET, 50 clients, always beside our everysec", THROUGHPUT, "higher", 0.7, digits=0)
    relaxed = []
    with Connection(("127.0.0.1", server.port)) as control:
        for number in range(bench.rounds):
            for policy in ("everysec", "always"):
                control.ask("CONFIG", "SET", "appendfsync", policy)
                seconds = 1.0 if bench.quick else 3.0
                figures = Load(bench.programs, server, 50, 1, seconds, bench.keys, 3, "set", number).wait().whole()
                bench.say(f"{row.load}: {policy} {figures}")
                row.add("ledgerstone", figures["throughput"]) if policy == "always" else relaxed.append(figures["throughput"])
    row.reference = sorted(relaxed)[len(relaxed) // 2]
    row.note = f"our own everysec: {row.reference:,.0f} /s"
    return row


def mixed(bench, label, throughput_target, p50_target, environment=None):
    """20 readers beside 50 `always` writers, each with a generator of its own."""
    load = f"GET, 20 clients beside 50 always writers{label}"
    reads = Row(load, "reads, /s", "higher", throughput_target, digits=0)
    p50 = Row(load, "reads, p50 ms", "lower", p50_target, digits=3)
    p99 = Row(load, "reads, p99 ms", "lower", None, digits=3)
    writes = Row(load, "writes, /s", "higher", 1.0 if environment else None, digits=0)
    servers = {
        kind: start(kind, bench.scratch, environment=environment, appendfsync="always", **LOG)
        for kind in bench.kinds
    }
    try:
        for server in servers.values():
            with_policy(server, "no")
            fill(bench.programs, server, bench.keys, 3)
            with_policy(server, "always")
        seconds = 1.5 if bench.quick else 4.0
        for number in range(bench.rounds):
            for kind in bench.rotated(number):
                writer = Load(bench.programs, servers[kind], 50, 1, seconds, bench.keys, 3, "set", number + 1)
                reader = Load(bench.programs, servers[kind], 20, 1, seconds, bench.keys, 3, "get", number + 100)
                written, read = writer.wait().whole(), reader.wait().whole()
                bench.say(f"{load}: {kind} reads {read} writes {written}")
                reads.add(kind, read["throughput"])
                p50.add(kind, read["p50"])
                p99.add(kind, read["p99"])
                writes.add(kind, written["throughput"])
    finally:
        bench.end(servers)
    return [reads, p50, p99, writes]


def with_policy(server, policy):
    server.ask("CONFIG", "SET", "appendfsync", policy)


def mixed_fast(bench):
    return mixed(bench, "", 2.5, 0.25)


def mixed_slow(bench):
    shim = {"LD_PRELOAD": str(bench.programs.slow_sync), "SLOW_SYNC_US": "4000"}
    return mixed(bench, ", syncs 4 ms slower", 20.0, 0.03, shim)


def background(bench, command, **settings):
    """50 clients writing before and during a snapshot or a rewrite, on the server's core."""
    load = f"{command}, {bench.many_keys:,} keys, 50 clients writing"
    ratio = Row(load, "throughput during / before", "higher", 0.75, reference=1.0)
    before_row = Row(load, "throughput before, /s", "higher", None, digits=0)
    tail = Row(load, "p99.9 during / before", "lower", 2.0, reference=1.0)
    tail_ms = Row(load, "p99.9 during, ms", "lower", None, digits=2)
    extra = Row(load, "extra memory, MiB", "lower", 64.0, digits=0, reference=1.0)
    seconds = Row(load, "duration, s", "lower", None)
    field = "rdb_bgsave_in_progress" if command == "BGSAVE" else "aof_rewrite_in_progress"
    for number in range(1 if bench.quick else min(bench.rounds, 3)):
        for kind in bench.rotated(number):
            server = start(kind, bench.scratch, **settings)
            try:
                fill(bench.programs, server, bench.many_keys, 64)
                load_process = Load(bench.programs, server, 50, 1, 300, bench.many_keys, 64, "set", number + 1)
                time.sleep(1.5 if bench.quick else 4)
                resident = memory(server)
                began = time.time()
                server.ask(command)
                peak, asked = resident, began
                while server.info("persistence")[field] == "1" or time.time() < began + 0.1:
                    if time.time() > asked + 1:
                        peak, asked = max(peak, memory(server)), time.time()
                    time.sleep(0.1)
                peak = max(peak, memory(server))
                ended = time.time()
                intervals = load_process.stop()
                before = intervals.between(began - (1.0 if bench.quick else 3.0), began)
                during = intervals.between(began, ended)
                bench.say(f"{load}: {kind} before {before} during {during} extra {(peak - resident) >> 20} MiB")
                if during["throughput"]:
                    ratio.add(kind, during["throughput"] / before["throughput"])
                    tail.add(kind, during["p99.9"] / before["p99.9"])
                    tail_ms.add(kind, during["p99.9"])
                before_row.add(kind, before["throughput"])
                extra.add(kind, max(0, peak - resident) / 2**20)
                seconds.add(kind, ended - began)
            finally:
                bench.end({kind: server})
    return [ratio, before_row, tail, tail_ms, extra, seconds]


def bgsave(bench):
    return background(bench, "BGSAVE")


def bgrewriteaof(bench):
    return background(bench, "BGREWRITEAOF", appendfsync="everysec", **LOG)


def save_load_memory(bench):
    """Memory a key, SAVE, and the load of the dump that it wrote."""
    keys = bench.many_keys
    used = Row(f"Memory, {keys:,} keys (16 + 64 bytes)", "used_memory, bytes/key", "lower", 1.0, digits=1, exact=True)
    resident = Row(f"Memory, {keys:,} keys (16 + 64 bytes)", "RSS, bytes/key", "lower", 1.1, digits=1)
    save = Row(f"RDB save, {keys:,} keys", "processor time, s", "lower", 0.4)
    load = Row(f"RDB load, {keys:,} keys", "processor time, s", "lower", 0.35)
    ready = Row(f"RDB load, {keys:,} keys", "until ready, s", "lower", None)
    for number in range(1 if bench.quick else min(bench.rounds, 3)):
        for kind in bench.rotated(number):
            server = start(kind, bench.scratch)
            try:
                empty = server.info("memory")
                idle = processor_time(server)
                fill(bench.programs, server, keys, 64)
                time.sleep(0.5)
                full = server.info("memory")
                used.add(kind, (int(full["used_memory"]) - int(empty["used_memory"])) / keys)
                resident.add(kind, (int(full["used_memory_rss"]) - int(empty["used_memory_rss"])) / keys)
                before = processor_time(server)
                with server.connect(timeout=300) as connection:
                    connection.ask("SAVE")
                save.add(kind, (processor_time(server) - before) / 1e9)
                server.kill()
                began = time.time()
                server.start(timeout=300, prefix=pinned(0))
                ready.add(kind, time.time() - began)
                load.add(kind, (processor_time(server) - idle) / 1e9)
                bench.say(f"{save.load}: {kind} used {used.figures[kind][-1]:.1f} rss {resident.figures[kind][-1]:.1f} save {save.figures[kind][-1]:.2f} load {load.figures[kind][-1]:.2f}")
            finally:
                bench.end({kind: server})
    resident.reference = used.peer()
    return [used, resident, save, load, ready]


def aof_load(bench):
    """One log of SETs, the same file for every server."""
    keys = bench.many_keys
    row = Row(f"AOF load, {keys:,} SETs", "processor time, s", "lower", 0.4)
    ready = Row(f"AOF load, {keys:,} SETs", "until ready, s", "lower", None)
    source = bench.scratch / "log" / "appendonlydir"
    source.mkdir(parents=True)
    with open(source / "appendonly.aof.1.incr.aof", "wb") as file:
        file.write(b"*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n")
        form = b"*3\r\n$3\r\nSET\r\n$16\r\nkey:%012d\r\n$64\r\n%064d\r\n"
        for first in range(0, keys, 10_000):
            file.write(b"".join(form % (n, n * 7919) for n in range(first, first + 10_000)))
    (source / "appendonly.aof.manifest").write_text("file appendonly.aof.1.incr.aof seq 1 type i\n")
    for number in range(1 if bench.quick else min(bench.rounds, 3)):
        for kind in bench.rotated(number):
            empty = start(kind, bench.scratch, name=f"{kind}-empty", appendonly="yes")
            idle = processor_time(empty)
            bench.end({kind: empty})
            folder = bench.scratch / f"{kind}-log" / "appendonlydir"
            folder.mkdir(parents=True)
            for path in source.iterdir():
                # A hard link: the servers append to it, if at all, only what expires.
                os.link(path, folder / path.name)
            began = time.time()
            server = start(kind, bench.scratch, name=f"{kind}-log", appendonly="yes")
            ready.add(kind, time.time() - began)
            row.add(kind, (processor_time(server) - idle) / 1e9)
            bench.say(f"{row.load}: {kind} {row.figures[kind][-1]:.2f} s")
            if server.ask("DBSIZE") != keys:
                raise RuntimeError(f"{kind} loaded {server.ask('DBSIZE')} of {keys} keys")
            bench.end({kind: server})
    shutil.rmtree(source.parent)
    return [row, ready]


ROWS = {
    "p1": pipeline_1,
    "p16": pipeline_16,
    "p64": pipeline_64,
    "everysec": everysec,
    "always": always,
    "mixed": mixed_fast,
    "mixed-slow": mixed_slow,
    "bgsave": bgsave,
    "bgrewriteaof": bgrewriteaof,
    "files": save_load_memory,
    "aof-load": aof_load,
    "types": value_types,
    "mixed-data": mixed_data,
    "publish": messages,
    "scripts": scripts,
    "users": users,
    "maxmemory": memory_limit,
    "tls": tls,
    "io-threads": threads,
}
