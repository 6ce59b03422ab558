"""Clients that write under a model, so that after a crash every possible state is known.

Each client owns its keys. It knows what was acknowledged and what was still on its way when the
server died. After a restart its keys must be in the state after all acknowledged operations and
some prefix of those on their way: nothing less, nothing half, nothing else.
"""

import threading
import time

from .resp import CLOSED, SILENCE, encode


class Operation:
    """Commands that take effect together: one command, or a transaction."""

    def __init__(self, commands, transaction=False):
        self.commands = commands
        self.transaction = transaction

    def requests(self):
        return [[b"MULTI"], *self.commands, [b"EXEC"]] if self.transaction else self.commands

    def apply(self, state):
        for command in self.commands:
            name, *words = command
            if name == b"SET":
                state[words[0]] = words[1]
            elif name == b"MSET":
                state.update(zip(words[0::2], words[1::2]))
            elif name == b"INCR":
                state[words[0]] = b"%d" % (int(state.get(words[0], b"0")) + 1)
            elif name == b"APPEND":
                state[words[0]] = state.get(words[0], b"") + words[1]
            elif name == b"GETDEL" or name == b"DEL":
                state.pop(words[0], None)
            elif name == b"SETEX":
                state[words[0]] = words[2]
            else:
                raise AssertionError(name)


class Client(threading.Thread):
    """One client under load until the connection breaks or `stop` is set."""

    def __init__(self, number, server, random, depth=8, state=None, sequence=0, size=60):
        super().__init__(daemon=True)
        self.number, self.server, self.random, self.depth = number, server, random, depth
        self.prefix = b"c%d:" % number
        self.acknowledged = dict(state or {})
        self.on_the_way = []
        self.sequence = sequence
        self.size = size
        self.stop = threading.Event()
        self.refused = None
        self.operations = 0

    def key(self, name):
        return self.prefix + name

    def operation(self):
        random = self.random
        self.sequence += 1
        number = b"%d" % self.sequence
        text = number + b":" + random.choice([b"x", b"payload " * 9, random.randbytes(20)]) * random.randint(1, self.size // 10)
        draw = random.randrange(10)
        if draw < 3:
            return Operation([[b"SET", self.key(b"seq:%d" % random.randrange(50)), text]])
        if draw < 5:
            return Operation([[b"INCR", self.key(b"counter")]])
        if draw < 7:
            return Operation(
                [[b"SET", self.key(b"left"), number], [b"INCR", self.key(b"between")], [b"SET", self.key(b"right"), number]],
                transaction=True,
            )  # fmt: skip
        if draw == 7:
            return Operation([[b"MSET", self.key(b"m1"), number, self.key(b"m2"), number]])
        if draw == 8:
            victim = self.key(b"seq:%d" % random.randrange(50))
            return Operation([[random.choice([b"DEL", b"GETDEL"]), victim]])
        return Operation([[b"SETEX", self.key(b"life:%d" % random.randrange(5)), b"100000", text]])

    def run(self):
        try:
            connection = self.server.connect(timeout=30)
        except OSError:
            return
        try:
            while not self.stop.is_set():
                batch = [self.operation() for _ in range(self.random.randint(1, self.depth))]
                self.on_the_way = list(batch)
                requests = [request for operation in batch for request in operation.requests()]
                connection.send(b"".join(map(encode, requests)))
                for operation in batch:
                    for _ in operation.requests():
                        reply = connection.read()
                        if reply in (CLOSED, SILENCE):
                            return
                        if reply.type == "-":
                            self.refused = reply
                            return
                    # The reply of the last request is the acknowledgement of all.
                    operation.apply(self.acknowledged)
                    self.on_the_way.pop(0)
                    self.operations += 1
        except OSError:
            pass
        finally:
            connection.close()

    def candidates(self):
        """The states that may be found after a crash: acknowledged, plus each prefix."""
        state = dict(self.acknowledged)
        found = [dict(state)]
        for operation in self.on_the_way:
            operation.apply(state)
            found.append(dict(state))
        return found


def loaded(server, random_source, clients, states, seconds, depth=8):
    """Runs clients for a while; returns them while they still run."""
    import random

    running = []
    for number in range(clients):
        state, sequence = states.get(number, ({}, 0))
        seed = random_source.randrange(2**32)
        running.append(Client(number, server, random.Random(seed), depth, state, sequence))
    for client in running:
        client.start()
    time.sleep(seconds)
    return running


def snapshot(server, database=0):
    """All keys and values of one database."""
    with server.connect(timeout=60) as connection:
        connection.ask("SELECT", database)
        keys = connection.ask("KEYS", "*")
        found = {}
        for at in range(0, len(keys), 500):
            part = keys[at : at + 500]
            found.update(zip(part, connection.ask("MGET", *part)))
        return found


def judge(clients, found, ballast=b"ballast:"):
    """The state per client that was found, or the reason why it is impossible."""
    states = {}
    for client in clients:
        mine = {key: value for key, value in found.items() if key.startswith(client.prefix)}
        candidates = client.candidates()
        if mine not in candidates:
            raise AssertionError(explain(client, mine, candidates))
        states[client.number] = (mine, client.sequence)
    prefixes = tuple(client.prefix for client in clients) + (ballast,)
    strangers = [key for key in found if not key.startswith(prefixes)]
    assert not strangers, f"keys that nobody wrote: {strangers[:5]}"
    return states


def explain(client, found, candidates):
    """The candidate that is nearest to what was found, and where they part."""
    best = min(candidates, key=lambda state: len(set(state.items()) ^ set(found.items())))
    place = candidates.index(best)
    lines = [
        f"client {client.number}: no possible state was found after the restart "
        f"({client.operations} operations acknowledged, {len(client.on_the_way)} on their way; "
        f"nearest is the state after {place} of those)"
    ]
    for key in sorted(set(best) | set(found)):
        if best.get(key) != found.get(key):
            lines.append(f"  {key!r}: expected {shortly(best.get(key))}, found {shortly(found.get(key))}")
    return "\n".join(lines[:12])


def shortly(value):
    return repr(value if value is None or len(value) < 60 else value[:60] + b"...")
