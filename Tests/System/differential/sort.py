"""The grammar of SORT, with keys to sort, to sort by and to get.

Sets and sorted sets have an order of their own in every server, which shows where nothing is sorted
and where texts to sort by are equal; there, only lists are drawn.
"""

from .grammar import AnyOrder, Command, Integer, Key, Made, OneOf, Optional, Repeat, Text, Word

LISTS = Text("list:1", "list:2", "list:3")
SETS = Text("set:1", "set:2")
SORTED_SETS = Text("zset:1", "zset:2")
ANY = OneOf(LISTS, LISTS, LISTS, SETS, SORTED_SETS, Key())


def number(random, world):
    draw = random.random()
    if draw < 0.6:
        return b"%d" % random.randint(-5, 30)
    if draw < 0.75:
        return b"%.2f" % random.uniform(-5, 5)
    if draw < 0.8:
        return random.choice([b"0", b"-0", b"0.0", b"00", b"1e1", b"inf", b"-inf", b".5", b"5."])
    if draw < 0.9:
        return b"%d" % (random.choice([2**31, 2**53, 2**62]) + random.randint(-2, 2))
    return b"%d" % random.randint(-(10**6), 10**6)


def word(random, world):
    return bytes(random.choice(b"abAB01-\xff") for _ in range(random.randint(1, 10)))


def element(random, world):
    draw = random.random()
    if draw < 0.93:
        return number(random, world)
    if draw < 0.96:
        return word(random, world)
    # Nothing out of the range of doubles: 7.0 remembers it and refuses the next sort, too. Nothing
    # empty or with a blank in front: 7.0 and 7.2 take it for a number, later versions do not.
    return random.choice([b"nan", b"1x", b"1 ", b"x" * 70])


ELEMENT = Made(element)
NUMBER = Made(number)
# What elements name is among the keys of weights and objects.
NAME = Text(*[f"{kind}:{n}" for kind in ("w", "o") for n in list(range(-5, 31)) + ["a", ""]])
WEIGHT = OneOf(NUMBER, NUMBER, NUMBER, Made(word), Text("x"))
PATTERN = Text("w:*", "w:*", "o:*", "w:*x", "*", "nosuch:*", "h:*->f", "h:*->", "h:*->nosuch", "w:*->f", "->*")
GET = Text("#", "o:*", "w:*", "nostar", "h:*->f", "#x", "", "*->f")
LIMIT = Optional("LIMIT", Integer(-3, 20, [2**63 - 1, -(2**63)]), Integer(-3, 20, [2**63 - 1, -(2**63)]), chance=0.4)
ORDER = Optional(OneOf("ASC", "DESC"), chance=0.5)
STORE = Optional("STORE", OneOf(LISTS, Text("d:1", "d:2"), Key()), chance=0.3)
# What GET does not find is stored as an empty element, which later versions refuse to sort.
AWAY = Optional("STORE", Text("d:1", "d:2"), chance=0.3)

COMMANDS = [
    Command("RPUSH", LISTS, Repeat(NUMBER, 1, 12), weight=4, spoil=0),
    Command("RPUSH", LISTS, Repeat(ELEMENT, 1, 4), weight=0.4, spoil=0),
    Command("SADD", SETS, Repeat(NUMBER, 1, 12), weight=2, spoil=0),
    Command("SADD", SETS, Repeat(ELEMENT, 1, 4), weight=0.3, spoil=0),
    Command("SET", NAME, WEIGHT, weight=8, spoil=0),
    Command("DEL", OneOf(LISTS, SETS, NAME), weight=1.2, spoil=0),
    Command("LTRIM", LISTS, Word("0"), Integer(0, 40), weight=0.3, spoil=0),
    # The order of what is sorted follows from the elements.
    Command("SORT", ANY, AnyOrder(LIMIT, ORDER, Optional("ALPHA"), OneOf(STORE, (Repeat(("GET", GET), 1, 3), AWAY))), weight=5),
    Command("SORT_RO", ANY, AnyOrder(LIMIT, ORDER, Optional("ALPHA"), Optional("GET", GET)), weight=2),
    Command("SORT", ANY, "BY", PATTERN, AnyOrder(LIMIT, ORDER, OneOf(STORE, (Word("GET"), GET, AWAY))), weight=4, spoil=0.05),
    # Equals keep the order of the list, or what Redis's partial sort makes of it.
    Command(
        "SORT", LISTS, "BY", PATTERN, AnyOrder(LIMIT, ORDER, Optional("ALPHA"), OneOf(STORE, (Repeat(("GET", GET), 1, 2), AWAY))),
        weight=4,
    ),
    Command("SORT", LISTS, "BY", Text("nosort", "#", "", "x->y"), AnyOrder(LIMIT, ORDER, OneOf(STORE, (Word("GET"), GET, AWAY))), weight=2),
    Command("SORT_RO", LISTS, AnyOrder(LIMIT, ORDER, STORE), weight=0.5),
    Command("LRANGE", OneOf(LISTS, Text("d:1", "d:2")), Word("0"), Word("-1")),
    Command("COMMAND", Word("GETKEYS"), Word("SORT"), Key(), AnyOrder(LIMIT, Optional("GET", GET), STORE, STORE), weight=0.2, spoil=0),
]  # fmt: skip
