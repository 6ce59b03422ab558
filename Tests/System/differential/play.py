"""Plays a session against one server and notes every reply."""

import time

from harness.resp import CLOSED, SILENCE, ProtocolViolation, Reply, encode

from .session import Close, Commands, Noise

PATIENCE = 5.0
MARKER = b"the end of the noise"


class Player:
    """The clients of one server. A connection that the server closed is opened again on its next
    use, so a session goes on after a protocol error."""

    def __init__(self, server):
        self.server = server
        self.connections = {}

    def reset(self):
        """Clean data, default settings, no connections: the state in which a session starts."""
        self.close()
        with self.server.connect() as control:
            control.ask("FLUSHALL")
            control.call("DEBUG", "SET-ACTIVE-EXPIRE", "0")
            control.call("SLOWLOG", "RESET")
            control.pipeline([["CONFIG", "SET", *pair] for pair in DEFAULTS.items()])

    def close(self):
        for connection in self.connections.values():
            connection.close()
        self.connections = {}

    def connection(self, number):
        if number not in self.connections:
            self.connections[number] = self.server.connect(timeout=PATIENCE)
        return self.connections[number]

    def play(self, step):
        """The replies to one step, in order. A list that ends with `CLOSED` lost its connection."""
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
                replies = self.commands(connection, step)
        except ProtocolViolation as violation:
            replies = [Reply("violation", str(violation).encode())]
        if replies and replies[-1].type in ("closed", "violation", "silence"):
            connection.close()
            del self.connections[step.connection]
        return replies

    def commands(self, connection, step):
        data = step.data()
        start = 0
        try:
            for cut in [*step.cuts, len(data)]:
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
            reply = connection.read(timeout=0.1 if replies else 0.4)
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
    """Every key of a server, by database: type, encoding, value as DUMP writes it, deadline."""

    def look(connection, key):
        encoding = connection.ask("OBJECT", "ENCODING", key)
        return encoding, connection.ask("DUMP", key)[:-10]

    return walked(server, databases, look)


def stored(server, databases=16):
    """Every key of a server with what any file must carry: type, value, deadline. (How a value is
    encoded depends on how it came to be.)"""
    return walked(server, databases, lambda connection, key: (None, connection.ask("GET", key)))


def walked(server, databases, look):
    found = {}
    with server.connect(timeout=60) as connection:
        for database in range(databases):
            connection.ask("SELECT", database)
            # An iteration removes what has expired; KEYS only leaves it out.
            connection.ask("SCAN", "0", "COUNT", "1000000")
            for key in sorted(connection.ask("KEYS", "*")):
                found[(database, key)] = (
                    connection.ask("TYPE", key),
                    *look(connection, key),
                    connection.ask("PEXPIRETIME", key),
                )
    return found


def difference(first, second, tolerance=2000):
    """The first key that differs between two contents, as text; None when they are equal."""
    for place in sorted(set(first) | set(second)):
        one, two = first.get(place), second.get(place)
        if one is None or two is None:
            return f"key {place}: {one!r} against {two!r}"
        if one[:3] != two[:3]:
            return f"key {place}: {one!r} against {two!r}"
        if (one[3] < 0) != (two[3] < 0) or abs(one[3] - two[3]) > tolerance:
            return f"deadline of {place}: {one[3]} against {two[3]}"
    return None
