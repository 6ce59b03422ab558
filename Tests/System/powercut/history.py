"""What clients did: every operation has a number, and the data after each number is known.

Each operation appends to the list `journal`, alone or within a transaction that changes values of
other types as well; the length that the server answers is its number. So what is found later must
be exactly the data after some number: nothing half, nothing out of order, nothing twice. The
journal itself says after which.
"""

from dataclasses import dataclass, field, replace

from harness.resp import CLOSED, SILENCE, Connection, encode

JOURNAL = b"journal"
READERS = {
    "string": lambda key: [b"GET", key],
    "list": lambda key: [b"LRANGE", key, b"0", b"-1"],
    "hash": lambda key: [b"HGETALL", key],
    "set": lambda key: [b"SMEMBERS", key],
    "zset": lambda key: [b"ZRANGE", key, b"0", b"-1", b"WITHSCORES"],
}  # fmt: skip


class Model(dict):
    """Keys and their values: bytes, lists, dictionaries, sets; a sorted set maps to scores."""

    def kind(self, key):
        value = self[key]
        if isinstance(value, bytes):
            return "string"
        if isinstance(value, list):
            return "list"
        if isinstance(value, set):
            return "set"
        return "zset" if key.endswith(b":scores") else "hash"

    def apply(self, command):
        name, key, *words = command
        if name == b"SET":
            self[key] = words[0]
        elif name == b"INCR":
            self[key] = b"%d" % (int(self.get(key, b"0")) + 1)
        elif name == b"DEL":
            self.pop(key, None)
        elif name == b"MSET":
            self.update(zip([key, *words[1::2]], words[0::2]))
        elif name == b"RPUSH":
            self.setdefault(key, []).extend(words)
        elif name == b"HSET":
            self.setdefault(key, {}).update(zip(words[0::2], words[1::2]))
        elif name == b"SADD":
            self.setdefault(key, set()).update(words)
        elif name == b"ZADD":
            self.setdefault(key, {}).update(zip(words[1::2], words[0::2]))
        else:
            raise AssertionError(name)

    def read(self, key, plain):
        """A reply in the form that this model keeps."""
        kind = self.kind(key)
        if kind in ("hash", "zset"):
            return dict(zip(plain[0::2], plain[1::2]))
        return set(plain) if kind == "set" else plain


NEVER = 1 << 60


@dataclass
class Operation:
    """Commands that take effect together, and where their acknowledgement stands."""

    commands: list
    client: int
    is_transaction: bool
    number: int = 0
    reply_end: int = 0  # bytes that the client had received with the last reply; 0: there was none
    event: int = NEVER  # of the trace: the reply had left
    time: float = 0.0

    def requests(self):
        return [[b"MULTI"], *self.commands, [b"EXEC"]] if self.is_transaction else self.commands


class CountingConnection(Connection):
    """A connection that knows how many bytes its replies had, up to the last one that was read."""

    received = 0

    def _fill(self, deadline):
        before = len(self.buffer)
        super()._fill(deadline)
        self.received += len(self.buffer) - before

    @property
    def consumed(self):
        return self.received - (len(self.buffer) - self.position)


@dataclass
class History:
    operations: list = field(default_factory=list)

    def after(self, number):
        """The data after so many operations."""
        model = Model()
        for operation in self.operations[:number]:
            for command in operation.commands:
                model.apply(command)
        return model

    def beginning(self, number=None):
        """The first operations (or all), as the history of a directory that holds them."""
        return History([replace(one, reply_end=0, event=-1) for one in self.operations[:number]])

    def acknowledged_before(self, event):
        """The highest number of those whose reply had left before an event of the trace."""
        return max((one.number for one in self.operations if one.event < event), default=0)

    def locate(self, events):
        """Finds in the trace where each acknowledgement had left the server."""
        waiting = {}
        for operation in self.operations:
            if operation.reply_end == 0:
                continue
            waiting.setdefault(operation.client, []).append(operation)
        streams = {}
        for index, event in enumerate(events):
            key = (event.process, event.number)
            if event.kind == "accepted":
                streams[key] = [None, 0, b""]
            elif event.kind == "replied" and key in streams:
                stream = streams[key]
                stream[1] += len(event.payload)
                if stream[0] is None:
                    stream[2] += event.payload
                    stream[0] = introduced(stream[2])
                queue = waiting.get(stream[0], [])
                while queue and queue[0].reply_end <= stream[1]:
                    done = queue.pop(0)
                    done.event, done.time = index, event.time
        rest = [one for queue in waiting.values() for one in queue]
        assert not rest, f"{len(rest)} acknowledgements do not stand in the trace"


def introduced(data):
    """The number that a client gave itself in its first command."""
    marker = b"client of the power cut "
    place = data.find(marker)
    end = data.find(b"\r\n", place)
    return int(data[place + len(marker) : end]) if place >= 0 and end >= 0 else None


class Client:
    """A connection that introduces itself, so that its replies are known in the trace."""

    def __init__(self, number, server):
        self.number = number
        self.connection = CountingConnection(server.address, timeout=60)
        self.connection.ask("ECHO", f"client of the power cut {number}")
        self.sent = []

    def send(self, operations):
        self.sent = operations
        requests = [request for operation in operations for request in operation.requests()]
        self.connection.send(b"".join(map(encode, requests)))

    def receive(self, history):
        """Reads the replies, numbers the operations by them, and returns those without a reply.

        What is refused has no effect and is forgotten.
        """
        for place, operation in enumerate(self.sent):
            final = [self.connection.read() for _ in operation.requests()][-1]
            if final in (CLOSED, SILENCE):
                return self.sent[place:]
            if final.type != "-":
                first = final.value[0].value if operation.is_transaction else final.value
                assert isinstance(first, int), f"{operation.commands[0][0]} answered {final!r}"
                operation.number = first
                operation.reply_end = self.connection.consumed
                history.operations.append(operation)
        return []

    def close(self):
        self.connection.close()
