#!/usr/bin/env python3
"""Writes payloads.txt: DUMP payloads of every layout, each with the digest of its value.

A line is a name, the digest that `DEBUG DIGEST-VALUE` of redis-server 7.0.15 gives for the value (-
where that version does not know the type), and the payload in hexadecimal. The layouts of today come
from running servers, the older and the later ones are built here as their formats say.

    python3 Tests/Data/rdb/make-payloads.py REDIS-PORT VALKEY-PORT > Tests/Data/rdb/payloads.txt
"""

import random
import socket
import struct
import sys

FAR = 4_102_444_800_000


class Server:
    """The least of a client: commands as words, replies as bytes, numbers and lists."""

    def __init__(self, port):
        self.file = socket.create_connection(("127.0.0.1", int(port))).makefile("rwb")

    def ask(self, *words):
        words = [word if isinstance(word, bytes) else str(word).encode() for word in words]
        self.file.write(b"*%d\r\n" % len(words))
        for word in words:
            self.file.write(b"$%d\r\n%b\r\n" % (len(word), word))
        self.file.flush()
        return self.reply()

    def reply(self):
        line = self.file.readline()[:-2]
        kind, rest = line[:1], line[1:]
        if kind == b"-":
            raise RuntimeError(rest)
        if kind == b"$":
            return self.file.read(int(rest) + 2)[:-2] if rest != b"-1" else None
        if kind == b"*":
            return [self.reply() for _ in range(int(rest))]
        return rest


def crc64(data):
    value = 0
    for byte in data:
        value = TABLE[(value ^ byte) & 0xFF] ^ (value >> 8)
    return value


def crc_table():
    table = []
    for byte in range(256):
        value = byte
        for _ in range(8):
            value = value >> 1 ^ (0x95AC9329AC4BC9B5 if value & 1 else 0)
        table.append(value)
    return table


TABLE = crc_table()


def sealed(kind, body, version):
    payload = bytes([kind]) + body + struct.pack("<H", version)
    return payload + struct.pack("<Q", crc64(payload))


# Encodings.


def length(number):
    if number < 64:
        return bytes([number])
    if number < 1 << 14:
        return struct.pack(">H", number | 0x4000)
    if number < 1 << 32:
        return b"\x80" + struct.pack(">I", number)
    return b"\x81" + struct.pack(">Q", number)


def string(data):
    return length(len(data)) + data


def integer(data):
    if len(data) > 20 or not (data.isdigit() or data[:1] == b"-" and data[1:].isdigit()):
        return None
    number = int(data)
    return number if b"%d" % number == data and -(1 << 63) <= number < 1 << 63 else None


def ziplist(elements):
    body, previous, last = b"", 0, 10
    for element in elements:
        last = 10 + len(body)
        entry = bytes([previous]) if previous < 254 else b"\xfe" + struct.pack("<I", previous)
        number = integer(element)
        if number is None:
            size = len(element)
            if size < 64:
                entry += bytes([size])
            elif size < 1 << 14:
                entry += struct.pack(">H", size | 0x4000)
            else:
                entry += b"\x80" + struct.pack(">I", size)
            entry += element
        elif 0 <= number <= 12:
            entry += bytes([0xF1 + number])
        elif -128 <= number < 128:
            entry += b"\xfe" + struct.pack("<b", number)
        elif -32768 <= number < 32768:
            entry += b"\xc0" + struct.pack("<h", number)
        elif -(1 << 23) <= number < 1 << 23:
            entry += b"\xf0" + struct.pack("<i", number)[:3]
        elif -(1 << 31) <= number < 1 << 31:
            entry += b"\xd0" + struct.pack("<i", number)
        else:
            entry += b"\xe0" + struct.pack("<q", number)
        body += entry
        previous = len(entry)
    return struct.pack("<IIH", 11 + len(body), last, len(elements)) + body + b"\xff"


def listpack(elements):
    body = b""
    for element in elements:
        number = integer(element)
        if number is None:
            size = len(element)
            entry = bytes([0x80 | size]) if size < 64 else struct.pack(">H", 0xE000 | size)
            entry += element
        elif 0 <= number < 128:
            entry = bytes([number])
        elif -4096 <= number < 4096:
            entry = struct.pack(">H", 0xC000 | number & 0x1FFF)
        elif -32768 <= number < 32768:
            entry = b"\xf1" + struct.pack("<h", number)
        else:
            entry = b"\xf4" + struct.pack("<q", number)
        size = len(entry)
        body += entry + (bytes([size]) if size < 128 else bytes([size >> 7, size & 127 | 128]))
    return struct.pack("<IH", 7 + len(body), len(elements)) + body + b"\xff"


def zipmap(pairs):
    def size(number):
        return bytes([number]) if number < 254 else b"\xfe" + struct.pack("<I", number)

    body = b""
    for index, (field, value) in enumerate(pairs):
        unused = index % 3
        body += size(len(field)) + field + size(len(value)) + bytes([unused]) + value + b"?" * unused
    return bytes([min(len(pairs), 254)]) + body + b"\xff"


def score_text(score):
    if score in (float("inf"), float("-inf")):
        return b"\xfe" if score > 0 else b"\xff"
    text = b"%r" % score
    return bytes([len(text)]) + text


# The values.

ELEMENTS = [
    b"0", b"12", b"13", b"127", b"-1", b"-128", b"300", b"-4097", b"70000", b"-9000000", b"2147483648",
    b"-9223372036854775808", b"9223372036854775807", b"9223372036854775808", b"", b"a", b"007", b"-0",
    b"text " * 13, b"t" * 63, b"u" * 64, b"v" * 300, b"\x00\xff\r\n",
]  # fmt: skip
SCORES = [
    float("-inf"), -1e300, -2.5, -1.0, 0.0, 0.1, 1.0, 1.0, 1.0, 3.14159, 17.0, 2.0**53, 1e17, 1e300,
    float("inf"),
]  # fmt: skip


def of_redis(redis):
    """Values of today's encodings, by name: the commands that make them, and their thresholds."""
    rows = random.Random(7)
    many = [b"element:%d" % number for number in range(300)]
    yield "list-listpack", [], [["RPUSH", "k", *ELEMENTS]]
    yield "list-one", [], [["RPUSH", "k", "x"]]
    yield "list-quicklist", [("list-max-listpack-size", 4)], [["RPUSH", "k", *ELEMENTS]]
    plain = [b"p" * 9000, b"between", rows.randbytes(9000), b"1"]
    yield "list-plain", [("list-max-listpack-size", -1)], [["RPUSH", "k", *plain]]
    compressed = [("list-max-listpack-size", 8), ("list-compress-depth", 1)]
    yield "list-compressed", compressed, [["RPUSH", "k", *[b"same again " * 3] * 90]]
    yield "set-intset-16", [], [["SADD", "k", 1, -5, 300, 32767]]
    yield "set-intset-32", [], [["SADD", "k", 1, -5, 70000]]
    yield "set-intset-64", [], [["SADD", "k", 1, -5, 1 << 40]]
    yield "set-small", [], [["SADD", "k", *ELEMENTS]]
    yield "set-large", [], [["SADD", "k", *many]]
    yield "set-integers", [("set-max-intset-entries", 3)], [["SADD", "k", *range(200)]]
    pairs = [word for pair in zip(ELEMENTS, reversed(ELEMENTS)) for word in pair]
    short = [element for element in ELEMENTS if len(element) <= 64]
    yield "hash-listpack", [], [["HSET", "k", *short[: len(short) // 2 * 2]]]
    yield "hash-table", [], [["HSET", "k", *pairs]]
    yield "hash-large", [("hash-max-listpack-entries", 8)], [["HSET", "k", *many]]
    scored = [word for score, name in zip(SCORES, ELEMENTS) for word in (repr(score), name)]
    yield "zset-listpack", [], [["ZADD", "k", *scored]]
    yield "zset-skiplist", [("zset-max-listpack-entries", 4)], [["ZADD", "k", *scored]]
    large = [word for member in many for word in (repr(rows.uniform(-9, 9)), member)]
    yield "zset-large", [], [["ZADD", "k", *large]]
    yield "zset-equal", [], [["ZADD", "k", *[word for member in many for word in ("5", member)]]]
    entries = [["XADD", "k", f"{number // 3 + 1}-{number + 1}", "f", "v%d" % number, "g", number]
               for number in range(40)]  # fmt: skip
    other = [["XADD", "k", f"500-{number + 1}", "other", "x" * number] for number in range(30)]
    holes = [["XDEL", "k", "1-2", "4-11", "500-7"]]
    groups = [
        ["XGROUP", "CREATE", "k", "g1", "0"], ["XGROUP", "CREATE", "k", "g2", "$"],
        ["XGROUP", "CREATE", "k", "g3", "5-5", "ENTRIESREAD", "3"],
        ["XGROUP", "CREATECONSUMER", "k", "g2", "idle"],
        ["XREADGROUP", "GROUP", "g1", "alice", "COUNT", "10", "STREAMS", "k", ">"],
        ["XREADGROUP", "GROUP", "g1", "bob", "COUNT", "4", "STREAMS", "k", ">"],
        ["XREADGROUP", "GROUP", "g3", "carol", "STREAMS", "k", ">"],
        ["XACK", "k", "g1", "1-1", "2-4"],
    ]  # fmt: skip
    node = [("stream-node-max-entries", 7)]
    yield "stream-small", [], entries[:3]
    yield "stream-nodes", node, entries + other + holes
    yield "stream-groups", node, entries + other + holes + groups
    yield "stream-empty", [], entries[:2] + [["XDEL", "k", "1-1", "1-2"]] + groups[:2]
    yield "string-text", [], [["SET", "k", "hello"]]
    yield "string-integer", [], [["SET", "k", "1234567890"]]
    yield "string-compressed", [], [["SET", "k", "x" * 5000]]


def of_older(pairs, scored):
    """Layouts of servers before 7.0."""
    yield "list-linked", 1, length(len(ELEMENTS)) + b"".join(map(string, ELEMENTS)), 1
    yield "list-ziplist", 10, string(ziplist(ELEMENTS)), 6
    nodes = [ELEMENTS[:5], ELEMENTS[5:6], ELEMENTS[6:]]
    body = length(3) + b"".join(string(ziplist(node)) for node in nodes)
    yield "list-quicklist-of-ziplists", 14, body, 9
    yield "list-with-empty-node", 14, length(2) + string(ziplist([])) + string(ziplist([b"a"])), 9
    yield "set-hashtable", 2, length(len(ELEMENTS)) + b"".join(map(string, ELEMENTS)), 2
    yield "hash-zipmap", 9, string(zipmap(pairs)), 2
    flat = [word for pair in pairs for word in pair]
    yield "hash-ziplist", 13, string(ziplist(flat)), 4
    yield "hash-hashtable", 4, length(len(pairs)) + b"".join(map(string, flat)), 4
    texts = [word for member, score in scored for word in (member, b"%r" % score)]
    yield "zset-ziplist", 12, string(ziplist(texts)), 6
    body = b"".join(string(member) + score_text(score) for member, score in reversed(scored))
    yield "zset-text-scores", 3, length(len(scored)) + body, 3
    body = b"".join(string(member) + struct.pack("<d", score) for member, score in scored)
    yield "zset-binary-scores", 5, length(len(scored)) + body, 8
    entries = [b"2", b"1", b"1", b"f", b"0"]
    entries += [b"2", b"0", b"0", b"v0", b"4", b"3", b"1", b"0", b"gone", b"4"]
    entries += [b"0", b"2", b"5", b"2", b"a", b"1", b"b", b"2", b"8"]
    body = length(1) + string(struct.pack(">QQ", 5, 1)) + string(listpack(entries))
    body += length(2) + length(7) + length(6) + length(1) + string(b"group") + length(7) + length(6)
    body += length(1) + struct.pack(">QQ", 5, 1) + struct.pack("<q", FAR) + length(3)
    body += length(1) + string(b"consumer") + struct.pack("<q", FAR) + length(1)
    body += struct.pack(">QQ", 5, 1)
    yield "stream-v1", 15, body, 9


def of_later(pairs):
    """Layouts of Redis 7.2 and 7.4."""
    yield "set-listpack", 20, string(listpack(ELEMENTS)), 11
    times = [0, FAR, FAR + 1, 0, FAR + 500, FAR]
    rows = [(*pair, times[index % len(times)]) for index, pair in enumerate(pairs)]
    ordered = sorted((row for row in rows if row[2]), key=lambda row: row[2])
    ordered += [row for row in rows if not row[2]]
    flat = listpack([word for field, value, time in ordered for word in (field, value, b"%d" % time)])
    yield "hash-listpack-md", 25, struct.pack("<q", FAR) + string(flat), 12
    yield "hash-listpack-md-pre-release", 23, string(flat), 12
    body = struct.pack("<q", FAR) + length(len(rows))
    for field, value, time in rows:
        body += length(time - FAR + 1 if time else 0) + string(field) + string(value)
    yield "hash-hashtable-md", 24, body, 12
    body = length(len(rows))
    for field, value, time in rows:
        body += length(time) + string(field) + string(value)
    yield "hash-hashtable-md-pre-release", 22, body, 12
    plain = length(len(rows)) + b"".join(string(field) + string(value) for field, value, _ in rows)
    yield "hash-hashtable-12", 4, plain, 12


DEFAULTS = [
    ("list-max-listpack-size", -2), ("list-compress-depth", 0), ("set-max-intset-entries", 512),
    ("hash-max-listpack-entries", 128), ("zset-max-listpack-entries", 128),
    ("stream-node-max-entries", 100),
]  # fmt: skip


def main():
    redis, valkey = map(Server, sys.argv[1:3])

    def digest(payload):
        try:
            redis.ask("RESTORE", "digest", 0, payload, "REPLACE")
        except RuntimeError:
            return "-"
        return redis.ask("DEBUG", "DIGEST-VALUE", "digest")[0].decode()

    def show(name, digest, payload):
        print(name, digest, payload.hex())

    for server, prefix in ((redis, "redis-7.0"), (valkey, "valkey-9.1")):
        for name, settings, commands in of_redis(server):
            for setting in DEFAULTS + settings:
                server.ask("CONFIG", "SET", *setting)
            server.ask("DEL", "k")
            for command in commands:
                server.ask(*command)
            show(f"{prefix}/{name}", server.ask("DEBUG", "DIGEST-VALUE", "k")[0].decode(),
                 server.ask("DUMP", "k"))  # fmt: skip
    pairs = list(zip(ELEMENTS, reversed(ELEMENTS)))
    scored = list(zip(ELEMENTS, SCORES))
    # Members of equal scores stand in their order.
    scored.sort(key=lambda pair: (pair[1], pair[0]))
    for name, kind, body, version in of_older(pairs, scored):
        payload = sealed(kind, body, version)
        shown = digest(payload)
        assert shown != "-", f"{name}: the oracle refuses it"
        show(f"built/{name}", shown, payload)
    for name, kind, body, version in of_later(pairs):
        show(f"built/{name}", "-", sealed(kind, body, version))


main()
