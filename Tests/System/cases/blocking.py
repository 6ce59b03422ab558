"""Commands that wait: every scenario is played on Ledgerstone and on the oracles, and compared.

A scenario is a text. A line `A: BLPOP k 0` sends a command over the connection A, which appears
when it is first named; several commands with ` | ` between them go out in one piece. The next line
is played when the server has answered, or has the client blocked. After every line the replies of
all connections are taken, so that it shows who was woken by what, and in which order. `A: close`
ends a connection, `A: until …` waits for the answer however long it takes, `sleep` lets time pass.

Redis 7.2 runs a blocked command again where 7.0 served it by other means; so valkey-server is the
oracle of all scenarios, and redis-server of those that it answers alike.
"""

import shlex
import time

from harness.context import equal, holds, need
from harness.resp import CLOSED, SILENCE, Connection, encode

# Name: (text, whether Redis 7.0 plays it alike).
LISTS = {
    "a push serves who waits": ("""
        A: BLPOP k 0
        B: RPUSH k 1
        B: LLEN k
        """, True),
    "clients are served in the order in which they came": ("""
        A: BLPOP k 0
        B: BLPOP k 0
        C: BLPOP k 0
        D: RPUSH k 1 2
        D: RPUSH k 3 4
        D: LRANGE k 0 -1
        """, True),
    "each end is its own": ("""
        A: BLPOP k 0
        B: BRPOP k 0
        C: RPUSH k 1 2 3
        C: LRANGE k 0 -1
        """, True),
    "of several keys the first of the request counts": ("""
        A: BLPOP x y z 0
        B: MULTI | RPUSH z 1 | RPUSH y 2 | EXEC
        B: LRANGE z 0 -1
        B: LRANGE y 0 -1
        """, False),
    "the same key twice": ("""
        A: BLPOP k k k 0
        B: RPUSH k 1 2
        B: LRANGE k 0 -1
        A: PING
        """, True),
    "something is there already": ("""
        A: RPUSH k 1 2 3
        A: BLPOP nothing k 0
        A: BRPOP nothing k 0
        A: BLMPOP 0 2 nothing k LEFT COUNT 5
        A: BLPOP k 0.01
        """, True),
    "a time is over": ("""
        A: until BLPOP k 0.05
        B: until BRPOP k l 0.1
        C: until BLMOVE k l LEFT RIGHT 0.05
        D: until BRPOPLPUSH k l 0.001
        E: until BLMPOP 0.05 2 k l LEFT | PING
        F: BLPOP k 0
        sleep
        F: close
        G: RPUSH k 1
        G: LLEN k
        """, True),
    "a time is over in the third protocol": ("""
        A: HELLO 3
        A: until BLPOP k 0.05
        A: until BLMOVE k l LEFT RIGHT 0.05
        A: until BLMPOP 0.05 1 k LEFT
        A: BLPOP k 0
        B: RPUSH k 1
        """, False),
    "times that are none": ("""
        A: BLPOP k x
        A: BLPOP k -1
        A: BLPOP k inf
        A: BLPOP k 99999999999999999
        A: BLPOP k nan
        A: BLPOP k ""
        A: BLMOVE k l LEFT RIGHT -0.1
        A: BLMPOP -1 1 k LEFT
        A: BLMPOP x 1 k LEFT
        A: BRPOPLPUSH k l x
        """, False),
    "a transaction does not wait": ("""
        A: MULTI | BLPOP k 0 | BRPOP k 0 | BLMOVE k l LEFT RIGHT 0 | BRPOPLPUSH k l 0 | BLMPOP 0 1 k LEFT | EXEC
        A: MULTI | RPUSH k 1 | BLPOP k 0 | BLPOP k 0 | EXEC
        """, True),
    "a transaction is one moment": ("""
        A: BLPOP k 0
        B: MULTI | RPUSH k 1 | DEL k | EXEC
        B: MULTI | RPUSH k 1 | LPUSH k 0 | EXEC
        B: LRANGE k 0 -1
        """, True),
    "a transaction makes two keys ready": ("""
        A: BLPOP b 0
        B: BLPOP a 0
        C: BLPOP a b 0
        D: MULTI | RPUSH b 1 2 | RPUSH a 3 4 | EXEC
        D: LRANGE a 0 -1
        D: LRANGE b 0 -1
        """, False),
    "another type is passed over": ("""
        A: BLPOP k 0
        B: SET k text
        B: APPEND k more
        B: DEL k
        B: SADD k member
        B: DEL k
        B: RPUSH k 1
        """, True),
    "another type is there at once": ("""
        A: SET k text
        A: BLPOP k 0
        A: BLPOP nothing k 0
        A: BLMPOP 0 1 k LEFT
        A: BLMOVE k l LEFT RIGHT 0
        """, True),
    "another type before the list that is ready": ("""
        A: BLPOP s k 0
        B: SET s text
        B: RPUSH k 1
        B: LLEN k
        """, False),
    "renamed into place": ("""
        A: BLPOP k 0
        B: RPUSH other 1 2
        B: RENAME other k
        B: LRANGE k 0 -1
        C: BLPOP l 0
        B: RENAMENX k l
        """, True),
    "copied into place": ("""
        A: BLPOP k 0
        B: RPUSH other 1 2
        B: COPY other k
        B: LRANGE k 0 -1
        B: LRANGE other 0 -1
        C: BRPOP l 0
        B: SET l text
        B: COPY other l REPLACE
        """, True),
    "moved into place": ("""
        A: SELECT 3
        A: BLPOP k 0
        B: RPUSH k 1 2
        B: MOVE k 3
        B: SELECT 3
        B: LRANGE k 0 -1
        """, True),
    "swapped into place": ("""
        A: SELECT 3
        A: BLPOP k 0
        B: BLPOP k 0
        C: SELECT 5
        C: RPUSH k 1 2
        C: SWAPDB 3 5
        C: SWAPDB 0 3
        D: LRANGE k 0 -1
        """, True),
    "restored into place": ("""
        A: BLPOP k 0
        B: RESTORE k 0 "\\x12\\x01\\x02\\x09\\x09\\x00\\x00\\x00\\x01\\x00\\x01\\x01\\xff\\x0b\\x00" REPLACE
        B: RPUSH k 1
        """, True),
    "sorted into place": ("""
        A: BLPOP k 0
        B: RPUSH other 3 1 2
        B: SORT other STORE k
        B: LRANGE k 0 -1
        """, True),
    "databases are apart": ("""
        A: SELECT 2
        A: BLPOP k 0
        B: RPUSH k 1
        B: SELECT 2
        B: RPUSH k 2
        """, True),
    "flushed meanwhile": ("""
        A: BLPOP k 0
        B: FLUSHALL
        B: MULTI | RPUSH k 1 | FLUSHDB | EXEC
        B: RPUSH k 2
        """, True),
    "moves go from list to list": ("""
        A: BLMOVE a b LEFT RIGHT 0
        B: BLMOVE b c LEFT RIGHT 0
        C: BLPOP c 0
        D: RPUSH a 1
        D: EXISTS a b c
        """, True),
    "moves in a circle": ("""
        A: BRPOPLPUSH a b 0
        B: BRPOPLPUSH b a 0
        C: RPUSH a 1
        C: LRANGE a 0 -1
        C: LRANGE b 0 -1
        """, True),
    "a move onto itself": ("""
        A: BLMOVE k k LEFT RIGHT 0
        B: RPUSH k 1 2 3
        B: LRANGE k 0 -1
        """, True),
    "a move to a key of another type": ("""
        A: SET b text
        A: BLMOVE a b LEFT RIGHT 0
        B: BLPOP a 0
        C: RPUSH a 1 2
        C: LRANGE a 0 -1
        """, True),
    "served from the middle of the queue": ("""
        A: BLPOP k 0
        B: BLPOP k l 0
        C: BLPOP k 0
        D: RPUSH l 1
        D: RPUSH k 2 3
        """, True),
    "who leaves is not served": ("""
        A: BLPOP k 0
        B: BLPOP k 0
        A: close
        C: RPUSH k 1
        C: LLEN k
        """, True),
    "several at once": ("""
        A: BLMPOP 0 2 x y LEFT COUNT 3
        B: BLMPOP 0 1 y RIGHT COUNT 3
        C: RPUSH y 1 2 3 4 5
        C: LRANGE y 0 -1
        """, True),
    "requests behind one that blocks wait for it": ("""
        A: PING | BLPOP k 0 | ECHO after | BLPOP k 0 | ECHO last
        B: RPUSH k 1
        B: RPUSH k 2
        """, True),
    "requests behind one that blocks, and they block in turn": ("""
        A: BLPOP k 0 | RPUSH l x | BLPOP k 0
        B: BLPOP l 0
        C: RPUSH k 1 2
        C: EXISTS k l
        """, True),
    "somebody ends the wait": ("""
        A: CLIENT ID
        A: BLPOP k 0
        B: CLIENT UNBLOCK ${A}
        A: BLPOP k 0
        B: CLIENT UNBLOCK ${A} TIMEOUT
        A: BLMOVE k l LEFT LEFT 0
        B: CLIENT UNBLOCK ${A} ERROR
        B: CLIENT UNBLOCK ${A} ERROR
        B: CLIENT UNBLOCK ${A} NONSENSE
        B: CLIENT UNBLOCK 12345
        A: PING
        B: RPUSH k 1
        """, True),
    "the wait ends and a request is behind it": ("""
        A: CLIENT ID
        A: BLPOP k 0 | ECHO behind
        B: CLIENT UNBLOCK ${A} ERROR
        """, True),
    "in a transaction somebody ends the wait": ("""
        A: CLIENT ID
        A: BLPOP k 0
        B: MULTI | CLIENT UNBLOCK ${A} | RPUSH k 1 | EXEC
        B: LLEN k
        """, True),
    "killed while it waits": ("""
        A: CLIENT ID
        A: BLPOP k 0
        B: BLPOP k 0
        C: CLIENT KILL ID ${A}
        C: RPUSH k 1
        C: LLEN k
        """, True),
    "killed and pushed to in one transaction": ("""
        A: CLIENT ID
        A: BLPOP k 0
        C: MULTI | CLIENT KILL ID ${A} | RPUSH k 1 | EXEC
        C: LLEN k
        """, True),
    "answers that nobody wants": ("""
        A: CLIENT REPLY SKIP | BLPOP k 0 | PING
        B: RPUSH k 1
        B: LLEN k
        A: CLIENT REPLY OFF | BLPOP k 0 | CLIENT REPLY ON
        B: RPUSH k 1
        B: LLEN k
        """, True),
    "what is said of those who wait": ("""
        A: BLPOP k l 0
        B: BRPOP k 1000
        C: INFO-OF blocked_clients
        C: INFO-OF clients_in_timeout_table
        D: RPUSH k 1 2
        C: INFO-OF blocked_clients
        C: INFO-OF clients_in_timeout_table
        """, True),
    "the number of awaited keys": ("""
        A: BLPOP k l 0
        B: BRPOP k m 1000
        C: INFO-OF total_blocking_keys
        C: INFO-OF total_blocking_keys_on_nokey
        D: RPUSH k 1 2
        C: INFO-OF total_blocking_keys
        """, False),
    "how often a command was called": ("""
        A: CONFIG RESETSTAT
        A: BLPOP k 0
        B: INFO-OF cmdstat_blpop calls
        B: RPUSH k 1
        B: INFO-OF cmdstat_blpop calls
        A: until BLPOP k 0.01
        B: INFO-OF cmdstat_blpop calls
        """, False),
    "a watched key is popped": ("""
        A: BLPOP k 0
        B: WATCH k
        C: RPUSH k 1
        B: MULTI | PING | EXEC
        """, True),
    "a push, and its end, past the deadline": ("""
        A: BLPOP k 0
        B: SET k text PX 30
        sleep
        B: RPUSH k 1
        """, True),
    "paused writes wait for the end of the pause": ("""
        A: BLPOP k 0
        B: MULTI | RPUSH k 1 | CLIENT PAUSE 100000 WRITE | EXEC
        B: LLEN k
        B: CLIENT UNPAUSE
        B: PING
        B: LLEN k
        """, False),
    "a transaction pushes more than once": ("""
        A: BLPOP k 0
        B: BLPOP k 0
        C: MULTI | LPUSH k a | LPUSH k b | LPUSH k c | EXEC
        C: LRANGE k 0 -1
        """, True),
    "deleted and pushed again by one transaction": ("""
        A: BLPOP a 0
        B: BLPOP b 0
        C: MULTI | SET a x | LPUSH b 1 | DEL a | LPUSH a 1 | EXEC
        C: EXISTS a b
        """, True),
    "a reader of all keys sees what is left": ("""
        A: BLPOP a b c 0
        B: BLPOP c b a 0
        C: MULTI | RPUSH c 1 | RPUSH b 2 | RPUSH a 3 | EXEC
        C: MGET a b c
        C: EXISTS a b c
        """, False),
}

SORTED_SETS = {
    "an addition serves who waits": ("""
        A: BZPOPMIN z 0
        B: BZPOPMAX z 0
        C: ZADD z 1 a 2 b 3 c
        C: ZRANGE z 0 -1
        """, True),
    "in the third protocol": ("""
        A: HELLO 3
        A: BZPOPMIN z 0
        B: ZADD z 1.5 a
        A: BZMPOP 0 1 z MIN
        B: ZADD z 2.5 b
        A: until BZPOPMAX z 0.02
        """, False),
    "several at once": ("""
        A: BZMPOP 0 2 y z MIN COUNT 2
        B: BZMPOP 0 1 z MAX COUNT 10
        C: ZADD z 1 a 2 b 3 c 4 d
        C: EXISTS z
        """, True),
    "lists and sorted sets under one name": ("""
        A: BLPOP k 0
        B: BZPOPMIN k 0
        C: ZADD k 1 a
        C: RPUSH k 1
        C: EXISTS k
        """, True),
    "both kinds in one transaction": ("""
        A: BLPOP k 0
        B: BZPOPMIN k 0
        C: MULTI | ZADD k 1 a | DEL k | RPUSH k 1 | EXEC
        C: ZADD k 1 a
        """, True),
    "stored into place": ("""
        A: BZPOPMIN z 0
        B: ZADD other 1 a 2 b
        B: ZUNIONSTORE z 1 other
        B: ZRANGE z 0 -1
        C: BZPOPMAX y 0
        B: ZRANGESTORE y other 0 -1
        B: ZRANGE y 0 -1
        """, True),
    "incremented into place": ("""
        A: BZPOPMIN z 0
        B: ZINCRBY z 5 a
        B: EXISTS z
        """, True),
    "a time is over": ("""
        A: until BZPOPMIN z 0.02
        B: until BZMPOP 0.02 1 z MIN
        A: BZPOPMIN z x
        A: BZMPOP -1 1 z MIN
        A: MULTI | BZPOPMIN z 0 | BZPOPMAX z 0 | BZMPOP 0 1 z MIN | EXEC
        """, True),
    "another type is there at once": ("""
        A: SET k text
        A: BZPOPMIN k 0
        A: BZMPOP 0 2 nothing k MIN
        """, True),
}

STREAMS = {
    "an entry serves all readers": ("""
        A: XREAD BLOCK 0 STREAMS s $
        B: XREAD BLOCK 0 STREAMS s 0
        C: XADD s 1-1 f v
        C: XADD s 2-1 f v
        """, True),
    "the end is that of the moment of the request": ("""
        A: XADD s 5-1 f v
        A: XREAD BLOCK 0 STREAMS s $
        B: XDEL s 5-1
        B: XADD s 6-1 f v
        """, True),
    "several streams": ("""
        A: XADD s 1-1 f v
        A: XREAD BLOCK 0 COUNT 2 STREAMS s t $ $
        B: MULTI | XADD t 1-1 a b | XADD s 2-1 c d | EXEC
        """, False),
    "of a group only one gets an entry": ("""
        A: XGROUP CREATE s g $ MKSTREAM
        A: XREADGROUP GROUP g one BLOCK 0 STREAMS s >
        B: XREADGROUP GROUP g two BLOCK 0 STREAMS s >
        C: XREADGROUP GROUP g three BLOCK 0 STREAMS s >
        D: XADD s 1-1 f v
        D: XADD s 2-1 f v
        D: XPENDING s g
        """, True),
    "the stream goes": ("""
        A: XGROUP CREATE s g $ MKSTREAM
        A: XREADGROUP GROUP g one BLOCK 0 STREAMS s >
        B: XREAD BLOCK 0 STREAMS s $
        C: DEL s
        C: XADD s 1-1 f v
        """, False),
    "the group goes": ("""
        A: XGROUP CREATE s g $ MKSTREAM
        A: XREADGROUP GROUP g one BLOCK 0 STREAMS s >
        B: XGROUP DESTROY s g
        """, False),
    "the stream becomes something else": ("""
        A: XGROUP CREATE s g $ MKSTREAM
        A: XREADGROUP GROUP g one BLOCK 0 STREAMS s >
        B: SET s text
        C: XGROUP CREATE t g $ MKSTREAM
        A: XREADGROUP GROUP g one BLOCK 0 STREAMS t >
        C: SET other text
        C: RENAME other t
        """, False),
    "the stream is flushed": ("""
        A: XGROUP CREATE s g $ MKSTREAM
        A: XREADGROUP GROUP g one BLOCK 0 STREAMS s >
        B: FLUSHALL
        """, False),
    "the stream is swapped away": ("""
        A: XGROUP CREATE s g $ MKSTREAM
        A: XREADGROUP GROUP g one BLOCK 0 STREAMS s >
        B: SWAPDB 0 1
        """, False),
    "the stream expires": ("""
        A: XGROUP CREATE s g $ MKSTREAM
        A: XREADGROUP GROUP g one BLOCK 0 STREAMS s >
        B: PEXPIRE s 20
        sleep
        sleep
        """, False),
    "times": ("""
        A: until XREAD BLOCK 20 STREAMS s $
        A: XREAD BLOCK -1 STREAMS s $
        A: XREAD BLOCK x STREAMS s $
        A: XREAD BLOCK 1.5 STREAMS s $
        A: MULTI | XREAD BLOCK 0 STREAMS s $ | EXEC
        """, True),
    "nothing new for who has read it": ("""
        A: XREAD BLOCK 0 STREAMS s 5
        B: XADD s 3-1 f v
        B: XADD s 7-1 f v
        """, True),
    "a list under the name of a stream": ("""
        A: XREAD BLOCK 0 STREAMS s $
        B: RPUSH s 1
        B: DEL s
        B: XADD s 1-1 f v
        """, True),
    "keys of which some are waited for until they go": ("""
        A: XGROUP CREATE s g $ MKSTREAM
        A: XREADGROUP GROUP g one BLOCK 0 STREAMS s >
        B: BLPOP k 0
        C: INFO-OF total_blocking_keys
        C: INFO-OF total_blocking_keys_on_nokey
        """, False),
}


class Player:
    """Plays scenarios on one server."""

    def __init__(self, server):
        self.server = server
        self.connections = {}
        self.identifiers = {}
        self.numbers = {}
        self.control = Connection(("127.0.0.1", server.port))

    def close(self):
        for connection in [*self.connections.values(), self.control]:
            connection.close()

    def play(self, text):
        """The replies, by line: the line, then who was answered what."""
        lines = [line.strip() for line in text.strip().splitlines()]
        return [(line, self.line(line)) for line in lines]

    def line(self, line):
        if line == "sleep":
            time.sleep(0.15)
            return self.taken()
        name, _, rest = line.partition(": ")
        if rest == "close":
            self.connections.pop(name).close()
            self.await_connections(len(self.connections) + 1)
            return self.taken()
        if rest.startswith("INFO-OF "):
            return [(name, self.information(*rest.split()[1:]))]
        connection = self.connection(name)
        isAwaited = rest.startswith("until ")
        rest = rest.removeprefix("until ")
        commands = [shlex.split(self.filled(command)) for command in rest.split(" | ")]
        commands = [[unescaped(word) for word in command] for command in commands]
        connection.send(b"".join(encode(command) for command in commands))
        own = [connection.read() for _ in commands] if isAwaited else self.await_answer(name, len(commands))
        if commands == [[b"CLIENT", b"ID"]]:
            self.identifiers[name] = own[0].value
            own = []
        if commands[0][0] == b"HELLO":
            # Who a server says that it is.
            own = [reply.type for reply in own]
        return [(name, reply) for reply in own] + self.taken()

    def filled(self, command):
        for name, identifier in self.identifiers.items():
            command = command.replace("${%s}" % name, str(identifier))
        return command

    def connection(self, name):
        if name not in self.connections:
            connection = Connection(("127.0.0.1", self.server.port))
            self.connections[name] = connection
            self.numbers[name] = connection.ask("CLIENT", "ID")
        return self.connections[name]

    def await_answer(self, name, count):
        """Reads until all is answered, or the client is blocked, or it was asked for silence."""
        replies = []
        deadline = time.monotonic() + 10
        while len(replies) < count:
            reply = self.connections[name].read(0.01)
            if reply == CLOSED:
                return [*replies, reply]
            if reply != SILENCE:
                replies.append(reply)
                continue
            holds(time.monotonic() < deadline, f"{self.server.kind}: {name} is neither answered nor blocked")
            row = self.control.ask("CLIENT", "LIST", "ID", self.numbers[name]).decode()
            fields = dict(field.split("=", 1) for field in row.split())
            # The reply may have come between the two looks.
            if "b" in fields.get("flags", "") or fields.get("cmd") == "client|reply":
                if (reply := self.connections[name].read(0.01)) == SILENCE:
                    break
                replies.append(reply)
        return replies

    def await_connections(self, count):
        deadline = time.monotonic() + 10
        while len(self.control.ask("CLIENT", "LIST").splitlines()) > count:
            holds(time.monotonic() < deadline, "the server has not noticed that a connection ended")
            time.sleep(0.005)

    def await_output(self):
        """Waits until no reply is left in the server: it may wait there for the disk."""
        deadline = time.monotonic() + 30
        while True:
            rows = self.control.ask("CLIENT", "LIST").decode().splitlines()
            others = [row for row in rows if " cmd=client|list " not in row]
            if all(" obl=0 oll=0 " in row for row in others):
                return
            holds(time.monotonic() < deadline, f"{self.server.kind}: replies do not leave: {others}")
            time.sleep(0.001)

    def taken(self):
        """What all connections have received, by name."""
        self.control.ask("PING")
        self.control.ask("PING")
        self.await_output()
        taken = []
        for name in sorted(self.connections):
            while (reply := self.connections[name].read(0.002)) != SILENCE:
                taken.append((name, reply))
                if reply == CLOSED:
                    self.connections.pop(name).close()
                    break
        return taken

    def information(self, field, part=None):
        text = self.control.ask("INFO", "everything").decode()
        for line in text.splitlines():
            if line.startswith(field + ":"):
                value = line.split(":", 1)[1]
                return value if part is None else value.split(part + "=")[1].split(",")[0]
        return None


def unescaped(word):
    return word.encode("latin-1").decode("unicode_escape").encode("latin-1")


def reload(server, name):
    """The log rebuilds what is there: each served command has left its own record."""
    before = server.ask("DEBUG", "DIGEST")
    equal(server.ask("DEBUG", "LOADAOF"), b"OK", f"{name}: DEBUG LOADAOF")
    equal(server.ask("DEBUG", "DIGEST"), before, f"{name}: the digest after the log was loaded")


def compare(context, scenarios, reloads=False, **settings):
    servers = {}
    for kind in ("ledgerstone", "valkey", "redis"):
        need(kind)
        servers[kind] = context.start(kind, **settings)
    for name, (text, isAlike) in scenarios.items():
        played = {}
        for kind, server in servers.items():
            if kind == "redis" and not isAlike:
                continue
            server.ask("FLUSHALL")
            player = Player(server)
            try:
                played[kind] = player.play(text)
            finally:
                player.close()
            server.ask("CLIENT", "UNPAUSE")
        if reloads:
            reload(servers["ledgerstone"], name)
        for kind in played:
            if kind != "ledgerstone":
                equal(played["ledgerstone"], played[kind], f"{name}, compared with {kind}")


def test_lists(context):
    compare(context, LISTS)


def test_sorted_sets(context):
    compare(context, SORTED_SETS)


def test_streams(context):
    compare(context, STREAMS)


def test_under_always(context):
    """The same with replies that wait for the disk."""
    families = {"lists": LISTS, "sorted sets": SORTED_SETS, "streams": STREAMS}
    everything = {f"{family}: {name}": scenario for family in families for name, scenario in families[family].items()}
    compare(context, everything, reloads=True, appendonly="yes", appendfsync="always")
