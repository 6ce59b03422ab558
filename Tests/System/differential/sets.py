"""The grammar of the set commands.

What is drawn at random cannot be compared, and sets that lost different members are different from
then on. So SPOP takes nothing, or everything; unit tests ask how it draws.
"""

from .grammar import Command, Integer, Key, Made, OneOf, Optional, Repeat, Text, Word

SHORT = [b"a", b"b", b"c", b"d", b"e", b"", b"A", b"1.0", b"01", b"+1", b" 1", b"-0", b"x\x00y", b"\xff"]
LENGTHS = [4, 5, 6, 20, 21, 62, 63, 64, 65, 127, 128, 300, 4095, 4096, 5000]
BORDERS = [
    0, 127, 128, 4095, 4096, 32767, 32768, 8388607, 8388608, 2147483647, 2147483648, 2**63 - 1,
]  # fmt: skip


def member(random, world):
    draw = random.random()
    if draw < 0.55:
        return b"%d" % random.randint(-3, 12)
    if draw < 0.65:
        return b"%d" % random.randint(-700, 700)
    if draw < 0.72:
        return b"%d" % (random.choice(BORDERS) * random.choice([1, -1]) - random.randint(0, 1))
    if draw < 0.92:
        return random.choice(SHORT)
    if draw < 0.97:
        return b"m%d" % random.randint(0, 300)
    return b"m" * random.choice(LENGTHS)


MEMBER = Made(member)
PATTERN = Text("*", "?", "[ab]*", "1*", "m*", "-*", "", "nosuch", "\\")
DESTINATION = Key()


class Many:
    """A row of members long enough to pass the thresholds at one stroke."""

    def produce(self, random, world):
        from .grammar import Argument

        start, step = random.randint(-100, 100), random.choice([1, 1, 3, 70000, 2**33])
        count = random.choice([3, 9, 60, 127, 128, 129, 130, 511, 512, 513, 600])
        prefix = random.choice([b"", b"", b"m", b"x" * 40])
        return [Argument(prefix + b"%d" % (start + step * i), "value") for i in range(count)]


KEYS = Repeat(Key(), 1, 4)

COMMANDS = [
    Command("SADD", Key(), Repeat(MEMBER, 1, 5), weight=7),
    Command("SADD", Key(), Many(), weight=0.6),
    Command("SREM", Key(), Repeat(MEMBER, 1, 5), weight=3),
    Command("SREM", Key(), Many(), weight=0.3),
    Command("SMEMBERS", Key(), weight=1.5),
    Command("SISMEMBER", Key(), MEMBER, weight=2),
    Command("SMISMEMBER", Key(), Repeat(MEMBER, 1, 5), weight=2),
    Command("SCARD", Key(), weight=2),
    Command("SPOP", Key(), Text("1000000", "0", "-1", "x", "", "1.0", "9223372036854775807",
                                "9223372036854775808", "-9223372036854775808"), spoil=0),
    Command("SPOP", Key(), Text("1000000", "0", "x"), Text("0", "x"), weight=0.2, spoil=0),
    Command("SPOP", Text("nosuchkey"), Optional(Integer(0, 3)), weight=0.3, spoil=0),
    Command("SRANDMEMBER", Key(), Optional(Integer(-20, 20, [0, 1000000, 2**63 - 1, -(2**63)]), chance=0.8),
            spoil=0),
    Command("SRANDMEMBER", Text("nosuchkey"), Optional(Integer(-3, 3, [-(2**63), -(2**63) + 1, 2**63 - 1])),
            weight=0.4),
    Command("SMOVE", Key(), Key(), MEMBER, weight=3),
    Command("SINTER", KEYS, weight=2),
    Command("SINTERSTORE", DESTINATION, KEYS, weight=2),
    Command(
        "SINTERCARD",
        OneOf(
            ("1", Key()), ("2", Repeat(Key(), 2, 2)), ("3", Repeat(Key(), 3, 3)),
            (Integer(-1, 5, [2**31, 2**63 - 1]), KEYS),
        ),
        Optional("LIMIT", Integer(0, 5, [-1, 0, 2**63 - 1])),
        Optional("LIMIT", Integer(0, 5), chance=0.05),
        weight=2,
    ),
    Command("SUNION", KEYS, weight=2),
    Command("SUNIONSTORE", DESTINATION, KEYS, weight=2),
    Command("SDIFF", KEYS, weight=2),
    Command("SDIFFSTORE", DESTINATION, KEYS, weight=2),
    Command(
        "SSCAN", Key(), Word("0"),
        Optional("MATCH", PATTERN), Word("COUNT", "100000"), weight=1.5,
    ),
    Command("SSCAN", Key(), Text("x", "", "-1", " 0"), Optional("COUNT", Text("0", "-1", "x", "10")), weight=0.3),
    Command("OBJECT", Word("ENCODING"), Key(), weight=4),
    Command("DEBUG", Word("DIGEST-VALUE"), Key()),
    Command("MEMORY", Word("USAGE"), Key(), weight=0.1),
    Command("DEL", Key(), weight=0.7),
    Command("SET", Key(), MEMBER, weight=0.3),
]  # fmt: skip
