"""Data sets of collections: every type in every encoding, with and without deadlines."""

FAR = 4_102_444_800_000

# Thresholds that the large encodings are reached under; what is small stays below them.
SMALL = {
    "hash-max-listpack-entries": "16", "zset-max-listpack-entries": "16",
    "set-max-intset-entries": "64", "list-max-listpack-size": "16", "list-compress-depth": "1",
    "stream-node-max-entries": "10",
}  # fmt: skip

NUMBERS = [b"0", b"12", b"127", b"-1", b"-129", b"300", b"-4097", b"70000", b"-9000000",
           b"2147483648", b"-9223372036854775808", b"9223372036854775807"]  # fmt: skip
TEXTS = [b"", b"a", b"007", b"9223372036854775808", b"text " * 13, b"t" * 63, b"u" * 64, b"\x00\xff\r\n"]


def words(random, count):
    """Elements of all kinds, different from each other."""
    made = [random.choice(NUMBERS + TEXTS) for _ in range(count // 4)]
    made += [b"%d" % random.randint(-(1 << random.randint(1, 62)), 1 << 62) for _ in range(count // 4)]
    while len(set(made)) < count:
        form = random.randrange(3)
        if form == 0:
            made.append(random.randbytes(random.randint(1, 70)))
        elif form == 1:
            made.append(b"element:%d" % random.randint(0, 10**6))
        else:
            made.append(b"repeated " * random.randint(1, 12) + b"%d" % random.randint(0, 999))
    return list(dict.fromkeys(made))[:count]


def scores(random, count):
    """Scores that all servers print alike, so that their digests can be compared."""
    forms = [lambda: random.randint(-100, 100), lambda: random.randint(-400, 400) / 8, lambda: 7,
             lambda: random.choice(["-inf", "+inf", "1000000", "-2.5", "0"])]  # fmt: skip
    return [str(random.choice(forms)()) for _ in range(count)]


def interleaved(first, second):
    return [word for pair in zip(first, second) for word in pair]


def lists(random):
    yield "list:one", [["RPUSH", "x"]]
    yield "list:small", [["RPUSH", *words(random, 12)]]
    yield "list:nodes", [["RPUSH", *words(random, 120)], ["LPUSH", *words(random, 40)]]
    yield "list:large elements", [["RPUSH", random.randbytes(9000), b"between", b"p" * 20_000, b"1"]]
    yield "list:compressible", [["RPUSH", *[b"the same again " * 4 + b"%d" % n for n in range(200)]]]


def sets(random):
    yield "set:16 bits", [["SADD", *range(-20, 20)]]
    yield "set:32 bits", [["SADD", 1, -70000, 70001]]
    yield "set:64 bits", [["SADD", 1, -(1 << 62), 1 << 40]]
    yield "set:many integers", [["SADD", *range(0, 5000, 7)]]
    yield "set:small", [["SADD", *words(random, 10)]]
    yield "set:large", [["SADD", *words(random, 400)]]


def hashes(random):
    yield "hash:small", [["HSET", *words(random, 20)]]
    yield "hash:large", [["HSET", *words(random, 600)]]
    yield "hash:long value", [["HSET", "field", random.randbytes(5000)]]
    yield "hash:shrunk", [["HSET", *words(random, 200)], ["HSET", "stays", "1"]]


def sorted_sets(random):
    yield "zset:small", [["ZADD", *interleaved(scores(random, 12), words(random, 12))]]
    yield "zset:large", [["ZADD", *interleaved(scores(random, 500), words(random, 500))]]
    yield "zset:one score", [["ZADD", *interleaved(["5"] * 300, words(random, 300))]]
    yield "zset:infinities", [["ZADD", "-inf", "low", "+inf", "high", "0", "middle"]]


def streams(random):
    entries = [["XADD", f"{1 + n // 4}-{1 + n}", *words(random, 2 * random.randint(1, 3))] for n in range(60)]
    alike = [["XADD", f"900-{n}", "field", words(random, 1)[0], "other", n] for n in range(1, 60)]
    holes = [["XDEL", "2-7", "900-5", "900-6"]]
    yield "stream:small", entries[:3]
    yield "stream:nodes", entries + alike + holes
    yield "stream:trimmed", entries + [["XTRIM", "MAXLEN", "=", "7"]]
    yield "stream:empty", entries[:1] + [["XDEL", "1-1"]]


def groups(connection, name, random):
    """Gives a stream groups with consumers, some with entries pending."""
    for number in range(3):
        connection.call("XGROUP", "CREATE", name, f"group {number}", random.choice(["0", "$", "3-9"]))
        connection.call("XGROUP", "CREATECONSUMER", name, f"group {number}", "idle")
        for consumer in ("alice", "bob"):
            connection.call("XREADGROUP", "GROUP", f"group {number}", consumer, "COUNT",
                            random.randint(1, 30), "STREAMS", name, ">")  # fmt: skip
        connection.call("XACK", name, f"group {number}", "1-1", "1-3", "900-8")


MAKERS = {"list": lists, "set": sets, "hash": hashes, "zset": sorted_sets, "stream": streams}


def fill(server, random, databases=(0, 5), kinds=tuple(MAKERS)):
    """Makes collections of all types and encodings. The thresholds are changed meanwhile."""
    with server.connect(timeout=60) as connection:
        for setting in SMALL.items():
            connection.ask("CONFIG", "SET", *setting)
        for database in databases:
            connection.ask("SELECT", database)
            for kind in kinds:
                for name, commands in MAKERS[kind](random):
                    for live in ("", " with a deadline"):
                        key = name + live
                        for command, *arguments in commands:
                            connection.ask(command, key, *arguments)
                        if kind == "stream":
                            groups(connection, key, random)
                        if live:
                            connection.ask("PEXPIREAT", key, FAR + random.randint(0, 10**9))


def churn(server, random, count=300, kinds=tuple(MAKERS)):
    """Changes some of the collections, in the ways that they can change."""
    with server.connect(timeout=60) as connection:
        for _ in range(count):
            kind = random.choice(kinds)
            key = random.choice([name for name, _ in MAKERS[kind](random)])
            some = words(random, random.randint(1, 5))
            draw = {
                "list": [["RPUSH", key, *some], ["LPUSH", key, *some], ["LPOP", key], ["RPOP", key, "3"],
                         ["LREM", key, "2", some[0]], ["LTRIM", key, "1", "-2"], ["LSET", key, "0", some[0]],
                         ["LINSERT", key, "AFTER", b"a", some[0]]],
                "set": [["SADD", key, *some], ["SREM", key, *some], ["SPOP", key, "2"], ["SADD", key, "77"]],
                "hash": [["HSET", key, *some, *some[:len(some) % 2]], ["HDEL", key, *some],
                         ["HINCRBY", key, "counter", "5"], ["HINCRBYFLOAT", key, "float", "0.5"]],
                "zset": [["ZADD", key, *interleaved(scores(random, len(some)), some)], ["ZREM", key, *some],
                         ["ZINCRBY", key, "2.5", "float"], ["ZPOPMIN", key], ["ZREMRANGEBYRANK", key, "0", "1"]],
                "stream": [["XADD", key, "*", *some, *some[:len(some) % 2]], ["XTRIM", key, "MAXLEN", "=", "40"],
                           ["XREADGROUP", "GROUP", "group 0", "carol", "COUNT", "3", "STREAMS", key, ">"]],
            }[kind]  # fmt: skip
            command = random.choice(draw)
            connection.call(*command)
            if random.random() < 0.05:
                connection.call("PEXPIREAT", key, FAR + random.randint(0, 10**6))
