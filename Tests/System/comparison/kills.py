"""Acknowledged writes that are gone after `kill -9`."""

import time

from harness.load import judge, loaded, snapshot
from harness.resp import CLOSED, SILENCE
from harness.servers import ServerDied
from harness.shim import Shim

from .comparison import Table, count, safest

ROUNDS_OF_A_DIRECTORY = 50
BALLAST = 3000


class Rounds:
    """Rounds of load, kill and restart against one server; each goes on with the data of the last."""

    def __init__(self, comparison, kind, policy):
        self.comparison, self.kind, self.policy = comparison, kind, policy
        self.random = comparison.random("kills", kind, policy)
        self.rounds = self.operations = self.lossy = self.refused = 0
        self.examples = []

    def run(self, wanted):
        while self.rounds < wanted:
            with self.comparison.context("kills") as context:
                self.over_one_directory(context, min(ROUNDS_OF_A_DIRECTORY, wanted - self.rounds))
            self.comparison.say(f"kills: {self.kind} {self.policy}: {self.rounds} rounds, {self.lossy} lossy")
        return self

    def over_one_directory(self, context, wanted):
        settings = safest(self.policy, auto_aof_rewrite_min_size="256kb")
        server = context.start(self.kind, "data", **settings)
        server.ask("DEBUG", "POPULATE", BALLAST, "ballast", "40")
        server.ask("BGREWRITEAOF")
        states = {}
        for _ in range(wanted):
            self.rounds += 1
            clients = self.killed_under_load(server, states)
            try:
                server.start_undisturbed()
                states = judge(clients, snapshot(server))
            except ServerDied as error:
                self.refused += 1
                self.note(f"the start is refused: {str(error).splitlines()[-1]}")
                return
            except AssertionError as error:
                self.lossy += 1
                self.note(str(error))
                return

    def note(self, what):
        self.comparison.say(f"kills: {self.kind} {self.policy}, round {self.rounds}: {what}")
        self.examples.append(" ".join(what.split()))

    def killed_under_load(self, server, states):
        random = self.random
        server.ask("CONFIG", "SET", "rdb-key-save-delay", random.choice([0, 0, 20, 60]))
        clients = loaded(server, random, 4, states, random.uniform(0.02, 0.12))
        if random.random() < 0.6:
            with server.connect() as connection:
                connection.call(random.choice(["BGREWRITEAOF", "BGREWRITEAOF", "BGSAVE"]))
        time.sleep(random.uniform(0.0, 0.05))
        server.kill()
        for client in clients:
            client.join(10)
            self.operations += client.operations
        return clients


def hanging_sync(context, kind, policy, rounds):
    """The most acknowledged writes that one kill took while a sync of the log took two seconds."""
    worst, total, acknowledged = 0, 0, 0
    for number in range(rounds):
        shim = Shim(context, only=".incr.aof")
        name = f"hanging{number}"
        settings = safest(policy, environment=shim.environment)
        server = context.start(kind, name, **settings)
        sent = pushed(server, 0.2)
        shim.set(delay=2000)
        sent += pushed(server, 2.0 + 0.1 * number)
        server.kill()
        shim.set()
        server.start()
        lost = max(0, sent - server.ask("LLEN", "journal"))
        worst, total = max(worst, lost), total + lost
        acknowledged += sent
        server.kill()
    return total, acknowledged


def pushed(server, seconds):
    """Pushes one after the other for a while, and counts what was acknowledged."""
    deadline = time.monotonic() + seconds
    acknowledged = 0
    with server.connect(timeout=seconds) as connection:
        while time.monotonic() < deadline:
            reply = connection.call("RPUSH", "journal", acknowledged)
            if reply in (CLOSED, SILENCE) or reply.type != ":":
                break
            acknowledged += 1
            time.sleep(0.002)
    return acknowledged


def section(comparison):
    wanted = comparison.many(500, 10)
    table = Table(
        f"`kill -9` in {wanted} rounds for each server and policy",
        ["Server", "Policy", "Kills", "Writes acknowledged", "Rounds with a loss", "Starts refused"],
        note="Four clients write strings, counters and transactions, in pipelines; often a rewrite or a "
        "snapshot is under way. After each kill the data has to be that after every acknowledged "
        "operation, and perhaps some that were on their way.",
    )
    examples = []
    for kind, name in zip(comparison.kinds, comparison.names):
        for policy in ("always", "everysec"):
            done = Rounds(comparison, kind, policy).run(wanted)
            examples += [f"{name}, {policy}: {example}" for example in done.examples[:1]]
            table.add(name, policy, done.rounds, f"{done.operations:,}", done.lossy, done.refused)
    if examples:
        table.note += " The first loss of each: " + "; ".join(examples) + "."
    hanging = Table(
        "`kill -9` while a sync of the log takes two seconds",
        ["Policy", *comparison.names],
        note="A client writes until the kill. Under `everysec`, Redis and Valkey put off the write itself, "
        "for up to two seconds, while a sync is under way, and answer all the same.",
    )
    for policy in ("always", "everysec"):
        rounds = comparison.many(5, 1)
        cells = comparison.each(f"hanging sync, {policy}", hanging_sync, policy, rounds)
        hanging.add(policy, *[f"{lost:,} of {count(total, 'acknowledged write')} lost" for lost, total in cells])
    return [table, hanging]
