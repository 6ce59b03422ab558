"""The grammar of the HyperLogLog commands, and HyperLogLogs that no command would make."""

from .grammar import Argument, Command, Element, Key, Made, OneOf, Optional, Repeat, Text, Value

MAGIC = b"HYLL"


def element(random, world):
    if random.random() < 0.8:
        return b"%d" % random.randint(0, 400)
    return world.value(random)


def many(random):
    """Distinct elements, enough that a sparse one becomes dense now and then."""
    first = random.randint(0, 100_000)
    return [b"e%d" % number for number in range(first, first + random.choice([20, 60, 400]))]


def sparse_runs(random, broken):
    """Runs that make up the registers, unless they are to be broken."""
    left, runs = 16384, bytearray()
    while left > 0:
        draw = random.random()
        if draw < 0.5:
            count = min(left, random.randint(1, 4))
            runs.append(0x80 | random.randint(0, 31) << 2 | count - 1)
        elif draw < 0.7:
            count = min(left, random.randint(1, 64))
            runs.append(count - 1)
        else:
            count = min(left, random.choice([1, 65, 1000, 5000, 16384]))
            runs += bytes([0x40 | (count - 1) >> 8, (count - 1) & 0xFF])
        left -= count
    if broken:
        place = random.randrange(len(runs))
        if random.random() < 0.5:
            runs[place] ^= 1 << random.randrange(8)
        else:
            # Without its second byte the last run would end behind the string.
            del runs[min(place, len(runs) - 2)]
    return bytes(runs)


def header(random, encoding):
    spare = random.choice([bytes(3), bytes(3), b"abc"])
    card = random.choice([bytes(8), b"\x07" + bytes(7), bytes(7) + b"\x80", random.randbytes(8)])
    return MAGIC + encoding + spare + card


def made(random, world):
    draw = random.random()
    if draw < 0.45:
        return header(random, b"\x01") + sparse_runs(random, False)
    if draw < 0.8:
        size = 12288 + (random.choice([-1, 1]) if random.random() < 0.1 else 0)
        registers = random.choice([bytes(size), random.randbytes(size), b"\xff" * size, b"\x41\x10\x04" * (size // 3 + 1)])
        return header(random, b"\x00") + registers[:size]
    return random.choice([MAGIC, MAGIC + bytes(12), MAGIC + b"\x02" + bytes(20), b"HYLl\x01" + bytes(13), b""])


def broken(random, world):
    if random.random() < 0.2:
        return header(random, b"\x01")
    return header(random, b"\x01") + sparse_runs(random, random.random() < 0.9)


class Many(Element):
    def produce(self, random, world):
        return [Argument(text, "value") for text in many(random)]


ELEMENT = Made(element)
BROKEN = Text("broken")

COMMANDS = [
    Command("PFADD", Key(), Repeat(ELEMENT, 0, 6), weight=5),
    Command("PFADD", Key(), Many(), weight=3, spoil=0.02),
    Command("PFCOUNT", Key(), weight=3),
    Command("PFCOUNT", Repeat(Key(), 2, 4), weight=2),
    Command("PFMERGE", Key(), Repeat(Key(), 0, 3), weight=2),
    Command("PFDEBUG", OneOf("DECODE", "ENCODING", "ENCODING", "TODENSE", Text("NOSUCH", "")), Key(), weight=1.5),
    Command("PFDEBUG", Text("GETREG"), Key(), weight=0.1),
    Command("SET", Key(), Made(made), weight=1.5, spoil=0.02),
    Command("SET", Key(), Value(), weight=0.3),
    Command("GET", Key()),
    Command("OBJECT", Text("ENCODING"), Key(), weight=0.5),
    Command("PFADD", Optional(Key()), weight=0.1),
    # Redis adds to broken runs as far as it comes and forgets to log it; ours refuses as a whole. So
    # they have a key to themselves, which nothing adds to.
    Command("SET", BROKEN, Made(broken), weight=0.5, spoil=0),
    Command("PFCOUNT", BROKEN, Repeat(Key(), 0, 1), weight=0.3, spoil=0),
    Command("PFMERGE", Key(), BROKEN, weight=0.3, spoil=0),
    Command("PFDEBUG", OneOf("DECODE", "ENCODING"), BROKEN, weight=0.3, spoil=0),
]  # fmt: skip
