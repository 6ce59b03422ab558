"""Keyspace notifications: who listens hears the same of ours, of Redis 7.0 and of Valkey."""

from differential.compare import same
from differential.families import FAMILIES
from differential.judge import spelled
from differential.session import Generator
from harness.context import equal, holds, need
from harness.servers import wait_until

KINDS = ("ledgerstone", "redis", "valkey")
# Every class. Nothing expires by itself meanwhile, since servers look for that at other moments.
ALL = "KEAmn"
COMMANDS = 40

# What 7.2 or a later version tells otherwise than 7.0, by name of the command, and why. Valkey alone
# is compared there.
CHANGED = {
    b"XCLAIM": "7.2 makes the consumer also when there is nothing to claim, and tells of it",
    b"XAUTOCLAIM": "7.2 makes the consumer also when there is nothing to claim, and tells of it",
    b"XREADGROUP": "7.2 tells of the consumer that it makes",
}


# A deadline that has passed already deletes with Redis; Valkey calls it an expiry.
PAST = b"EXPIRE PEXPIRE EXPIREAT PEXPIREAT GETEX HEXPIRE HPEXPIRE HEXPIREAT HPEXPIREAT HGETEX HSETEX".split()


def as_redis(command, events):
    """What Valkey has told, as Redis would tell it."""
    if not command or command[0].upper() not in PAST:
        return events
    words = {b"expired": b"del", b"hexpired": b"hdel"}
    return [
        (b"__keyevent@0__:" + words[channel[15:]], payload)
        if channel.startswith(b"__keyevent@0__:") and channel[15:] in words
        else (channel, words.get(payload, payload) if channel.startswith(b"__keyspace") else payload)
        for channel, payload in events
    ]


class Ear:
    """A server, a client that speaks and one that hears every event."""

    def __init__(self, server, events=ALL):
        self.server = server
        self.kind = server.kind
        server.ask("CONFIG", "SET", "notify-keyspace-events", events)
        server.ask("DEBUG", "SET-ACTIVE-EXPIRE", "0")
        self.mouth = server.connect()
        self.bell = server.connect()
        self.ear = server.connect()
        self.ear.timeout = 30.0
        self.ear.ask("PSUBSCRIBE", "__key*__:*")
        self.ear.ask("SUBSCRIBE", "mark")

    def play(self, command):
        """The reply to a command, and the events that it made."""
        self.mouth.send_command(*command)
        reply = self.mouth.read(30.0)
        # What was told before stands before this.
        self.bell.ask("PUBLISH", "mark", "here")
        events = []
        while True:
            message = self.ear.read(30.0)
            holds(isinstance(message.value, list), f"{self.kind}: {message} after {spelled(command)}")
            words = [part.value for part in message.value]
            if words[0] == b"message":
                return reply, events
            events.append((words[2], words[3]))

    def reset(self):
        self.play([b"FLUSHALL"])

    def close(self):
        for connection in (self.mouth, self.bell, self.ear):
            connection.close()


def ears(context, kinds=KINDS, **settings):
    for kind in kinds:
        need(kind)
    return [Ear(context.start(kind, **settings)) for kind in kinds]


# They draw at random, wait, or go on in another database.
UNUSABLE = (
    b"SPOP SUBSCRIBE DEBUG RANDOMKEY SWAPDB SELECT BLPOP BRPOP BLMOVE BRPOPLPUSH BLMPOP BZPOPMIN BZPOPMAX BZMPOP"
).split()


def usable(command):
    """Whether nothing but the command decides what happens."""
    return command and command[0] and command[0].upper() not in UNUSABLE


def compare(context, name):
    ours, *oracles = ears(context)
    family = FAMILIES[name]
    heard = 0
    for _ in range(context.rounds(6, 1000)):
        for each in (ours, *oracles):
            each.reset()
        generator = Generator(context.random, connections=1, families=family.commands)
        live = list(oracles)
        history = []
        for _ in range(COMMANDS):
            command = generator.command(0, last=False)
            if not usable(command):
                continue
            history.append(command)
            reply, events = ours.play(command)
            if reply.type == "-" and command[0].upper() in (b"SORT", b"SORT_RO"):
                # Ours stops at the first weight that is no number; the others look up the rest.
                history.pop()
                for oracle in live:
                    oracle.play(command)
                continue
            heard += len(events)
            agrees, complaints = False, []
            for oracle in list(live):
                theirs, told = oracle.play(command)
                if not same(command, theirs, reply):
                    # It has gone its own way; what it tells from here on says nothing.
                    live.remove(oracle)
                elif told == events or (oracle.kind == "valkey" and as_redis(command, told) == events):
                    agrees = True
                else:
                    live.remove(oracle)
                    complaints.append((oracle.kind, told))
            if complaints and not agrees:
                if len(complaints) == 1 and complaints[0][0] == "redis" and command[0].upper() in CHANGED:
                    continue
                lines = "\n".join(spelled(each) for each in history)
                raise AssertionError(
                    f"{name}: {spelled(command)}\n  ours told {events}\n"
                    + "".join(f"  {kind} told {told}\n" for kind, told in complaints)
                    + f"after\n{lines}"
                )
            if not live:
                break
    holds(heard > 30, f"{name}: only {heard} events were heard")


def case(name):
    def test(context):
        compare(context, name)

    test.__module__ = __name__
    return test


for each in ("hashes", "lists", "streams", "bitmaps", "hyperloglogs", "sortedsets", "geo", "strings", "sets", "sort", "keys"):
    globals()[f"test_events_of_{each}"] = case(each)


# Each line is compared as it is: what generated sessions meet rarely.
SCRIPTS = {
    "strings": """
        SET k v
        SET k v EX 100
        SET k v PXAT 4102444800000
        SET k v KEEPTTL
        SET k v GET
        SET k v NX
        SETEX k 100 v
        PSETEX k 100000 v
        SETNX k v
        SETNX fresh v
        MSET a 1 b 2 a 3
        MSETNX a 1 c 2
        MSETNX c 1 d 2
        APPEND k more
        APPEND new more
        SETRANGE k 2 x
        SETRANGE other 2 x
        SETRANGE k 2 ""
        INCR n
        DECR n
        INCRBY n 5
        DECRBY n 5
        INCRBYFLOAT n 1.5
        GETSET k w
        GETEX k
        GETEX k EX 100
        GETEX k PERSIST
        GETEX k PXAT 1
        GETDEL fresh
        GETDEL missing
        SETBIT bits 7 1
        BITFIELD bits SET u8 0 7 GET u8 0
        BITFIELD bits GET u8 0
        BITOP AND target bits k
        BITOP AND target missing missing
        PFADD h a b c
        PFADD h a
        PFMERGE h2 h
        PFCOUNT h
        GET missing
        MGET missing k missing
        STRLEN missing
        LCS k missing
        """,
    "keys": """
        SET k v
        EXPIRE k 100
        EXPIRE missing 100
        EXPIRE k 50 GT
        PERSIST k
        PERSIST k
        EXPIRE k -1
        SET k v
        PEXPIREAT k 1
        MSET a 1 b 2
        RENAME a b
        RENAME b b
        RENAMENX b c
        SET d 1
        RENAMENX d c
        COPY c e
        COPY c d REPLACE
        COPY c c DB 3
        MOVE c 2
        MOVE c 2
        SET c 1
        MOVE c 3
        TYPE missing
        TTL missing
        EXISTS missing c missing
        TOUCH missing c
        OBJECT ENCODING missing
        OBJECT FREQ missing
        DUMP missing
        UNLINK c missing
        DEL d e d
        RPUSH l 1 2 3
        SORT l STORE sorted
        SORT l BY nosort GET x* STORE sorted
        SORT missing STORE sorted
        SWAPDB 0 1
        SWAPDB 0 1
        FLUSHDB
        FLUSHALL
        """,
    "lists": """
        RPUSH l a b c d e f
        LPUSH l a
        LPUSHX l a
        LPUSHX missing a
        LINSERT l BEFORE b x
        LINSERT l BEFORE nothing x
        LSET l 0 y
        LREM l 0 nothing
        LREM l 0 x
        LTRIM l 0 4
        LTRIM l 0 -1
        LPOP l
        RPOP l 2
        LPOP l 0
        LMOVE l m LEFT RIGHT
        LMOVE l l LEFT RIGHT
        RPOPLPUSH l m
        RPOPLPUSH l m
        LMPOP 2 l m LEFT COUNT 1
        BLPOP l m 0
        RPUSH l a
        BLMOVE l m LEFT LEFT 0
        BRPOPLPUSH m l 0
        BLMPOP 0 1 l RIGHT COUNT 9
        LTRIM m 5 9
        RPUSH m 1
        LREM m 0 1
        LLEN missing
        LRANGE missing 0 -1
        """,
    "sets": """
        SADD s a b c d
        SADD s a
        SREM s a
        SREM s nothing
        SMOVE s t b
        SMOVE s t b
        SMOVE s t c
        SMOVE t t c
        SMOVE s t d
        SADD s only
        SPOP s
        SADD s 1 2 3
        SPOP s 9
        SADD s 1 2 3
        SADD t 1
        SINTERSTORE u s t
        SINTERSTORE u s missing
        SUNIONSTORE u s t
        SDIFFSTORE u s t
        SDIFFSTORE u s s
        SREM s 1 2 3
        SMEMBERS missing
        SINTER s missing
        """,
    "sorted sets": """
        ZADD z 1 a 2 b 3 c 4 d 5 e 6 f 7 g
        ZADD z 1 a
        ZADD z XX CH 9 a
        ZADD z INCR 1 a
        ZADD z NX INCR 1 a
        ZINCRBY z 1 b
        ZINCRBY z 0 b
        ZREM z a
        ZREM z nothing
        ZREMRANGEBYRANK z 0 0
        ZREMRANGEBYSCORE z 3 3
        ZREMRANGEBYSCORE z 3 3
        ZPOPMIN z
        ZPOPMAX z 1
        ZPOPMIN z 0
        ZMPOP 1 z MIN
        BZPOPMIN z 0
        ZADD z 0 a 0 b 0 c
        ZREMRANGEBYLEX z [a [a
        ZUNIONSTORE y 1 z
        ZINTERSTORE y 2 z y
        ZDIFFSTORE y 2 z z
        ZRANGESTORE y z 0 -1
        ZRANGESTORE y z 8 9
        BZMPOP 0 1 z MAX COUNT 9
        ZADD z 1 a
        ZPOPMAX z
        GEOADD g 13 38 p 15 37 q
        GEOADD g 13 38 p
        GEOSEARCHSTORE g2 g FROMLONLAT 15 37 BYRADIUS 200 km
        GEOSEARCHSTORE g2 g FROMLONLAT 90 37 BYRADIUS 2 km
        GEORADIUS g 15 37 200 km STORE g3
        ZSCORE missing a
        ZRANGE missing 0 -1
        """,
    "hashes": """
        HSET h a 1 b 2 c 3
        HSET h a 1
        HMSET h a 2
        HSETNX h a 1
        HSETNX h d 1
        HINCRBY h a 1
        HINCRBYFLOAT h a 1.5
        HDEL h nothing
        HDEL h a b
        HDEL h c d
        HGET missing a
        HGETALL missing
        HRANDFIELD missing
        """,
    "streams": """
        XADD x 1-1 a 1
        XADD x MAXLEN = 1 2-1 a 1
        XADD x MAXLEN = 9 3-1 a 1
        XADD missing NOMKSTREAM * a 1
        XTRIM x MAXLEN = 1
        XTRIM x MAXLEN = 1
        XSETID x 9-9
        XGROUP CREATE x g 0
        XGROUP CREATE made g $ MKSTREAM
        XGROUP SETID x g 0
        XGROUP CREATECONSUMER x g c
        XGROUP CREATECONSUMER x g c
        XREADGROUP GROUP g c STREAMS x >
        XACK x g 3-1
        XGROUP SETID x g 0
        XREADGROUP GROUP g c NOACK STREAMS x >
        XGROUP DELCONSUMER x g c
        XGROUP DELCONSUMER x g c
        XGROUP DESTROY x g
        XGROUP DESTROY x g
        XDEL x 3-1 3-1
        XDEL x 3-1
        XLEN missing
        XRANGE missing - +
        """,
    "transactions": """
        MULTI
        SET k v
        LPUSH l a
        GET missing
        EXEC
        MULTI
        SET k w
        DISCARD
        """,
}


def test_each_command(context):
    ours, *oracles = ears(context)
    for name, text in SCRIPTS.items():
        for each in (ours, *oracles):
            each.reset()
        for line in text.strip().splitlines():
            line = line.strip()
            command = [b"" if word == '""' else word.encode() for word in line.split()]
            _, events = ours.play(command)
            for oracle in oracles:
                told = oracle.play(command)[1]
                if oracle.kind == "valkey":
                    told = as_redis(command, told)
                equal(events, told, f"{name}: {line}, compared with {oracle.kind}")


FIELDS = """
    HSET h a 1 b 2 c 3 d 4 e 5
    HEXPIRE h 100 FIELDS 2 a nothing
    HEXPIRE h 50 GT FIELDS 1 a
    HPERSIST h FIELDS 2 a b
    HPERSIST h FIELDS 1 a
    HPEXPIREAT h 4102444800000 FIELDS 1 a
    HGETEX h EX 100 FIELDS 1 a
    HGETEX h PERSIST FIELDS 1 a
    HGETEX h FIELDS 1 a
    HSETEX h EX 100 FIELDS 1 a 2
    HSETEX h FNX FIELDS 1 a 2
    HSETEX h FIELDS 1 f 2
    HSETEX fresh PX 100000 FIELDS 1 f 2
    HEXPIRE h 0 FIELDS 1 b
    HGETDEL h FIELDS 1 c
    HGETDEL h FIELDS 1 c
    HDEL h d e f
    HDEL h a
"""


def test_fields(context):
    ours, valkey = ears(context, ("ledgerstone", "valkey"))
    for line in FIELDS.strip().splitlines():
        line = line.strip()
        command = [word.encode() for word in line.split()]
        reply, events = valkey.play(command)
        equal(ours.play(command), (reply, as_redis(command, events)), line)


def test_keys_that_go_by_themselves(context):
    """Expiry on access and by the server, fields that expire, and eviction."""
    for each in ears(context):
        each.play([b"SET", b"k", b"v", b"PX", b"1"])
        server = each.server
        # The one who asks finds it expired.
        events = []
        while (b"__keyevent@0__:expired", b"k") not in events:
            events = each.play([b"GET", b"k"])[1]
        names = [payload for channel, payload in events if channel == b"__keyspace@0__:k"]
        equal(names, [b"expired", b"keymiss"], each.kind)
        server.ask("DEBUG", "SET-ACTIVE-EXPIRE", "1")
        each.play([b"SET", b"k", b"v", b"PX", b"1"])
        heard = []
        while (b"__keyevent@0__:expired", b"k") not in heard:
            heard += [(part[2].value, part[3].value) for part in [each.ear.read(30.0).value]]
        equal(heard, [(b"__keyspace@0__:k", b"expired"), (b"__keyevent@0__:expired", b"k")], each.kind)
        each.play([b"SET", b"k", b"v"])
        each.play([b"CONFIG", b"SET", b"maxmemory-policy", b"allkeys-random"])
        server.ask("CONFIG", "SET", "maxmemory", "1")
        events = []
        while (b"__keyevent@0__:evicted", b"k") not in events:
            events += [(part[2].value, part[3].value) for part in [each.ear.read(30.0).value]]
        equal(events, [(b"__keyspace@0__:k", b"evicted"), (b"__keyevent@0__:evicted", b"k")], each.kind)
        server.ask("CONFIG", "SET", "maxmemory", "0")


CLASSES = {
    "K$": [b"__keyspace@0__:k set", b"__keyspace@0__:k append"],
    "E$": [b"__keyevent@0__:set k", b"__keyevent@0__:append k"],
    "Eg": [b"__keyevent@0__:expire k", b"__keyevent@0__:del k"],
    "En": [b"__keyevent@0__:new k"],
    "Em": [b"__keyevent@0__:keymiss k"],
    "KEl": [],
    "$g": [],
    "": [],
}


def test_classes(context):
    """Only what is asked for is told, and only on the channels that are asked for."""
    for each in ears(context):
        for classes, expected in CLASSES.items():
            each.play([b"CONFIG", b"SET", b"notify-keyspace-events", classes.encode()])
            heard = []
            for line in ("SET k v", "APPEND k w", "EXPIRE k 100", "DEL k", "GET k"):
                heard += each.play(line.encode().split())[1]
            equal([b" ".join(event) for event in heard], expected, f"{each.kind}: {classes}")


def test_events_of_the_listener_itself(context):
    """With the third protocol a listener may write: its events stand behind its replies."""
    for kind in ("ledgerstone", "valkey"):
        server = context.start(kind, notify_keyspace_events="KEA")
        with server.connect(3) as connection:
            connection.ask("PSUBSCRIBE", "__key*__:*")
            connection.send_command("SET", "k", "v")
            replies = [connection.read(30.0) for _ in range(3)]
            equal([reply.type for reply in replies], ["+", ">", ">"], kind)
            connection.send_command("MULTI")
            connection.send_command("SET", "k", "v")
            connection.send_command("DEL", "k")
            connection.send_command("EXEC")
            replies = [connection.read(30.0) for _ in range(8)]
            equal([reply.type for reply in replies], ["+", "+", "+", "*", ">", ">", ">", ">"], kind)
            # Also when another client's push ends its wait.
            connection.send_command("CONFIG", "SET", "notify-keyspace-events", "Kl")
            connection.send_command("CLIENT", "ID")
            equal([connection.read(30.0).type for _ in range(2)], ["+", ":"], kind)
            connection.send_command("BLPOP", "list", "0")
            with server.connect() as other:
                wait_until(lambda: "cmd=blpop" in other.ask("CLIENT", "LIST").decode(), 30)
                other.ask("RPUSH", "list", "a")
            replies = [connection.read(30.0) for _ in range(3)]
            equal([reply.type for reply in replies], [">", "*", ">"], kind)
            equal([part.value for part in replies[2].value][3], b"lpop", kind)
