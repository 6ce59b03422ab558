"""What works on values of every type alike: COPY, RENAME, MOVE, DUMP and RESTORE, OBJECT, MEMORY,
DEBUG, SCAN TYPE. Samples of every type in every encoding are made by commands, on Ledgerstone and on
the oracles, and compared."""

from harness.context import equal, holds, need

LONG = "x" * 100
THRESHOLDS = {
    "list_max_listpack_size": "8",
    "set_max_intset_entries": "8",
    "set_max_listpack_entries": "8",
    "hash_max_listpack_entries": "8",
    "zset_max_listpack_entries": "8",
    "stream_node_max_entries": "8",
}
# What redis-server 7.0 does not know, or encodes otherwise.
UNKNOWN_TO_70 = {"set_max_listpack_entries"}


def numbers(count, start=0):
    return [str(number) for number in range(start, start + count)]


def pairs(count, make):
    return [word for number in range(count) for word in make(number)]


# Key: the commands that make it. A key's name begins with its type.
SAMPLES = {
    "string:empty": [["SET", "string:empty", ""]],
    "string:integer": [["SET", "string:integer", "-12345"]],
    "string:short": [["SET", "string:short", "hello"]],
    "string:long": [["SET", "string:long", LONG * 50]],
    "list:small": [["RPUSH", "list:small", "a", "-7", "70000", LONG]],
    "list:large": [["RPUSH", "list:large", *numbers(100), LONG, "", "tail"]],
    "list:grown": [["LPUSH", "list:grown", word] for word in numbers(20)],
    "list:big element": [["RPUSH", "list:big element", "a", "y" * 20_000, "b"]],
    "set:integers": [["SADD", "set:integers", "5", "-3", "70000", "1"]],
    "set:wide integers": [["SADD", "set:wide integers", "9223372036854775807", "1"]],
    "set:small": [["SADD", "set:small", "a", "b", "17"]],
    "set:large": [["SADD", "set:large", *numbers(50), LONG]],
    "hash:small": [["HSET", "hash:small", "a", "1", "b", "text", "c", ""]],
    "hash:large": [["HSET", "hash:large", *pairs(50, lambda n: (f"f{n}", str(n)))]],
    "hash:long value": [["HSET", "hash:long value", "f", LONG]],
    "zset:small": [["ZADD", "zset:small", "1", "a", "2.5", "b", "-inf", "c", "100000000", "7"]],
    "zset:large": [["ZADD", "zset:large", *pairs(50, lambda n: (str(n / 7), f"m{n}"))]],
    "zset:equal": [["ZADD", "zset:equal", *pairs(30, lambda n: ("0", f"m{n}"))]],
    "stream:small": [["XADD", "stream:small", "1-1", "f", "v"], ["XADD", "stream:small", "2-1", "f", "w"]],
    "stream:large": [["XADD", "stream:large", f"{n}-5", "number", str(n), "text", LONG] for n in range(1, 30)],
    "stream:groups": [
        *[["XADD", "stream:groups", f"{n}-1", "a", str(n)] for n in range(1, 12)],
        ["XGROUP", "CREATE", "stream:groups", "g", "0"],
        ["XGROUP", "CREATE", "stream:groups", "h", "$"],
        ["XREADGROUP", "GROUP", "g", "one", "COUNT", "3", "STREAMS", "stream:groups", ">"],
        ["XREADGROUP", "GROUP", "g", "two", "COUNT", "2", "STREAMS", "stream:groups", ">"],
        ["XACK", "stream:groups", "g", "2-1"],
        ["XDEL", "stream:groups", "7-1"],
    ],
    "stream:empty": [["XGROUP", "CREATE", "stream:empty", "g", "$", "MKSTREAM"]],
}


def started(context, *kinds, **settings):
    servers = {}
    for kind in kinds:
        known = {n: v for n, v in THRESHOLDS.items() if kind != "redis" or n not in UNKNOWN_TO_70}
        servers[kind] = context.start(kind, **known, **settings)
    return servers


def fill(connection, types=None):
    for key, commands in SAMPLES.items():
        if types is None or key.split(":")[0] in types:
            for command in commands:
                connection.ask(*command)


def compare(context, commands, kinds=("ledgerstone", "valkey"), prepare=lambda connection: None, types=None):
    """Asks every server the same, in turn, after all samples were made; compares each reply."""
    connections = {}
    for kind, server in started(context, *kinds).items():
        connection = connections[kind] = server.connect(timeout=60)
        context.defer(connection.close)
        fill(connection, types)
        prepare(connection)
    for command in commands:
        replies = {kind: connection.call(*command) for kind, connection in connections.items()}
        for kind in kinds[1:]:
            equal(replies["ledgerstone"], replies[kind], f"{command}, compared with {kind}")


def everywhere(*makes):
    return [make(key) for key in SAMPLES for make in makes]


def test_type_and_encoding(context):
    compare(context, everywhere(
        lambda key: ["TYPE", key],
        lambda key: ["OBJECT", "ENCODING", key],
        lambda key: ["OBJECT", "REFCOUNT", key],
        lambda key: ["OBJECT", "FREQ", key],
    ) + [["OBJECT", "ENCODING", "nothing"], ["TYPE", "nothing"], ["OBJECT", "IDLETIME", "list:small"]])


def test_frequency(context):
    server = started(context, "ledgerstone")["ledgerstone"]
    with server.connect() as connection:
        connection.ask("CONFIG", "SET", "maxmemory-policy", "allkeys-lfu")
        fill(connection)
        for key in SAMPLES:
            frequency = connection.ask("OBJECT", "FREQ", key)
            holds(5 <= frequency < 50, f"{key} was used so often: {frequency}")
            refused = connection.call("OBJECT", "IDLETIME", key)
            holds(refused.type == "-" and b"LFU maxmemory policy is selected" in refused.value, f"{refused}")


# Which of them mark a use. A script and a transaction belong to the client that wants no marks.
USES = [
    ["SET", "k", "v"], ["GET", "k"], ["EXISTS", "k"], ["TYPE", "k"], ["CLIENT", "NO-TOUCH", "ON"], ["GET", "k"],
    ["STRLEN", "k"], ["APPEND", "k", "w"], ["TOUCH", "k"], ["EVAL", "return redis.call('get', 'k')", "0"],
    ["EVAL", "return redis.call('touch', 'k')", "0"], ["MULTI"], ["GET", "k"], ["TOUCH", "k"], ["EXEC"],
    ["CLIENT", "NO-TOUCH", "OFF"], ["GET", "k"], ["COPY", "k", "l"],
]  # fmt: skip


def test_uses_are_marked(context):
    servers = started(context, "ledgerstone", "valkey")
    connections = {kind: server.connect() for kind, server in servers.items()}
    for connection in connections.values():
        context.defer(connection.close)
        # Every use counts, and none is forgotten with time.
        connection.ask(*"CONFIG SET maxmemory-policy allkeys-lfu lfu-log-factor 0 lfu-decay-time 0".split())
    for command in USES:
        marks = {}
        for kind, connection in connections.items():
            connection.call(*command)
            with servers[kind].connect() as asking:
                marks[kind] = [asking.ask("OBJECT", "FREQ", key) for key in ("k", "l")]
        equal(marks["ledgerstone"], marks["valkey"], f"{command}")


def test_digests(context):
    compare(context, [["DEBUG", "DIGEST"]] + everywhere(
        lambda key: ["DEBUG", "DIGEST-VALUE", key],
        lambda key: ["EXPIRE", key, "10000"],
        lambda key: ["DEBUG", "DIGEST-VALUE", key, "nothing", key],
    ) + [["DEBUG", "DIGEST"]])


def test_digests_of_70(context):
    """Redis 7.0 writes scores into the digest in another form; all else is the same."""
    types = ("string", "list", "set", "hash", "stream")
    keys = [key for key in SAMPLES if key.split(":")[0] in types]
    commands = [["DEBUG", "DIGEST-VALUE", key] for key in keys] + [["DEBUG", "DIGEST"]]
    compare(context, commands, kinds=("ledgerstone", "redis"), types=types)


def test_ranks_with_scores(context):
    """ZRANK and ZREVRANK WITHSCORE, new in 7.2."""
    replies = []
    for kind in ("ledgerstone", "valkey"):
        need(kind)
        with context.start(kind, databases=1).connect() as connection:
            connection.ask("ZADD", "z", "1", "a", "2.5", "b", "inf", "c")
            connection.ask("SET", "s", "x")
            replies.append([
                connection.call(name, key, member, *words)
                for name in ("ZRANK", "ZREVRANK")
                for key in ("z", "s", "none")
                for member in ("a", "c", "none")
                for words in ((), ("WITHSCORE",), ("withscores",), ("WITHSCORE", "x"))
            ])
    equal(*replies, "ranks")


def test_copies_and_moves(context):
    commands = []
    for number, key in enumerate(SAMPLES):
        for command in (
            ["COPY", key, "copy"], ["COPY", key, "copy"], ["COPY", key, "copy", "REPLACE"],
            ["COPY", key, "copy", "DB", "3"], ["COPY", key, key], ["COPY", key, key, "DB", "4"],
            ["DEBUG", "DIGEST-VALUE", "copy", key],
            ["OBJECT", "ENCODING", "copy"], ["TYPE", "copy"],
            ["EXPIRE", "copy", "1000"],
            ["RENAME", "copy", "other"], ["EXISTS", "copy"], ["DEBUG", "DIGEST-VALUE", "other"],
            ["RENAMENX", "other", key], ["RENAMENX", "other", "third"], ["MOVE", "third", "5"],
            ["MOVE", key, "5"], ["MOVE", key, "5"], ["SELECT", "5"], ["PERSIST", "third"],
            ["DEBUG", "DIGEST-VALUE", "third", key], ["MOVE", key, "0"], ["DEL", "third"],
            ["DBSIZE"], ["SELECT", "0"], ["DEBUG", "DIGEST-VALUE", key],
        ):  # fmt: skip
            commands.append(command)
    compare(context, commands + [["DEBUG", "DIGEST"]])


def test_a_copy_is_its_own(context):
    """What happens to the original does not show in the copy, and the reverse."""
    commands = []
    for key in SAMPLES:
        more = {
            "string": [["APPEND", key, "more"]],
            "list": [["LPUSH", key, "more"], ["RPOP", key, "2"], ["LSET", key, "0", "changed"]],
            "set": [["SADD", key, "more"], ["SREM", key, "5"]],
            "hash": [["HSET", key, "more", "1"], ["HDEL", key, "f1"], ["HSET", key, "f7", "changed"]],
            "zset": [["ZADD", key, "3", "more"], ["ZPOPMIN", key, "3"], ["ZINCRBY", key, "5", "m7"]],
            "stream": [["XADD", key, "1000-1", "f", "v"], ["XDEL", key, "3-5", "2-1"], ["XTRIM", key, "MAXLEN", "5"]],
        }[key.split(":")[0]]
        commands += [
            ["COPY", key, "copy"], *more, ["DEBUG", "DIGEST-VALUE", "copy", key],
            ["COPY", "copy", "second"], ["DEL", "copy"], ["DEBUG", "DIGEST-VALUE", "second", key],
            *[[word if word != key else "second" for word in command] for command in more],
            ["DEBUG", "DIGEST-VALUE", "second", key], ["DEL", "second"],
        ]  # fmt: skip
    compare(context, commands)


def test_scan_type(context):
    server = started(context, "ledgerstone")["ledgerstone"]
    with server.connect() as connection:
        fill(connection)
        for kind in ("string", "list", "set", "hash", "zset", "stream", "LIST", "nonsense"):
            cursor, found = b"0", []
            while True:
                cursor, keys = connection.ask("SCAN", cursor, "TYPE", kind, "COUNT", "3")
                found += [key.decode() for key in keys]
                if cursor == b"0":
                    break
            expected = [key for key in SAMPLES if key.split(":")[0] == kind.lower()]
            equal(sorted(found), sorted(expected), f"SCAN TYPE {kind}")


def test_memory_usage(context):
    server = started(context, "ledgerstone")["ledgerstone"]
    with server.connect() as connection:
        fill(connection)
        for key in SAMPLES:
            usage = connection.ask("MEMORY", "USAGE", key)
            holds(len(key) + 16 <= usage < 60_000, f"{key} takes {usage}")
            equal(connection.ask("MEMORY", "USAGE", key, "SAMPLES", "3"), usage, f"{key} by samples")
        equal(connection.ask("MEMORY", "USAGE", "nothing"), None, "of no key")
        small = connection.ask("MEMORY", "USAGE", "hash:large")
        connection.ask("HSET", "hash:large", *pairs(1000, lambda n: (f"more{n}", LONG)))
        holds(connection.ask("MEMORY", "USAGE", "hash:large") > small + 100_000, "a hash that has grown")


def test_debug_structures(context):
    commands = everywhere(
        lambda key: ["DEBUG", "LISTPACK", key],
        lambda key: ["DEBUG", "QUICKLIST", key],
        lambda key: ["DEBUG", "QUICKLIST", key, "1"],
        lambda key: ["DEBUG", "SDSLEN", "nothing"],
    )
    compare(context, commands)
    server = started(context, "ledgerstone")["ledgerstone"]
    with server.connect() as connection:
        fill(connection)
        for key in SAMPLES:
            reply = connection.call("DEBUG", "HTSTATS-KEY", key)
            has_table = connection.ask("OBJECT", "ENCODING", key) in (b"hashtable", b"skiplist")
            equal(reply.type == "-", not has_table, f"DEBUG HTSTATS-KEY {key}: {reply}")
