"""How safe the data is: DURABILITY, room on the disk, the size of the log, damage to its files."""

import errno
import json
import os

from cases.storage import small_disk
from harness.context import equal, holds
from harness.directories import bases, increments
from harness.servers import wait_until


def temporary(directory):
    return [path.name for path in directory.rglob("*") if path.name.startswith("temp-")]


def advice(server):
    return {one["subject"]: one for one in json.loads(server.ask("DURABILITY", "DOCTOR", "JSON"))}


def test_status_and_doctor(context):
    """Text for people, JSON for programs, and the same facts in both and in INFO."""
    server = context.start("ledgerstone", appendonly="yes", appendfsync="always")
    server.ask("SET", "a", "1")
    status = json.loads(server.ask("DURABILITY", "STATUS", "JSON"))
    info = server.info("persistence")
    equal(status["log"]["state"], "healthy", "state")
    equal(status["log"]["unsynced_bytes"], 0, "nothing is at risk under always")
    equal(str(status["log"]["durable_offset"]), info["aof_durable_offset"], "durable offset")
    equal(status["directories"]["dir"], str(server.directory), "directory")
    holds(status["disk"]["available"] > 0, "room")
    text = server.ask("DURABILITY", "STATUS").decode()
    holds("\nstate: healthy\n" in text and text.startswith("# promise\n"), text)
    for section, lines in status.items():
        holds(f"# {section}\n" in text, f"section {section}")
        for name in lines:
            holds(f"\n{name}: " in text, f"{section}.{name}")
    with server.connect(protocol=3) as connection:
        equal(connection.call("DURABILITY", "STATUS").type, "=", "a verbatim string in RESP3")
    os.chmod(server.directory, 0o777)
    found = advice(server)["permissions"]
    equal(found["weight"], "warning", "weight")
    holds("chmod o-w" in found["remedy"], found["remedy"])
    holds("permissions: everybody" in server.ask("DURABILITY", "DOCTOR").decode(), "text")
    os.chmod(server.directory, 0o755)
    holds("permissions" not in advice(server), "all is well again")
    server.ask("CONFIG", "SET", "appendfsync", "no", "auto-aof-rewrite-percentage", "0")
    with server.connect() as connection:
        connection.pipeline([["MULTI"], ["SET", "a", "2"], ["EXEC"]])
    found = advice(server)
    holds("EXEC or WAITAOF" in found["appendfsync"]["text"], found["appendfsync"]["text"])
    equal(found["growth"]["weight"], "warning", "a log that nobody rewrites")
    names = [name.decode() for name in server.ask("COMMAND", "LIST", "FILTERBY", "PATTERN", "durability*")]
    equal(sorted(names), ["durability", "durability|doctor", "durability|help", "durability|scrub", "durability|status"], "commands")


def test_a_snapshot_that_does_not_fit_is_not_begun(context):
    disk = small_disk(context, "disk", "16m")
    server = context.start("ledgerstone", disk, appendonly="yes", save="3600 1", auto_aof_rewrite_percentage="0")
    with server.connect() as connection:
        connection.pipeline([["SET", f"k{number}", os.urandom(20_000)] for number in range(500)])
    log = sum(path.stat().st_size for path in (disk / "appendonlydir").iterdir())
    holds(log > 10_000_000, f"the log has {log} bytes")
    for words in (["BGREWRITEAOF"], ["BGSAVE"], ["SAVE"]):
        reply = server.connect().call(*words)
        holds(reply.type == "-" and reply.value.startswith(b"ERR Not enough disk space"), f"{words}: {reply}")
        equal(temporary(disk), [], f"{words} leaves nothing")
    info = server.info("persistence")
    holds(info["disk_refusal"].startswith("a dump needs about"), info["disk_refusal"])
    holds(int(info["disk_available_bytes"]) < int(info["disk_rewrite_needs_bytes"]), "the forecast")
    holds("Not enough disk space" in server.log(), "the log says so")
    found = advice(server)["disk-space"]
    holds("beside what is there" in found["text"], found["text"])
    server.ask("CONFIG", "SET", "save", "")
    with server.connect() as connection:
        connection.pipeline([["DEL", f"k{number}"] for number in range(400)])
    wait_until(lambda: server.connect().call("BGREWRITEAOF").type == "+", 10, "a part of the data fits")
    wait_until(lambda: server.info()["aof_rewrites"] == "1", 20, "the rewrite did not end")
    equal(server.ask("DBSIZE"), 100, "keys")


def test_a_log_that_is_as_large_as_it_may_be(context):
    """It is rewritten; where that does not help growth is refused, and it heals by itself."""
    server = context.start("ledgerstone", appendonly="yes", auto_aof_rewrite_percentage="0", aof_max_size="8mb")
    with server.connect() as connection:
        for number in range(200):
            equal(connection.ask("SET", "same", os.urandom(100_000)), b"OK", "a rewrite helps")
        wait_until(lambda: int(server.info()["aof_rewrites"]) >= 1, 20, "it was not rewritten")
        written = 0
        for number in range(400):
            reply = connection.call("SET", f"k{number}", os.urandom(100_000))
            if reply.type == "-":
                break
            written += 1
        holds(reply.value.startswith(b"MISCONF The append-only log has reached aof-max-size"), f"{reply}")
        holds(int(server.info()["aof_current_size"]) < 17 << 20, "the log has an end")
        equal(connection.call("GET", "k0").type, "$", "reads go on")
        equal(connection.call("PING").type, "+", "PING, too")
        equal(advice(server)["aof-max-size"]["weight"], "danger", "the doctor")
        for number in range(written):
            equal(connection.call("DEL", f"k{number}").type, ":", "deletes go on")
        wait_until(lambda: connection.call("SET", "after", "1").type == "+", 30, "it did not heal")
    server.kill()
    server.start()
    equal(server.ask("GET", "after"), b"1", "what was written after")
    equal(server.ask("EXISTS", "k0"), 0, "what was deleted")


def flip(path, offset):
    data = bytearray(path.read_bytes())
    data[offset] ^= 1
    with open(path, "r+b") as file:
        file.seek(offset)
        file.write(data[offset : offset + 1])


def test_damage_is_found_and_written_anew(context):
    """A changed byte in base or increment is found while the server runs, and no start meets it."""
    server = context.start("ledgerstone", appendonly="yes", appendfsync="always")
    with server.connect() as connection:
        connection.pipeline([["SET", f"k{number}", "v" * 100] for number in range(1000)])
        connection.ask("BGREWRITEAOF")
        wait_until(lambda: server.info()["aof_rewrites"] == "1", 20)
        connection.pipeline([["SET", f"n{number}", "v" * 100] for number in range(1000)])
    equal(server.ask("DURABILITY", "SCRUB"), b"Background scrub started", "reply")
    wait_until(lambda: server.info()["aof_scrub_last_status"] == "ok", 20, "the scrub has no end")
    total = sum(path.stat().st_size for path in bases(server.directory) + increments(server.directory))
    equal(int(server.info()["aof_scrub_verified_bytes"]), total, "all of it is verified")
    for repairs, files in ((1, bases), (2, increments)):
        path = files(server.directory)[-1]
        flip(path, path.stat().st_size // 2)
        reply = server.connect().call("DURABILITY", "SCRUB")
        equal(reply.type, "+", "scrub")
        wait_until(lambda: server.info()["aof_scrub_repairs"] == str(repairs), 20, f"{path.name} was not replaced")
        holds(f"damage in the append-only log: {path.name} at offset" in server.log(), "the log names the place")
        wait_until(lambda: not path.exists(), 10, f"{path.name} is still there")
        with server.connect() as connection:
            connection.pipeline([["SET", f"m{repairs}-{number}", "v"] for number in range(100)])
    server.kill()
    server.start()
    equal(server.ask("DBSIZE"), 2200, "keys")


def test_the_scrub_runs_by_itself(context):
    server = context.start("ledgerstone", appendonly="yes", aof_scrub_rate="1mb")
    wait_until(lambda: server.info()["aof_scrub_last_status"] == "ok", 20, "no pass")
    holds("scrub" not in advice(server), "nothing to tell")
    equal(server.stop(), 0, "exit status")


def test_start_on_a_full_disk_with_a_torn_end(context):
    """What was written is served, nothing is cut before it can be kept, and writes heal later."""
    disk = small_disk(context, "disk", "4m")
    server = context.start("ledgerstone", disk, appendonly="yes", appendfsync="always")
    with server.connect() as connection:
        # One after the other: each is a batch of its own.
        for number in range(100):
            connection.ask("SET", f"k{number}", "v" * 1000)
    server.kill()
    path = increments(disk)[-1]
    torn = path.read_bytes()[:-500]
    path.write_bytes(torn)
    filler = disk / "filler"
    descriptor = os.open(filler, os.O_WRONLY | os.O_CREAT)
    try:
        while True:
            os.write(descriptor, b"x" * 4096)
    except OSError as error:
        equal(error.errno, errno.ENOSPC, "the disk is full")
    os.close(descriptor)
    server.start()
    equal(server.ask("DBSIZE"), 99, "keys before the torn one")
    reply = server.connect().call("SET", "new", "1")
    holds(reply.value.startswith(b"MISCONF"), f"a write answered {reply}")
    equal(path.read_bytes(), torn, "the torn file is as it was")
    equal(advice(server)["log"]["weight"], "danger", "the doctor")
    server.kill()
    server.start()
    equal(server.ask("DBSIZE"), 99, "again")
    filler.unlink()
    wait_until(lambda: server.connect().call("SET", "new", "1").type == "+", 20, "it did not heal")
    kept = [name for name in disk.rglob("*.cut-*")]
    equal(len(kept), 1, "the torn end is kept aside")
    holds(torn.endswith(kept[0].read_bytes()), "as it was")
    server.kill()
    server.start()
    equal((server.ask("DBSIZE"), server.ask("GET", "new")), (100, b"1"), "after healing")
