"""The grammar of the string commands."""

from .grammar import (AnyOrder, Command, Float, Integer, Key, OneOf, Optional, Repeat, Text, Value)
from .times import milliseconds, seconds, unix_milliseconds, unix_seconds

LIFE = [
    ("EX", seconds), ("PX", milliseconds), ("EXAT", unix_seconds), ("PXAT", unix_milliseconds),
]  # fmt: skip
OFFSET = Integer(-30, 60, [0, -1, 2**31, -(2**31), 2**63 - 1, -(2**63), 536870911, 536870912])
# Far offsets of SETRANGE would allocate up to 512 MB; only refused ones are drawn.
PLACE = Integer(0, 300, [-1, 536870912, 2**63 - 1, 70000])
STEP = Integer(-1000, 1000, [2**63 - 1, -(2**63), 2**63 - 2, -(2**63) + 1])

COMMANDS = [
    Command(
        "SET", Key(), Value(),
        AnyOrder(
            Optional(OneOf("NX", "XX"), chance=0.25),
            Optional("GET", chance=0.2),
            Optional(OneOf("KEEPTTL", *LIFE), chance=0.35),
        ),
        weight=6,
    ),
    Command("GET", Key(), weight=4),
    Command("GETDEL", Key()),
    Command("GETEX", Key(), Optional(OneOf("PERSIST", *LIFE), chance=0.7), weight=2),
    Command("GETSET", Key(), Value()),
    Command("SETNX", Key(), Value()),
    Command("SETEX", Key(), seconds, Value()),
    Command("PSETEX", Key(), milliseconds, Value()),
    Command("MGET", Repeat(Key(), 1, 4)),
    Command("MSET", Repeat((Key(), Value()), 1, 4)),
    Command("MSETNX", Repeat((Key(), Value()), 1, 3)),
    Command("APPEND", Key(), Value(), weight=2),
    Command("STRLEN", Key()),
    Command("SETRANGE", Key(), PLACE, Value(), weight=1.5),
    Command("GETRANGE", Key(), OFFSET, OFFSET, weight=1.5),
    Command("SUBSTR", Key(), OFFSET, OFFSET, weight=0.5),
    Command("INCR", Key()),
    Command("DECR", Key()),
    Command("INCRBY", Key(), STEP, weight=1.5),
    Command("DECRBY", Key(), STEP, weight=1.5),
    Command("INCRBYFLOAT", Key(), Float(), weight=2),
    Command(
        "LCS", Key(), Key(),
        AnyOrder(
            Optional("LEN", chance=0.3), Optional("IDX", chance=0.5),
            Optional("MINMATCHLEN", Integer(-2, 6), chance=0.3),
            Optional("WITHMATCHLEN", chance=0.3),
        ),
    ),
    Command("GET", Text("a"), Text("b"), weight=0.1),
]  # fmt: skip
