"""Deadlines of hash fields against valkey-server, which is the only oracle that has them."""

from differential import fields, keys
from differential.judge import Judge, Mismatch, report
from differential.play import difference, stored
from differential.session import Commands, Generator

from harness.context import Skip, equal
from harness.servers import available, wait_until

GENERIC = ("DEL", "EXISTS", "TYPE", "RENAME", "COPY", "MOVE", "PERSIST", "EXPIRE", "TTL")
FAMILIES = [
    (fields.COMMANDS, 9.0),
    ([command for command in keys.COMMANDS if command.name in GENERIC], 1.0),
]
SETTINGS = [{}, {"hash-max-listpack-entries": "4"}, {"hash-max-listpack-entries": "0"}]
PIPELINE = 50
PIPELINES = 20


class FieldJudge(Judge):
    """Encodings and the texts of errors are each server's own."""

    def agrees(self, command, ours, theirs):
        if ours.type == "-" and theirs[0].type == "-":
            return True
        return super().agrees(command, ours, theirs)

    def whole(self, number):
        found = difference(stored(self.subject), stored(self.oracle))
        return Mismatch(number, "the data sets at the end", found, {}) if found else None


def test_generated_commands(context):
    if not available("valkey"):
        raise Skip("valkey-server is not there")
    judge = FieldJudge(
        context.start("ledgerstone", databases=16), context.start("valkey", databases=16)
    )
    for _ in range(context.rounds(100, 2000)):
        generator = Generator(context.random, connections=1, families=FAMILIES)
        settings = context.random.choice(SETTINGS)
        session = [
            Commands(0, [generator.command(0, last=False) for _ in range(PIPELINE)])
            for _ in range(PIPELINES)
        ]
        mismatch = judge.run(session, settings)
        if mismatch is not None:
            session, mismatch = judge.shrink(session, mismatch, settings=settings)
            raise AssertionError(f"fields differ, with {settings}:\n{report(session, mismatch)}")


def test_fields_go_in_time_and_stay_gone(context):
    """Whether or not anyone looks, from small and from large hashes, and after a restart."""
    server = context.start("ledgerstone", appendonly="yes")
    with server.connect(timeout=60) as connection:
        for key, count in [("small", 20), ("large", 5000)]:
            names = [f"f{n}" for n in range(count)]
            connection.ask("HSET", key, *[word for name in names for word in (name, "v")])
            going = names[: count // 2]
            connection.ask("HPEXPIRE", key, "300", "FIELDS", len(going), *going)
            staying = names[count // 2 : count // 2 + 5]
            connection.ask("HEXPIRE", key, "1000", "FIELDS", len(staying), *staying)
        connection.ask("HSETEX", "whole", "PX", "300", "FIELDS", "2", "a", "1", "b", "2")
        wait_until(lambda: connection.ask("EXISTS", "whole") == 0, 15, "the hash stayed")
        wait_until(lambda: connection.ask("HLEN", "large") == 2500, 15, "fields stayed")
        equal(connection.ask("HLEN", "small"), 10, "HLEN of the small one")
        info = server.info()
        equal(int(info["expired_subkeys"]), 2512, "expired_subkeys")
        equal(info["db0"].split(",")[-1], "subexpiry=2", "db0")
        before = stored(server)
    server.kill()
    server.start()
    equal(stored(server), before, "the data after a restart")
    with server.connect() as connection:
        equal(connection.ask("HTTL", "large", "FIELDS", "1", "f0"), [-2], "a field that went")
        life = connection.ask("HTTL", "large", "FIELDS", "1", "f2500")[0]
        assert 900 < life <= 1000, life
