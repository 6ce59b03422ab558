"""The grammar of writes that depend on the value that is there. Only Valkey knows them among the
oracles, so this family is compared with it alone, and draws nothing that Valkey answers otherwise
than Redis 7.2 does."""

from .grammar import AnyOrder, Command, Key, Made, OneOf, Optional, Repeat, Text
from .times import milliseconds, seconds, unix_milliseconds, unix_seconds

LIFE = [
    ("EX", seconds), ("PX", milliseconds), ("EXAT", unix_seconds), ("PXAT", unix_milliseconds),
]  # fmt: skip
# Few values, so that what is compared is often what is there.
FEW = Text("1", "2", "01", "-7", "text", "", "Text", "z" * 30, "9223372036854775807")


def count_of_keys(random, world):
    return random.choice([b"1", b"1", b"2", b"2", b"3", b"0", b"-1", b"x", b"2147483648", b"01", b""])


COMMANDS = [
    Command(
        "SET", Key(), FEW,
        AnyOrder(
            Optional(OneOf("NX", "XX", ("IFEQ", FEW), ("IFEQ", FEW), ("IFEQ", FEW)), chance=0.8),
            Optional("GET", chance=0.25),
            Optional(OneOf("KEEPTTL", *LIFE), chance=0.3),
        ),
        weight=6,
    ),
    Command("DELIFEQ", Key(), FEW, weight=2),
    Command(
        "MSETEX", Made(count_of_keys, "integer"), Repeat((Key(), FEW), 1, 3),
        AnyOrder(
            Optional(OneOf("NX", "XX"), chance=0.4),
            Optional(OneOf("KEEPTTL", *LIFE), chance=0.5),
        ),
        weight=3,
    ),
    Command("GET", Key(), weight=2),
    Command("APPEND", Key(), FEW),
    Command("PTTL", Key()),
    Command("DEL", Key(), weight=0.7),
]  # fmt: skip
