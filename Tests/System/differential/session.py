"""A generated session: what several clients send, step by step, and how it is sent.

A session is plain data, so that it can be cut down and printed. Each step belongs to one
connection, and its replies are read before the next step begins: the order of execution is the
same on every server.
"""

from dataclasses import dataclass, field

from harness.resp import encode

from . import bitmaps, geo, hashes, hyperloglogs, keys, lists, sessions, sets, sort, sortedsets, streams, strings
from .changes import change_for
from .times import shortest_life
from .world import World

FAMILIES = [
    (hashes.COMMANDS, 3.0),
    (streams.COMMANDS, 3.0),
    (bitmaps.COMMANDS, 1.0),
    (hyperloglogs.COMMANDS, 0.5),
    (strings.COMMANDS, 5.0),
    (keys.COMMANDS, 4.0),
    (lists.COMMANDS, 3.0),
    (sets.COMMANDS, 3.0),
    (sort.COMMANDS, 1.0),
    (sortedsets.COMMANDS, 3.0),
    (geo.COMMANDS, 1.0),
    (sessions.TRANSACTIONS, 2.0),
    (sessions.CONNECTION, 0.8),
    (sessions.SERVER, 0.5),
]

PROTOCOL_NOISE = [
    b"*0\r\n", b"\r\n", b"*-1\r\n", b"*-10\r\n", b"\n", b"  \r\n",
    b"*abc\r\n", b"*1\r\nPING\r\n", b"*1\r\n$-1\r\n", b"*1\r\n$abc\r\n", b"*2\r\n$3\r\nGET\r\n:1\r\n",
    b"*1\r\n\xff3\r\nabc\r\n", b"*2147483648\r\n", b"*9223372036854775808\r\n", b"*1\r\n$536870913\r\n",
    b"*1\r\n$9999999999999\r\n", b"*1\r\n$4\r\nPINGxx*1\r\n$4\r\nPING\r\n", b'SET "a\r\n', b"GET 'a\r\n",
    b'SET "a"b c\r\n', b"*1 \r\n$4\r\nPING\r\n", b"*+1\r\n$4\r\nPING\r\n", b"*1\r\n$ 4\r\nPING\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"POST / HTTP/1.1\r\n\r\n", b"*1\r\n$0\r\n\r\n", b'""\r\n',
    b"*3\r\n$3\r\nSET\r\n$1\r\na\r\n$-5\r\n",
    b"*1\n$4\nPING\n", b"*01\r\n$4\r\nPING\r\n", b"*1\r\n$04\r\nPING\r\n", b"*\r\n",
    b"*1\r\n$\r\n", b"$4\r\nPING\r\n", b"+PING\r\n", b"*1\r\n*1\r\n",
]  # fmt: skip


@dataclass
class Commands:
    """One or more commands sent as one piece, or cut at `cuts`; `wait` in seconds afterwards."""

    connection: int
    commands: list
    inline: bool = False
    cuts: list = field(default_factory=list)
    wait: float = 0.0
    encoded: bytes = None

    def data(self):
        if self.inline:
            return b"".join(b" ".join(map(quoted, command)) + b"\r\n" for command in self.commands)
        if self.encoded is None:
            self.encoded = b"".join(map(encode, self.commands))
        return self.encoded


@dataclass
class Noise:
    """Bytes that are no proper request; whatever comes back is compared, up to a closing."""

    connection: int
    bytes: bytes


@dataclass
class Close:
    """The client goes away, maybe in the middle of a request."""

    connection: int
    rest: bytes = b""


def quoted(word):
    """A word as an inline command spells it."""
    if word and all(33 <= byte < 127 and byte not in b"\"'\\" for byte in word):
        return word
    escaped = b"".join(
        bytes([byte]) if 32 <= byte < 127 and byte not in b'"\\' else b"\\x%02x" % byte for byte in word
    )
    return b'"' + escaped + b'"'


class Generator:
    """Draws sessions. `connections` clients take turns; the state kept here is a guess that makes
    sensible sessions likely, nothing relies on it."""

    def __init__(self, random, connections=3, families=FAMILIES):
        self.random = random
        self.connections = connections
        self.world = World()
        self.families = families
        self.in_transaction = [False] * connections

    def session(self, length):
        return [self.step() for _ in range(length)]

    def step(self):
        random = self.random
        connection = random.randrange(self.connections)
        draw = random.random()
        if draw < 0.012:
            self.in_transaction[connection] = False
            return Noise(connection, random.choice(PROTOCOL_NOISE))
        if draw < 0.02:
            self.in_transaction[connection] = False
            rest = encode([b"SET", b"a", b"never"])[: random.randint(0, 20)]
            return Close(connection, rest)
        if draw < 0.10:
            commands = [self.command(connection, last=False) for _ in range(random.randint(2, 12))]
            step = Commands(connection, commands)
            size = len(step.data())
            if random.random() < 0.7 and size > 2:
                step.cuts = sorted({random.randint(1, size - 1) for _ in range(random.randint(1, 5))})
            return step
        command = self.command(connection, last=True)
        step = Commands(connection, [command])
        life = shortest_life(command)
        if life is not None:
            step.wait = life / 1000 + 0.004
        if draw < 0.16 and len(step.data()) < 4000 and command[0]:
            step.inline = True
        return step

    def command(self, connection, last):
        random = self.random
        while True:
            commands = random.choices(self.families, [weight for _, weight in self.families])[0][0]
            declared = random.choices(commands, [command.weight for command in commands])[0]
            if declared.name in ("EXEC", "DISCARD") and not self.in_transaction[connection]:
                if random.random() < 0.9:
                    continue
            if declared.name == "MULTI" and self.in_transaction[connection] and random.random() < 0.9:
                continue
            arguments = declared.produce(random, self.world)
            life = shortest_life(arguments)
            # Nothing may depend on when exactly a key dies: such a command stands alone.
            if life is not None and (life > 50 or not last or self.in_transaction[connection]):
                continue
            # Redis lets this sum overflow; ours refuses it.
            if arguments[0].upper() == b"RESTORE" and len(arguments) > 2 and len(arguments[2]) > 18:
                continue
            # 7.0 takes the number that has no negation, and what it removes then differs.
            if arguments[0].upper() == b"LREM" and b"-9223372036854775808" in arguments:
                continue
            # Between members of other scores lies what chance makes of it.
            if is_between_members(arguments) and b"lex" not in arguments[1:3]:
                continue
            # 7.2 takes the lower half of a far index for it.
            if arguments[0].upper() == b"LSET" and any(len(word) > 8 for word in arguments[2:3]):
                continue
            # Nobody is there to end a long wait.
            if arguments[0].upper() in (b"XREAD", b"XREADGROUP") and waits_long(arguments):
                continue
            # The identifier is of the moment.
            if arguments[0].upper() == b"XADD" and b"*" in arguments:
                continue
            # Redis allocates as much as is asked for at most; ours does not, and refuses nothing.
            if arguments[0].upper() == b"XAUTOCLAIM" and any(9 < len(word) < 19 for word in arguments[6:]):
                continue
            # 7.0 does not know the option, and Valkey refuses the cursor.
            if arguments[0].upper() == b"HSCAN" and has_no_values(arguments):
                continue
            # 7.0 would abort the whole transaction over a command that it does not know.
            change = change_for(arguments)
            if self.in_transaction[connection] and change is not None and change.required:
                continue
            self.note(connection, arguments)
            return arguments

    def note(self, connection, arguments):
        name = arguments[0].upper() if len(arguments) == 1 else b""
        if name == b"MULTI":
            self.in_transaction[connection] = True
        if name in (b"EXEC", b"DISCARD", b"RESET", b"QUIT"):
            self.in_transaction[connection] = False


def has_no_values(arguments):
    """Whether the values are to be left out, after a cursor that is no number."""
    options = [word.upper() for word in arguments[3:]]
    return b"NOVALUES" in options and not arguments[2].isdigit()


def is_between_members(arguments):
    """Whether the range of a command is one of members of a sorted set."""
    return any(word.upper().endswith((b"BYLEX", b"ZLEXCOUNT")) for word in arguments)


def waits_long(arguments):
    """Whether a number behind BLOCK is more than a few milliseconds, or 0, which is without end."""
    for word, following in zip(arguments, arguments[1:]):
        if word.upper() == b"BLOCK":
            try:
                if int(following) == 0 or int(following) > 10:
                    return True
            except ValueError:
                pass
    return False


def described(session):
    """The session as lines that a person can follow and a test can paste."""
    lines = []
    for step in session:
        if isinstance(step, Commands):
            how = " inline" if step.inline else ""
            how += f" cut at {step.cuts}" if step.cuts else ""
            how += f" then wait {step.wait:.3f} s" if step.wait else ""
            for command in step.commands:
                words = " ".join(quoted(argument).decode() for argument in command)
                words = words if len(words) < 160 else f"{words[:160]}… ({len(words)} characters)"
                lines.append(f"client {step.connection}{how}: {words}")
        elif isinstance(step, Noise):
            text = repr(step.bytes) if len(step.bytes) < 200 else f"{step.bytes[:60]!r}…({len(step.bytes)} bytes)"
            lines.append(f"client {step.connection} sends bytes: {text}")
        else:
            lines.append(f"client {step.connection} disconnects after {step.rest!r}")
    return "\n".join(lines)
