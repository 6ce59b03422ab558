"""The loads of what applications lean on: messages, scripts, users, the memory limit, TLS, I/O threads.

Each row is the processor time of the server for one command, in microseconds.
"""

import subprocess

from measure import GENERATOR_CORE, fill, pinned, processor_time, redis_benchmark, start
from table import Row

CPU = "processor time, µs/command"
TARGET = 0.8

GET = "return redis.call('GET', KEYS[1])"
#: A limiter of requests, as frameworks have it: who comes too often in a window is told so.
LIMITER = (
    "local count = redis.call('INCR', KEYS[1]) "
    "if count == 1 then redis.call('EXPIRE', KEYS[1], ARGV[1]) end "
    "if count > tonumber(ARGV[2]) then return 0 end return 1"
)

MESSAGE = "m" * 64


def prefilled(bench, kind, **settings):
    server = start(kind, bench.scratch, **settings)
    fill(bench.programs, server, bench.keys, 64)
    return server


def rounds(bench, row, prepare, run, kinds=None):
    """One server of each kind, asked by turns: `prepare(kind)` starts it, `run(server)` is one figure."""
    servers = {}
    try:
        for kind in kinds or bench.kinds:
            servers[kind] = prepare(kind)
        for number in range(bench.rounds):
            for kind in bench.rotated(number):
                if kind not in servers:
                    continue
                figure = run(servers[kind])
                bench.say(f"{row.load}: {kind} {figure:.3f}")
                row.add(kind, figure)
    finally:
        bench.end(servers)
    return row


def commands(bench, load, words, requests, prepare=None, settings=None, pipeline=16, kinds=None, options=(), port=None):
    """redis-benchmark with 50 clients and a command of its own, over keys that are there."""
    row = Row(f"{load}, pipeline {pipeline}", CPU, "lower", TARGET, digits=3)

    def begin(kind):
        server = prefilled(bench, kind, **(settings(kind) if settings else {}))
        if prepare:
            prepare(server)
        return server

    def run(server):
        return redis_benchmark(
            server, None, 50, pipeline, bench.requests(requests), bench.keys,
            words=words(server) if callable(words) else words, options=options,
            port=port(server) if port else None,
        )["cpu"]  # fmt: skip

    return rounds(bench, row, begin, run, kinds)


def messages(bench):
    """PUBLISH to subscribers that all read; a command is done when the last of them has it."""
    return [publish(bench, *load) for load in ((1, 300_000), (50, 100_000), (1000, 10_000))]


def publish(bench, subscribers, requests):
    requests = bench.requests(requests)
    row = Row(f"PUBLISH to {subscribers} subscribers, 10 clients", CPU, "lower", TARGET, digits=3)
    size = len(f"*3\r\n$7\r\nmessage\r\n$4\r\nnews\r\n${len(MESSAGE)}\r\n{MESSAGE}\r\n")

    def prepare(kind):
        return start(kind, bench.scratch, client_output_buffer_limit="pubsub 0 0 0".split())

    def run(server):
        readers = subprocess.Popen(
            pinned(GENERATOR_CORE, bench.programs.subscribers, server.port, subscribers, "news", size * requests),
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        try:
            if readers.stdout.readline() != "ready\n":
                raise RuntimeError(f"{server.kind} takes no {subscribers} subscribers")
            before = processor_time(server)
            redis_benchmark(server, None, 10, 1, requests, 1, words=["PUBLISH", "news", MESSAGE])
            if readers.wait(timeout=300):
                raise RuntimeError(f"subscribers of {server.kind} lost messages")
            return (processor_time(server) - before) / 1000 / requests
        finally:
            readers.kill()
            readers.wait()
            readers.stdout.close()

    return rounds(bench, row, prepare, run)


def scripts(bench):
    def loaded(script, *rest):
        return lambda server: ["EVALSHA", server.ask("SCRIPT", "LOAD", script).decode(), "1", *rest]

    key = "key:__rand_int__"
    return [
        commands(bench, "EVAL of a GET", ["EVAL", GET, "1", key], 500_000),
        commands(bench, "EVALSHA of a GET", loaded(GET, key), 500_000),
        commands(bench, "EVAL of a limiter", ["EVAL", LIMITER, "1", "limit:__rand_int__", "60", "100"], 300_000),
        commands(bench, "EVALSHA of a limiter", loaded(LIMITER, "limit:__rand_int__", "60", "100"), 300_000),
    ]


def users(bench):
    def restrict(server):
        server.ask("ACL", "SETUSER", "reader", "on", ">secret", "~key:*", "+@read", "-@dangerous")

    return [
        commands(
            bench, "GET of a user who may read key:*", ["GET", "key:__rand_int__"], 2_000_000, restrict,
            options=("--user", "reader", "-a", "secret"),
        )
    ]  # fmt: skip


def memory_limit(bench):
    """Ten times as many keys as fit: nearly every SET has to make room first."""

    def limit(server):
        server.ask("CONFIG", "SET", "maxmemory-policy", "allkeys-lru")
        server.ask("CONFIG", "SET", "maxmemory", server.info("memory")["used_memory"])

    row = Row("SET at maxmemory, allkeys-lru, pipeline 16", CPU, "lower", TARGET, digits=3)

    def prepare(kind):
        server = prefilled(bench, kind)
        limit(server)
        return server

    def run(server):
        before = int(server.info("stats")["evicted_keys"])
        requests = bench.requests(1_000_000)
        figure = redis_benchmark(
            server, None, 50, 16, requests, bench.keys * 10, words=["SET", "key:__rand_int__", "v" * 64]
        )["cpu"]
        evicted = int(server.info("stats")["evicted_keys"]) - before
        bench.say(f"{row.load}: {server.kind} evicted {evicted} of {requests}")
        if evicted < requests // 2:
            row.note = f"{server.kind} evicted only {evicted} of {requests}"
        return figure

    return [rounds(bench, row, prepare, run)]


def certificates(directory):
    """A certificate that is its own authority, once per run."""
    certificate, key = directory / "server.crt", directory / "server.key"
    if not certificate.exists():
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
             "-keyout", key, "-out", certificate],
            check=True, capture_output=True,
        )  # fmt: skip
    return certificate, key


def tls(bench):
    """GET and SET over TLS. A peer that was built without it is left out."""
    from harness.servers import free_port

    certificate, key = certificates(bench.scratch)
    ports = {}

    def settings(kind):
        ports[kind] = free_port()
        return {
            "tls_port": ports[kind], "tls_cert_file": certificate, "tls_key_file": key,
            "tls_ca_cert_file": certificate, "tls_auth_clients": "no",
        }  # fmt: skip

    kinds = [kind for kind in bench.kinds if speaks_tls(bench, kind, settings)]
    rows = []
    for pipeline, requests in ((1, 200_000), (16, 1_000_000)):
        for name in ("SET", "GET"):
            words = [name, "key:__rand_int__"] + (["v" * 64] if name == "SET" else [])
            rows.append(
                commands(
                    bench, f"{name} over TLS", words, requests, None, settings, pipeline, kinds,
                    options=("--tls", "--cacert", str(certificate)), port=lambda server: ports[server.kind],
                )  # fmt: skip
            )
            rows[-1].note = ", ".join(f"{kind} speaks no TLS" for kind in bench.kinds if kind not in kinds)
    return rows


def speaks_tls(bench, kind, settings):
    try:
        server = start(kind, bench.scratch, name=f"{kind}-tls", **settings(kind))
    except Exception:
        return False
    bench.end({kind: server})
    return True


def threads(bench):
    """GET with two I/O threads. The server may use both cores here, also that of the generator."""

    def settings(kind):
        return {"io_threads": 2, "io_threads_do_reads": "yes", "core": "0,1"}

    return [
        commands(bench, "GET with io-threads 2", ["GET", "key:__rand_int__"], requests, None, settings, pipeline)
        for pipeline, requests in ((1, 400_000), (16, 2_000_000))
    ]
