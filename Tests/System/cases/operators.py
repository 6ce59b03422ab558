"""Tools of operators beside Ledgerstone: redis-cli, redis-benchmark, an exporter, a reader of dumps.

What they print is compared with what they print beside Redis, and each of them meets a kill -9.
"""

import json
import re
import subprocess
import sys
import urllib.request

from harness.applications import (
    HERE,
    PACKAGES,
    Program,
    durable,
    environment,
    need_python,
    restart,
    tried,
)
from harness.context import equal, holds, need_program
from harness.servers import STAND_IN, free_port, wait_until

PATIENCE = 120


def cli(server, *words, input=None, status=0):
    """What redis-cli prints, on both streams."""
    result = subprocess.run(
        ["redis-cli", "-p", str(server.port), *map(str, words)],
        input=input, capture_output=True, timeout=PATIENCE,
    )  # fmt: skip
    text = result.stdout.decode(errors="replace") + result.stderr.decode(errors="replace")
    holds(status is None or result.returncode == status, f"redis-cli {words}: {text}")
    return text


def fill(server):
    """The same data for each server: one large value of every type among small ones."""
    with server.connect(timeout=60) as connection:
        for number in range(300):
            connection.ask("SET", f"text:{number}", "x" * number)
        connection.ask("RPUSH", "list", *range(700))
        connection.ask("SADD", "set", *(f"member {n}" for n in range(600)))
        connection.ask("HSET", "hash", *(word for n in range(500) for word in (f"field {n}", n)))
        connection.ask("ZADD", "board", *(word for n in range(400) for word in (n, f"player {n}")))
        for number in range(200):
            connection.ask("XADD", "stream", f"{number + 1}-0", "field", number)
        connection.ask("XGROUP", "CREATE", "stream", "group", "0")
        connection.ask("XREADGROUP", "GROUP", "group", "one", "COUNT", "5", "STREAMS", "stream", ">")
        connection.ask("SETEX", "soon", "10000", "x")


# Modes whose words depend on nothing but the data.
SAME = [
    ["--scan", "--pattern", "text:1?"],
    ["--scan"],
    ["-3", "HGETALL", "hash"],
    ["-2", "HGETALL", "hash"],
    ["--json", "HGETALL", "hash"],
    ["--json", "-2", "ZRANGE", "board", "0", "5", "WITHSCORES"],
    ["--quoted-json", "GET", "text:3"],
    ["--csv", "LRANGE", "list", "0", "5"],
    ["--no-raw", "ZRANGE", "board", "0", "3", "WITHSCORES"],
    ["--raw", "XRANGE", "stream", "1-0", "3-0"],
    ["-D", "|", "-d", ",", "LRANGE", "list", "0", "5"],
    ["-n", "3", "DBSIZE"],
    ["-r", "3", "-i", "0.01", "INCR", "counter"],
    ["-e", "NOSUCH"],
    ["--quoted-input", "SET", '"quo\\x20ted"', '"\\n"'],
    ["--no-raw", "GET", "quo ted"],
    ["--show-pushes", "no", "-3", "PING"],
]


def unordered(text):
    """Orders of keys and fields are the server's own affair."""
    return sorted(re.split(r"[\n,{}]", text.replace(" (0.00s)", "")))


@tried("redis-cli", debian=["redis-tools"])
def test_redis_cli(context):
    """Every mode: `--bigkeys`, `--memkeys`, `--hotkeys`, `--stat`, `--scan`, `--pipe`, `--latency`,
    `--intrinsic-latency`, `--lru-test`, `--eval`, `--json`, `--csv`, `-3`, `-x`, MONITOR and more;
    `--rdb` and `--replica` are refused."""
    need_program("redis-cli", "redis-tools")
    server = durable(context)
    oracle = context.start("redis", "oracle")
    for each in (server, oracle):
        fill(each)
    for words in SAME:
        status = 1 if "NOSUCH" in words else 0
        got, expected = (cli(each, *words, status=status) for each in (server, oracle))
        equal(unordered(got), unordered(expected), f"redis-cli {words}")
    typed = b"MULTI\nINCR n\nINCR n\nEXEC\nDEL n\n"
    equal(cli(server, input=typed).split(), "OK QUEUED QUEUED 1 2 1".split(), "typed commands")
    holds("# Server" in cli(server, "INFO"), "INFO")
    holds(cli(server, "-3", "HELLO", "3").count("proto") == 1, "HELLO over RESP3")
    equal(cli(server, "-x", "SET", "typed", input=b"from standard input"), "OK\n", "-x")
    words = ["-X", "value", "SET", "typed", "value"]
    equal(cli(server, *words, input=b"again"), "OK\n", "-X")
    equal(server.ask("GET", "typed"), b"again", "what -X has set")
    holds(cli(server, "-u", f"redis://127.0.0.1:{server.port}/3", "DBSIZE").strip() == "0", "-u")
    for each in (server, oracle):
        each.ask("DEL", "typed", "counter", "quo ted")
    scripted(server)
    samples(server, oracle)
    watching(server)
    if not STAND_IN:
        refusals(server)
    through_a_kill(server)


def scripted(server):
    """`--eval` runs a file, with keys before the comma and arguments behind it."""
    script = server.directory.parent / "count.lua"
    script.write_text("return {KEYS[1], ARGV[1], redis.call('LLEN', KEYS[1])}\n")
    equal(cli(server, "--eval", script, "list", ",", "word").split(), "list word 700".split(), "--eval")


def samples(server, oracle):
    """The modes that walk over all keys find the same in the same data."""
    summary = re.compile(r"^(?:Biggest|Sampled|Total|\d+ ).*$", re.M)
    got, expected = (cli(each, "--bigkeys") for each in (server, oracle))
    equal(sorted(summary.findall(got)), sorted(summary.findall(expected)), "--bigkeys")
    for words in (["--memkeys"], ["--memkeys-samples", "3"]):
        text = cli(server, *words)
        for kind in ("string", "list", "set", "hash", "zset", "stream"):
            holds(re.search(rf"Biggest +{kind} found .* has [1-9]\d* bytes", text), f"{words}: {text}")
    for each in (server, oracle):
        each.ask("CONFIG", "SET", "maxmemory-policy", "allkeys-lfu")
        each.ask("SET", "hot", "1")
        with each.connect() as connection:
            connection.pipeline([["GET", "hot"]] * 2000)
    for each in (server, oracle):
        text = cli(each, "--hotkeys")
        hot = re.search(r"hot key found with counter: (\d+)\s+keyname: \"?hot\"?", text)
        holds(hot and int(hot.group(1)) > 5, f"--hotkeys at {each.kind}: {text}")


def watching(server):
    """The modes that go on until they are ended, or measure for a while."""
    least, most, average, count = cli(server, "--raw", "--latency", "-i", "0.2").split()
    holds(float(least) <= float(average) <= float(most) and int(count) > 0, "--latency")
    holds("Max latency so far" in cli(server, "--intrinsic-latency", "1"), "--intrinsic-latency")
    stat = until(server, ["--stat", "-i", "0.01"], lambda text: text.count("\n") >= 5)
    holds(re.search(r"keys +mem +clients +blocked +requests +connections", stat), stat)
    holds(re.search(r"^\d+ +[\d.]+[KMG]? +\d+ +0 +\d+ \(\+\d+\) +\d+", stat, re.M), stat)
    history = until(server, ["--latency-history", "-i", "0.01", "--raw"], lambda text: len(text) > 10)
    holds(re.match(r"\d+ \d+ [\d.]+ \d+", history), history)

    until(server, ["--lru-test", "1000"], lambda text: "Gets/sec" in text and "Hits" in text)

    def monitored(text):
        server.ask("SET", "seen", "by MONITOR")
        return '"SET" "seen" "by MONITOR"' in text

    until(server, ["MONITOR"], monitored)

    def heard(text):
        return server.ask("PUBLISH", "news", "hello") and "hello" in text

    until(server, ["SUBSCRIBE", "news"], heard)


def until(server, words, condition):
    """Runs a mode without end until what it printed is enough."""
    output = server.directory.parent / "redis-cli.output"
    output.unlink(missing_ok=True)
    # Line by line, or else what it prints stands in its memory until there is much of it.
    line = ["stdbuf", "-oL", "redis-cli", "-p", str(server.port), *words]
    program = Program(line, output, environment())
    try:
        wait_until(lambda: condition(program.text()), PATIENCE, f"redis-cli {words}")
        return program.text()
    finally:
        program.kill()


def refusals(server):
    """A copy over the protocol of replication is not offered, and says so."""
    for words in (["--rdb", "/dev/null"], ["--functions-rdb", "/dev/null"], ["--replica"]):
        text = cli(server, *words, status=None)
        holds("ERR" in text or "SYNC" in text, f"redis-cli {words}: {text}")


def through_a_kill(server):
    """What `--pipe` says was answered is there after a kill."""
    size = 5000
    many = "".join(f"SET piped:{n} {n}\r\n" for n in range(size))
    holds(f"errors: 0, replies: {size}" in cli(server, "--pipe", input=many.encode()), "--pipe")
    server.kill()
    holds("Connection refused" in cli(server, "PING", status=1), "a server that is away")
    restart(server)
    piped = cli(server, "--scan", "--pattern", "piped:*").split()
    equal(len(piped), size, "what --pipe has written")


@tried("redis-benchmark", debian=["redis-tools"])
def test_redis_benchmark(context):
    """Every test, alone and pipelined, over both protocols, with several threads and any command."""
    need_program("redis-benchmark", "redis-tools")
    server = durable(context, appendfsync="everysec")
    oracle = context.start("redis", "oracle")
    titles = re.compile(r"^([^:\r\n]+(?:\([^)]*\))?): [\d.]+ requests per second", re.M)

    def benchmark(each, *words):
        result = subprocess.run(
            ["redis-benchmark", "-p", str(each.port), "-q", *map(str, words)],
            capture_output=True, timeout=2 * PATIENCE,
        )  # fmt: skip
        text = (result.stdout + result.stderr).decode().replace("\r", "\n")
        text = re.sub(r"WARNING: Keepalive disabled.*", "", text)
        holds(result.returncode == 0 and "rror" not in text and "WARN" not in text, text[-800:])
        return sorted(set(titles.findall(text)))

    every = ["-n", 400, "-c", 20, "-P", 4]
    got, expected = benchmark(server, *every), benchmark(oracle, *every)
    equal(got, expected, "the tests of redis-benchmark")
    holds(len(got) >= 18, f"all tests were run: {got}")
    for words in (["-3"], ["--threads", 2], ["-r", 100], ["-d", 100_000, "-c", 2], ["-k", 0]):
        benchmark(server, "-n", 400, "-t", "set,get,incr", *words)
    benchmark(server, "-n", 400, "-r", 100, "HSET", "hash", "field:__rand_int__", "__data__")

    before = int(server.ask("GET", "counter:__rand_int__"))
    benchmark(server, "-n", 3000, "-t", "incr", "-P", 8)
    server.kill()
    restart(server)
    equal(int(server.ask("GET", "counter:__rand_int__")), before + 3000, "counted before the kill")


@tried("prometheus-redis-exporter", debian=["prometheus-redis-exporter"])
def test_exporter(context):
    """Every metric that it finds in Redis is found: INFO, CONFIG, SLOWLOG, LATENCY, clients, keys,
    streams, groups of keys, a script."""
    need_program("prometheus-redis-exporter", "prometheus-redis-exporter")
    server = durable(context)
    oracle = context.start("redis", "oracle", appendonly="yes")
    script = context.scratch / "scrape.lua"
    script.write_text('return {"from_script", "42"}\n')
    pages, programs = {}, {}
    for each in (server, oracle):
        fill(each)
        each.ask("CONFIG", "SET", "slowlog-log-slower-than", "0")
        each.ask("CONFIG", "SET", "latency-monitor-threshold", "1")
        each.ask("DEBUG", "SLEEP", "0.01")
        cli(each, "NOSUCH")
        programs[each], pages[each] = exporter(context, each, script)
    names = {each: series(page) for each, page in pages.items()}
    missing = names[oracle] - names[server]
    equal(sorted(missing), [], "metrics that the exporter finds in Redis only")
    holds(len(names[server]) > 150, f"metrics: {len(names[server])}")
    holds("redis_exporter_last_scrape_error{err=\"\"} 0" in pages[server], "no error of a scrape")

    keys = re.search(r'^redis_db_keys\{db="db0"\} (\d+)', pages[server], re.M).group(1)
    server.kill()
    holds("redis_up 0" in scrape(programs[server]), "redis_up of a server that was killed")
    restart(server)
    page = scrape(programs[server])
    holds("redis_up 1" in page, "redis_up of a server that is back")
    holds(f'redis_db_keys{{db="db0"}} {keys}' in page, "as many keys as before the kill")


def series(page):
    """Names of metrics with the names of their labels."""
    rows = re.findall(r"^(redis_\w+)(?:\{(.*)\})? ", page, re.M)
    label = re.compile(r'(\w+)="')
    return {" ".join([name, *label.findall(labels)]) for name, labels in rows}


def exporter(context, server, script):
    port = free_port()
    words = [
        "prometheus-redis-exporter", "-redis.addr", f"redis://127.0.0.1:{server.port}",
        "-web.listen-address", f"127.0.0.1:{port}", "-check-keys", "*:1?", "-count-keys", "db0=text:*",
        "-check-single-keys", "list,set,hash,board,soon", "-check-single-streams", "stream",
        "-check-streams", "stre*", "-check-key-groups", "^[a-z]+", "-export-client-list",
        "-include-config-metrics", "-include-system-metrics", "-script", str(script),
    ]  # fmt: skip
    output = context.scratch / f"exporter-{server.kind}.output"
    program = Program(words, output, environment())
    program.url = f"http://127.0.0.1:{port}/metrics"
    context.defer(program.kill)
    return program, wait_until(lambda: scrape(program), PATIENCE, "the exporter does not answer")


def scrape(program):
    try:
        with urllib.request.urlopen(program.url, timeout=PATIENCE) as answer:
            return answer.read().decode()
    except OSError:
        return ""


@tried("rdbtools", python=["rdbtools"])
def test_rdbtools(context):
    """Reads our dump. It knows the format of Redis 5, so the newer packed encodings are switched off,
    and lists and streams left out."""
    need_python("rdbtools")
    server = durable(
        context, hash_max_listpack_entries=0, zset_max_listpack_entries=0,
        # Redis 7.0 packs no sets.
        set_max_listpack_entries=None if STAND_IN else 0,
    )  # fmt: skip
    fill(server)
    with server.connect() as connection:
        connection.ask("SADD", "numbers", *range(50))
        connection.ask("SET", "long", "packed " * 500)
        connection.ask("SET", "binary", bytes(range(256)))
        connection.ask("DEL", "list", "stream")
        expected = contents(connection)
    # The dump is written again while the log holds everything: a kill in between costs nothing.
    server.ask("BGSAVE")
    server.kill()
    restart(server)
    equal(server.ask("SAVE"), b"OK", "SAVE")
    result = subprocess.run(
        [sys.executable, str(HERE / "rdb_reader.py"), str(server.directory / "dump.rdb")],
        capture_output=True, env={**environment(), "PYTHONPATH": str(PACKAGES)}, timeout=PATIENCE,
    )  # fmt: skip
    holds(result.returncode == 0, result.stderr.decode()[-1500:])
    found = json.loads(result.stdout)
    equal(found, expected, "what rdbtools reads")


def contents(connection):
    """Keys, values and deadlines, as `rdb_reader.py` prints them."""
    found = {}
    for key in connection.ask("KEYS", "*"):
        kind = connection.ask("TYPE", key)
        if kind == b"string":
            value = text(connection.ask("GET", key))
        elif kind == b"hash":
            flat = [text(word) for word in connection.ask("HGETALL", key)]
            value = dict(zip(flat[0::2], flat[1::2]))
        elif kind == b"set":
            value = sorted(text(member) for member in connection.ask("SMEMBERS", key))
        else:
            flat = [text(word) for word in connection.ask("ZRANGE", key, 0, -1, "WITHSCORES")]
            value = {member: float(score) for member, score in zip(flat[0::2], flat[1::2])}
        found[text(key)] = [value, connection.ask("PEXPIRETIME", key)]
    return found


def text(data):
    return data.decode("latin-1")
