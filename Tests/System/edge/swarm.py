"""Thousands of bad clients at once, driven by one thread: half requests, announcements of huge ones, a byte
at a time, changed requests, readers that do not read, connections that are torn.

One more client, in a process of its own, is good: it asks PING all the time, and the longest that it had
to wait is reported.
"""

import multiprocessing
import os
import selectors
import socket
import struct
import time
from pathlib import Path

from harness.resp import Connection, encode

from .requests import commands, pool, spoiled

BLOCK = 64


def go_first(process):
    """Puts a process's session before all others; for root."""
    Path(f"/proc/{process}/autogroup").write_text("-15")


def ping(address, pipe, goes_first):
    """The good client: asks until it is told to stop, and tells how long it waited each time, sorted.

    It says when it is connected, so that no wait is one for the connections of the bad clients.
    """
    waits = []
    if goes_first:
        # A session of its own, since the kernel shares processors out among sessions.
        os.setsid()
        go_first("self")
    with Connection(address, timeout=60) as connection:
        connection.ask("PING")
        pipe.send("connected")
        while not pipe.poll(0.005):
            began = time.monotonic()
            assert connection.ask("PING") == b"PONG"
            waits.append(time.monotonic() - began)
    pipe.send(sorted(waits))


class Bad:
    """One connection and what it is about to do."""

    def __init__(self, swarm, kind):
        self.swarm, self.kind = swarm, kind
        self.socket = socket.socket()
        self.socket.setblocking(False)
        self.socket.connect_ex(("127.0.0.1", swarm.port))
        self.pending = b""
        self.sent = 0
        self.requests = 0

    def more(self):
        """The next bytes, or nothing when there are none for now."""
        random, swarm = self.swarm.random, self.swarm
        if self.kind == "changed":
            block = random.sample(swarm.requests, BLOCK)
            data = b"".join(block)
            self.requests = BLOCK
            # The change stands near the end, so that most of the block is looked at as it is.
            if random.random() < 0.5:
                cut = len(data) - len(block[-1])
                data = data[:cut] + spoiled(random, data[cut:])
            return data
        if self.kind == "deaf":
            self.requests = BLOCK
            return swarm.large * BLOCK
        if self.sent and self.kind in ("half", "torn"):
            return b""
        if self.kind in ("half", "torn"):
            whole = random.choice(swarm.requests)
            return whole[: random.randrange(1, max(2, len(whole)))]
        if self.kind == "huge":
            return b"" if self.sent > 20_000 else random.choice(HUGE) if not self.sent else b"x" * 500
        return random.choice(swarm.requests)[:1]


HUGE = [
    b"*1048576\r\n", b"*2147483647\r\n", b"*1000000\r\n$1\r\na\r\n", b"*3\r\n$3\r\nSET\r\n$1\r\na\r\n$536870912\r\n",
    b"*2\r\n$1073741824\r\n", b"*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1048576\r\n", b"a" * 70_000, b'SET "' + b"a" * 3000,
]  # fmt: skip

SHARES = {"changed": 40, "half": 15, "torn": 10, "huge": 10, "slow": 15, "deaf": 10}


class Swarm:
    def __init__(self, server, random, client_count):
        self.server, self.port, self.random = server, server.port, random
        # Whether the good client is served by its processor before everybody else.
        self.goes_first = False
        # Where there is one, a socket that the kernel serves without the bad clients' packets.
        self.good_address = server.settings.get("unixsocket") or ("127.0.0.1", server.port)
        self.client_count = client_count
        self.selector = selectors.DefaultSelector()
        self.sent_requests = self.connections = self.refused = 0
        self.waits = [0.0]
        with server.connect() as connection:
            self.requests = pool(random, commands(connection), 4000)
            connection.ask("SET", "large", b"v" * 20_000)
        self.large = encode(["GET", "large"])
        self.kinds = [kind for kind, share in SHARES.items() for _ in range(share)]

    def run(self, seconds=None, requests=None):
        """Goes on for some time, or until so many changed requests were sent."""
        pipe, other = multiprocessing.Pipe()
        good = multiprocessing.Process(target=ping, args=(self.good_address, other, self.goes_first), daemon=True)
        good.start()
        assert pipe.poll(60) and pipe.recv() == "connected", "the good client is not answered"
        end = time.monotonic() + seconds if seconds else None
        for _ in range(self.client_count):
            self.join()
        while self.server.running:
            now = time.monotonic()
            if (end and now > end) or (requests and self.sent_requests >= requests):
                break
            for key, events in self.selector.select(0.01):
                self.serve(key.data, events)
        for key in list(self.selector.get_map().values()):
            self.leave(key.data)
        pipe.send("stop")
        assert not self.server.running or pipe.poll(60), "the good client is not answered"
        if self.server.running:
            self.waits = pipe.recv() or self.waits
        good.join(60)

    def join(self):
        bad = Bad(self, self.random.choice(self.kinds))
        self.connections += 1
        self.selector.register(bad.socket, selectors.EVENT_READ | selectors.EVENT_WRITE, bad)

    def leave(self, bad):
        self.selector.unregister(bad.socket)
        if bad.kind == "torn":
            bad.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        bad.socket.close()

    def serve(self, bad, events):
        try:
            if events & selectors.EVENT_READ and bad.kind != "deaf":
                if not bad.socket.recv(1 << 18):
                    raise ConnectionResetError
            if events & selectors.EVENT_WRITE:
                self.write(bad)
        except BlockingIOError:
            pass
        except OSError:
            self.refused += 1
            self.leave(bad)
            self.join()

    def write(self, bad):
        if not bad.pending:
            bad.pending = bad.more()
            if bad.kind == "slow" or not bad.pending:
                # Nothing to say for now; some give up, the others stay until they are thrown out.
                self.selector.modify(bad.socket, selectors.EVENT_READ, bad)
            if not bad.pending:
                if bad.kind == "torn" or self.random.random() < 0.3:
                    raise ConnectionResetError
                return
        count = bad.socket.send(bad.pending)
        bad.sent += count
        bad.pending = bad.pending[count:]
        if not bad.pending and bad.requests:
            self.sent_requests += bad.requests
            bad.requests = 0

    def report(self):
        waits = self.waits
        return {
            "changed requests": self.sent_requests,
            "connections": self.connections,
            "longest wait of a good client, ms": round(waits[-1] * 1000, 1),
            "99.9 % waited at most, ms": round(waits[int(len(waits) * 0.999) - 1] * 1000, 1),
            "pings": len(waits),
        }
