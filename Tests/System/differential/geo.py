"""The grammar of the geo commands: places all over the world, at its edges, and close together.

No two members stand at the same place: which of two that are equally far comes first is undefined.
Searches may begin at the corners of the grid. Distances are not stored: as scores, 7.0 and 7.2 answer
them with other digits, and digest them so.
"""

from .grammar import AnyOrder, Argument, Command, Element, Integer, Key, Made, OneOf, Optional, Repeat, Text

CITIES = [(13.361389, 38.115556), (15.087269, 37.502669), (2.3522, 48.8566), (-0.1278, 51.5074),
          (139.6917, 35.6895), (-74.006, 40.7128), (151.2093, -33.8688)]  # fmt: skip
EDGES = [(180, 85.05112878), (-180, -85.05112878), (0, 0), (179.999, 0), (-179.999, 0), (0, 85), (0, -85)]


def place(random):
    draw = random.random()
    if draw < 0.4:
        longitude, latitude = random.choice(CITIES)
        return longitude + random.uniform(-1, 1), latitude + random.uniform(-1, 1)
    if draw < 0.5:
        longitude, latitude = random.choice(EDGES)
        if longitude == 0:
            longitude = random.uniform(-1, 1)
        if latitude == 0:
            latitude = random.uniform(-1, 1)
        return longitude * random.uniform(0.99, 1), latitude * random.uniform(0.99, 1)
    return random.uniform(-180, 180), random.uniform(-85, 85)


class Place(Element):
    """Longitude and latitude; `edges` adds the corners."""

    def __init__(self, edges=False):
        self.edges = edges

    def produce(self, random, world):
        if random.random() < 0.03:
            pair = random.choice([(181, 0), (0, 86), (-200, 90), (1e10, 1), (0, -85.06)])
        elif self.edges and random.random() < 0.1:
            pair = random.choice(EDGES + CITIES)
        else:
            pair = place(random)
        return [Argument(b"%.10g" % number, "float") for number in pair]


def member_text(random, _):
    return b"p%d" % random.randint(0, 60)


def length_text(random, _):
    return random.choice([b"%.3f" % random.uniform(0, 500), b"%d" % random.randint(0, 20000), b"0",
                          b"1", b"5000", b"-1", b"1e4", b"6000"])  # fmt: skip


MEMBER = Made(member_text)
LENGTH = Made(length_text, "float")
UNIT = OneOf("m", "km", "km", "km", "ft", "mi", "KM")
COUNT = ("COUNT", Integer(-1, 10), Optional("ANY", chance=0.2))
ORDER = OneOf("ASC", "DESC")
CENTER = OneOf(("FROMMEMBER", MEMBER), ("FROMLONLAT", Place(edges=True)))
FORM = OneOf(("BYRADIUS", LENGTH, UNIT), ("BYBOX", LENGTH, LENGTH, UNIT))
EXTRAS = AnyOrder(Optional("WITHCOORD", chance=0.3), Optional("WITHDIST", chance=0.3),
                  Optional("WITHHASH", chance=0.3))  # fmt: skip
OPTIONS = AnyOrder(Optional(COUNT), Optional(ORDER, chance=0.6))
STORE = Optional("STORE", Key(), chance=0.2)

COMMANDS = [
    Command("GEOADD", Key(), AnyOrder(Optional(OneOf("NX", "XX"), chance=0.2), Optional("CH", chance=0.2)),
            Repeat((Place(), MEMBER), 1, 8), weight=6),
    Command("ZADD", Key(), Made(lambda random, world: b"%d" % random.getrandbits(52), "integer"), MEMBER,
            weight=0.5, spoil=0),
    Command("ZREM", Key(), Repeat(MEMBER, 1, 3), weight=0.5),
    Command("GEODIST", Key(), MEMBER, MEMBER, Optional(UNIT), weight=2),
    Command("GEOPOS", Key(), Repeat(MEMBER, 0, 3)),
    Command("GEOHASH", Key(), Repeat(MEMBER, 0, 3)),
    Command("GEOSEARCH", Key(), AnyOrder(CENTER, FORM, OPTIONS, EXTRAS), weight=4),
    Command("GEOSEARCHSTORE", Key(), Key(), AnyOrder(CENTER, FORM, OPTIONS)),
    Command("GEORADIUS", Key(), Place(edges=True), LENGTH, UNIT, AnyOrder(EXTRAS, OPTIONS), weight=2),
    Command("GEORADIUS", Key(), Place(edges=True), LENGTH, UNIT, AnyOrder(OPTIONS, STORE)),
    Command("GEORADIUS_RO", Key(), Place(edges=True), LENGTH, UNIT, AnyOrder(EXTRAS, OPTIONS)),
    Command("GEORADIUSBYMEMBER", Key(), MEMBER, LENGTH, UNIT, AnyOrder(EXTRAS, OPTIONS), weight=2),
    Command("GEORADIUSBYMEMBER", Key(), MEMBER, LENGTH, UNIT, AnyOrder(OPTIONS, STORE)),
    Command("GEORADIUSBYMEMBER_RO", Key(), MEMBER, LENGTH, UNIT, AnyOrder(EXTRAS, OPTIONS)),
    Command("ZRANGE", Key(), Text("0"), Text("-1"), Optional("WITHSCORES")),
    Command("OBJECT ENCODING", Key(), weight=0.3, spoil=0),
    Command("DEL", Key(), weight=0.2),
]  # fmt: skip
