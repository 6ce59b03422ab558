"""Publish and subscribe: the same conversations with ours, Redis 7.0 and Valkey, reply by reply."""

import random
import re
import time

from harness.context import equal, holds
from harness.resp import CLOSED, SILENCE, Reply
from harness.servers import wait_until

KINDS = ("ledgerstone", "valkey", "redis")

# How long nothing has to come before all are taken to have read what there is, and how long a
# server that said less than another is waited for.
QUIET = 0.015
LATE = 3.0


class Talk:
    """Several connections to one server; what each of them was sent is collected step by step."""

    def __init__(self, server, count, protocol):
        self.server = server
        self.protocol = protocol
        self.connections = [server.connect(protocol) for _ in range(count)]
        self.seen = {}

    def send(self, number, *command):
        self.seen = {}
        try:
            self.connections[number].send_command(*command)
        except ConnectionError:
            pass

    def collect(self):
        """Adds what has come since."""
        for number, connection in enumerate(self.connections):
            while True:
                reply = connection.read(0.0005)
                if reply == SILENCE or (reply == CLOSED and CLOSED in self.seen.get(number, [])):
                    break
                self.seen.setdefault(number, []).append(reply)
                if reply == CLOSED:
                    break

    def reconnect(self, number):
        self.connections[number].close()
        self.connections[number] = self.server.connect(self.protocol)

    def close(self):
        for connection in self.connections:
            connection.close()


def run(servers, script, protocol, count=3, only_newer=()):
    """Runs a script on each server and compares step by step.

    Steps whose index is in `only_newer` are compared with Valkey alone: 7.2 changed them.
    """
    talks = {kind: Talk(server, count, protocol) for kind, server in servers.items()}
    try:
        for index, (number, *command) in enumerate(script):
            kinds = KINDS[1:] if index not in only_newer else KINDS[1:2]
            for talk in talks.values():
                talk.send(number, *command)
            deadline = time.monotonic() + LATE
            while True:
                time.sleep(QUIET)
                for talk in talks.values():
                    talk.collect()
                seen = {kind: talk.seen for kind, talk in talks.items()}
                if all(seen[kind] == seen["ledgerstone"] for kind in kinds) or time.monotonic() > deadline:
                    break
            for kind in kinds:
                what = f"RESP{protocol}, step {index}: client {number} sends {command} ({kind})"
                equal(seen["ledgerstone"], seen[kind], what)
    finally:
        for talk in talks.values():
            talk.close()


def three(context, **settings):
    return {kind: context.start(kind, **settings) for kind in KINDS}


CHANNELS = [
    (0, "SUBSCRIBE", "a", "b", "a"),
    (1, "PUBLISH", "a", "hello"),
    (1, "PUBLISH", "", ""),
    (1, "PUBLISH", "c", "nobody"),
    (2, "SUBSCRIBE", "a"),
    (1, "PUBLISH", "a", "bytes \r\n \x00 \x01"),
    (1, "PUBSUB", "NUMSUB", "a", "b", "c", "a"),
    (1, "PUBSUB", "NUMSUB"),
    (1, "PUBSUB", "NUMPAT"),
    (0, "UNSUBSCRIBE", "a", "never"),
    (1, "PUBSUB", "CHANNELS", "a*"),
    (1, "PUBLISH", "a", "to one"),
    (0, "UNSUBSCRIBE"),
    (0, "UNSUBSCRIBE"),
    (0, "GET", "x"),
    (2, "UNSUBSCRIBE", "a"),
    (1, "PUBSUB", "CHANNELS"),
]

PATTERNS = [
    (0, "PSUBSCRIBE", "news.*", "news.*"),
    (2, "PSUBSCRIBE", "*.created"),
    (1, "PUBLISH", "news.sport", "1"),
    (1, "PUBLISH", "order.created", "2"),
    (1, "PUBLISH", "news.created", "3"),
    (0, "SUBSCRIBE", "news.created"),
    (1, "PUBLISH", "news.created", "both"),
    (1, "PUBSUB", "NUMPAT"),
    (1, "PUBSUB", "CHANNELS"),
    (0, "UNSUBSCRIBE"),
    (0, "PUNSUBSCRIBE", "news.*", "never"),
    (0, "PUNSUBSCRIBE"),
    (2, "PUNSUBSCRIBE"),
    (2, "PSUBSCRIBE", "h?llo"),
    (1, "PUBLISH", "hallo", "?"),
    (2, "PSUBSCRIBE", ""),
    (1, "PUBLISH", "", "empty"),
    (2, "PUNSUBSCRIBE", "h?llo"),
    (2, "PUNSUBSCRIBE", ""),
    (2, "PSUBSCRIBE", "h[ae]llo"),
    (1, "PUBLISH", "hello", "set"),
    (1, "PUBLISH", "hillo", "set"),
    (2, "PSUBSCRIBE", "\\*x"),
    (1, "PUBLISH", "*x", "escape"),
    (1, "PUBLISH", "yx", "escape"),
    (2, "PSUBSCRIBE", "*[!-~"),
    (1, "PUBLISH", "zz", "an open set"),
]

SHARDS = [
    (0, "SSUBSCRIBE", "s", "t"),
    (0, "SUBSCRIBE", "s"),
    (1, "SPUBLISH", "s", "shard"),
    (1, "PUBLISH", "s", "plain"),
    (2, "PSUBSCRIBE", "*"),
    (1, "SPUBLISH", "s", "no pattern hears it"),
    (1, "PUBSUB", "SHARDNUMSUB", "s", "t", "u"),
    (1, "PUBSUB", "SHARDNUMSUB"),
    (1, "PUBSUB", "SHARDCHANNELS", "s*"),
    (1, "PUBSUB", "CHANNELS"),
    (0, "SUNSUBSCRIBE", "s", "never"),
    (0, "UNSUBSCRIBE"),
    (0, "SUNSUBSCRIBE"),
    (0, "SUNSUBSCRIBE"),
    (0, "PING"),
]

ERRORS = [
    (0, "PUBSUB"),
    (0, "PUBSUB", "nothing"),
    (0, "PUBSUB", "CHANNELS", "a", "b"),
    (0, "PUBSUB", "SHARDCHANNELS", "a", "b"),
    (0, "PUBSUB", "NUMPAT", "x"),
    (0, "SUBSCRIBE"),
    (0, "PSUBSCRIBE"),
    (0, "SSUBSCRIBE"),
    (0, "PUBLISH", "a"),
    (0, "PUBLISH", "a", "b", "c"),
    (0, "SPUBLISH", "a"),
    (0, "UNSUBSCRIBE"),
    (0, "PUNSUBSCRIBE", "never"),
    (0, "SUNSUBSCRIBE"),
]

# What a subscriber may call: with version 2 little, with version 3 everything.
SUBSCRIBED = [
    (0, "SUBSCRIBE", "a"),
    (0, "PING"),
    (0, "PING", "text"),
    (0, "PING", "two", "texts"),
    (0, "GET", "x"),
    (0, "SET", "x", "1"),
    (0, "PUBLISH", "b", "1"),
    (0, "CONFIG", "GET", "maxmemory"),
    (0, "PUBSUB", "NUMPAT"),
    (0, "NOSUCH", "a"),
    (0, "GET"),
    (0, "CLIENT", "NOSUCH"),
    (0, "MULTI"),
    (0, "EXEC"),
    (0, "WATCH", "x"),
    (0, "HELLO", "9"),
    (0, "UNSUBSCRIBE", "a"),
    (0, "GET", "x"),
    (0, "SSUBSCRIBE", "s"),
    (0, "ECHO", "x"),
    (0, "PSUBSCRIBE", "p"),
    (0, "SUNSUBSCRIBE"),
    (0, "ECHO", "x"),
    (0, "PUNSUBSCRIBE"),
    (0, "ECHO", "x"),
    (0, "SUBSCRIBE", "a"),
    (1, "PUBLISH", "a", "1"),
    (0, "RESET"),
    (1, "PUBLISH", "a", "2"),
    (0, "PING"),
    (0, "SUBSCRIBE", "a"),
    (0, "QUIT"),
    (1, "PUBLISH", "a", "3"),
]

TRANSACTION = [
    (2, "SUBSCRIBE", "x"),
    (0, "MULTI"),
    (0, "SUBSCRIBE", "x"),
    (0, "SET", "k", "1"),
    (0, "PUBLISH", "other", "1"),
    (0, "PING"),
    (0, "UNSUBSCRIBE", "x"),
    (0, "SSUBSCRIBE", "z"),
    (0, "PSUBSCRIBE", "p*"),
    (0, "EXEC"),
    (0, "PUNSUBSCRIBE"),
    (0, "MULTI"),
    (0, "PUBLISH", "x", "from a transaction"),
    (0, "DISCARD"),
    (0, "MULTI"),
    (0, "PUBLISH", "x", "from a transaction"),
    (0, "PUBLISH", "x", "again"),
    (0, "EXEC"),
]

# Messages to oneself: since 7.2 they stand behind the reply.
SELF = [
    (0, "MULTI"),
    (0, "SUBSCRIBE", "x"),
    (0, "PUBLISH", "x", "1"),
    (0, "SET", "k", "1"),
    (0, "PUBLISH", "x", "2"),
    (0, "EXEC"),
    (0, "RESET"),
]

# Confirmations and messages are no replies, so silence does not hold them back.
SILENT = [
    (0, "CLIENT", "REPLY", "OFF"),
    (0, "SUBSCRIBE", "q"),
    (1, "PUBLISH", "q", "m"),
    (0, "PING"),
    (0, "UNSUBSCRIBE"),
    (0, "CLIENT", "REPLY", "ON"),
    (0, "CLIENT", "REPLY", "SKIP"),
    (0, "PSUBSCRIBE", "q*"),
    (1, "PUBLISH", "q", "m"),
    (0, "PUNSUBSCRIBE"),
    (0, "CLIENT", "REPLY", "SKIP"),
    (0, "PUBLISH", "q", "m"),
    (0, "PING"),
]


def test_conversations(context):
    servers = three(context)
    for protocol in (2, 3):
        for script in (CHANNELS, PATTERNS, SHARDS, ERRORS, SUBSCRIBED, TRANSACTION, SILENT):
            run(servers, script, protocol)
        run(servers, SELF, protocol, only_newer={5})
    run(servers, [(0, "SUBSCRIBE", "x"), (0, "PUBLISH", "x", "1"), (0, "SPUBLISH", "x", "1")], 3, only_newer={1})


def test_random_sessions(context):
    """Subscriptions and messages at random. What comes in an order that Redis leaves open is sorted."""
    servers = three(context)
    draw = random.Random(context.seed)
    names = ["a", "b", "ab", "abc", "c.x", "c.y", ""]
    patterns = ["*", "a*", "*b", "c.?", "[ab]*", "ab", "a\\b", "", "*.x"]
    talks = {kind: Talk(server, 4, 3) for kind, server in servers.items()}
    for step in range(context.rounds(120, 3000)):
        client = draw.randrange(4)
        some = lambda pool: [draw.choice(pool) for _ in range(draw.randint(1, 3))]
        command = draw.choice(
            [
                ["SUBSCRIBE", *some(names)],
                ["PSUBSCRIBE", *some(patterns)],
                ["SSUBSCRIBE", *some(names)],
                ["UNSUBSCRIBE", *some(names)],
                ["PUNSUBSCRIBE", *some(patterns)],
                ["SUNSUBSCRIBE", *some(names)],
                ["PUBLISH", draw.choice(names), str(step)],
                ["PUBLISH", draw.choice(names), str(step)],
                ["PUBLISH", draw.choice(names), str(step)],
                ["SPUBLISH", draw.choice(names), str(step)],
                ["PUBSUB", "CHANNELS", *draw.choice([[], [draw.choice(patterns)]])],
                ["PUBSUB", "NUMSUB", *names],
                ["PUBSUB", "SHARDNUMSUB", *names],
                ["PUBSUB", "NUMPAT"],
            ]
        )
        if draw.random() < 0.03:
            for talk in talks.values():
                talk.reconnect(client)
        seen = {}
        for kind, talk in talks.items():
            connection = talk.connections[client]
            connection.send_command(*command)
            seen[kind] = {client: settled(connection, "CHANNELS" in command)}
            for index, other in enumerate(talk.connections):
                if index != client:
                    seen[kind][index] = settled(other)
        for kind in ("valkey", "redis"):
            equal(seen["ledgerstone"], seen[kind], f"step {step}: client {client} sends {command} ({kind})")
    for talk in talks.values():
        talk.close()


def settled(connection, is_list=False):
    """What has come up to the answer of a PING, sorted where the order is nobody's promise."""
    connection.send_command("PING", "settled")
    replies = []
    while True:
        reply = connection.read()
        if reply == Reply("$", b"settled"):
            return sorted(replies, key=repr)
        if is_list and reply.type == "*":
            reply = Reply(reply.type, sorted(reply.value))
        replies.append(reply)


def test_clients(context):
    """CLIENT LIST, KILL and INFO know of subscriptions; what a client had ends with it."""
    servers = three(context)
    seen = {}
    for kind, server in servers.items():
        asking = server.connect()
        subscriber = server.connect()
        subscriber.ask("SUBSCRIBE", "a", "b")
        subscriber.read()
        subscriber.ask("PSUBSCRIBE", "p*")
        subscriber.ask("SSUBSCRIBE", "s")
        line = asking.ask("CLIENT", "LIST", "TYPE", "pubsub").decode()
        fields = re.search(r" flags=(\S+) .*db=0 sub=(\d+) psub=(\d+) ssub=(\d+) ", line)
        stats = server.info("stats")
        seen[kind] = [
            fields.groups(),
            line.count("\n"),
            [stats["pubsub_channels"], stats["pubsub_patterns"]],
            asking.call("CLIENT", "KILL", "TYPE", "pubsub"),
            subscriber.read(),
            wait_until(lambda: server.info("stats")["pubsub_channels"] == "0"),
            server.info("stats")["pubsub_patterns"],
            asking.call("PUBSUB", "SHARDCHANNELS"),
            asking.call("CLIENT", "LIST", "TYPE", "pubsub"),
        ]
        if kind == "ledgerstone":
            equal(stats["pubsubshard_channels"], "1", "pubsubshard_channels")
        asking.close()
        subscriber.close()
    equal(seen["ledgerstone"], seen["valkey"], "ours and valkey")
    equal(seen["ledgerstone"], seen["redis"], "ours and redis")


def test_slow_subscribers(context):
    """A subscriber that reads nothing is closed at the limit of its class, and nobody else.

    Valkey 9 lends messages to the replies and does not count them.
    """
    for kind in ("ledgerstone", "redis"):
        server = context.start(kind, client_output_buffer_limit=["pubsub", "1mb", "0", "0"])
        slow = server.connect()
        slow.ask("SUBSCRIBE", "a")
        quick = server.connect()
        quick.ask("SUBSCRIBE", "b")
        with server.connect() as publisher:
            # One message beyond the limit, and many that pass it together.
            equal(publisher.ask("PUBLISH", "a", b"x" * (2 << 20)), 1, f"{kind}: delivered")
            equal(publisher.ask("PUBLISH", "b", "still here"), 1, f"{kind}: the other")
            equal(quick.read().value[2].value, b"still here", f"{kind}: the other reads it")
            wait_until(lambda: publisher.ask("PUBSUB", "NUMSUB", "a") == [b"a", 0], 5, f"{kind}: it goes")
            heap = server.connect()
            heap.ask("SUBSCRIBE", "heap")
            for _ in range(400):
                publisher.send_command("PUBLISH", "heap", b"x" * 100_000)
            for _ in range(400):
                publisher.read()
            wait_until(lambda: publisher.ask("PUBSUB", "NUMSUB", "heap") == [b"heap", 0], 5, f"{kind}: a heap")
            # A client without subscriptions may be answered more than that.
            publisher.ask("SET", "large", b"x" * (3 << 20))
            equal(len(publisher.ask("GET", "large")), 3 << 20, f"{kind}: replies are of another class")
        if kind == "ledgerstone":
            equal(server.info("stats")["client_output_buffer_limit_disconnections"], "2", "counted")
        server.stop()


def test_idle_subscribers_stay(context):
    server = context.start("ledgerstone", timeout=1)
    with server.connect() as subscriber, server.connect() as idle:
        subscriber.ask("SUBSCRIBE", "a")
        equal(idle.read(5), CLOSED, "an idle client goes")
        equal(server.ask("PUBLISH", "a", "x"), 1, "a subscriber stays")
        holds(subscriber.read().value[2].value == b"x", "and hears")


def test_pause_and_log(context):
    """A pause of writes holds messages back, and the log has no record of any."""
    server = context.start("ledgerstone", appendonly="yes")
    with server.connect() as client, server.connect() as other:
        client.ask("SET", "k", "1")
        before = server.info("persistence")["aof_current_size"]
        client.ask("PUBLISH", "a", "x")
        client.ask("SPUBLISH", "a", "x")
        time.sleep(0.1)
        equal(server.info("persistence")["aof_current_size"], before, "no record")
        other.ask("CLIENT", "PAUSE", "60000", "WRITE")
        client.send_command("PUBLISH", "a", "x")
        equal(client.read(0.1), SILENCE, "paused")
        other.ask("CLIENT", "UNPAUSE")
        equal(client.read(), Reply(":", 0), "and then not")


def test_very_many(context):
    """A hundred thousand channels and patterns: a message looks at those that it concerns."""
    server = context.start("ledgerstone")
    count = 100_000
    with server.connect(timeout=60) as subscriber, server.connect() as publisher:
        for name in ("SUBSCRIBE", "PSUBSCRIBE"):
            words = [f"user:{n}:events" if name == "SUBSCRIBE" else f"user:{n}:*" for n in range(count)]
            for start in range(0, count, 10_000):
                part = words[start : start + 10_000]
                subscriber.send_command(name, *part)
                for _ in part:
                    subscriber.read()
        equal(publisher.ask("PUBSUB", "NUMPAT"), count, "patterns")
        for number in (0, 7, 99_999):
            equal(publisher.ask("PUBLISH", f"user:{number}:events", "x"), 2, "a channel and a pattern")
            kinds = [subscriber.read().value[0].value for _ in range(2)]
            equal(kinds, [b"message", b"pmessage"], "the channel first")
        equal(publisher.ask("PUBLISH", "user:100000:events", "x"), 0, "nobody's")
    with server.connect() as publisher:
        wait_until(lambda: publisher.ask("PUBSUB", "NUMPAT") == 0, 10, "all end with the client")
