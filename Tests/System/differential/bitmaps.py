"""The grammar of the commands on strings as rows of bits."""

from .grammar import Command, Integer, Key, Made, OneOf, Optional, Repeat, Text, Value

# An offset that is accepted makes the string as long: no number here lies between these and 2³².
FAR = [b"-1", b"-9223372036854775808", b"4294967296", b"34359738368", b"9223372036854775807", b"70000", b"8191", b"8192",
       b"", b" 1", b"01", b"1.0", b"x", b"#1", b"9223372036854775808"]  # fmt: skip


def offset(random, world):
    return random.choice(FAR) if random.random() < 0.1 else b"%d" % random.randint(0, 300)


# Not called an integer, or it would be spoilt with numbers of any size.
OFFSET = Made(offset, "value")
PLACE = Integer(-20, 40, [-(2**63), 2**63 - 1, 2**35, -400, 400, 8 * 1024, 2**61])
RANGE = Optional(PLACE, Optional(PLACE, Optional(OneOf("BYTE", "BIT", "BIT"), chance=0.6), chance=0.9), chance=0.7)
NUMBER = Integer(-300, 300, [2**63 - 1, -(2**63), 2**35, -(2**35), 2**62, -(2**62), 2**63 - 2, 127, 128, -128, -129])


def field_type(random, world):
    if random.random() < 0.08:
        return random.choice([b"u64", b"i65", b"u0", b"i0", b"u", b"i", b"", b"x8", b"8", b"I8", b"U8", b"i-1", b"u08", b"i 8"])
    if random.random() < 0.5:
        return random.choice([b"u8", b"i8", b"u16", b"i16", b"u32", b"i32", b"u63", b"i64", b"u1", b"i1"])
    return b"u%d" % random.randint(1, 63) if random.random() < 0.5 else b"i%d" % random.randint(1, 64)


def field_offset(random, world):
    draw = random.random()
    if draw < 0.04:
        return random.choice([b"#-1", b"#", b"##1", b"# 1", b"-1", b"#a", b"#9223372036854775807", b"9223372036854775807", b"68719476736"])
    number = random.randint(0, 200) if draw < 0.9 else random.randint(0, 9000)
    return b"#%d" % (number // 8) if draw > 0.6 else b"%d" % number


TYPE, PLACED = Made(field_type, "value"), Made(field_offset, "value")
GET = ("GET", TYPE, PLACED)
CHANGE = OneOf(("SET", TYPE, PLACED, NUMBER), ("INCRBY", TYPE, PLACED, NUMBER))
OVERFLOW = ("OVERFLOW", OneOf("WRAP", "SAT", "FAIL", "SAT", "FAIL", Text("bogus", "")))

COMMANDS = [
    Command("SETBIT", Key(), OFFSET, Integer(0, 1, [2, -1]), weight=4),
    Command("GETBIT", Key(), OFFSET, weight=2),
    Command("BITCOUNT", Key(), RANGE, weight=2),
    Command("BITPOS", Key(), Integer(0, 1, [2, -1, 2**63 - 1]), RANGE, weight=3),
    Command("BITOP", OneOf("AND", "OR", "XOR"), Key(), Repeat(Key(), 1, 4), weight=2),
    Command("BITOP", OneOf("NOT", "NOT", "NOT", Text("NAND", "")), Key(), Repeat(Key(), 1, 2)),
    Command("BITFIELD", Key(), Repeat(OneOf(GET, CHANGE, (OVERFLOW, CHANGE)), 0, 4), Optional(OVERFLOW, chance=0.1), weight=4),
    Command("BITFIELD_RO", Key(), Repeat(OneOf(GET, GET, GET, GET, CHANGE, OVERFLOW), 0, 3)),
    Command("SET", Key(), Value()),
    Command("GET", Key()),
    Command("OBJECT", Text("ENCODING"), Key(), weight=0.5),
]  # fmt: skip
