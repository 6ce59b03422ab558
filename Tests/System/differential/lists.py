"""The grammar of the list commands."""

from .grammar import AnyOrder, Command, Integer, Key, Made, OneOf, Optional, Repeat, Text, Word

EXTREMES = [2**63 - 1, -(2**63), -(2**63) + 1, 2**31, -(2**31)]
INDEX = Integer(-12, 12, EXTREMES)
FAR_INDEX = Integer(-300, 300)
COUNT = Integer(0, 5, [-1, 1000, 2**63 - 1])
MANY = Integer(0, 120)


def element(random, world):
    """Few texts, so that searches find some; a node of their own for the largest."""
    draw = random.random()
    if draw < 0.5:
        return random.choice([b"a", b"b", b"c", b"1", b"2", b"300", b"-70000", b"01"])
    if draw < 0.97:
        return world.value(random)[:4000]
    return random.choice([b"p", b"q"]) * random.choice([2000, 4096, 8180, 8200, 20000])


def elements(low, high):
    """A row of elements, at times one over and over, which fills nodes fast."""
    return Repeat(Made(element), low, high)


def filler(random, world):
    return random.choice([b"%d" % random.randint(0, 10**9), b"f" * random.randint(1, 300)])


LEFT_RIGHT = OneOf("LEFT", "RIGHT")
SHORT = Text("0.001", "0.002", "0.001", "-1", "abc", "1e-3", "inf", "9223372036854775807")


def keys_with_count(random, world):
    return b"%d" % random.choice([1, 1, 2, 2, 3])


COMMANDS = [
    Command("RPUSH", Key(), elements(1, 6), weight=4),
    Command("LPUSH", Key(), elements(1, 6), weight=4),
    Command("RPUSH", Key(), Repeat(Made(filler), 1, 60), weight=1.5),
    Command("LPUSH", Key(), Repeat(Made(filler), 1, 60), weight=1),
    Command("RPUSHX", Key(), elements(1, 3)),
    Command("LPUSHX", Key(), elements(1, 3)),
    Command("LPOP", Key(), Optional(COUNT, chance=0.3), weight=2),
    Command("RPOP", Key(), Optional(COUNT, chance=0.3), weight=2),
    Command("LPOP", Key(), MANY, weight=0.3),
    Command("RPOP", Key(), MANY, weight=0.3),
    Command("LLEN", Key(), weight=2),
    Command("LRANGE", Key(), INDEX, INDEX, weight=2),
    Command("LRANGE", Key(), Word("0"), Word("-1"), weight=1),
    Command("LINDEX", Key(), OneOf(INDEX, FAR_INDEX), weight=2),
    Command("LSET", Key(), OneOf(INDEX, FAR_INDEX), Made(element), weight=3),
    Command("LINSERT", Key(), OneOf("BEFORE", "AFTER"), Made(element), Made(element), weight=4),
    Command("LREM", Key(), Integer(-3, 3, EXTREMES), Made(element), weight=3),
    Command("LTRIM", Key(), INDEX, INDEX, weight=0.5),
    Command("LTRIM", Key(), Integer(0, 4), Integer(-5, -1), weight=1),
    Command(
        "LPOS", Key(), Made(element),
        AnyOrder(
            Optional("RANK", Integer(-4, 4, EXTREMES), chance=0.5),
            Optional("COUNT", COUNT, chance=0.5),
            Optional("MAXLEN", Integer(0, 40, [-1, 2**63 - 1]), chance=0.3),
        ),
        weight=3,
    ),
    Command("LMOVE", Key(), Key(), LEFT_RIGHT, LEFT_RIGHT, weight=2),
    Command("RPOPLPUSH", Key(), Key(), weight=1.5),
    Command("LMPOP", Word("1"), Key(), LEFT_RIGHT, Optional("COUNT", COUNT)),
    Command("LMPOP", Word("2"), Key(), Key(), LEFT_RIGHT, Optional("COUNT", COUNT)),
    Command("LMPOP", Integer(-1, 4), Repeat(Key(), 1, 3), LEFT_RIGHT, Optional("COUNT", COUNT), weight=0.3),
    Command("BLPOP", Repeat(Key(), 1, 3), SHORT, weight=0.04),
    Command("BRPOP", Repeat(Key(), 1, 3), SHORT, weight=0.04),
    Command("BLMOVE", Key(), Key(), LEFT_RIGHT, LEFT_RIGHT, SHORT, weight=0.03),
    Command("BRPOPLPUSH", Key(), Key(), SHORT, weight=0.03),
    Command("BLMPOP", SHORT, Word("1"), Key(), LEFT_RIGHT, Optional("COUNT", COUNT), weight=0.03),
    Command("DEBUG", Word("DIGEST-VALUE"), Key(), weight=0.5),
    Command("OBJECT", Word("ENCODING"), Key(), weight=2),
    Command("DUMP", Key(), weight=1),
]  # fmt: skip
