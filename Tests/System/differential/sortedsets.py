"""The grammar of the sorted set commands.

Scores meet often, so that members decide the order, and members are few, so that commands meet. Where
ranges by member are compared, all scores of a key are 0: what they find otherwise is undefined, and
the skip list of the oracle answers by its luck.
"""

from .grammar import (AnyOrder, Argument, Command, Element, Integer, Key, Made, OneOf, Optional,
                      Repeat, Text)

LIMITS = [0, -1, 2**31, 2**63 - 1, -(2**63)]


def score_text(random):
    draw = random.random()
    if draw < 0.5:
        return b"%d" % random.randint(-5, 30)
    if draw < 0.7:
        return b"%.2f" % (random.randint(-40, 40) / 4)
    return random.choice([
        b"0", b"0", b"inf", b"-inf", b"+inf", b"1e20", b"-1e20", b"0.5", b"3", b"3", b"3",
        b"9007199254740993", b"0x10", b"1e23", b"0.1", b"1e-9", b"2.2250738585072014e-308",
    ])  # fmt: skip


def bound_text(random, _):
    text = score_text(random)
    return random.choice([b"(", b"", b"", b""]) + text if random.random() < 0.9 else random.choice(
        [b"-inf", b"+inf", b"", b"(", b"((1", b"x", b"[1", b"nan"])


def member_text(random, _):
    draw = random.random()
    if draw < 0.5:
        return b"m%d" % random.randint(0, 30)
    if draw < 0.7:
        return b"%d" % random.randint(-3, 20)
    if draw < 0.85:
        return random.choice([b"a", b"b", b"ab", b"abc", b"", b"\x00", b"a\x00b", b"\xff", b"A"])
    if draw < 0.95:
        return b"m%d" % random.randint(0, 400)
    return b"long" * random.choice([3, 15, 16, 17, 100])


def lex_text(random, _):
    if random.random() < 0.3:
        return random.choice([b"-", b"+", b"-", b"+", b"(", b"[", b"", b"x", b"+a"])
    return random.choice([b"[", b"("]) + member_text(random, None)


class Many(Element):
    """Pairs enough to pass the thresholds at one stroke, each member once."""

    def produce(self, random, world):
        start = random.randint(0, 300)
        count = random.choice([3, 9, 60, 127, 128, 129, 130, 300])
        scores = random.choice([lambda i: i, lambda i: 0, lambda i: i % 7, lambda i: -i / 4])
        return [
            Argument(text, kind)
            for i in range(count)
            for text, kind in ((b"%.15g" % scores(i), "score"), (b"m%d" % (start + i), "value"))
        ]


SCORE = Made(lambda random, world: score_text(random), "score")
BOUND = Made(bound_text, "float")
MEMBER = Made(member_text)
LEX = Made(lex_text)
RANK = Integer(-20, 40, LIMITS)
#: All scores of this key are 0.
LEXKEY = Text("lex")
KEYS = OneOf(("1", Key()), ("2", Key(), Key()), ("3", Key(), Key(), Key()))
LIMIT = ("LIMIT", Integer(-1, 6, LIMITS), Integer(-1, 12, LIMITS))
OPTIONS = AnyOrder(
    Optional(OneOf("NX", "XX"), chance=0.15), Optional(OneOf("GT", "LT"), chance=0.2),
    Optional("CH", chance=0.2),
)
WEIGHT = Text("1", "2", "0", "inf", "1000")
WEIGHTS = OneOf(
    ("1", Key(), Optional("WEIGHTS", WEIGHT)),
    ("2", Key(), Key(), Optional("WEIGHTS", WEIGHT, WEIGHT)),
    ("3", Key(), Key(), Key(), Optional("WEIGHTS", WEIGHT, WEIGHT, WEIGHT)),
)
AGGREGATE = Optional("AGGREGATE", OneOf("SUM", "MIN", "MAX"))
END = OneOf("MIN", "MAX")
SCORES = Optional("WITHSCORES")

COMMANDS = [
    Command("ZADD", Key(), OPTIONS, Repeat((SCORE, MEMBER), 1, 5), weight=7),
    Command("ZADD", Key(), Many(), weight=0.8),
    Command("ZADD", Key(), OPTIONS, "INCR", SCORE, MEMBER, weight=1.5),
    Command("ZADD", LEXKEY, Repeat((Text("0"), MEMBER), 1, 6), weight=1.5, spoil=0),
    Command("ZINCRBY", Key(), SCORE, MEMBER, weight=2),
    Command("ZREM", Key(), Repeat(MEMBER, 1, 5), weight=2),
    Command("ZREM", LEXKEY, Repeat(MEMBER, 1, 5), spoil=0),
    Command("ZCARD", Key()),
    Command("ZSCORE", Key(), MEMBER, weight=1.5),
    Command("ZMSCORE", Key(), Repeat(MEMBER, 1, 4)),
    Command("ZCOUNT", Key(), BOUND, BOUND, weight=1.5),
    Command("ZLEXCOUNT", LEXKEY, LEX, LEX),
    Command("ZRANK", Key(), MEMBER, Optional("WITHSCORE", chance=0.2)),
    Command("ZREVRANK", Key(), MEMBER, Optional("WITHSCORE", chance=0.2)),
    Command("ZRANGE", Key(), RANK, RANK, AnyOrder(Optional("REV"), SCORES), weight=2),
    Command("ZRANGE", Key(), BOUND, BOUND,
            AnyOrder("BYSCORE", Optional("REV"), Optional(LIMIT), SCORES), weight=2),
    Command("ZRANGE", LEXKEY, LEX, LEX, AnyOrder("BYLEX", Optional("REV"), Optional(LIMIT))),
    Command("ZRANGESTORE", Key(), Key(), RANK, RANK, Optional("REV")),
    Command("ZRANGESTORE", Key(), Key(), BOUND, BOUND, AnyOrder("BYSCORE", Optional(LIMIT))),
    Command("ZRANGESTORE", Key(), LEXKEY, LEX, LEX, AnyOrder("BYLEX", Optional(LIMIT)), weight=0.5),
    Command("ZREVRANGE", Key(), RANK, RANK, SCORES),
    Command("ZRANGEBYSCORE", Key(), BOUND, BOUND, AnyOrder(SCORES, Optional(LIMIT)), weight=1.5),
    Command("ZREVRANGEBYSCORE", Key(), BOUND, BOUND, AnyOrder(SCORES, Optional(LIMIT))),
    Command("ZRANGEBYLEX", LEXKEY, LEX, LEX, Optional(LIMIT)),
    Command("ZREVRANGEBYLEX", LEXKEY, LEX, LEX, Optional(LIMIT)),
    Command("ZREMRANGEBYRANK", Key(), Integer(-5, 20, LIMITS), RANK, weight=0.5),
    Command("ZREMRANGEBYSCORE", Key(), BOUND, BOUND, weight=0.5),
    Command("ZREMRANGEBYLEX", LEXKEY, LEX, LEX, weight=0.5, spoil=0),
    Command("ZPOPMIN", Key(), Optional(Integer(-1, 8))),
    Command("ZPOPMAX", Key(), Optional(Integer(-1, 8))),
    Command("ZMPOP", KEYS, END, Optional("COUNT", Integer(-1, 6))),
    Command("BZPOPMIN", Repeat(Key(), 1, 3), Text("0.001"), weight=0.3, spoil=0),
    Command("BZPOPMAX", Repeat(Key(), 1, 3), Text("0.001"), weight=0.3, spoil=0),
    Command("BZMPOP", Text("0.001"), KEYS, END, Optional("COUNT", Integer(1, 6)), weight=0.3, spoil=0),
    Command("ZRANDMEMBER", Key(), Optional(Integer(-8, 8, LIMITS[:1] + LIMITS[4:]), SCORES), spoil=0),
    Command("ZRANDMEMBER", Text("nosuchkey"), Optional(Integer(-3, 3, LIMITS), SCORES), weight=0.3),
    Command("ZUNION", WEIGHTS, AnyOrder(AGGREGATE, SCORES)),
    Command("ZINTER", WEIGHTS, AnyOrder(AGGREGATE, SCORES)),
    Command("ZDIFF", KEYS, SCORES),
    Command("ZUNIONSTORE", Key(), WEIGHTS, AGGREGATE),
    Command("ZINTERSTORE", Key(), WEIGHTS, AGGREGATE),
    Command("ZDIFFSTORE", Key(), KEYS),
    Command("ZINTERCARD", KEYS, Optional("LIMIT", Integer(-1, 4))),
    Command("ZSCAN", Key(), Text("0"),
            AnyOrder(Optional("MATCH", Text("*", "m*", "?", "m1*")), Optional("COUNT", Text("1000000")))),
    Command("OBJECT ENCODING", Key(), spoil=0),
    Command("OBJECT ENCODING", LEXKEY, weight=0.3, spoil=0),
    # The inputs of ZUNION and its like may be sets.
    Command("SADD", Key(), Repeat(MEMBER, 1, 4), weight=0.5, spoil=0),
    Command("DEL", Key(), weight=0.5),
]  # fmt: skip
