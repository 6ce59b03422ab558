"""The grammar of the commands that work on any key."""

from .grammar import (
    AnyOrder, Command, Integer, Key, Made, OneOf, Optional, Repeat, Text, Value, Word,
)  # fmt: skip
from .payloads import payload
from .times import milliseconds, seconds, unix_milliseconds, unix_seconds

CONDITION = Optional(OneOf("NX", "XX", "GT", "LT"), chance=0.4)
TWO_CONDITIONS = Optional(OneOf("NX", "XX", "GT", "LT"), chance=0.08)
DATABASE = Integer(0, 3, [15, 16, -1, 2**31, 2**63])
PATTERN = Text("*", "key:*", "k?y:1", "[abc]", "[^a]", "a*", "*\\*", "[a-c]", "", "nosuch", "*[", "k[", "\\", "[c-a]")

# Redis lets a relative life overflow here; ours refuses it.
RESTORE_LIFE = Integer(100_000, 100_000_000, [0, -1, 1, 2])

COMMANDS = [
    Command("DEL", Repeat(Key(), 1, 3), weight=2),
    Command("UNLINK", Repeat(Key(), 1, 3)),
    Command("EXISTS", Repeat(Key(), 1, 4), weight=1.5),
    Command("TYPE", Key()),
    Command("TOUCH", Repeat(Key(), 1, 3)),
    Command("EXPIRE", Key(), seconds, CONDITION, TWO_CONDITIONS, weight=1.5),
    Command("PEXPIRE", Key(), milliseconds, CONDITION, TWO_CONDITIONS, weight=2),
    Command("EXPIREAT", Key(), unix_seconds, CONDITION, TWO_CONDITIONS, weight=1.5),
    Command("PEXPIREAT", Key(), unix_milliseconds, CONDITION, TWO_CONDITIONS, weight=1.5),
    Command("TTL", Key(), weight=1.5),
    Command("PTTL", Key(), weight=1.5),
    Command("EXPIRETIME", Key()),
    Command("PEXPIRETIME", Key()),
    Command("PERSIST", Key()),
    Command("RENAME", Key(), Key()),
    Command("RENAMENX", Key(), Key()),
    Command(
        "COPY", Key(), Key(),
        AnyOrder(Optional("DB", DATABASE), Optional("REPLACE", chance=0.3)),
        weight=2,
    ),
    Command("MOVE", Key(), DATABASE),
    Command("KEYS", PATTERN),
    Command(
        "SCAN", Word("0"),
        AnyOrder(
            Optional("MATCH", PATTERN),
            Word("COUNT", "100000"),
            Optional("TYPE", Text("string", "STRING", "hash", "list", "nosuch"), chance=0.2),
        ),
    ),
    Command("RANDOMKEY"),
    Command("DBSIZE", weight=1.5),
    Command("OBJECT", Word("ENCODING"), Key(), weight=2),
    Command("OBJECT", Word("REFCOUNT"), Key(), weight=0.5),
    Command("OBJECT", Word("IDLETIME"), Key(), weight=0.5),
    Command("OBJECT", Word("FREQ"), Key(), weight=0.3),
    Command("OBJECT", Text("NOSUCH", "ENCODING", ""), weight=0.2),
    Command("DUMP", Key(), weight=1.5),
    Command(
        "RESTORE", Key(), OneOf(Word("0"), Word("0"), RESTORE_LIFE, unix_milliseconds),
        Made(payload),
        AnyOrder(
            Optional("REPLACE", chance=0.6), Optional("ABSTTL", chance=0.3),
            Optional("IDLETIME", Integer(0, 1000, [-1, 2**63]), chance=0.15),
            Optional("FREQ", Integer(0, 255, [-1, 256]), chance=0.1),
        ),
        weight=2.5,
    ),
    Command("SELECT", DATABASE, weight=1.5),
    Command("SWAPDB", DATABASE, DATABASE, weight=0.7),
    Command("FLUSHDB", Optional(OneOf("SYNC", "ASYNC")), weight=0.3),
    Command("FLUSHALL", Optional(OneOf("SYNC", "ASYNC")), weight=0.15),
    Command("DEBUG", Word("DIGEST-VALUE"), Repeat(Key(), 0, 3), weight=0.5),
    Command("MEMORY", Word("USAGE"), Key(), Optional("SAMPLES", Integer(0, 9)), weight=0.5),
    Command("WAIT", Integer(0, 0), Integer(0, 10), weight=0.2, spoil=0),
    Command("SET", Key(), Value(), weight=4),
]  # fmt: skip
