"""The pieces from which a command's grammar is put together, and how near-invalid input is made.

A family file declares its commands as `Command(name, element, …)`. An element produces arguments
that the documented syntax allows; `Command.produce` then spoils some of them, because the errors
are part of the contract. Adding a family means adding declarations, nothing here changes.
"""

from typing import NamedTuple

BAD_NUMBERS = [
    b"", b" 1", b"1 ", b"+1", b"01", b"-0", b"1.0", b"1e3", b"abc", b"0x10", b"nan", b"inf",
    b"9223372036854775807", b"9223372036854775808", b"-9223372036854775808",
    b"-9223372036854775809", b"18446744073709551616", b"4294967296", b"2147483648", b"-1", b"0",
    b"1\x00", b"99999999999999999999999999999999", b"9223372036854775", b"922337203685477580",
]  # fmt: skip
BAD_FLOATS = BAD_NUMBERS + [
    b"1.5", b"-2.25e2", b"infinity", b"-inf", b"1e400", b"1e-400", b"0.1", b".5", b"5.", b"1e308",
    b"3.0e3", b"1,5", b"0x1p3", b"1.7976931348623157e308",
]  # fmt: skip
GARBAGE = [b"", b"foo", b"NOSUCHWORD", b"\xff\r\n", b"*", b"NX", b"GET", b"0", b"1", b"a b", "é".encode()]


class Argument(NamedTuple):
    text: bytes
    kind: str


class Element:
    def produce(self, random, world):
        raise NotImplementedError


class Word(Element):
    def __init__(self, *words):
        self.words = [word.encode() for word in words]

    def produce(self, random, world):
        return [Argument(cased(random, word), "word") for word in self.words]


class Key(Element):
    def produce(self, random, world):
        return [Argument(world.key(random), "key")]


class Value(Element):
    def produce(self, random, world):
        return [Argument(world.value(random), "value")]


class Integer(Element):
    def __init__(self, low, high, extremes=()):
        self.low, self.high, self.extremes = low, high, extremes

    def produce(self, random, world):
        if self.extremes and random.random() < 0.1:
            number = random.choice(self.extremes)
        else:
            number = random.randint(self.low, self.high)
        return [Argument(b"%d" % number, "integer")]


class Float(Element):
    def produce(self, random, world):
        text = random.choice([
            lambda: f"{random.uniform(-100, 100):.3f}",
            lambda: f"{random.uniform(-1, 1) * 10 ** random.randint(-8, 12):.6g}",
            lambda: str(random.randint(-1000, 1000)),
            lambda: f"{random.randint(1, 9)}e{random.randint(-5, 17)}",
        ])()  # fmt: skip
        return [Argument(text.encode(), "float")]


class Text(Element):
    """One of a fixed list of byte strings."""

    def __init__(self, *texts):
        self.texts = [text if isinstance(text, bytes) else text.encode() for text in texts]

    def produce(self, random, world):
        return [Argument(random.choice(self.texts), "value")]


class Made(Element):
    """A text that a function of (random, world) makes."""

    def __init__(self, maker, kind="value"):
        self.maker, self.kind = maker, kind

    def produce(self, random, world):
        return [Argument(self.maker(random, world), self.kind)]


class Sequence(Element):
    def __init__(self, *elements):
        self.elements = [as_element(element) for element in elements]

    def produce(self, random, world):
        return [a for element in self.elements for a in element.produce(random, world)]


class Optional(Sequence):
    def __init__(self, *elements, chance=0.4):
        super().__init__(*elements)
        self.chance = chance

    def produce(self, random, world):
        return super().produce(random, world) if random.random() < self.chance else []


class OneOf(Sequence):
    def produce(self, random, world):
        return random.choice(self.elements).produce(random, world)


class Repeat(Element):
    def __init__(self, element, low, high):
        self.element, self.low, self.high = as_element(element), low, high

    def produce(self, random, world):
        count = random.randint(self.low, self.high)
        return [a for _ in range(count) for a in self.element.produce(random, world)]


class AnyOrder(Sequence):
    """Options: each element may come anywhere among the others."""

    def produce(self, random, world):
        elements = self.elements[:]
        random.shuffle(elements)
        return [a for element in elements for a in element.produce(random, world)]


def as_element(thing):
    if isinstance(thing, str):
        return Word(*thing.split())
    if isinstance(thing, tuple):
        return Sequence(*thing)
    return thing


def cased(random, word):
    draw = random.random()
    if draw < 0.85:
        return word
    return word.lower() if draw < 0.95 else word.swapcase()


class Command:
    """A command with its grammar. `weight` says how often it is drawn within its family."""

    def __init__(self, name, *elements, weight=1.0, spoil=0.15):
        self.name = name
        self.words = name.encode().split(b" ")
        self.body = Sequence(*elements)
        self.weight = weight
        self.spoil = spoil

    def produce(self, random, world):
        head = [Argument(cased(random, word), "name") for word in self.words]
        arguments = head + self.body.produce(random, world)
        if random.random() < self.spoil:
            arguments = spoiled(random, arguments, len(head))
        return [argument.text for argument in arguments]


def spoiled(random, arguments, head):
    """The arguments with one or two mistakes of the kinds that clients make."""
    arguments = arguments[:]
    for _ in range(random.choice([1, 1, 1, 2])):
        body = range(head, len(arguments))
        draw = random.random()
        if not body or draw < 0.12:
            arguments.append(Argument(random.choice(GARBAGE), "value"))
        elif draw < 0.30:
            del arguments[random.choice(body)]
        elif draw < 0.38:
            arguments.insert(random.choice(body), arguments[random.choice(body)])
        elif draw < 0.46:
            first, second = random.choice(body), random.choice(body)
            arguments[first], arguments[second] = arguments[second], arguments[first]
        else:
            numbers = [i for i in body if arguments[i].kind in ("integer", "float")]
            words = [i for i in body if arguments[i].kind == "word"]
            if numbers and draw < 0.85:
                place = random.choice(numbers)
                pool = BAD_FLOATS if arguments[place].kind == "float" else BAD_NUMBERS
            elif words:
                place, pool = random.choice(words), GARBAGE
            else:
                place, pool = random.choice(body), GARBAGE
            arguments[place] = Argument(random.choice(pool), arguments[place].kind)
    return arguments
