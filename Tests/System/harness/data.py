"""Data sets for tests of files: every encoding of a string, several databases, deadlines."""

from differential.play import difference, stored
from harness.resp import encode

FAR = 4_102_444_800_000


def fill(server, random, count=400, databases=(0, 1, 7, 15)):
    """Writes strings of all kinds: integer-encoded, embedded, raw, compressible, binary, large."""
    with server.connect(timeout=60) as connection:
        for database in databases:
            commands = [["SELECT", database]]
            for number in range(count // len(databases)):
                commands.append(["SET", key(random, number), value(random), *life(random)])
            commands.append(["SET", b"", b"the empty key"])
            commands.append(["SET", b"empty value", b""])
            commands.append(["SET", b"\x00\xff\r\n", b"\r\n\x00\xff"])
            replies = connection.pipeline(commands)
            bad = [reply for reply in replies if reply.type == "-"]
            assert not bad, bad[:3]
        for size in (511, 512, 513, 16384, 65536, 300_000, 1 << 20):
            connection.ask("SET", f"big:{size}", random.randbytes(size))
            connection.ask("SET", f"runs:{size}", b"abcdefgh" * (size // 8))


def key(random, number):
    form = random.randrange(4)
    if form == 0:
        return b"key:%06d" % number
    if form == 1:
        return b"%d" % number
    if form == 2:
        return random.randbytes(random.randint(1, 30)) + b"%d" % number
    return b"session:" + b"x" * random.randint(1, 90) + b":%d" % number


def value(random):
    form = random.randrange(7)
    if form == 0:
        return b"%d" % random.choice([0, 1, -1, 127, -128, 128, 32767, -32768, 32768, 2**31 - 1, -(2**31), 2**31, 2**63 - 1, -(2**63), 99999])
    if form == 1:
        return random.randbytes(random.randint(0, 44))
    if form == 2:
        return random.randbytes(random.randint(45, 600))
    if form == 3:
        return bytes([random.randrange(256)]) * random.randint(1, 3000)
    if form == 4:
        return (b"the quick brown fox jumps over the lazy dog " * 60)[: random.randint(1, 2600)]
    if form == 5:
        return random.choice([b"00", b"+1", b" 1", b"-0", b"9223372036854775808", b"1.0", b"0x1"])
    return b"v" * random.choice([19, 20, 21, 31, 32, 63, 64, 65, 4095, 16383])


def life(random):
    draw = random.random()
    if draw < 0.7:
        return []
    if draw < 0.85:
        return ["PXAT", FAR + random.randint(0, 10**9)]
    return ["EX", random.randint(10_000, 10_000_000)]


def churn(server, random, count=300):
    """Changes some of what is there, in every way that a string can change."""
    with server.connect(timeout=60) as connection:
        commands = []
        for number in range(count):
            name = b"key:%06d" % random.randint(0, 60)
            draw = random.randrange(12)
            commands.append([
                ["SET", name, value(random)],
                ["DEL", name],
                ["APPEND", name, value(random)[:50]],
                ["PEXPIREAT", name, FAR + number],
                ["EXPIRE", name, 50_000 + number],
                ["PERSIST", name],
                ["INCRBYFLOAT", b"float", "0.25"],
                ["INCR", b"counter"],
                ["SETRANGE", name, random.randint(0, 200), b"range"],
                ["GETEX", name, "PX", 40_000_000 + number],
                ["SELECT", random.choice([0, 1, 7, 15])],
                ["MSET", name, b"m1", name + b"'", b"m2"],
            ][draw])  # fmt: skip
            if random.random() < 0.1:
                commands += [["MULTI"], ["SET", name, b"in a transaction"], ["INCR", b"tx"], ["EXEC"]]
            if random.random() < 0.03:
                commands += [["RENAME", b"counter", b"counter"], ["COPY", name, b"copied", "REPLACE"]]
                commands += [["MOVE", name, 3], ["SWAPDB", 1, 7], ["GETDEL", name]]
        connection.send(b"".join(map(encode, commands)))
        for _ in commands:
            connection.read()


def same_contents(first, second, what):
    """Both servers hold the same keys, or the first difference is reported."""
    found = difference(stored(first), stored(second))
    assert found is None, f"{what}: {found}"


def same_as(server, expected, what):
    found = difference(stored(server), expected)
    assert found is None, f"{what}: {found}"
