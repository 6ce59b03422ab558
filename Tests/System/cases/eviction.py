"""`maxmemory`: who goes under which policy, who is refused and how, and what the log records of it.

Redis 7.0 is asked the same, so that what is expected is what it does.
"""

import time

from harness.context import equal, holds
from harness.directories import increments
from harness.logs import commands
from harness.resp import Reply
from harness.servers import parse_info, wait_until

BOTH = ("ledgerstone", "redis")
VALUE = "x" * 400
KEYS = 6000


def limit(connection, room):
    """Sets `maxmemory` to what is used now and some more."""
    memory = info(connection, "memory")
    used = int(memory["used_memory"]) - int(memory["mem_not_counted_for_evict"])
    connection.ask("CONFIG", "SET", "maxmemory", used + room)


def info(connection, section):
    return parse_info(connection.ask("INFO", section))


def evicted(connection):
    return int(info(connection, "stats")["evicted_keys"])


def present(connection, names):
    """Which of the keys are there, without using them."""
    replies = connection.pipeline([["EXISTS", name] for name in names])
    return {name for name, reply in zip(names, replies) if reply.value == 1}


def fill(connection, names, *more):
    return connection.pipeline([["SET", name, VALUE, *more] for name in names])


def is_error(reply, code):
    return reply.type == "-" and reply.value.startswith(code)


REFUSED_OR_NOT = """
SET k v
APPEND k v
GET k
EXISTS k
LPUSH l a
HSET h f v
SADD s a
ZADD z 1 a
XADD x * f v
INCR n
EXPIRE k 100
RENAME k k2
RENAME k2 k
COPY k k3
LPOP nothing
GETSET k v
SETRANGE k 1 v
DEL nothing
UNLINK nothing
PING
DBSIZE
MULTI
GET k
DISCARD
DISCARD
CONFIG SET maxmemory-samples 5
FLUSHALL
"""


def test_what_is_refused(context):
    """The errors of commands that want memory, and the replies of those that do not."""
    replies = {}
    for kind in BOTH:
        server = context.start(kind)
        with server.connect() as connection:
            connection.ask("SET", "k", "v")
            connection.ask("CONFIG", "SET", "maxmemory", "1")
            replies[kind] = [
                (line, connection.call(*line.split())) for line in REFUSED_OR_NOT.split("\n") if line
            ]
            connection.ask("CONFIG", "SET", "maxmemory", "0")
            connection.ask("MULTI")
            connection.ask("SET", "k", "v")
            with server.connect() as other:
                other.ask("CONFIG", "SET", "maxmemory", "1")
            replies[kind].append(("EXEC of SET", connection.call("EXEC")))
            connection.ask("MULTI")
            connection.call("GET", "k")
            replies[kind].append(("EXEC of a refused GET", connection.call("EXEC")))
            replies[kind].append(("evicted", evicted(connection)))
    equal(replies["ledgerstone"], replies["redis"], "above maxmemory")


def volatile_policies(context, policy):
    for kind in BOTH:
        server = context.start(kind, maxmemory_policy=policy)
        with server.connect() as connection:
            lasting = [f"lasting{n}" for n in range(KEYS)]
            mortal = [f"mortal{n}" for n in range(KEYS)]
            fill(connection, lasting)
            fill(connection, mortal, "EX", 10_000)
            limit(connection, 400_000)
            replies = fill(connection, [f"more{n}" for n in range(3 * KEYS)])
            holds(is_error(replies[-1], b"OOM "), f"{kind}: in the end nobody is left to go, {replies[-1]}")
            equal(present(connection, lasting), set(lasting), f"{kind}: those without a deadline")
            equal(present(connection, mortal), set(), f"{kind}: those with one")
            equal(evicted(connection), KEYS, f"{kind}: evicted_keys")


def test_volatile_lru(context):
    volatile_policies(context, "volatile-lru")


def test_volatile_random(context):
    volatile_policies(context, "volatile-random")


def survivors(context, kind, policy, prefer, **settings):
    """Fills a server, lets `prefer(connection, names)` make half of the keys better to keep, adds
    keys until a third has gone, and returns the shares of both halves that are still there."""
    server = context.start(kind, maxmemory_policy=policy, maxmemory_samples=10, **settings)
    with server.connect() as connection:
        names = [f"key:{n:06}" for n in range(KEYS)]
        fill(connection, names, "EX", 100_000)
        better, worse = names[0::2], names[1::2]
        prefer(connection, better)
        limit(connection, 0)
        count = 0
        while evicted(connection) < KEYS // 3:
            replies = fill(connection, [f"new:{count + n}" for n in range(100)], "EX", 100_000)
            holds(replies == [Reply("+", b"OK")] * 100, f"{kind} {policy}: {replies[-1]}")
            count += 100
            holds(count < 4 * KEYS, f"{kind} {policy} evicts")
        return [len(present(connection, half)) / len(half) for half in (better, worse)]


def read(connection, names):
    time.sleep(2.1)
    connection.pipeline([["GET", name] for name in names])


def read_often(connection, names):
    for _ in range(30):
        connection.pipeline([["GET", name] for name in names])


def change(connection, names):
    time.sleep(2.1)
    connection.pipeline([["APPEND", name, "y"] for name in names])


def live_longer(connection, names):
    connection.pipeline([["EXPIRE", name, 10_000_000] for name in names])


PREFERENCES = [
    ("allkeys-lru", read), ("volatile-lru", read), ("allkeys-lfu", read_often),
    ("volatile-lfu", read_often), ("volatile-ttl", live_longer),
]


def test_the_better_keys_stay(context):
    for policy, prefer in PREFERENCES:
        shares = {kind: survivors(context, kind, policy, prefer) for kind in BOTH}
        for kind, (better, worse) in shares.items():
            holds(better > worse + 0.3, f"{kind} {policy}: kept {better:.2f} and {worse:.2f}")
        ours, theirs = shares["ledgerstone"][0], shares["redis"][0]
        holds(ours > theirs - 0.05, f"{policy}: kept {ours:.3f} of the better keys, Redis {theirs:.3f}")


def test_least_recently_modified(context):
    for policy in ("allkeys-lrm", "volatile-lrm"):
        better, worse = survivors(context, "ledgerstone", policy, change)
        holds(better > worse + 0.3, f"{policy}: changed keys stay, kept {better:.2f} and {worse:.2f}")
        better, worse = survivors(context, "ledgerstone", policy, read)
        holds(abs(better - worse) < 0.2, f"{policy}: reading is no change, kept {better:.2f} and {worse:.2f}")


def test_use_is_noted_as_the_policy_asks(context):
    server = context.start("ledgerstone", maxmemory_policy="allkeys-lrm")
    with server.connect() as connection:
        connection.ask("SET", "k", "v")
        time.sleep(2.1)
        connection.ask("GET", "k")
        holds(connection.ask("OBJECT", "IDLETIME", "k") >= 2, "a read is no change")
        connection.ask("APPEND", "k", "v")
        equal(connection.ask("OBJECT", "IDLETIME", "k"), 0, "after a change")


def test_records_of_evictions(context):
    """Each eviction leaves a DEL, or an UNLINK when it is lazy, and a restart finds what was there."""
    for kind in BOTH:
        for lazy, word in (("no", b"DEL"), ("yes", b"UNLINK")):
            server = context.start(
                kind, f"{kind}-{lazy}", appendonly="yes", maxmemory_policy="allkeys-lru",
                lazyfree_lazy_eviction=lazy, aof_use_rdb_preamble="no",
            )
            with server.connect() as connection:
                limit(connection, 500_000)
                fill(connection, [f"key:{n}" for n in range(3000)])
                gone = evicted(connection)
                holds(gone > 500, f"{kind}: {gone} keys went")
                wait_until(lambda: not info(connection, "persistence").get("aof_rewrite_in_progress") == "1")
                digest = connection.ask("DEBUG", "DIGEST")
            server.stop()
            records = [words for path in increments(server.directory) for words in commands(path.read_bytes())]
            deletions = [words for words in records if words[0].upper() in (b"DEL", b"UNLINK")]
            equal({words[0].upper() for words in deletions}, {word}, f"{kind}: their records")
            equal(len(deletions), gone, f"{kind}: number of records")
            holds(not any(words[0].upper() == b"MULTI" for words in records), f"{kind}: no groups")
            server.settings["maxmemory"] = "0"
            server.start()
            with server.connect() as connection:
                equal(connection.ask("DEBUG", "DIGEST"), digest, f"{kind}: after the restart")


def test_a_lower_limit_evicts_by_itself(context):
    for kind in BOTH:
        server = context.start(kind, maxmemory_policy="allkeys-random")
        with server.connect() as connection:
            fill(connection, [f"key:{n}" for n in range(20_000)])
            used = int(info(connection, "memory")["used_memory"])
            connection.ask("CONFIG", "SET", "maxmemory", used - 2_000_000)
            # Buffers that do not count towards the limit are in the figure that INFO shows.
            wait_until(lambda: int(info(connection, "memory")["used_memory"]) <= used - 1_900_000, 30)
            holds(evicted(connection) > 1000, f"{kind}: keys went")
            wait_until(lambda: info(connection, "stats")["current_eviction_exceeded_time"] == "0", 30)
            holds("smaller than the current memory usage" in server.log(), f"{kind}: a warning")


def test_time_above_the_limit(context):
    for kind in BOTH:
        server = context.start(kind)
        with server.connect() as connection:
            connection.ask("CONFIG", "SET", "maxmemory", "1")
            connection.call("SET", "k", "v")
            time.sleep(0.1)
            connection.ask("PING")
            stats = info(connection, "stats")
            holds(int(stats["current_eviction_exceeded_time"]) >= 100, f"{kind}: {stats}")
            holds(int(stats["total_eviction_exceeded_time"]) >= 100, f"{kind}: {stats}")
            connection.ask("CONFIG", "SET", "maxmemory", "0")
            connection.ask("PING")


def test_watched_keys_that_make_room(context):
    """A transaction whose watched key was evicted is broken."""
    for kind in BOTH:
        server = context.start(kind, maxmemory_policy="allkeys-random")
        with server.connect() as watcher, server.connect() as connection:
            fill(connection, [f"key:{n}" for n in range(200)])
            watcher.ask("WATCH", *[f"key:{n}" for n in range(200)])
            connection.ask("CONFIG", "SET", "maxmemory", "1")
            connection.ask("PING")
            connection.ask("CONFIG", "SET", "maxmemory", "0")
            watcher.ask("MULTI")
            watcher.ask("PING")
            equal(watcher.ask("EXEC"), None, f"{kind}: EXEC")


LARGE = 400_000


def fill_large(connection, key):
    for start in range(0, LARGE, 10_000):
        connection.ask("SADD", key, *[f"member:{start + n}" for n in range(10_000)])


def test_large_values_are_freed_elsewhere(context):
    """UNLINK, and what the directives say, leave a large value to another thread; all of it comes back."""
    server = context.start("ledgerstone")
    with server.connect(timeout=60) as connection:
        before = int(info(connection, "memory")["used_memory"])
        ways = [
            ("UNLINK", [], [["UNLINK", "k"]]),
            ("DEL", [["lazyfree-lazy-user-del", "yes"]], [["DEL", "k"]]),
            ("SET", [["lazyfree-lazy-server-del", "yes"]], [["SET", "k", "v"], ["DEL", "k"]]),
            ("expiry", [["lazyfree-lazy-expire", "yes"]], [["PEXPIRE", "k", "1"]]),
            ("FLUSHALL", [], [["FLUSHALL", "ASYNC"]]),
        ]
        for number, (name, settings, requests) in enumerate(ways):
            fill_large(connection, "k")
            for setting in settings:
                connection.ask("CONFIG", "SET", *setting)
            for request in requests:
                connection.ask(*request)
            wait_until(lambda: connection.ask("DBSIZE") == 0, message=f"{name}: it goes")
            wait_until(
                lambda: info(connection, "memory")["lazyfree_pending_objects"] == "0", message=f"{name}: it is freed"
            )
            freed = int(info(connection, "memory")["lazyfreed_objects"])
            equal(freed, number + 1, f"{name}: lazyfreed_objects")
            wait_until(
                lambda: int(info(connection, "memory")["used_memory"]) < before + 3_000_000,
                message=f"{name}: memory comes back",
            )


def test_a_pinned_value_stays_until_it_is_saved(context):
    """A value that a snapshot reads is not handed to the thread that frees."""
    server = context.start("ledgerstone", rdb_key_save_delay="200000")
    with server.connect(timeout=60) as connection:
        for key in ("a", "b", "c"):
            fill_large(connection, key)
        digest = connection.ask("DEBUG", "DIGEST")
        connection.ask("BGSAVE")
        connection.ask("UNLINK", "a", "b", "c")
        wait_until(lambda: info(connection, "persistence")["rdb_bgsave_in_progress"] == "0", 60)
        equal(info(connection, "persistence")["rdb_last_bgsave_status"], "ok", "the snapshot")
    server.kill()
    server.start()
    with server.connect(timeout=60) as connection:
        equal(connection.ask("DEBUG", "DIGEST"), digest, "what was saved")


def test_the_largest_clients_are_closed(context):
    """`maxmemory-clients`: who takes the most goes, unless it has asked to stay."""
    for kind in BOTH:
        server = context.start(kind, maxmemory_clients="14mb")
        with server.connect() as observer, server.connect() as kept, server.connect() as small:
            observer.ask("CLIENT", "NO-EVICT", "on")
            kept.ask("CLIENT", "NO-EVICT", "on")
            small.ask("PING")
            kept.send(b"*2\r\n$4\r\nECHO\r\n$2000000\r\n" + b"x" * 1_900_000)
            large = server.connect()
            with large:
                large.send(b"*2\r\n$4\r\nECHO\r\n$16000000\r\n" + b"x" * 100_000)
                try:
                    large.send(b"x" * 15_800_000)
                except ConnectionError:
                    pass
                wait_until(lambda: int(info(observer, "stats")["evicted_clients"]) == 1, message=f"{kind}: one goes")
                equal(large.read().type, "closed", f"{kind}: the largest")
            equal(small.ask("PING"), b"PONG", f"{kind}: a small one")
            kept.send(b"x" * 100_000 + b"\r\n")
            equal(len(kept.read().value), 2_000_000, f"{kind}: who asked to stay")
            holds("Evicting client: id=" in server.log(), f"{kind}: the log")
