"""What Redis 7.2 answers otherwise than 7.0.15, and why: the one table of such differences.

Where an entry applies, the second oracle decides, which speaks 7.2's contract. A `required` change
must be made: to answer as 7.0 would be a mistake. Every entry names its reason; an entry that
nothing needs any more is removed.
"""

from typing import Callable, NamedTuple


class Change(NamedTuple):
    reason: str
    applies: Callable
    required: bool = True


def starts(*names):
    """Applies to commands that begin with one of these words."""
    wanted = [name.encode().split() for name in names]
    return lambda command: any(
        [word.upper() for word in command[: len(name)]] == name for name in wanted
    )


CHANGES = [
    Change("WAITAOF is new in 7.2", starts("WAITAOF")),
    Change(
        "ZRANK and ZREVRANK take WITHSCORE since 7.2",
        lambda command: starts("ZRANK", "ZREVRANK")(command) and len(command) >= 4,
    ),
    Change("these subcommands are new in 7.2", starts("CLIENT SETINFO", "CLIENT NO-TOUCH")),
    Change(
        "COMMAND GETKEYS takes a command without arguments since 7.2",
        lambda command: starts("COMMAND GETKEYS", "COMMAND GETKEYSANDFLAGS")(command)
        and len(command) == 3,
    ),
    Change(
        "HELLO may read all its options before it authenticates",
        starts("HELLO"),
        required=False,
    ),
    Change("small lists and sets are listpacks in 7.2", starts("OBJECT ENCODING"), required=False),
    Change("a set that is a listpack has an order", starts("SORT", "SORT_RO"), required=False),
    Change(
        "7.2 gives an element of a list that is larger than a node one of its own, and scores fewer digits",
        starts("DUMP"),
        required=False,
    ),
    Change("7.2 digests a score in its fewest digits", starts("DEBUG DIGEST-VALUE"), required=False),
    Change(
        "7.2 refuses the number that has no negation",
        lambda command: starts("LPOS")(command) and b"-9223372036854775808" in command,
    ),
    Change(
        "7.2 tells a timeout beyond 64 bits from a negative one",
        starts("BLPOP", "BRPOP", "BLMOVE", "BRPOPLPUSH", "BLMPOP"),
        required=False,
    ),
    Change(
        "HSCAN leaves the values out on request since 7.4",
        lambda command: starts("HSCAN")(command)
        and b"NOVALUES" in [word.upper() for word in command]
        and len(command) > 2
        and command[2].isdigit(),
    ),
    Change("a cursor that is no number may be refused", starts("SCAN", "SSCAN", "HSCAN", "ZSCAN"), required=False),
    Change(
        "consumers tell since 7.2 when they were last active",
        starts("XINFO CONSUMERS", "XINFO STREAM"),
    ),
    Change(
        "an identifier that is too small for both the top item and what was deleted has the other error",
        starts("XSETID"),
        required=False,
    ),
    Change("how far a group has read is told more often since 7.2", starts("XINFO GROUPS")),
    Change(
        "7.2 makes the consumer that claims entries also when there is nothing to claim",
        starts("XGROUP CREATECONSUMER"),
    ),
    Change(
        "XREAD takes + since 7.4, and 7.2 names the command otherwise in an error",
        starts("XREAD", "XREADGROUP"),
        required=False,
    ),
    Change(
        "a range that is wrong is refused although the key is missing or of another type",
        lambda command: starts("BITPOS")(command) and len(command) > 3,
    ),
    Change(
        "as BITPOS; and that the end may be left out is taken over from later versions",
        lambda command: starts("BITCOUNT")(command) and len(command) > 2,
    ),
    Change(
        "7.2 has one more log level, which the error lists",
        lambda command: starts("CONFIG SET")(command) and b"bogus" in command,
        required=False,
    ),
]


def change_for(command):
    for change in CHANGES:
        if change.applies(command):
            return change
    return None
