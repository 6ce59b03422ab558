"""The loads over the value types: processor time per command, and the mixed data set.

A command that a server does not know is left out of its column, and the row says so.
"""

import random
import time

from measure import pinned, processor_time, redis_benchmark, start
from table import Row

CPU = "processor time, µs/command"
CALL = "processor time, ms/command"
BATCH = 1000

#: Elements of what the commands below read.
LARGE = 1_000_000
HALF = LARGE // 2
HUNDRED_MEGABYTES = 100 * 2**20

#: (name, what prepares it, the command, requests at pipeline 16), and the target when it is not 0.75.
PIPELINED = [
    ("LPUSH", "nothing", "LPUSH pushed element:__rand_int__", 1_000_000),
    ("RPOP", "popped", "RPOP popped", 1_000_000),
    ("LRANGE 100", "ranged", "LRANGE ranged 0 99", 200_000),
    ("SADD", "nothing", "SADD added element:__rand_int__", 1_000_000),
    ("SISMEMBER", "members", "SISMEMBER members element:__rand_int__", 1_000_000),
    ("HSET", "nothing", "HSET set element:__rand_int__ value", 1_000_000),
    ("HGET", "fields", "HGET fields element:__rand_int__", 1_000_000),
    ("HGETALL of 10 fields", "hashes", "HGETALL hash:__rand_int__", 500_000),
    ("ZADD", "nothing", "ZADD scored __rand_int__ element:__rand_int__", 1_000_000),
    ("ZRANGE 10 of a large set", "scores", f"ZRANGE scores {HALF} {HALF + 9}", 500_000),
    ("ZRANGEBYSCORE", "scores", "ZRANGEBYSCORE scores __rand_int__ +inf LIMIT 0 10", 500_000),
    ("XADD", "nothing", "XADD appended * field value", 1_000_000),
    ("XREAD of 10", "stream", f"XREAD COUNT 10 STREAMS stream {HALF}-0", 300_000),
    ("GEOSEARCH", "places", "GEOSEARCH places FROMLONLAT 2.35 48.85 BYRADIUS 5 km", 100_000),
    ("PFCOUNT", "logs", "PFCOUNT log:0", 1_000_000, 1.0),
]

#: (name, what prepares it, the command, calls): each call by itself.
SINGLE = [
    ("SINTER of two sets of 100 000", "sets", "SINTER one other", 20),
    ("BITCOUNT of 100 MB", "bits", "BITCOUNT bits", 50),
    ("PFCOUNT of two keys", "logs", "PFCOUNT log:0 log:1", 10_000),
    ("SORT of 100 000", "numbers", "SORT numbers", 20),
]


def send(connection, commands):
    """Sends commands in pipelines; an error among the replies is the caller's mistake."""
    batch = []
    for command in commands:
        batch.append(command)
        if len(batch) == BATCH:
            check(connection.pipeline(batch))
            batch = []
    if batch:
        check(connection.pipeline(batch))


def check(replies):
    for reply in replies:
        if reply.type == "-":
            raise RuntimeError(f"preparing: {reply}")


def element(number):
    return b"element:%012d" % number


def grouped(words, size=100):
    for at in range(0, len(words), size):
        yield words[at : at + size]


class Preparation:
    """Makes the data that a command reads, the same in every server."""

    def nothing(self, requests):
        return ()

    def popped(self, requests):
        # One more than is asked for, so that no request finds nothing.
        for words in grouped([element(n) for n in range(requests + 1000)]):
            yield ["RPUSH", "popped", *words]

    def ranged(self, requests):
        for words in grouped([element(n) for n in range(100_000)]):
            yield ["RPUSH", "ranged", *words]

    def members(self, requests):
        for words in grouped([element(n) for n in range(LARGE)]):
            yield ["SADD", "members", *words]

    def fields(self, requests):
        for words in grouped([element(n) for n in range(LARGE)]):
            yield ["HSET", "fields", *[word for name in words for word in (name, b"value")]]

    def hashes(self, requests):
        body = [word for n in range(10) for word in (b"field:%d" % n, b"value:%012d" % n)]
        for number in range(LARGE // 10):
            yield ["HSET", b"hash:%012d" % number, *body]

    def scores(self, requests):
        for numbers in grouped(range(LARGE)):
            yield ["ZADD", "scores", *[word for n in numbers for word in (n, element(n))]]

    def stream(self, requests):
        for number in range(1, LARGE + 1):
            yield ["XADD", "stream", f"{number}-0", "field", "value"]

    def places(self, requests):
        draw = random.Random(1)
        for numbers in grouped(range(100_000)):
            words = [(draw.uniform(2.0, 2.7), draw.uniform(48.6, 49.1), n) for n in numbers]
            yield ["GEOADD", "places", *[word for place in words for word in place]]

    def sets(self, requests):
        for name, first in (("one", 0), ("other", 50_000)):
            for words in grouped([element(n) for n in range(first, first + 100_000)]):
                yield ["SADD", name, *words]

    def bits(self, requests):
        part = random.Random(1).randbytes(2**20)
        for at in range(0, HUNDRED_MEGABYTES, len(part)):
            yield ["SETRANGE", "bits", at, part]

    def logs(self, requests):
        for key in range(2):
            for words in grouped([element(n + key * 50_000) for n in range(100_000)]):
                yield ["PFADD", f"log:{key}", *words]

    def numbers(self, requests):
        draw = random.Random(1)
        for words in grouped([draw.randrange(10**9) for _ in range(100_000)]):
            yield ["RPUSH", "numbers", *words]


def knows(server, command):
    """Whether the server has the command that a load is about."""
    return server.ask("COMMAND", "INFO", command.split()[0])[0] is not None


def measure(bench, name, preparation, command, requests, target, metric, one_by_one):
    row = Row(name, metric, "lower", target, digits=3)
    data = Preparation()
    for number in range(bench.rounds):
        for kind in bench.rotated(number):
            server = start(kind, bench.scratch)
            try:
                if not knows(server, command):
                    row.note = f"{kind} does not know {command.split()[0]}: left out"
                    continue
                with server.connect(timeout=300) as connection:
                    send(connection, getattr(data, preparation)(requests))
                    if one_by_one:
                        figure = alone(server, connection, command, requests)
                    else:
                        figure = redis_benchmark(
                            server, None, 50, 16, requests, LARGE // 10 if preparation == "hashes" else LARGE,
                            words=command.split(),
                        )["cpu"]  # fmt: skip
                row.add(kind, figure)
                bench.say(f"{name}: {kind} {figure:.3f}")
            finally:
                bench.end({kind: server})
    return row


def alone(server, connection, command, calls):
    """Milliseconds of the server's processor for one call."""
    words = command.split()
    check([connection.call(*words)])
    before = processor_time(server)
    for _ in range(calls):
        connection.call(*words)
    return (processor_time(server) - before) / 1e6 / calls


def value_types(bench):
    rows = [
        measure(bench, f"{name}, pipeline 16", data, command, bench.requests(requests), *(target or [0.75]), CPU, False)
        for name, data, command, requests, *target in PIPELINED
    ]
    return rows + [
        measure(bench, name, data, command, max(5, bench.requests(calls)), 1.0, CALL, True)
        for name, data, command, calls in SINGLE
    ]


#: What the mixed data set holds: kind, number of values, elements of each.
MIXED = [
    ("hash", 200_000, 10), ("zset", 100_000, 20), ("list", 100_000, 20),
    ("zset", 10_000, 1000), ("hash", 10_000, 1000),
]  # fmt: skip
VERBS = {"hash": b"HSET", "zset": b"ZADD", "list": b"RPUSH"}
BODIES = 64


def bulk(word):
    return b"$%d\r\n%s\r\n" % (len(word), word)


def body(draw, kind, count):
    """The arguments behind the key, as they go over the wire, and their number."""
    words = []
    for number in range(count):
        value = b"value:%010d" % draw.randrange(10**10)
        if kind == "hash":
            words += [b"field:%06d" % number, value]
        elif kind == "zset":
            words += [b"%d" % draw.randrange(10**6), b"member:%06d:%04d" % (number, draw.randrange(10**4))]
        else:
            words.append(value)
    return len(words), b"".join(map(bulk, words))


def fill_mixed(server, scale):
    """Every value from a few bodies drawn ahead, so that the generator keeps up. Returns the keys."""
    draw = random.Random(7)
    keys = 0
    with server.connect(timeout=600) as connection:
        for kind, values, count in MIXED:
            bodies = [body(draw, kind, count) for _ in range(BODIES)]
            values //= scale
            batch = max(1, 20_000 // count)
            for first in range(0, values, batch):
                last = min(first + batch, values)
                parts = []
                for number in range(first, last):
                    words, rest = bodies[number % BODIES]
                    key = b"%s:%d:%010d" % (kind.encode(), count, number)
                    parts.append(b"*%d\r\n%s%s%s" % (words + 2, bulk(VERBS[kind]), bulk(key), rest))
                connection.send(b"".join(parts))
                check([connection.read() for _ in range(first, last)])
            keys += values
    found = server.ask("DBSIZE")
    if found != keys:
        raise RuntimeError(f"{server.kind} holds {found} keys instead of {keys}")
    return keys


def mixed_data(bench):
    """Memory of the mixed data set, SAVE of it, and the load of the dump."""
    label = "Mixed data set" + (", a tenth of it" if bench.quick else "")
    used = Row(label, "used_memory, MiB", "lower", 0.85, digits=1, exact=True)
    resident = Row(label, "RSS, MiB", "lower", None, digits=1)
    save = Row(f"{label}, RDB save", "processor time, s", "lower", 0.6)
    load = Row(f"{label}, RDB load", "processor time, s", "lower", 0.6)
    for number in range(1 if bench.quick else min(bench.rounds, 3)):
        for kind in bench.rotated(number):
            server = start(kind, bench.scratch)
            try:
                missing = [verb.decode() for verb in VERBS.values() if not knows(server, verb.decode())]
                if missing:
                    used.note = f"{kind} does not know {', '.join(missing)}: left out"
                    continue
                empty, idle = server.info("memory"), processor_time(server)
                fill_mixed(server, 10 if bench.quick else 1)
                time.sleep(0.5)
                full = server.info("memory")
                used.add(kind, (int(full["used_memory"]) - int(empty["used_memory"])) / 2**20)
                resident.add(kind, (int(full["used_memory_rss"]) - int(empty["used_memory_rss"])) / 2**20)
                before = processor_time(server)
                with server.connect(timeout=600) as connection:
                    connection.ask("SAVE")
                save.add(kind, (processor_time(server) - before) / 1e9)
                server.kill()
                server.start(timeout=600, prefix=pinned(0))
                load.add(kind, (processor_time(server) - idle) / 1e9)
                bench.say(f"{label}: {kind} used {used.figures[kind][-1]:.1f} save {save.figures[kind][-1]:.2f} load {load.figures[kind][-1]:.2f}")
            finally:
                bench.end({kind: server})
    return [used, resident, save, load]
