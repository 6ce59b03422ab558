"""A life of a server under the recorder: writes, rewrites, snapshots, kills and restarts."""

import time

from harness.resp import ReplyError
from harness.servers import ServerDied, wait_until

from .history import JOURNAL, Client, Operation

BALLAST = 250
# Which sync of an increment fails in each process, for `recorder.c`.
FAILING_SYNC = "POWERCUT_FAILING_SYNC"


def operation(random, client, sequence):
    """One operation; the journal comes first in it, since its length is the number."""
    entry = b"%d:%d:" % (client, sequence) + filling(random)
    own = b"client:%d" % (client % 8)
    number = b"%d" % sequence
    if random.random() < 0.5:
        return Operation([[b"RPUSH", JOURNAL, entry]], client, False)
    commands = [
        [b"RPUSH", JOURNAL, entry],
        [b"SET", own + b":left", number],
        [b"INCR", own + b":counter"],
        [b"HSET", own + b":fields", b"field %d" % random.randrange(20), entry[:200]],
        [b"SADD", own + b":members", b"%d" % random.randrange(1000)],
        [b"ZADD", own + b":scores", number, b"member %d" % random.randrange(20)],
        [b"SET", b"shared:%d" % random.randrange(10), entry[:200]],
        [b"DEL", b"shared:%d" % random.randrange(10)],
        [b"SET", own + b":right", number],
    ]
    return Operation(commands, client, True)


def filling(random):
    size = random.choice([0, 10, 10, 60, 60, 300, 700, 6000])
    return random.randbytes(size) if random.random() < 0.5 else b"x" * size


def ballast(random, client):
    """Keys enough for a rewrite to take a while."""
    pairs = [word for n in range(BALLAST) for word in (b"ballast:%d" % n, random.randbytes(40))]
    return Operation([[b"RPUSH", JOURNAL, b"ballast"], [b"MSET", *pairs]], client, True)


class LostInItsLife(AssertionError):
    """The server lost what it had acknowledged, although the power never went."""


class Life:
    """Drives one server through `rounds` rounds and returns what its clients know.

    `history` is what the server's data already is the result of.
    """

    def __init__(self, server, random, rounds, history):
        self.server, self.random, self.rounds = server, random, rounds
        self.history = history
        self.clients = []
        self.count = 1 + max((one.client for one in history.operations), default=-1)
        self.sequence = len(history.operations)

    def connect(self):
        for client in self.clients:
            client.close()
        self.clients = [Client(self.count + number, self.server) for number in range(4)]
        self.count += len(self.clients)

    def exchange(self):
        """Some clients send at once, then all are answered."""
        chosen = self.random.sample(self.clients, self.random.choice([1, 1, 2, 4]))
        for client in chosen:
            count = self.random.choice([1, 1, 2, 5])
            batch = []
            for _ in range(count):
                self.sequence += 1
                batch.append(operation(self.random, client.number, self.sequence))
            client.send(batch)
        unanswered = [operation for client in chosen for operation in client.receive(self.history)]
        if unanswered:
            self.server_has_ended(unanswered)

    def server_has_ended(self, unanswered):
        """Starts it again; the journal tells which operations took effect without an answer."""
        assert self.server.wait_for_exit(30) > 0, "the server ended by a signal"
        self.start()
        by_entry = {operation.commands[0][2]: operation for operation in unanswered}
        known = len(self.history.operations)
        for number, entry in enumerate(self.server.ask("LRANGE", JOURNAL, known, -1), known + 1):
            operation = by_entry[entry]
            operation.number = number
            self.history.operations.append(operation)
        self.connect()

    def quietly(self, *words):
        try:
            self.server.ask(*words)
        except (ReplyError, OSError):
            pass

    def start(self):
        """Starts the server. One whose sync is made to fail while it starts may refuse, once."""
        environment = self.server.environment
        try:
            self.server.start()
        except ServerDied:
            failing = environment.pop(FAILING_SYNC, None)
            if failing is None or "nput/output error" not in self.server.log():
                raise
            self.server.start()
            environment[FAILING_SYNC] = failing

    def run(self):
        random = self.random
        self.start()
        self.connect()
        if not self.history.operations:
            self.clients[0].send([ballast(random, self.clients[0].number)])
            self.clients[0].receive(self.history)
        for _ in range(self.rounds):
            self.exchange()
            time.sleep(random.choice([0, 0, 0.005, 0.03]))
            draw = random.random()
            if draw < 0.05:
                self.server.ask("CONFIG", "SET", "rdb-key-save-delay", random.choice([0, 100, 300]))
                self.server.ask("CONFIG", "SET", "aof-use-rdb-preamble", random.choice(["yes", "yes", "no"]))
                self.quietly("BGREWRITEAOF")
            elif draw < 0.07:
                self.quietly("BGSAVE")
            elif draw < 0.09:
                self.restart()
        self.exchange()
        wait_until(self.idle, 60)
        for client in self.clients:
            client.close()
        self.kill()
        self.history.operations.sort(key=lambda one: one.number)
        numbers = [one.number for one in self.history.operations]
        if numbers != list(range(1, len(numbers) + 1)):
            raise LostInItsLife("restarts without a power cut have taken acknowledged writes back")
        return self.history

    def idle(self):
        info = self.server.info("persistence")
        return info["aof_rewrite_in_progress"] == "0" and info["rdb_bgsave_in_progress"] == "0"

    def kill(self):
        # Whoever answers this has recorded the replies before it.
        self.quietly("PING")
        self.server.kill()

    def restart(self):
        if self.random.random() < 0.5:
            self.kill()
        else:
            self.server.stop()
        self.start()
        self.connect()
