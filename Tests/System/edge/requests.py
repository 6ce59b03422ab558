"""Requests of every command that a server knows, and changes of them: of single arguments, with the form
of the request intact, and of the bytes."""

from harness.resp import encode

# What would end the server, stop it on purpose, shut clients out or write where the test keeps its files.
LEFT_OUT = {
    b"shutdown", b"debug", b"monitor", b"replicaof", b"slaveof", b"failover", b"sync", b"psync", b"save", b"bgsave",
    b"bgrewriteaof", b"wait", b"waitaof", b"quit", b"reset", b"auth", b"hello", b"config|set", b"config|rewrite",
    b"client|pause", b"client|kill", b"client|reply", b"client|no-evict", b"acl|setuser", b"acl|deluser", b"acl|load",
    b"acl|save", b"flushall", b"flushdb", b"swapdb", b"script|kill", b"function|kill", b"durability|scrub",
}  # fmt: skip

WORDS = [
    b"", b"0", b"1", b"-1", b"2", b"10", b"a", b"b", b"k", b"*", b"-inf", b"+inf", b"(1", b"[a", b"1.5", b"nan", b"9223372036854775807",
    b"-9223372036854775808", b"18446744073709551616", b"4294967296", b"GET", b"COUNT", b"LIMIT", b"STORE", b"WITHSCORES", b"STREAMS",
    b"GROUP", b"NX", b"XX", b"EX", b"PX", b"KEEPTTL", b"MATCH", b"BY", b"ASC", b"ALPHA", b"LEFT", b"RIGHT", b"FIELDS", b"MAXLEN", b"~", b"$",
    b">", b"0-1", b"5-5", b"\x00", b"\xff\xfe", b"x" * 30, b"y" * 300, b"BYSCORE", b"REV", b"AGGREGATE", b"WEIGHTS", b"u8", b"#1", b"FULL",
]  # fmt: skip


def commands(connection):
    """The words and the arity of every command and subcommand."""
    found = []
    for name in connection.ask("COMMAND", "LIST"):
        if name in LEFT_OUT or name.split(b"|")[0] in LEFT_OUT:
            continue
        entry = connection.call("COMMAND", "INFO", name).value[0]
        if entry.value is not None:
            found.append((name.split(b"|"), entry.value[1].value))
    return found


def pool(random, known, count):
    """Encoded requests with drawn arguments, of a right number mostly."""
    requests = []
    for number in range(count):
        words, arity = known[number % len(known)]
        missing = abs(arity) - len(words) + (random.choice([0, 0, 1, 2, 3, 5]) if arity < 0 else 0)
        if random.random() < 0.05:
            missing = random.randint(0, 12)
        arguments = [random.choice(WORDS) for _ in range(max(0, missing))]
        if arguments and random.random() < 0.8:
            arguments[0] = random.choice([b"a", b"b", b"c", b"k", b"key:1", b"key:2"])
        requests.append(encode([*words, *arguments]))
    return requests


def spoiled(random, data):
    """The bytes of requests with a few of them changed."""
    data = bytearray(data)
    for _ in range(random.randint(1, 3)):
        place = random.randrange(len(data))
        draw = random.random()
        if draw < 0.5:
            data[place] ^= 1 << random.randrange(8)
        elif draw < 0.7:
            data[place] = random.choice(b"*$-0123456789\r\n\x00\xff")
        elif draw < 0.85:
            del data[place : place + random.randint(1, 6)]
        else:
            data[place:place] = random.choice([b"*1000000\r\n", b"$512000000\r\n", b"\r\n", b"*-1\r\n", b"$-1\r\n", b"\n", b"*3\r\n"])
        if not data:
            return b"\r\n"
    return bytes(data)
