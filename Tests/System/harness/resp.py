"""The Redis protocol as seen from outside, with nothing smoothed over.

A `Reply` keeps the type byte that was on the wire, so that a null array, a null bulk string and the
null of RESP3 stay three different things, and a double keeps its text. Client libraries hide
exactly the differences that the tests look for; therefore this one exists.
"""

import socket
import time
from typing import NamedTuple

# Seconds after which something has failed that should come at once: machines may be busy.
PATIENCE = 60.0

class Reply(NamedTuple):
    """One reply: the type byte and its value.

    Aggregates hold lists of replies; a map holds a flat list (key, value, key, value).
    `closed` and `silence` are not on the wire: the connection ended, or nothing came in time.
    """

    type: str
    value: object

    def __repr__(self):
        if isinstance(self.value, list):
            return f"{self.type}{self.value!r}"
        if isinstance(self.value, bytes) and len(self.value) > 300:
            return f"{self.type}{self.value[:300]!r}…({len(self.value)} bytes)"
        return f"{self.type}{self.value!r}"

    def plain(self):
        """The value as Python would have it; errors stay replies."""
        if self.type in "*~>" and self.value is not None:
            return [element.plain() for element in self.value]
        if self.type == "%":
            flat = [element.plain() for element in self.value]
            return dict(zip(flat[0::2], flat[1::2]))
        if self.type == "-" or self.type == "!":
            return self
        if self.type == ",":
            return float(self.value)
        if self.type == "=":
            return self.value[4:]
        return self.value


CLOSED = Reply("closed", None)
SILENCE = Reply("silence", None)
AGGREGATES = "*~>"


class ReplyError(Exception):
    """An error reply where the caller wanted a value."""


class ProtocolViolation(Exception):
    """The server sent bytes that are no reply."""


def encode(arguments):
    """The request form that every client uses: an array of bulk strings."""
    parts = [b"*%d\r\n" % len(arguments)]
    for argument in arguments:
        argument = as_bytes(argument)
        parts.append(b"$%d\r\n%s\r\n" % (len(argument), argument))
    return b"".join(parts)


def as_bytes(argument):
    if isinstance(argument, bytes):
        return argument
    if isinstance(argument, (int, float)):
        return str(argument).encode()
    return argument.encode("utf-8", "surrogateescape")


class Connection:
    """A connection over TCP or a unix socket; reads replies with their types."""

    def __init__(self, address, timeout=PATIENCE):
        if isinstance(address, str):
            self.socket = socket.socket(socket.AF_UNIX)
            self.socket.settimeout(timeout)
            self.socket.connect(address)
        else:
            self.socket = socket.create_connection(address, timeout)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.timeout = timeout
        self.buffer = bytearray()
        self.position = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    # Sending.

    def send(self, data):
        self.socket.sendall(data)

    def send_command(self, *arguments):
        self.send(encode(arguments))

    # Receiving.

    def read(self, timeout=None):
        """The next reply; `CLOSED` at the end of the stream, `SILENCE` when none came in time."""
        deadline = time.monotonic() + (self.timeout if timeout is None else timeout)
        # What earlier replies consumed goes first, so that offsets stay put inside one reply.
        if self.position > 1 << 16 or self.position == len(self.buffer):
            del self.buffer[: self.position]
            self.position = 0
        start = self.position
        try:
            return self._reply(deadline)
        except socket.timeout:
            self.position = start
            return SILENCE
        except (ConnectionError, EOFError):
            return CLOSED

    def call(self, *arguments):
        """Sends a command and returns its reply with its type."""
        try:
            self.send_command(*arguments)
        except ConnectionError:
            return CLOSED
        return self.read()

    def ask(self, *arguments):
        """Sends a command and returns its plain value; an error reply raises `ReplyError`."""
        reply = self.call(*arguments)
        if reply.type in ("-", "!"):
            raise ReplyError(f"{arguments[0]!r}: {reply.value.decode(errors='replace')}")
        if reply in (CLOSED, SILENCE):
            raise ReplyError(f"{arguments[0]!r}: {reply.type}")
        return reply.plain()

    def pipeline(self, commands):
        """Sends all commands in one piece and returns all replies."""
        self.send(b"".join(encode(command) for command in commands))
        return [self.read() for _ in commands]

    # Parsing.

    def _fill(self, deadline):
        remaining = deadline - time.monotonic()
        if remaining <= 0:
            raise socket.timeout()
        self.socket.settimeout(remaining)
        data = self.socket.recv(1 << 18)
        if not data:
            raise EOFError()
        self.buffer += data

    def _line(self, deadline):
        while True:
            end = self.buffer.find(b"\r\n", self.position)
            if end >= 0:
                line = bytes(self.buffer[self.position : end])
                self.position = end + 2
                return line
            self._fill(deadline)

    def _take(self, count, deadline):
        while len(self.buffer) - self.position < count + 2:
            self._fill(deadline)
        value = bytes(self.buffer[self.position : self.position + count])
        if self.buffer[self.position + count : self.position + count + 2] != b"\r\n":
            raise ProtocolViolation(f"no line end after {count} bytes")
        self.position += count + 2
        return value

    def _reply(self, deadline):
        line = self._line(deadline)
        kind = chr(line[0]) if line else ""
        rest = line[1:]
        if kind == ":":
            return Reply(kind, int(rest))
        if kind in ("+", "-", ",", "("):
            return Reply(kind, rest)
        if kind in ("$", "=", "!"):
            size = int(rest)
            return Reply(kind, None if size < 0 else self._take(size, deadline))
        if kind == "_":
            return Reply(kind, None)
        if kind == "#":
            return Reply(kind, rest == b"t")
        if kind in AGGREGATES:
            count = int(rest)
            if count < 0:
                return Reply(kind, None)
            return Reply(kind, [self._reply(deadline) for _ in range(count)])
        if kind == "%":
            return Reply(kind, [self._reply(deadline) for _ in range(2 * int(rest))])
        if kind == "|":
            for _ in range(2 * int(rest)):
                self._reply(deadline)
            return self._reply(deadline)
        raise ProtocolViolation(f"not a reply: {line[:80]!r}")
