"""The seventeen weak points, each tried on each server: what it should do, and what it does."""

import re
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from random import Random

from harness.directories import attempt, command, dump, increments, log_set, replace, written
from harness.resp import CLOSED, SILENCE
from harness.servers import PROGRAMS, wait_until
from harness.shim import Shim

from powercut import cuts
from powercut.disk import JOURNAL, Disk
from powercut.judge import SERVED
from powercut.recording import Recording
from powercut.states import NONE, State, Survival

from .comparison import Table, count, info
from .directories import started

SELECT = command("SELECT", "0")


@dataclass
class Finding:
    handled: bool | None
    text: str

    def __str__(self):
        return {True: "yes", False: "**no**", None: "–"}[self.handled] + f": {self.text}"


def torn_command_behind_an_rdb_head(context, kind):
    directory = context.directory("single")
    (directory / "appendonly.aof").write_bytes(dump(context, "redis") + command("SET", "k", "v")[:13])
    starts = [started(context, kind, directory) for _ in range(3)]
    return Finding([value for _, value in starts] == [50] * 3, "three starts over 50 keys: " + ", ".join(words for words, _ in starts))


def torn_file_that_is_not_the_last(context, kind):
    first = SELECT + b"".join(command("SET", f"a{n}", "1") for n in range(10))
    directory = context.directory("data")
    log_set(directory, None, [first[:-5], SELECT + command("SET", "b", "2")])
    starts = [started(context, kind, directory)[0] for _ in range(2)]
    return Finding(starts == ["refused"] * 2, f"first start: {starts[0]}; second: {starts[1]}")


def torn_transaction(context, kind):
    group = command("MULTI") + command("SET", "x", "1") + command("SET", "y", "1")
    directory = context.directory("data")
    log_set(directory, None, [SELECT + command("SET", "before", "1") + group + command("EXEC")[:-4]])
    server = context.server(kind, directory, appendonly="yes", appendfsync="always")
    if attempt(server) is not None:
        return Finding(True, "refused")
    server.ask("SET", "later", "acknowledged")
    server.kill()
    words, value = started(context, kind, directory, ("GET", "later"))
    outcome = "there" if value == b"acknowledged" else "gone" if words == "None" else words
    return Finding(value == b"acknowledged", f"a write that is acknowledged after it is {outcome} at the next start")


def manifest_missing(context, kind):
    server = written(context, kind, "data")
    (server.directory / "appendonlydir" / "appendonly.aof.manifest").unlink()
    words, value = started(context, kind, server.directory)
    return Finding(words == "refused" or value == 100, f"over 100 keys: {words}")


def dump_but_no_log(context, kind):
    directory = context.directory("data")
    (directory / "dump.rdb").write_bytes(dump(context, kind))
    server = context.server(kind, directory, appendonly="yes", save="3600 1")
    if attempt(server) is not None:
        return Finding(True, "refused")
    size = server.ask("DBSIZE")
    server.ask("SET", "one", "1")
    server.stop()
    left = started(context, kind, context.copy(dump_alone(context, directory), "left"), appendonly="no")[0]
    return Finding(size == 50, f"over 50 keys: {count(size, 'key')}; after a write and a shutdown the dump holds {left}")


def dump_alone(context, directory):
    alone = context.directory("alone")
    shutil.copy(directory / "dump.rdb", alone)
    return alone


def changed_byte_in_a_value(context, kind):
    server = context.start(kind, "data", appendonly="yes")
    server.ask("SET", "balance", "1000")
    for number in range(20):
        server.ask("SET", f"other:{number}", "1")
    server.kill()
    replace(increments(server.directory)[-1], b"\r\n1000\r\n", b"\r\n9000\r\n")
    words, value = started(context, kind, server.directory, ("GET", "balance"))
    served = words if value is None else f"serves {value.decode()} where 1000 had been written"
    return Finding(value is None, served)


def wrong_bytes_behind_an_argument(context, kind):
    text = SELECT + command("SET", "a", "1").replace(b"\r\n1\r\n", b"\r\n1xy") + command("SET", "b", "2")
    directory = context.directory("data")
    folder = log_set(directory, None, [text])
    words = started(context, kind, context.copy(directory, "copy"))[0]
    tool, name = check_tool(kind)
    result = subprocess.run([tool, folder / "appendonly.aof.manifest"], capture_output=True, stdin=subprocess.DEVNULL)
    accepts = result.returncode == 0
    agree = accepts == ("refused" not in words)
    return Finding(agree, f"the server: {words}; {name}: {'valid' if accepts else 'not valid'}")


def check_tool(kind):
    """The check tool beside the server; Redis's where Valkey's is not there (they are of one source)."""
    path = Path(shutil.which(PROGRAMS[kind])).with_name(f"{kind}-check-aof")
    return (path, path.name) if path.exists() else ("redis-check-aof", "redis-check-aof")


def zeros_after_the_last_command(context, kind):
    server = written(context, kind, "data")
    with open(increments(server.directory)[-1], "ab") as file:
        file.write(bytes(4096))
    words, value = started(context, kind, server.directory)
    return Finding(value == 100, f"over 100 keys: {words}")


def a_failed_background_sync(context, kind):
    shim = Shim(context, only=".incr.aof")
    server = context.start(kind, "data", environment=shim.environment, appendonly="yes", appendfsync="everysec")
    server.ask("SET", "a", "1")
    wait_until(lambda: shim.syncs() > 0, 5)
    shim.set(fail=1)
    server.ask("SET", "b", "1")
    wait_until(lambda: shim.remaining_failures() == 0, 5)
    began = time.monotonic()
    while time.monotonic() < began + 10:
        if server.connect().call("SET", "c", "1").type == "+" and info(server)["aof_last_write_status"] == "ok":
            time.sleep(1.5)
            if server.connect().call("SET", "d", "1").type == "+":
                return Finding(True, f"writes again after {time.monotonic() - began - 1.5:.1f} s")
        time.sleep(0.1)
    return Finding(False, "one sync of the log failed; 10 s later writes are still refused with MISCONF")


def synced_up_to(context, kind):
    """Whether a sync that failed is tried again although nothing new is written."""
    shim = Shim(context, only=".incr.aof")
    server = context.start(kind, "data", environment=shim.environment, appendonly="yes", appendfsync="everysec")
    server.ask("SET", "a", "1")
    wait_until(lambda: shim.syncs() > 0, 5)
    time.sleep(1.5)
    before = shim.syncs()
    shim.set(fail=1)
    server.ask("SET", "b", "1")
    wait_until(lambda: shim.remaining_failures() == 0, 5)
    deadline = time.monotonic() + 5
    while shim.syncs() == before and time.monotonic() < deadline:
        time.sleep(0.05)
    synced = shim.syncs() > before
    return Finding(synced, f"after a failed sync the same bytes are {'' if synced else 'not '}synced within 5 s when nothing new is written")


def rewrite_and_the_old_increment(context, kind):
    """Cuts power where the new increment is in the manifest and the old one is not synced yet."""
    rewrites = 0
    for number in range(10):
        recording = Recording(context, kind, "everysec", Random(f"{context.seed} {number}"), 60)
        disk = Disk(recording.beginning, JOURNAL)
        for index, event in enumerate(recording.events):
            disk.follow(index, event)
            listed = [file for file in disk.increments if file.number in disk.names.values()]
            if event.kind != "renamed" or not event.paths()[1].endswith(".manifest") or len(listed) < 2:
                continue
            rewrites += 1
            if listed[-2].changes:
                return a_cut_in_a_rewrite(context, recording, disk, index + 1, listed[-2])
        if rewrites >= 3:
            return Finding(True, f"the old increment was synced before a manifest listed the new one, in {rewrites} rewrites")
    raise AssertionError(f"{kind} was not seen to rewrite its log")


def a_cut_in_a_rewrite(context, recording, disk, place, old):
    """What comes of a power cut that takes the last byte of the old increment."""
    survivals = tuple(
        (file.number, Survival("prefix", file.pending_size - 1) if file is old else NONE)
        for file in disk.files if file.changes
    )  # fmt: skip
    cut = cuts.describe(recording, disk, State(place, survivals, (True,) * len(disk.operations)))
    verdict = cuts.judged(recording, cut, context.scratch / "state", True).verdict
    size = f"{old.pending_size:,} bytes of the old increment were not synced when the manifest listed the new one"
    outcome = verdict.outcome if verdict.outcome == SERVED else f"{verdict.outcome} ({verdict.detail})"
    return Finding(verdict.outcome == SERVED, f"{size}; a power cut there: {outcome}")


def sync_failure_at_shutdown(context, kind):
    shim = Shim(context, only=".incr.aof")
    server = context.start(kind, "data", environment=shim.environment, appendonly="yes", appendfsync="no")
    server.ask("SET", "a", "1")
    shim.set(fail=1000)
    status = server.stop(timeout=60)
    return Finding(status != 0, f"exit status {status} after a sync that failed")


def ping_says_misconf(context, kind):
    server = context.start(kind, "data", save="3600 1", dbfilename="blocked")
    (server.directory / "blocked").mkdir()
    (server.directory / "blocked" / "x").write_text("")
    server.ask("SET", "a", "1")
    server.ask("BGSAVE")
    wait_until(lambda: server.info()["rdb_last_bgsave_status"] == "err", 10)
    with server.connect() as connection:
        ping = connection.call("PING")
        health = connection.call("DURABILITY", "STATUS")
    answer = ping.value.split()[0].decode()
    own = health not in (CLOSED, SILENCE) and health.type != "-"
    if ping.type != "-":
        return Finding(True, f"PING answers {answer}")
    return Finding(own, f"PING answers {answer}; " + ("DURABILITY STATUS tells health" if own else "INFO has the fields, no command judges them"))


ABOUT_DURABILITY = re.compile("durable|synced|verified|written_offset")


def info_says_ok(context, kind):
    server = context.start(kind, appendonly="yes")
    found = info(server)
    own = [name for name in found if ABOUT_DURABILITY.search(name)]
    text = f"`aof_last_write_status:{found['aof_last_write_status']}` and `rdb_last_bgsave_status:{found['rdb_last_bgsave_status']}` at once"
    examples = f", beside {count(len(own), 'field')} about what is durable, such as `{own[0]}`" if own else ", and no field about what is durable"
    return Finding(bool(own), text + examples)


def no_sync_during_a_rewrite(context, kind):
    shim = Shim(context, only=".incr.aof")
    server = context.start(kind, "data", environment=shim.environment, appendonly="yes", appendfsync="always",
                           no_appendfsync_on_rewrite="yes")  # fmt: skip
    server.ask("DEBUG", "POPULATE", "20000", "filler", "50")
    server.ask("CONFIG", "SET", "rdb-key-save-delay", "100")
    server.ask("BGREWRITEAOF")
    server.ask("SET", "first", "1")
    missed = shim.writes_without_sync(server)
    running = info(server)["aof_rewrite_in_progress"] == "1"
    assert running, "the rewrite was over before the writes"
    return Finding(missed == 0, f"{missed} of 20 writes acknowledged without a sync")


def copy_during_a_rewrite(context, kind):
    """A copy file by file, the manifest first, while a rewrite goes on behind it."""
    server = context.start(kind, "data", appendonly="yes", appendfsync="always")
    for number in range(100):
        server.ask("SET", f"key:{number}", "1")
    folder, copy = server.directory / "appendonlydir", context.directory("copy") / "appendonlydir"
    copy.mkdir()
    shutil.copy(folder / "appendonly.aof.manifest", copy)
    server.ask("BGREWRITEAOF")
    wait_until(lambda: info(server)["aof_rewrite_in_progress"] == "0")
    time.sleep(0.5)
    for path in folder.iterdir():
        if path.suffix != ".manifest":
            shutil.copy(path, copy)
    server.kill()
    words, value = started(context, kind, copy.parent)
    return Finding(words == "refused" or value == 100, f"the copy, over 100 keys: {words}")


def torn_annotation(context, kind):
    directory = context.directory("data")
    log_set(directory, None, [SELECT + command("SET", "before", "1") + b"#TS:17000"])
    server = context.server(kind, directory, appendonly="yes", appendfsync="always")
    if attempt(server) is not None:
        return Finding(True, "refused")
    server.ask("SET", "later", "1")
    server.kill()
    words, value = started(context, kind, directory)
    return Finding(value == 2, f"the start after the next write, over 2 keys: {words}")


POINTS = [
    ("A torn command behind an RDB head is cut, and the head stays", torn_command_behind_an_rdb_head),
    ("A torn file that is not the last is refused, and nothing is changed", torn_file_that_is_not_the_last),
    ("A torn transaction is cut before its beginning", torn_transaction),
    ("A missing manifest is rebuilt or refused", manifest_missing),
    ("A dump without a log is loaded or refused, with `appendonly yes`", dump_but_no_log),
    ("A changed byte in a value is noticed", changed_byte_in_a_value),
    ("Server and check tool agree on wrong bytes behind an argument", wrong_bytes_behind_an_argument),
    ("Zeros after the last command do not stop a start", zeros_after_the_last_command),
    ("A failed sync in the background heals", a_failed_background_sync),
    ("Nothing counts as synced before its sync has ended", synced_up_to),
    ("A rewrite never leaves a torn file in the middle of the list", rewrite_and_the_old_increment),
    ("A sync that fails at shutdown shows in the exit status", sync_failure_at_shutdown),
    ("A command tells health, where PING answers MISCONF", ping_says_misconf),
    ("INFO tells more than `ok` before anything was written", info_says_ok),
    ("`no-appendfsync-on-rewrite yes` does not weaken `always`", no_sync_during_a_rewrite),
    ("A copy of the directory during a rewrite is whole, or is refused", copy_during_a_rewrite),
    ("A torn annotation at the end is cut", torn_annotation),
]  # fmt: skip


def section(comparison):
    table = Table("Each point, tried on each server", ["", "What should be", *comparison.names])
    handled = [0] * len(comparison.kinds)
    for number, (title, function) in enumerate(POINTS, 1):
        found = comparison.each(f"{number} {title}", function)
        handled = [sum + (one.handled is True) for sum, one in zip(handled, found)]
        table.add(number, title, *found)
    table.add("", "**Handled**", *[f"**{one} of {len(POINTS)}**" for one in handled])
    return [table]
