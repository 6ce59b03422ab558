"""Plays a session against one server and notes every reply."""

import time

from harness.resp import CLOSED, PATIENCE, SILENCE, ProtocolViolation, Reply, encode

from .session import Close, Commands, Noise

MARKER = b"the end of the noise"


class Player:
    """The clients of one server. A connection that the server closed is opened again on its next
    use, so a session goes on after a protocol error."""

    def __init__(self, server):
        self.server = server
        self.connections = {}
        #: How many times as long as usual nothing has to come until that counts as silence.
        self.patience = 1

    def reset(self, settings={}):
        """Clean data, default settings but for those given, no connections: the state in which a
        session starts. A directive that a server does not know is left out."""
        self.close()
        with self.server.connect() as control:
            control.ask("FLUSHALL")
            control.call("DEBUG", "SET-ACTIVE-EXPIRE", "0")
            control.call("SLOWLOG", "RESET")
            control.pipeline([["CONFIG", "SET", *pair] for pair in {**DEFAULTS, **settings}.items()])

    def close(self):
        for connection in self.connections.values():
            connection.close()
        self.connections = {}

    def connection(self, number):
        if number not in self.connections:
            self.connections[number] = self.server.connect(timeout=PATIENCE)
        return self.connections[number]

    def begin(self, step):
        """Sends what can be sent in one piece, so that all servers work at once; says whether."""
        if not isinstance(step, Commands) or step.cuts:
            return False
        try:
            self.connection(step.connection).send(step.data())
        except ConnectionError:
            pass
        return True

    def play(self, step, isSent=False):
        """The replies to one step, in order. A list that ends with `CLOSED` lost its connection.

        `isSent`: what `begin` said of this step.
        """
        connection = self.connection(step.connection)
        try:
            if isinstance(step, Close):
                connection.send(step.rest)
                connection.close()
                del self.connections[step.connection]
                return []
            if isinstance(step, Noise):
                replies = self.noise(connection, step)
            else:
                replies = self.commands(connection, step, isSent)
        except ProtocolViolation as violation:
            replies = [Reply("violation", str(violation).encode())]
        if replies and replies[-1].type in ("closed", "violation", "silence"):
            connection.close()
            del self.connections[step.connection]
        return replies

    def commands(self, connection, step, isSent):
        data = b"" if isSent else step.data()
        start = 0
        try:
            for cut in [] if isSent else [*step.cuts, len(data)]:
                connection.send(data[start:cut])
                start = cut
                if cut < len(data):
                    time.sleep(0.0005)
        except ConnectionError:
            pass
        replies = []
        for _ in step.commands:
            replies.append(connection.read())
            if replies[-1] in (CLOSED, SILENCE):
                break
        if step.wait:
            time.sleep(step.wait)
        return replies

    def noise(self, connection, step):
        """Reads up to the answer to a marker sent behind the bytes, or until nothing more comes."""
        try:
            connection.send(step.bytes)
            connection.send(b"\r\n" + encode(["ECHO", MARKER]))
        except ConnectionError:
            pass
        replies = []
        while True:
            reply = connection.read(timeout=self.patience * (0.1 if replies else 0.4))
            if reply == SILENCE:
                # Half a request may be waiting on either side: this connection is of no more use.
                return [*replies, SILENCE]
            replies.append(reply)
            if reply == CLOSED or reply == Reply("$", MARKER) or len(replies) > 50:
                return replies


DEFAULTS = {
    "maxmemory-samples": "5",
    "slowlog-max-len": "128",
    "lazyfree-lazy-user-del": "no",
    "maxmemory-policy": "noeviction",
    "hash-max-listpack-entries": "128",
    "hash-max-listpack-value": "64",
    "list-max-listpack-size": "-2",
    "list-compress-depth": "0",
    "set-max-intset-entries": "512",
    "set-max-listpack-entries": "128",
    "set-max-listpack-value": "64",
    "zset-max-listpack-entries": "128",
    "zset-max-listpack-value": "64",
    "hll-sparse-max-bytes": "3000",
    "stream-node-max-bytes": "4096",
    "stream-node-max-entries": "100",
    "latency-monitor-threshold": "0",
    "save": "",
    "notify-keyspace-events": "",
    "client-query-buffer-limit": "1gb",
    "latency-tracking-info-percentiles": "50 99 99.9",
    "client-output-buffer-limit": "normal 0 0 0 replica 256mb 64mb 60 pubsub 32mb 8mb 60",
    "loglevel": "notice",
    "hz": "10",
    "appendonly": "no",
    "appendfsync": "everysec",
    "auto-aof-rewrite-min-size": "64mb",
}


def contents(server, databases=16):
    """Every key of a server, by database: type, encoding, value, deadline."""

    def look(connection, key, kind):
        return connection.ask("OBJECT", "ENCODING", key), value(connection, key, kind)

    return walked(server, databases, look)


def stored(server, databases=16):
    """Every key of a server with what any file must carry: type, value, deadline. (How a value is
    encoded depends on how it came to be.)"""
    return walked(server, databases, lambda connection, key, kind: (None, value(connection, key, kind)))


def value(connection, key, kind):
    """A value as its type's own commands tell it, in an order of its own where it has none."""
    if kind == b"list":
        return connection.ask("LRANGE", key, "0", "-1")
    if kind == b"set":
        return sorted(connection.ask("SMEMBERS", key))
    if kind == b"zset":
        # Each server writes the digits of a score in its own way.
        flat = connection.ask("ZRANGE", key, "0", "-1", "WITHSCORES")
        return list(zip(flat[0::2], map(float, flat[1::2])))
    if kind == b"hash":
        flat = connection.ask("HGETALL", key)
        pairs = flat.items() if isinstance(flat, dict) else zip(flat[0::2], flat[1::2])
        return sorted(pairs)
    if kind == b"stream":
        return connection.ask("XRANGE", key, "-", "+"), stream_state(connection, key)
    return connection.ask("GET", key)


STREAM_FIELDS = (b"length", b"last-generated-id", b"max-deleted-entry-id", b"entries-added")
# What passes with the time, and what 7.2 knows better than 7.0.
GROUP_FIELDS = (b"name", b"last-delivered-id", b"pel-count", b"pending", b"consumers")


def stream_state(connection, key):
    """What XINFO STREAM FULL says, without times and without how it is stored. Consumers without
    pending entries are left out: 7.2 makes some that 7.0 does not."""

    def pick(flat, names):
        fields = dict(zip(flat[0::2], flat[1::2])) if isinstance(flat, list) else flat
        return {name: fields[name] for name in names if name in fields}

    whole = connection.ask("XINFO", "STREAM", key, "FULL", "COUNT", "0")
    groups = []
    for group in pick(whole, (b"groups",))[b"groups"]:
        told = pick(group, GROUP_FIELDS)
        told[b"pending"] = [[row[0], row[1], row[3]] for row in told[b"pending"]]
        told[b"consumers"] = [
            (consumer[b"name"], [[row[0], row[2]] for row in consumer[b"pending"]])
            for consumer in (pick(each, (b"name", b"pending")) for each in told[b"consumers"])
            if consumer[b"pending"]
        ]
        groups.append(told)
    return pick(whole, STREAM_FIELDS), groups


def walked(server, databases, look):
    found = {}
    with server.connect(timeout=60) as connection:
        for database in range(databases):
            connection.ask("SELECT", database)
            # An iteration removes what has expired; KEYS only leaves it out.
            connection.ask("SCAN", "0", "COUNT", "1000000")
            for key in sorted(connection.ask("KEYS", "*")):
                kind = connection.ask("TYPE", key)
                found[(database, key)] = (
                    kind,
                    *look(connection, key, kind),
                    connection.ask("PEXPIRETIME", key),
                )
    return found


def difference(first, second, tolerance=2000, alternative=None):
    """The first key that differs between two contents, as text; None when they are equal.

    `alternative`: other contents, which a key may equal instead.
    """
    others = [second] if alternative is None else [second, alternative]
    for place in sorted(set().union(first, *others)):
        found = [unlike(place, first.get(place), other.get(place), tolerance) for other in others]
        if all(found) and not parted(place, first, others, tolerance):
            return found[0]
    return None


def parted(place, first, others, tolerance):
    """Whether the oracles themselves have come to hold different values at a key, and the first one's
    is there but for the encoding: 7.0 knows nothing of the encodings of 7.2."""
    bare = [(each[0], None, *each[2:]) if each else None for each in (rows.get(place) for rows in (first, *others))]
    return len(bare) == 3 and bare[1] != bare[2] and unlike(place, bare[0], bare[1], tolerance) is None


def unlike(place, one, two, tolerance):
    if one is None and two is None:
        return None
    if one is None or two is None or one[:3] != two[:3]:
        return f"key {place}: {one!r} against {two!r}"
    if (one[3] < 0) != (two[3] < 0) or abs(one[3] - two[3]) > tolerance:
        return f"deadline of {place}: {one[3]} against {two[3]}"
    return None
