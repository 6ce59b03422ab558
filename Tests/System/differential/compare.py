"""When two servers' replies to the same command count as the same.

Byte-equal is the rule. The exceptions are listed here, once each: what depends on time or chance,
what names the server or a client, and sets that come in any order.
"""

from harness.resp import Reply

from .nodes import elements


def same(arguments, first, second, digits=False):
    """Whether both replies to this command mean the same. `digits`: both are of servers that write
    scores as 7.2 does; 7.0 writes other digits of the same number."""
    if first == second:
        return True
    if [word.upper() for word in arguments[:2]] == [b"MEMORY", b"USAGE"]:
        # Redis measures a key that has expired and is still there; ours does not see it.
        return first.type in ":$_" and second.type in ":$_"
    if first.type != second.type:
        return False
    if arguments and arguments[0].upper() == b"XREAD" and b"+" in arguments and first.value is None:
        return True  # Valkey finds nothing at + when the newest entry was deleted; later ones of Redis do.
    if first.type in ("-", "closed", "silence"):
        return without_later_policies(first) == without_later_policies(second)
    cursor = CURSORS.get(arguments[0].upper() if arguments else b"")
    if cursor is not None and len(arguments) > cursor and arguments[cursor] != b"0":
        return True  # The middle of an iteration is another place in every server.
    name = arguments[0].upper().decode("latin-1") if arguments else ""
    subcommand = arguments[1].upper().decode("latin-1") if len(arguments) > 1 else ""
    if has_scores(arguments) and not digits and same_scores(first, second):
        return True
    rule = RULES.get(f"{name} {subcommand}") or RULES.get(name)
    return rule is not None and rule(first, second)


#: Words of `maxmemory-policy` that neither Redis 7.0 nor Valkey has: the error of a wrong word lists them.
LATER_POLICIES = [b"volatile-lrm", b"allkeys-lrm"]


def without_later_policies(answer):
    """Our answer as it would be if the policies of later versions were not among the words."""
    if answer.type != "-":
        return answer
    text = answer.value
    for word in LATER_POLICIES:
        text = text.replace(word + b", ", b"")
    return answer._replace(value=text)


#: Where the cursor stands.
CURSORS = {b"SCAN": 1, b"SSCAN": 2, b"HSCAN": 2, b"ZSCAN": 2}


def has_scores(arguments):
    """Whether scores of sorted sets may stand in the reply."""
    return bool(arguments) and arguments[0].upper().startswith((b"Z", b"BZ"))


def same_scores(first, second):
    """The same elements and scores, whatever digits they are written with."""
    if first == second:
        return True
    if first.type != second.type or first.value is None or second.value is None:
        return False
    if isinstance(first.value, list):
        return len(first.value) == len(second.value) and all(map(same_scores, first.value, second.value))
    try:
        return first.type in "$," and float(first.value) == float(second.value)
    except (TypeError, ValueError):
        return False


def near(tolerance):
    def rule(first, second):
        # Negative answers say 'no key' or 'no deadline': those are exact.
        if not isinstance(first.value, int) or not isinstance(second.value, int):
            return False
        if first.value < 0 or second.value < 0:
            return False
        return abs(first.value - second.value) <= tolerance

    return rule


def each(rule):
    """The same rule for each element of a list."""

    def rules(first, second):
        if not isinstance(first.value, list) or not isinstance(second.value, list):
            return False
        pairs = zip(first.value, second.value)
        return len(first.value) == len(second.value) and all(
            one == two or rule(one, two) for one, two in pairs
        )

    return rules


def in_any_order(first, second):
    return sorted(map(repr, first.value)) == sorted(map(repr, second.value))


def scan(first, second):
    """A whole iteration in one call has the same keys; where one call is not enough, the order
    is the server's own."""
    if b"0" not in (first.value[0].value, second.value[0].value):
        return True
    return first.value[0] == second.value[0] and in_any_order(first.value[1], second.value[1])


def scored_scan(first, second):
    """A whole iteration in one call has the same pairs; a small value is whole, whatever COUNT says."""
    if first.value[0].value != b"0" or second.value[0].value != b"0":
        return True

    def pairs(reply):
        flat = list(map(repr, reply.value[1].value))
        return sorted(zip(flat[0::2], flat[1::2]))

    return pairs(first) == pairs(second)


def pairs_in_any_order(first, second):
    # A pattern that matches everything is compared by a case of its own.
    if len(first.value) > 200:
        return True

    def pairs(reply):
        flat = list(map(repr, reply.value))
        return sorted(zip(flat[0::2], flat[1::2]))

    return pairs(first) == pairs(second)


def any_value(first, second):
    """The type says enough: the value is of the moment or of the implementation."""
    return (first.value is None) == (second.value is None)


def digests(first, second):
    """A key that has expired and is still there: Redis digests it, ours does not see it."""
    nothing = b"0" * 40
    return len(first.value) == len(second.value) and all(
        one == two or nothing in (one.value, two.value)
        for one, two in zip(first.value, second.value)
    )


def payload(first, second):
    """DUMP: the version and the checksum belong to the server's own version."""
    if first.value is None or second.value is None:
        return False
    if first.value[:1] in SETS_WITHOUT_ORDER and second.value[:1] in SETS_WITHOUT_ORDER:
        return True
    if first.value[:1] == second.value[:1] == HASH_TABLE:
        return True
    if first.value[:-10] == second.value[:-10]:
        return True
    if first.value[:1] in STREAMS and second.value[:1] in STREAMS:
        return True
    rows = [elements(reply.value) for reply in (first, second)]
    return rows[0] is not None and rows[0] == rows[1]


# The types of a set in a table and, since 7.2, in a listpack.
SETS_WITHOUT_ORDER = (b"\x02", b"\x14")
# The types of a stream: its groups carry times. What it holds is compared at the end of a session.
STREAMS = (b"\x0f", b"\x13", b"\x15")
# The type of a hash in a table.
HASH_TABLE = b"\x04"


def members(first, second):
    """Members of sets and fields of hashes come in any order."""
    if not isinstance(first.value, list) or not isinstance(second.value, list):
        return False
    return in_any_order(first, second)


def drawn(first, second):
    """As many members or fields, whichever they are."""
    if isinstance(first.value, list) and isinstance(second.value, list):
        return len(first.value) == len(second.value)
    return any_value(first, second)


def element_scan(first, second):
    """A whole iteration in one call has the same elements; a small value is whole, whatever COUNT
    says, and which value is small depends on the version."""
    if first.value[0].value != b"0" or second.value[0].value != b"0":
        return True
    return in_any_order(first.value[1], second.value[1])


def client_line(first, second):
    """CLIENT INFO and LIST: the same fields in the same order; the values are of the moment."""

    def shape(reply):
        text = reply.value if isinstance(reply.value, bytes) else b""
        return [[word.split(b"=")[0] for word in line.split(b" ")] for line in text.splitlines()[:1]]

    old, new = shape(first), shape(second)
    known = [[name for name in line if name not in LATER_CLIENT_FIELDS] for line in old]
    return known == [[name for name in line if name not in LATER_CLIENT_FIELDS] for line in new]


# 7.2 added the library fields; Valkey added counters later.
LATER_CLIENT_FIELDS = {
    b"lib-name", b"lib-ver", b"tot-net-in", b"tot-net-out", b"tot-cmds", b"capa", b"watch", b"import-source", b"idx", b"db-names",
}  # fmt: skip


def hello(first, second):
    def pick(reply):
        flat = reply.value
        fields = {flat[i].value: flat[i + 1] for i in range(0, len(flat) - 1, 2)}
        return {n: fields.get(n) for n in (b"proto", b"mode", b"role")}, [f.value for f in flat[0::2] if f.value != b"availability_zone"]

    return pick(first) == pick(second)


MOMENTS_NEAR = 30_000


def pending_entries(first, second):
    """Rows of identifier, consumer, idle time and number of deliveries; the summary is exact."""
    if first.value is None or second.value is None or len(first.value) != len(second.value):
        return False
    return all(
        one.type == two.type == "*" and len(one.value) == len(two.value) == 4
        and [one.value[i] for i in (0, 1, 3)] == [two.value[i] for i in (0, 1, 3)]
        and abs(one.value[2].value - two.value[2].value) <= MOMENTS_NEAR
        for one, two in zip(first.value, second.value)
    )  # fmt: skip


def stream_information(first, second):
    """XINFO STREAM and CONSUMERS: all but times, and but how many nodes a tree has inside."""
    return described_alike(plain_fields(first), plain_fields(second))


STREAM_MOMENTS = {b"idle", b"inactive", b"seen-time", b"active-time"}


def plain_fields(reply):
    """The reply with its maps as dictionaries, whatever the protocol."""
    if not isinstance(reply.value, list):
        return reply.value
    names = reply.value[0::2]
    if names and all(name.type == "$" for name in names) and names[0].value in (b"length", b"name"):
        return {n.value: plain_fields(v) for n, v in zip(names, reply.value[1::2])}
    return [plain_fields(element) for element in reply.value]


def described_alike(first, second, name=None):
    if name == b"radix-tree-nodes":
        return True
    if isinstance(first, dict) and isinstance(second, dict):
        return list(first) == list(second) and all(described_alike(first[n], second[n], n) for n in first)
    if isinstance(first, list) and isinstance(second, list):
        return len(first) == len(second) and all(map(described_alike, first, second))
    if isinstance(first, int) and isinstance(second, int):
        if name in STREAM_MOMENTS or min(first, second) > 10**12:
            return (first < 0) == (second < 0) and abs(first - second) <= MOMENTS_NEAR
    return first == second


RULES = {
    "XPENDING": pending_entries,
    "XINFO STREAM": stream_information,
    "XINFO CONSUMERS": stream_information,
    "TTL": near(1),
    "PTTL": near(2000),
    "EXPIRETIME": near(1),
    "PEXPIRETIME": near(2000),
    # Redis shares one object per small integer, whose idle time is the server's age.
    "OBJECT IDLETIME": any_value,
    "OBJECT FREQ": any_value,
    # Depends on the eviction policy and on arguments that are queued.
    "OBJECT REFCOUNT": any_value,
    "LASTSAVE": near(100000),
    "RANDOMKEY": any_value,
    "TIME": any_value,
    "KEYS": in_any_order,
    "SCAN": scan,
    "SSCAN": element_scan,
    "SMEMBERS": members,
    "SINTER": members,
    "SUNION": members,
    "SDIFF": members,
    "SPOP": members,
    "SRANDMEMBER": drawn,
    "HGETALL": members,
    "HKEYS": members,
    "HVALS": members,
    "HSCAN": element_scan,
    "HRANDFIELD": drawn,
    "ZSCAN": scored_scan,
    "ZRANDMEMBER": drawn,
    "HTTL": each(near(1)),
    "HPTTL": each(near(2000)),
    "HEXPIRETIME": each(near(1)),
    "HPEXPIRETIME": each(near(2000)),
    "CONFIG GET": pairs_in_any_order,
    "DUMP": payload,
    "DEBUG DIGEST-VALUE": digests,
    "CLIENT ID": any_value,
    "CLIENT INFO": client_line,
    "CLIENT LIST": client_line,
    "HELLO": hello,
    "SLOWLOG GET": any_value,
    "SLOWLOG LEN": any_value,
    "LOLWUT": any_value,
    "COMMAND COUNT": any_value,
    "COMMAND INFO": any_value,
    "COMMAND ": any_value,
    "ROLE": any_value,
}


class TransactionWatch:
    """Follows one connection, so that the replies inside EXEC are compared command by command."""

    def __init__(self):
        self.queue = []

    def parts(self, command, replies):
        """The pairs of a command and its replies that this step is about, as a list.

        `replies` holds one reply per server: the oracle's first, which decides what happened,
        and the subject's last.
        """
        name = command[0].upper() if command else b""
        oracle = replies[0]
        if oracle == Reply("+", b"QUEUED"):
            self.queue.append(command)
        elif name in (b"EXEC", b"DISCARD", b"RESET") and len(command) == 1:
            queue, self.queue = self.queue, []
            # The second oracle may have aborted over something that 7.0 lets pass.
            telling = [reply for reply in replies if opened(reply, len(queue))]
            if name == b"EXEC" and replies[0] in telling and replies[-1] in telling:
                rows = zip(*(reply.value for reply in telling))
                return [(queued, list(row)) for queued, row in zip(queue, rows)]
        return [(command, replies)]


def opened(reply, count):
    """Whether an EXEC answered with `count` replies."""
    return reply.type == "*" and reply.value is not None and len(reply.value) == count
