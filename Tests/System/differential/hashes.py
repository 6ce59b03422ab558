"""The grammar of the hash commands, without the deadlines of fields, which the oracles lack or
spell otherwise (`fields.py`)."""

from .grammar import AnyOrder, Command, Float, Integer, Key, Made, Optional, Repeat, Text, Value, Word

FIELDS = [b"f", b"g", b"h", b"f:1", b"", b"12", b"-7", b"007", b"9223372036854775807", b"x" * 30, b"y" * 70, b"\x00\xff"]
STEP = Integer(-1000, 1000, [2**63 - 1, -(2**63), 2**63 - 2, -(2**63) + 1])


def field_name(random, world):
    if random.random() < 0.6:
        return FIELDS[min(int(random.expovariate(0.35)), len(FIELDS) - 1)]
    return b"f:%d" % random.randint(1, 40)


def FieldName():
    return Made(field_name)


PATTERN = Text("*", "f*", "f:?", "[fg]", "[^f]", "", "nosuch", "*[", "\\", "1?")

COMMANDS = [
    Command("HSET", Key(), Repeat((FieldName(), Value()), 1, 5), weight=8),
    Command("HMSET", Key(), Repeat((FieldName(), Value()), 1, 4), weight=1.5),
    Command("HSETNX", Key(), FieldName(), Value(), weight=1.5),
    Command("HGET", Key(), FieldName(), weight=3),
    Command("HMGET", Key(), Repeat(FieldName(), 1, 5), weight=1.5),
    Command("HGETALL", Key(), weight=2),
    Command("HKEYS", Key()),
    Command("HVALS", Key()),
    Command("HLEN", Key(), weight=1.5),
    Command("HSTRLEN", Key(), FieldName()),
    Command("HEXISTS", Key(), FieldName()),
    Command("HDEL", Key(), Repeat(FieldName(), 1, 5), weight=4),
    Command("HINCRBY", Key(), FieldName(), STEP, weight=2),
    Command("HINCRBYFLOAT", Key(), FieldName(), Float(), weight=2),
    Command(
        "HRANDFIELD", Key(),
        Optional(
            Integer(-5, 5, [100, -100, -(2**63)]),
            Optional("WITHVALUES"), chance=0.8,
        ),
        weight=2,
    ),
    Command(
        "HSCAN", Key(), Word("0"),
        AnyOrder(Optional("MATCH", PATTERN), Word("COUNT", "100000"), Optional("NOVALUES", chance=0.2)),
        weight=2,
    ),
    Command("OBJECT", Word("ENCODING"), Key(), weight=2),
    Command("DEBUG", Word("DIGEST-VALUE"), Key(), weight=0.5),
]  # fmt: skip
