"""Arguments that say when a key dies.

A generated deadline is past, far away, refused, or (`milliseconds` only) so near that the session
waits for it: `shortest_life` finds those, so that no comparison depends on which server was asked
first.
"""

from .grammar import Integer

OVERFLOWS = [0, -1, -(2**63), 2**63 - 1, 9223372036854775, 9223372036854776, 2**53]

seconds = Integer(100, 100000, OVERFLOWS)
milliseconds = Integer(100_000, 100_000_000, OVERFLOWS + [1, 2, 3])
unix_seconds = Integer(4_000_000_000, 4_102_444_800, OVERFLOWS + [1, 1_000_000_000])
unix_milliseconds = Integer(4_000_000_000_000, 4_102_444_800_000, OVERFLOWS + [1, 10**12])

# The place of a relative time in milliseconds, by command.
FIXED_PLACE = {b"PSETEX": 2, b"PEXPIRE": 2, b"RESTORE": 2}


def shortest_life(arguments):
    """Milliseconds until a key that this command touches dies, if that is soon; else None."""
    if not arguments:
        return None
    name = arguments[0].upper()
    places = []
    if name in FIXED_PLACE:
        places.append(FIXED_PLACE[name])
    elif name in (b"SET", b"GETEX", b"MSETEX"):
        for place, argument in enumerate(arguments):
            if argument.upper() == b"PX":
                places.append(place + 1)
            if argument.upper() == b"EX":
                places.append(place + 1)
    lives = []
    for place in places:
        if place < len(arguments):
            try:
                life = int(arguments[place])
            except ValueError:
                continue
            if 0 < life < 20_000:
                lives.append(life)
    return min(lives) if lives else None
