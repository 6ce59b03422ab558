"""Client-side caching: the same conversations with ours, Redis 7.0 and Valkey, message by message."""

import shlex

from harness.context import Skip, equal, holds
from harness.resp import CLOSED, Connection, Reply, encode
from harness.servers import wait_until

KINDS = ("ledgerstone", "valkey", "redis")

# A line says who sends what; several commands with ` | ` between them go out in one piece. `${B}` is
# the number of connection B. `B: close` ends a connection. After every line all that all connections
# were sent is compared.
SCRIPTS = {
    "a key that was read": """
        A: HELLO 3
        A: CLIENT TRACKING ON
        A: GET k
        B: SET k 1
        B: SET k 2
        A: GET k
        B: DEL k
        A: MGET k l m
        B: MSET k 1 l 2 other 3
        A: CLIENT TRACKINGINFO
        A: CLIENT GETREDIR
        A: CLIENT TRACKING OFF
        B: SET m 1
        A: CLIENT TRACKINGINFO
        A: CLIENT GETREDIR
    """,
    "what reads, and what does not": """
        A: HELLO 3
        A: CLIENT TRACKING ON
        A: SET k 1
        B: SET k 2
        A: INCR k
        B: SET k 2
        A: LLEN list
        B: RPUSH list a
        A: EXISTS x y
        B: SET y 1
        A: TTL k
        B: EXPIRE k 100
        A: KEYS k*
        B: SET k 1
        A: SORT_RO list
        B: RPUSH list b
        A: XREAD STREAMS s t 0 0
        B: XADD t 1-1 a 1
        A: OBJECT ENCODING k
        B: SET k 2
        A: SELECT 3
        A: GET k
        B: SET k 3
        A: GETEX k
        B: SET k 4
    """,
    "what changes": """
        A: HELLO 3
        A: CLIENT TRACKING ON
        B: MSET k 1 l 2 m 3
        B: SADD s a
        A: MGET k l m
        B: RENAME k n
        B: COPY l k
        A: GET k
        B: COPY l k REPLACE
        A: SCARD s
        B: SPOP s 2
        A: GET k
        B: PEXPIREAT k 1
        A: GET m
        B: GETDEL m
        A: GET n
        B: MOVE n 2
        A: GET l
        B: SET l 2 NX
        B: APPEND l ""
        A: GET l
        B: PERSIST l
        B: SET l 1 KEEPTTL
        A: HGET h f
        B: HSET h f 1
        A: HGET h f
        B: HDEL h other
        B: HDEL h f
    """,
    "everything goes": """
        A: HELLO 3
        C: HELLO 3
        A: CLIENT TRACKING ON
        C: CLIENT TRACKING ON BCAST PREFIX none
        B: MSET k 1 l 2
        A: MGET k l
        B: FLUSHDB
        B: SET k 1
        A: GET k
        B: FLUSHALL
        A: FLUSHALL
        A: GET k
        A: MULTI | FLUSHALL | SET k 1 | EXEC
        B: SWAPDB 0 1
    """,
    "own changes": """
        A: HELLO 3
        A: CLIENT TRACKING ON
        A: GET k
        A: SET k 1
        A: GET k | SET k 2 | GET k | PING
        A: MULTI | GET k | SET k 3 | GET k | SET k 4 | EXEC
        A: CLIENT TRACKING ON NOLOOP
        A: GET k
        A: SET k 1
        A: GET k
        B: SET k 2
        A: CLIENT TRACKINGINFO
    """,
    "only what is asked for": """
        A: HELLO 3
        A: CLIENT TRACKING ON OPTIN
        A: GET k
        B: SET k 1
        A: CLIENT CACHING YES | GET k
        B: SET k 1
        A: CLIENT CACHING YES | PING | GET k
        B: SET k 1
        A: CLIENT CACHING YES | CLIENT ID | GET k
        B: SET k 1
        A: CLIENT CACHING YES | CLIENT TRACKINGINFO | GET k | CLIENT TRACKINGINFO
        B: SET k 1
        A: CLIENT CACHING YES | MULTI | GET k | GET l | EXEC | GET m
        B: MSET k 1 l 1 m 1
        A: CLIENT CACHING YES | NOSUCH | GET k
        B: SET k 1
        A: CLIENT CACHING NO
        A: CLIENT CACHING maybe
        A: CLIENT TRACKING ON OPTOUT
    """,
    "but what is not wanted": """
        A: HELLO 3
        A: CLIENT TRACKING ON OPTOUT
        A: GET k
        B: SET k 1
        A: CLIENT CACHING NO | GET k | GET l
        B: MSET k 1 l 1
        A: CLIENT CACHING NO | CLIENT TRACKINGINFO | GET k
        B: SET k 1
        A: CLIENT CACHING YES
        A: CLIENT TRACKING ON OPTIN
    """,
    "by prefix": """
        A: HELLO 3
        A: CLIENT TRACKING ON BCAST PREFIX user: PREFIX order:
        A: CLIENT TRACKINGINFO
        B: SET user:1 a
        B: MSET user:2 a other 1 order:7 b user:1 b
        A: SET user:9 own
        B: MULTI | SET user:1 a | DEL user:1 | SET user:3 c | EXEC
        C: HELLO 3
        C: CLIENT TRACKING ON BCAST PREFIX user:1 NOLOOP
        B: MSET user:10 a user:20 b
        C: MSET user:10 a user:11 b
        C: CLIENT TRACKING ON BCAST PREFIX user:12
        C: CLIENT TRACKING ON BCAST PREFIX zzz
        C: CLIENT TRACKINGINFO
        C: CLIENT TRACKING OFF
        B: SET user:10 a
        A: CLIENT TRACKING ON
        A: CLIENT TRACKING OFF
        A: CLIENT TRACKING ON BCAST
        A: CLIENT TRACKINGINFO
        B: SET anything 1
        A: CLIENT TRACKING ON BCAST PREFIX x
        A: CLIENT TRACKING OFF
        A: CLIENT TRACKING ON BCAST PREFIX abc PREFIX ab
        A: CLIENT TRACKING ON BCAST PREFIX ab PREFIX ab
    """,
    "what goes by itself is nobody's change": """
        A: HELLO 3
        A: CLIENT TRACKING ON BCAST NOLOOP
        A: SET k v PX 1
        A: DEBUG SLEEP 0.01
        A: GET k
        A: SET k v
        B: SET k w
    """,
    "scripts": """
        A: HELLO 3
        A: CLIENT TRACKING ON
        A: EVAL "return redis.call('get', KEYS[1])" 1 k
        B: SET k 1
        A: EVAL "redis.call('get', 'k') return redis.call('set', 'k', 2)" 0
        A: EVAL "redis.call('set', 'k', 2) return redis.call('get', 'k')" 0
        B: EVAL "return redis.call('set', 'k', 2)" 0
        A: EVAL_RO "return redis.call('get', 'k')" 2 k l
        B: SET k 1
        B: SET l 1
        A: CLIENT TRACKING OFF
        A: CLIENT TRACKING ON OPTIN
        A: CLIENT CACHING YES | EVAL "redis.call('get', 'k') return redis.call('get', 'l')" 0
        B: MSET k 1 l 2
    """,
    "from one mode to the other": """
        A: HELLO 3
        A: CLIENT TRACKING ON
        A: GET k
        A: CLIENT TRACKING OFF
        A: CLIENT TRACKING ON BCAST PREFIX none
        B: SET k 1
        A: CLIENT TRACKING OFF
        A: CLIENT TRACKING ON
        A: GET k
        A: CLIENT TRACKING OFF
        B: SET k 1
        A: CLIENT TRACKING ON
        B: SET k 1
        A: GET k
        A: CLIENT TRACKING ON
        B: SET k 1
    """,
    "another one hears": """
        A: CLIENT TRACKING ON REDIRECT ${B}
        A: GET k
        C: SET k 1
        B: SUBSCRIBE __redis__:invalidate
        A: GET k
        C: SET k 1
        A: MGET k l
        C: MSET k 1 l 2
        A: GET k
        A: SET k 2
        A: GET k
        C: FLUSHALL
        A: CLIENT GETREDIR
        A: CLIENT TRACKINGINFO
        B: HELLO 3
        B: UNSUBSCRIBE
        B: HELLO 3
        A: GET k
        C: SET k 1
        A: GET k
        B: SET k 1
        A: CLIENT TRACKING ON BCAST REDIRECT ${B}
        A: CLIENT TRACKING OFF
        A: CLIENT TRACKING ON BCAST REDIRECT ${B} PREFIX a
        C: MSET a 1 ab 2 b 3
        B: SET a 1
    """,
    "the one that hears is gone": """
        A: HELLO 3
        B: PING
        A: CLIENT TRACKING ON REDIRECT ${B}
        A: GET k
        B: close
        A: CLIENT TRACKINGINFO
        C: SET k 1
        A: CLIENT TRACKINGINFO
        A: GET k
        A: SET k 1
        A: CLIENT TRACKING ON
        A: CLIENT TRACKINGINFO
    """,
    "nobody can hear": """
        A: CLIENT TRACKING ON
        A: GET k
        B: SET k 1
        A: GET k
        A: HELLO 3
        B: SET k 1
        A: GET k
        A: HELLO 2
        B: SET k 1
    """,
    "back to the beginning": """
        A: HELLO 3
        A: CLIENT TRACKING ON OPTIN
        A: CLIENT CACHING YES | GET k
        A: RESET
        B: SET k 1
        A: HELLO 3
        A: CLIENT TRACKINGINFO
        A: CLIENT TRACKING ON BCAST
        A: RESET
        B: SET k 1
        A: CLIENT TRACKINGINFO
    """,
    "what is refused": """
        A: CLIENT TRACKING
        A: CLIENT TRACKING maybe
        A: CLIENT TRACKING ON nonsense
        A: CLIENT TRACKING ON REDIRECT
        A: CLIENT TRACKING ON REDIRECT x
        A: CLIENT TRACKING ON REDIRECT 999999
        A: CLIENT TRACKING ON REDIRECT 0
        A: CLIENT TRACKING OFF
        A: CLIENT TRACKING ON REDIRECT ${A} REDIRECT ${A}
        A: CLIENT TRACKING ON PREFIX a
        A: CLIENT TRACKING ON PREFIX
        A: CLIENT TRACKING ON OPTIN OPTOUT
        A: CLIENT TRACKING ON BCAST OPTIN
        A: CLIENT TRACKING ON BCAST OPTOUT
        A: CLIENT TRACKING OFF nonsense
        A: CLIENT TRACKING OFF PREFIX a
        A: CLIENT CACHING
        A: CLIENT CACHING YES
        A: CLIENT CACHING YES NO
        A: CLIENT GETREDIR x
        A: CLIENT TRACKINGINFO x
        A: CLIENT TRACKINGINFO
    """,
    "answers that are not wanted": """
        A: HELLO 3
        A: CLIENT TRACKING ON
        A: GET k
        A: CLIENT REPLY OFF | SET k 1 | GET k | SET k 2 | GET k | CLIENT REPLY ON
        B: SET k 1
        A: GET k
        A: CLIENT REPLY SKIP | SET k 2
    """,
}


class Talk:
    """Several connections to one server, by name; they appear when they are first named."""

    def __init__(self, server):
        self.server = server
        self.connections = {}
        self.identifiers = {}

    def connection(self, name):
        if name not in self.connections:
            self.connections[name] = Connection(("127.0.0.1", self.server.port), 30.0)
            self.identifiers[name] = self.connections[name].ask("CLIENT", "ID")
        return self.connections[name]

    def play(self, line):
        """What everybody is sent because of a line."""
        name, _, text = line.partition(": ")
        if text == "close":
            count = self.count()
            self.connections.pop(name).close()
            wait_until(lambda: self.count() == count - 1, 30)
            return {}
        for other in "ABC":
            if "${%s}" % other in text:
                self.connection(other)
                text = text.replace("${%s}" % other, str(self.identifiers[other]))
        commands = [shlex.split(command) for command in text.split(" | ")]
        self.connection(name).send(b"".join(encode(command) for command in commands))
        heard = {each: self.settled(each) for each in [name, *sorted(set(self.connections) - {name})]}
        # What is told at the end of a turn has been told by now.
        for each in heard:
            heard[each] += self.settled(each)
        return {each: [self.named(reply) for reply in replies] for each, replies in heard.items()}

    def settled(self, name):
        """What has come up to the answer of a PING."""
        connection = self.connections[name]
        connection.send_command("PING", "settled")
        replies = []
        while True:
            reply = connection.read()
            holds(reply != CLOSED, f"{self.server.kind}: the connection of {name} ended")
            if reply == Reply("$", b"settled") or reply.value == [Reply("$", b"pong"), Reply("$", b"settled")]:
                return replies
            replies.append(reply)

    def named(self, reply):
        """The reply with names in the place of numbers of connections, and without who the server is."""
        if isinstance(reply.value, list) and reply.value and reply.value[0].value == b"server":
            return "hello"
        if isinstance(reply.value, list):
            return Reply(reply.type, [self.named(part) for part in reply.value])
        for name, identifier in self.identifiers.items():
            if reply == Reply(":", identifier):
                return f"the number of {name}"
        return reply

    def count(self):
        return int(self.server.info("clients")["connected_clients"])

    def close(self):
        for connection in self.connections.values():
            connection.close()


def three(context, **settings):
    return {kind: context.start(kind, **settings) for kind in KINDS}


def test_conversations(context):
    servers = three(context)
    for name, script in SCRIPTS.items():
        for server in servers.values():
            server.ask("FLUSHALL")
            server.ask("DEBUG", "SET-ACTIVE-EXPIRE", "0")
            # Numbers of connections that no other number in a reply is.
            while server.ask("CLIENT", "ID") < 100:
                pass
        talks = {kind: Talk(server) for kind, server in servers.items()}
        try:
            for line in script.strip().splitlines():
                seen = {kind: talk.play(line.strip()) for kind, talk in talks.items()}
                for kind in KINDS[1:]:
                    if kind == "redis" and (name in CHANGED or (name, line.strip()) in CHANGED):
                        continue
                    equal(seen["ledgerstone"], seen[kind], f"{name}: {line.strip()} ({kind})")
        finally:
            for talk in talks.values():
                talk.close()


# What 7.2 does otherwise than 7.0, by conversation or line of one, and why. Valkey alone is compared there.
CHANGED = {
    "scripts": "7.0 lets a script's reads be tracked behind its writes, and the keys of EVAL_RO instead of its reads",
    ("another one hears", "B: SET k 1"): "7.2 tells who hears of its own change behind the reply",
}


def test_keys_that_go_by_themselves(context):
    """Expiry and eviction tell as well."""
    for server in three(context, maxmemory_policy="allkeys-random").values():
        with server.connect(3) as reader, server.connect() as writer:
            reader.ask("CLIENT", "TRACKING", "ON")
            writer.ask("SET", "k", "v", "PX", "300")
            reader.ask("GET", "k")
            equal(reader.read(30.0), Reply(">", [Reply("$", b"invalidate"), Reply("*", [Reply("$", b"k")])]), server.kind)
            writer.ask("SET", "k", "v")
            reader.ask("GET", "k")
            writer.ask("CONFIG", "SET", "maxmemory", "1")
            equal(reader.read(30.0), Reply(">", [Reply("$", b"invalidate"), Reply("*", [Reply("$", b"k")])]), server.kind)


def test_the_table_is_limited(context):
    """More keys than `tracking-table-max-keys` are forgotten, and who has read them is told."""
    for server in three(context, tracking_table_max_keys="5").values():
        with server.connect(3) as reader:
            reader.ask("CLIENT", "TRACKING", "ON")
            reader.ask("MGET", *[f"k{number}" for number in range(12)])
            told = set()
            while len(told) < 7:
                reader.send_command("ECHO", "here")
                while (reply := reader.read(30.0)).type == ">":
                    told.add(reply.value[1].value[0].value)
            equal(len(told), 7, f"{server.kind}: keys told of")
            stats = server.info("stats")
            shown = [stats[f"tracking_total_{what}"] for what in ("keys", "items", "prefixes")]
            equal(shown, ["5", "5", "0"], server.kind)


def test_what_is_shown(context):
    """CLIENT LIST and INFO know who caches."""
    for server in three(context).values():
        with server.connect(3) as one, server.connect() as two, server.connect() as asking:
            number = two.ask("CLIENT", "ID")
            one.ask("CLIENT", "TRACKING", "ON", "REDIRECT", number)
            two.ask("CLIENT", "TRACKING", "ON", "BCAST", "PREFIX", "a", "PREFIX", "b")
            one.ask("GET", "k")
            lines = asking.ask("CLIENT", "LIST").decode().splitlines()
            rows = [dict(field.split("=", 1) for field in line.split(" ")) for line in lines]
            shown = sorted((row["flags"], row["redir"] == str(number)) for row in rows)
            equal(shown, [("N", False), ("t", True), ("tB", False)], server.kind)
            equal(server.info("clients")["tracking_clients"], "2", server.kind)
            stats = server.info("stats")
            shown = [stats[f"tracking_total_{what}"] for what in ("keys", "items", "prefixes")]
            equal(shown, ["1", "1", "2"], server.kind)
            two.ask("CLIENT", "TRACKING", "OFF")
            one.ask("CLIENT", "TRACKING", "OFF")
            equal(server.info("clients")["tracking_clients"], "0", server.kind)
            equal(server.info("stats")["tracking_total_prefixes"], "0", server.kind)


def test_redis_py_caches(context):
    """The client-side cache of redis-py asks once, and hears when the key changes."""
    try:
        import redis
        from redis.cache import CacheConfig
    except ImportError:
        raise Skip("redis-py with a client-side cache is not installed")
    server = context.start("ledgerstone")
    # It asks for 7.4, with which it was tested; what it needs is older.
    redis.connection.CacheProxyConnection.MIN_ALLOWED_VERSION = "7.2.0"
    reader = redis.Redis(port=server.port, protocol=3, cache_config=CacheConfig(), decode_responses=True)
    writer = redis.Redis(port=server.port, decode_responses=True)

    def gets():
        return int(server.info("commandstats").get("cmdstat_get", "calls=0").split("calls=")[1].split(",")[0])

    try:
        for value in ("one", "two", "three"):
            writer.set("k", value)
            wait_until(lambda: reader.get("k") == value, 30, f"the cache did not hear of {value}")
            before = gets()
            for _ in range(100):
                equal(reader.get("k"), value, "a cached value")
            equal(gets(), before, "values that the server was asked for")
        writer.flushall()
        wait_until(lambda: reader.get("k") is None, 30, "the cache did not hear of FLUSHALL")
    finally:
        reader.close()
        writer.close()
