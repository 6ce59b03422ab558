"""The grammar of the commands over deadlines of hash fields, which redis-server 7.0 does not have.

valkey-server has them with errors of its own and without Redis's limit of 46 bits, so only valid
requests are drawn, with moments that both take. None is so near that a session could meet it.
"""

from .grammar import AnyOrder, Argument, Command, Element, Integer, Key, OneOf, Optional, Value
from .hashes import COMMANDS as HASHES
from .hashes import field_name

seconds = Integer(100, 100_000, [0])
milliseconds = Integer(100_000, 100_000_000, [0])
unix_seconds = Integer(4_000_000_000, 4_102_444_800, [0, 1, 1_000_000_000])
unix_milliseconds = Integer(4_000_000_000_000, 4_102_444_800_000, [0, 1, 10**12])

LIFE = OneOf(
    ("EX", seconds), ("PX", milliseconds), ("EXAT", unix_seconds), ("PXAT", unix_milliseconds)
)
CONDITION = Optional(OneOf("NX", "XX", "GT", "LT"), chance=0.4)


class Fields(Element):
    """`FIELDS count field …`, at times with values."""

    def __init__(self, value=None):
        self.value = value

    def produce(self, random, world):
        count = random.choice([1, 1, 1, 2, 3])
        row = [Argument(b"FIELDS", "word"), Argument(b"%d" % count, "word")]
        for _ in range(count):
            row.append(Argument(field_name(random, world), "value"))
            if self.value:
                row += self.value.produce(random, world)
        return row


def command(name, *elements, weight=1.0):
    return Command(name, Key(), *elements, weight=weight, spoil=0)


COMMANDS = [
    *[each for each in HASHES if each.name not in ("OBJECT", "DEBUG", "HSCAN")],
    command("HEXPIRE", seconds, CONDITION, Fields(), weight=3),
    command("HPEXPIRE", milliseconds, CONDITION, Fields(), weight=2),
    command("HEXPIREAT", unix_seconds, CONDITION, Fields(), weight=2),
    command("HPEXPIREAT", unix_milliseconds, CONDITION, Fields(), weight=3),
    command("HTTL", Fields(), weight=2),
    command("HPTTL", Fields()),
    command("HEXPIRETIME", Fields()),
    command("HPEXPIRETIME", Fields()),
    command("HPERSIST", Fields(), weight=2),
    command("HGETDEL", Fields(), weight=1.5),
    command("HGETEX", Optional(OneOf("PERSIST", LIFE), chance=0.6), Fields(), weight=3),
    command(
        "HSETEX",
        AnyOrder(
            Optional(OneOf("FNX", "FXX"), chance=0.4),
            Optional(OneOf("KEEPTTL", LIFE), chance=0.7),
        ),
        Fields(Value()),
        weight=4,
    ),
]  # fmt: skip
