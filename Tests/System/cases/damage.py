"""Files of a small set damaged on a real disk: a start serves exactly what was promised, or refuses
with the place and the remedy. The simulation changes every byte (`EveryByteTests`); here a share of
them meets the built server, and all of them in `torture`."""

import shutil
import signal

from harness.context import equal, holds
from harness.directories import attempt, state
from harness.servers import wait_until

COMMANDS = (
    ["SET", "text", "hello"], ["SET", "number", "12345"], ["SETBIT", "bits", "70", "1"], ["PFADD", "visitors", "a", "b"],
    ["RPUSH", "list", "one", "2"], ["SADD", "numbers", "1", "2", "70000"], ["HSET", "hash", "f", "v"],
    ["ZADD", "scores", "1.5", "m", "-2", "n"], ["GEOADD", "places", "13.361389", "38.115556", "Palermo"],
    ["XADD", "stream", "1-1", "f", "v"], ["XGROUP", "CREATE", "stream", "g", "0"],
)  # fmt: skip
LATER = (["APPEND", "text", "!"], ["INCR", "number"], ["LPOP", "list"], ["ZINCRBY", "scores", "1", "m"], ["SET", "last", "1"])


def small_set(context, policy="always"):
    """A base, an increment and a list, of a server that was stopped; and the digest of the data."""
    server = context.start("ledgerstone", "data", appendonly="yes", appendfsync=policy)
    for words in COMMANDS:
        server.ask(*words)
    server.ask("BGREWRITEAOF")
    wait_until(lambda: server.info("persistence")["aof_rewrite_in_progress"] == "0")
    for words in LATER:
        server.ask(*words)
    digest = server.ask("DEBUG", "DIGEST")
    equal(server.stop(), 0, "exit status")
    files = [path for path in sorted((server.directory / "appendonlydir").iterdir()) if path.is_file()]
    holds(len(files) == 3, f"base, increment and list: {files}")
    return server.directory, files, digest


def judge(context, directory, digest, what, may_lose_the_end=False):
    """Starts a server on damaged files and says what it did: `whole`, `refused` or `earlier`."""
    before = state(directory)
    server = context.server("ledgerstone", directory, appendonly="yes")
    context.servers.remove(server)
    try:
        status = attempt(server)
        log = server.log()
        if status is None:
            if server.ask("DEBUG", "DIGEST") == digest:
                return "whole"
            told = "Truncating the AOF" in log
            holds(told or may_lose_the_end, f"{what}: something else is served in silence\n{log[-1500:]}")
            return "earlier"
        holds(status > 0, f"{what}: ended by signal {-status}\n{log[-2500:]}")
        holds("To resolve it:" in log and f"In {directory}" in log, f"{what}: no place or no remedy\n{log[-1500:]}")
        equal(state(directory), before, f"{what}: files after a refusal")
        return "refused"
    finally:
        server.kill()
        server.log_path.unlink(missing_ok=True)


def on_a_copy(context, directory, path, content, digest, what, **allowed):
    copy = context.copy(directory, "copy")
    try:
        target = copy / path.relative_to(directory)
        if content is None:
            target.unlink()
        else:
            target.write_bytes(content)
        return judge(context, copy, digest, what, **allowed)
    finally:
        shutil.rmtree(copy)


def test_flipped_bytes(context):
    directory, files, digest = small_set(context)
    outcomes = {"whole": 0, "refused": 0, "earlier": 0}
    for path in files:
        data = path.read_bytes()
        places = list(range(len(data)))
        if context.quick:
            places = sorted(context.random.sample(places, 25))
        for place in places:
            changed = bytearray(data)
            changed[place] ^= 1 << context.random.randrange(8)
            what = f"{path.name} at {place}: {data[place]} became {changed[place]}"
            outcome = on_a_copy(context, directory, path, bytes(changed), digest, what)
            outcomes[outcome] += 1
            # Only a line of our own beside the data may change, or lose its beginning, without effect.
            lines = line_at(data, place), line_at(data, place + 1)
            holds(outcome != "whole" or any(line.startswith(b"#LS:1") for line in lines), f"{what}: no refusal")
    # After a clean end nothing is taken for torn, but the line that says so itself.
    equal(outcomes["earlier"], 0, f"starts that cut something off: {outcomes}")
    holds(outcomes["refused"] > outcomes["whole"], f"{outcomes}")


def line_at(data, place):
    start = data.rfind(b"\n", 0, place) + 1
    return data[start : data.find(b"\n", place) + 1]


def test_files_that_end_early(context):
    directory, files, digest = small_set(context)
    for path in files:
        data = path.read_bytes()
        sizes = list(range(len(data)))
        if context.quick:
            sizes = sorted({0, 1, len(data) - 1, *context.random.sample(sizes, 12)})
        for size in sizes:
            # A last file that ends with a batch is a shorter log, and nothing tells otherwise.
            last = path.name.endswith(".incr.aof")
            on_a_copy(
                context, directory, path, data[:size], digest, f"{path.name} ends at {size} of {len(data)}",
                may_lose_the_end=last,
            )  # fmt: skip


def test_files_that_are_missing_or_misnamed(context):
    directory, files, digest = small_set(context)
    for path in files:
        on_a_copy(context, directory, path, None, digest, f"no {path.name}")
        for other in files:
            if other is not path:
                on_a_copy(context, directory, path, other.read_bytes(), digest, f"{path.name} holds {other.name}")
        copy = context.copy(directory, "moved")
        old = copy / path.relative_to(directory)
        old.rename(old.with_name(path.name + ".old"))
        judge(context, copy, digest, f"{path.name} is called {path.name}.old")
        shutil.rmtree(copy)


def test_directory_removed_under_the_server(context):
    """It goes on serving, says that a rewrite fails, and ends in order."""
    for policy in ("always", "everysec"):
        server = context.start("ledgerstone", f"gone-{policy}", appendonly="yes", appendfsync=policy)
        server.ask("SET", "a", "1")
        shutil.rmtree(server.directory)
        equal(server.ask("GET", "a"), b"1", f"{policy}: reads go on")
        with server.connect(timeout=3) as connection:
            reply = connection.call("SET", "b", "2")
            holds(reply.type in "+-" or policy == "always", f"{policy}: a write answered {reply}")
        server.connect().call("BGREWRITEAOF")
        wait_until(lambda: server.info("persistence")["aof_last_bgrewrite_status"] == "err", 20, f"{policy}: no word of it")
        equal(server.ask("GET", "a"), b"1", f"{policy}: reads go on after that")
        server.process.send_signal(signal.SIGTERM)
        status = server.wait_for_exit(20)
        holds(status >= 0, f"{policy}: ended by signal {-status}\n{server.log()[-2000:]}")


def test_kill_while_it_repairs(context):
    """A start that cuts a torn end is killed at any moment: the next one finds the same."""
    server = context.start("ledgerstone", "data", appendonly="yes", appendfsync="always")
    for number in range(200):
        server.ask("SET", f"key:{number}", "v" * 100)
    server.kill()
    path = sorted((server.directory / "appendonlydir").glob("*.incr.aof"))[-1]
    torn = path.read_bytes() + b"*3\r\n$3\r\nSET\r\n$4\r\ntor"
    for number in range(context.rounds(6, 200)):
        copy = context.copy(server.directory, f"copy{number}")
        (copy / "appendonlydir" / path.name).write_bytes(torn)
        again = context.server("ledgerstone", copy, appendonly="yes")
        again.launch()
        try:
            again.wait_for_exit(context.random.uniform(0.0, 0.06))
        except Exception:
            pass
        again.kill()
        again.start()
        equal(again.ask("DBSIZE"), 200, f"round {number}")
        again.kill()
        shutil.rmtree(copy)
