"""The grammar of the stream commands.

Identifiers are small and given, so that commands meet entries; `*` would give each server others. What
depends on the time that passes is asked with 0 or with more than a session takes.
"""

from .grammar import AnyOrder, Command, Integer, Key, Made, OneOf, Optional, Repeat, Text, Value, Word

GROUPS = [b"g", b"h", b"group \xff"]
CONSUMERS = [b"c", b"d", b"e", b"\x00", b"consumer with a longer name"]
ODD_IDS = [
    b"0-0", b"0", b"-", b"+", b"$", b">", b"*", b"1-*", b"(1-1", b"18446744073709551615-18446744073709551615",
    b"18446744073709551615", b"18446744073709551616-0", b"-1", b"1--1", b"1-01", b" 1-1", b"+1-+1", b"1-1-1",
    b"abc", b"1-", b"007", b"1-1\x00x",
]  # fmt: skip


def now(world):
    """The milliseconds at which the session's entries are added; they rise slowly."""
    return getattr(world, "stream_time", 1)


def new_id(random, world):
    if random.random() < 0.3:
        world.stream_time = now(world) + random.choice([1, 1, 1, 2, 10, 128, 40000])
    draw = random.random()
    if draw < 0.55:
        return b"%d-*" % now(world)
    if draw < 0.75:
        return b"%d-%d" % (now(world) + random.randint(0, 2), random.randint(0, 6))
    if draw < 0.9:
        return b"%d" % (now(world) + random.randint(0, 3))
    return b"%d-%d" % (random.randint(0, now(world)), random.randint(0, 3))


def old_id(random, world):
    if random.random() < 0.06:
        return random.choice(ODD_IDS)
    time = max(0, now(world) - min(int(random.expovariate(0.3)), now(world)))
    if random.random() < 0.2:
        return b"%d" % time
    return b"%d-%d" % (time, random.choice([0, 0, 0, 1, 1, 2, 3, 4, 5, 6]))


def later_id(random, world):
    """Behind all entries: 7.0 also takes an earlier one, where 7.2 looks at what was deleted."""
    world.stream_time = now(world) + random.randint(3, 5)
    return b"%d-%d" % (now(world), random.randint(0, 3))


def edge(random, world):
    draw = random.random()
    if draw < 0.4:
        return random.choice([b"-", b"+", b"0"])
    return (b"(" if draw < 0.55 else b"") + old_id(random, world)


def field(random, world):
    return random.choice([b"f", b"f", b"f", b"g", b"12", b"-70000", b"", b"a field of some length"])


def long_value(random, world):
    return b"v" * random.choice([63, 64, 127, 128, 500, 4095, 4096, 17000])


NEW, OLD, EDGE, FIELD = Made(new_id, "id"), Made(old_id, "id"), Made(edge, "id"), Made(field)
GROUP, CONSUMER = Text(*GROUPS), Text(*CONSUMERS)
IDLE = Integer(0, 0, [1_000_000_000, -1, 2**63 - 1])
COUNT = Optional("COUNT", Integer(0, 12, [-1, 1_000_000]), chance=0.5)
LIMIT = Optional("LIMIT", Integer(0, 30, [-1, 1000]), chance=0.15)
OPERATOR = Optional(OneOf(Word("~"), Word("="), Word("~")), chance=0.7)
TRIM = OneOf(
    (Word("MAXLEN"), OPERATOR, Integer(0, 30, [-1, 1000]), LIMIT), (Word("MINID"), OPERATOR, OLD, LIMIT),
)  # fmt: skip
PAIRS = OneOf(
    (Word("f"), Value()), (Word("f"), Value(), Word("g"), Value()), (Word("f"), Value()),
    Repeat((FIELD, Value()), 1, 4), (FIELD, Made(long_value)),
)  # fmt: skip
BLOCK = Optional("BLOCK", Integer(1, 3, [-1]), chance=0.1)

# Keys, then as many identifiers. `+` is left out: Valkey answers nothing once the last entry is deleted.
STREAMS = OneOf(
    (Word("STREAMS"), Key(), OLD), (Word("STREAMS"), Key(), OLD), (Word("STREAMS"), Key(), Key(), OLD, OLD),
    (Word("STREAMS"), Key(), Key(), Word("0"), Word("$")),
)  # fmt: skip
NEW_STREAMS = OneOf(
    (Word("STREAMS"), Key(), Word(">")), (Word("STREAMS"), Key(), Word(">")),
    (Word("STREAMS"), Key(), Word("0")), (Word("STREAMS"), Key(), OLD),
    (Word("STREAMS"), Key(), Key(), Word(">"), Word(">")), (Word("STREAMS"), Key(), Key(), OLD, Word(">")),
)  # fmt: skip

COMMANDS = [
    Command("XADD", Key(), Optional("NOMKSTREAM", chance=0.05), Optional(TRIM, chance=0.15), NEW, PAIRS, weight=14),
    Command("XLEN", Key(), weight=0.5),
    Command("XRANGE", Key(), EDGE, EDGE, COUNT, weight=2),
    Command("XREVRANGE", Key(), EDGE, EDGE, COUNT, weight=2),
    Command("XRANGE", Key(), Word("-"), Word("+"), weight=0.5),
    Command("XREVRANGE", Key(), Word("+"), Word("-"), weight=0.5),
    Command("XREAD", AnyOrder(COUNT, BLOCK), STREAMS, weight=2),
    Command("XDEL", Key(), Repeat(OLD, 1, 4), weight=3),
    Command("XTRIM", Key(), TRIM, weight=1.5),
    Command(
        "XSETID", Key(), Made(later_id, "id"),
        AnyOrder(
            Optional("ENTRIESADDED", Integer(0, 100, [-1, 2**63 - 1]), chance=0.3),
            Optional("MAXDELETEDID", OLD, chance=0.3),
        ),
        weight=0.4,
    ),
    Command(
        "XGROUP CREATE", Key(), GROUP, OneOf(OLD, Word("$"), Word("0")),
        AnyOrder(
            Optional("MKSTREAM", chance=0.4),
            Optional("ENTRIESREAD", Integer(0, 20, [-1, -2]), chance=0.15),
        ),
        weight=2,
    ),
    Command(
        "XGROUP SETID", Key(), GROUP, OneOf(OLD, Word("$"), Word("0")),
        Optional("ENTRIESREAD", Integer(0, 20, [-1, -2]), chance=0.15),
        weight=0.5,
    ),
    Command("XGROUP DESTROY", Key(), GROUP, weight=0.2),
    Command("XGROUP CREATECONSUMER", Key(), GROUP, CONSUMER, weight=0.5),
    Command("XGROUP DELCONSUMER", Key(), GROUP, CONSUMER, weight=0.4),
    Command("XGROUP", Text("NOSUCH", "CREATE", ""), weight=0.1),
    Command("XREADGROUP GROUP", GROUP, CONSUMER, AnyOrder(COUNT, BLOCK, Optional("NOACK", chance=0.15)), NEW_STREAMS, weight=8),
    Command("XACK", Key(), GROUP, Repeat(OLD, 1, 4), weight=2),
    Command("XPENDING", Key(), GROUP, weight=1),
    Command(
        "XPENDING", Key(), GROUP, Optional("IDLE", IDLE, chance=0.2), EDGE, EDGE, Integer(0, 20, [-1]),
        Optional(CONSUMER, chance=0.4),
        weight=2,
    ),
    Command(
        "XCLAIM", Key(), GROUP, CONSUMER, IDLE, Repeat(OLD, 1, 4),
        AnyOrder(
            Optional("IDLE", Integer(0, 0, [1000000, -1]), chance=0.15),
            Optional("TIME", Integer(1_700_000_000_000, 1_700_000_000_100, [-1, 2**62]), chance=0.15),
            Optional("RETRYCOUNT", Integer(0, 9, [-1]), chance=0.2),
            Optional("FORCE", chance=0.4),
            Optional("JUSTID", chance=0.3),
            Optional("LASTID", OLD, chance=0.1),
        ),
        weight=3,
    ),
    Command(
        "XAUTOCLAIM", Key(), GROUP, CONSUMER, IDLE, EDGE,
        AnyOrder(Optional("COUNT", Integer(1, 9, [0, -1, 2**62]), chance=0.5), Optional("JUSTID", chance=0.3)),
        weight=2,
    ),
    Command("XINFO STREAM", Key(), weight=1),
    Command("XINFO STREAM", Key(), Word("FULL"), Optional("COUNT", Integer(0, 9, [-1]), chance=0.5), weight=1),
    Command("XINFO GROUPS", Key(), weight=1),
    Command("XINFO CONSUMERS", Key(), GROUP, weight=1),
    Command("XINFO", Text("NOSUCH", "STREAM", ""), weight=0.1),
]  # fmt: skip
