"""Loading, full and broken disks, and the states that clients see then."""

import os
import subprocess
import time

from harness.context import Skip, equal, holds
from harness.resp import SILENCE
from harness.servers import wait_until
from harness.shim import Shim


def slow_load(context, kind, directory, source, **settings):
    server = context.server(
        kind, directory, key_load_delay="500", loading_process_events_interval_bytes="1024", **settings
    )
    server.launch()
    server.wait_until_ready(loaded=False)
    return server


def test_replies_while_loading(context):
    """The same commands answer, and the same are refused, while a file is loaded."""
    source = context.start("redis", "source", save="3600 1")
    source.ask("DEBUG", "POPULATE", "6000", "key", "100")
    source.ask("SAVE")
    source.kill()
    servers = [
        slow_load(context, kind, context.copy(source.directory, f"for-{kind}"), source)
        for kind in ("ledgerstone", "redis")
    ]
    for words in (
        ["PING"], ["GET", "a"], ["SET", "a", "1"], ["DBSIZE"], ["ECHO", "x"], ["SELECT", "1"], ["CONFIG", "GET", "save"],
        ["CLIENT", "GETNAME"], ["CLIENT", "SETNAME", "x"], ["MULTI"], ["DISCARD"], ["WATCH", "a"], ["TIME", "x"], ["SAVE"],
        ["BGSAVE"], ["BGREWRITEAOF"], ["SHUTDOWN", "bogus"], ["COMMAND", "GETKEYS", "GET", "a"], ["OBJECT", "HELP", "x"], ["KEYS", "*"],
        ["SLOWLOG", "LEN", "x"], ["DEBUG", "NOSUCH"], ["OBJECT", "ENCODING", "a"], ["FLUSHALL"], ["WAIT", "0", "0"],
        ["CONFIG", "SET", "dir", "/tmp"], ["CONFIG", "SET", "appendonly", "yes"], ["EXEC"], ["UNWATCH"], ["RESET"],
        ["LASTSAVE", "x"], ["NOSUCH"], ["GET"], ["MEMORY", "USAGE", "a"], ["RANDOMKEY"],
    ):  # fmt: skip
        answers = [server.connect().call(*words) for server in servers]
        equal(answers[0], answers[1], f"{words} while loading (ours, Redis)")
    replies = []
    for server in servers:
        with server.connect() as connection:
            replies.append(connection.pipeline([["MULTI"], ["SET", "a", "1"], ["ECHO", "x"], ["EXEC"]]))
    equal(replies[0], replies[1], "a transaction while loading")
    fields = [
        "loading", "loading_start_time", "loading_total_bytes", "loading_rdb_used_mem",
        "loading_loaded_bytes", "loading_loaded_perc", "loading_eta_seconds",
    ]  # fmt: skip
    info = servers[0].info("persistence")
    holds(info["loading"] == "1", "it was still loading (otherwise this case proves nothing)")
    equal([name for name in fields if name not in info], [], "fields while loading")
    equal(int(info["loading_total_bytes"]), (source.directory / "dump.rdb").stat().st_size, "total bytes")
    holds(0 < int(info["loading_loaded_bytes"]) <= int(info["loading_total_bytes"]), "loaded bytes")
    holds(int(info["loading_eta_seconds"]) < 60, f"eta {info['loading_eta_seconds']}")
    time.sleep(0.3)
    later = servers[0].info("persistence")
    holds(
        later["loading"] == "0" or int(later["loading_loaded_bytes"]) > int(info["loading_loaded_bytes"]),
        "it makes progress",
    )
    servers[0].ask("CONFIG", "SET", "key-load-delay", "0")
    servers[0].wait_until_ready()
    equal(servers[0].ask("DBSIZE"), 6000, "keys in the end")


def test_replies_while_loading_a_log(context):
    source = context.start("ledgerstone", "data", appendonly="yes", aof_use_rdb_preamble="no")
    with source.connect() as connection:
        connection.pipeline([["SET", f"k{n}", "v" * 50] for n in range(6000)])
    source.kill()
    server = slow_load(context, "ledgerstone", "data", source, appendonly="yes")
    reply = server.connect().call("PING")
    equal(reply.value, b"LOADING Redis is loading the dataset in memory", "PING")
    equal(server.info("persistence")["loading"], "1", "INFO")
    with server.connect() as connection:
        connection.ask("CONFIG", "SET", "key-load-delay", "0")
    server.wait_until_ready()
    equal(server.ask("DBSIZE"), 6000, "keys")


def test_sigterm_while_loading(context):
    source = context.start("ledgerstone", "data", save="3600 1")
    source.ask("DEBUG", "POPULATE", "6000", "key", "100")
    source.stop()
    before = (source.directory / "dump.rdb").read_bytes()
    server = slow_load(context, "ledgerstone", "data", source, save="3600 1")
    equal(server.stop(timeout=10), 0, "exit status")
    equal((source.directory / "dump.rdb").read_bytes(), before, "the dump is untouched by half-loaded data")


def test_misconf_after_a_failed_save(context):
    servers = []
    for kind in ("ledgerstone", "redis"):
        server = context.start(kind, save="3600 1", dbfilename="blocked")
        (server.directory / "blocked").mkdir()
        (server.directory / "blocked" / "x").write_text("")
        server.ask("SET", "a", "1")
        server.ask("BGSAVE")
        wait_until(lambda: server.info()["rdb_last_bgsave_status"] == "err", 10, "the save did not fail")
        leftovers = [name for name in os.listdir(server.directory) if name.startswith("temp-")]
        if kind == "ledgerstone":
            equal(leftovers, [], "temporary files after a failed save")
        servers.append(server)
    for words in (
        ["SET", "a", "2"], ["PING"], ["GET", "a"], ["DEL", "a"], ["FLUSHALL"], ["EXPIRE", "a", "100"],
        ["CONFIG", "SET", "stop-writes-on-bgsave-error", "no"], ["SET", "a", "3"], ["PING"],
        ["CONFIG", "SET", "stop-writes-on-bgsave-error", "yes"], ["SET", "a", "4"], ["SAVE"],
    ):  # fmt: skip
        answers = [server.connect().call(*words) for server in servers]
        equal(answers[0], answers[1], f"{words} after a failed save (ours, Redis)")
    replies = []
    for server in servers:
        with server.connect() as connection:
            replies.append(connection.pipeline([["MULTI"], ["SET", "a", "1"], ["GET", "a"], ["EXEC"]]))
    equal(replies[0], replies[1], "a transaction after a failed save")
    for server in servers:
        (server.directory / "blocked" / "x").unlink()
        (server.directory / "blocked").rmdir()
        server.ask("BGSAVE")
        wait_until(lambda: server.info()["rdb_last_bgsave_status"] == "ok", 10)
        equal(server.ask("SET", "a", "5"), b"OK", f"{server.kind} after a save that succeeded")


def small_disk(context, name, size):
    if os.geteuid() != 0:
        raise Skip("mounting a small file system needs root")
    path = context.directory(name)
    result = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "none", str(path)], capture_output=True)
    if result.returncode != 0:
        raise Skip(f"cannot mount a small file system: {result.stderr.decode().strip()}")
    context.defer(lambda: subprocess.run(["umount", "-l", str(path)], capture_output=True))
    return path


def test_full_disk(context):
    """On a full disk writes are refused with the reason; what was acknowledged stays; it heals."""
    for policy in ("everysec", "always"):
        # What is freed later must hold again what was never synced: it is written to a new file.
        disk = small_disk(context, f"disk-{policy}", "8m")
        server = context.start("ledgerstone", disk, appendonly="yes", appendfsync=policy, auto_aof_rewrite_percentage="0")
        filler = disk / "filler"
        filler.write_bytes(b"x" * 6_000_000)
        acknowledged = 0
        with server.connect(timeout=2) as connection, server.connect() as other:
            for number in range(4000):
                reply = connection.call("SET", f"k{number}", b"v" * 1000)
                if reply.type != "+":
                    break
                acknowledged += 1
            # Under `always` the write that met the full disk waits for the log to heal.
            waits = reply == SILENCE
            holds(waits or reply.value.startswith(b"MISCONF"), f"{policy}: write {number} answered {reply}")
            holds(not waits or policy == "always", f"{policy}: nothing waits for a sync")
            reply = other.call("SET", "another", "1")
            holds(reply.type == "-" and reply.value.startswith(b"MISCONF"), f"{policy}: another write answered {reply}")
            equal(other.ask("GET", "k0"), b"v" * 1000, f"{policy}: reads go on")
            equal(server.info("persistence")["aof_last_write_status"], "err", f"{policy}: INFO says so")
            filler.unlink()
            wait_until(lambda: other.call("SET", "after", "1").type == "+", 15, f"{policy}: it did not heal")
            equal(server.info("persistence")["aof_last_write_status"], "ok", f"{policy}: INFO after healing")
            if waits:
                equal(connection.read(5).value, b"OK", f"{policy}: the waiting write after healing")
                acknowledged += 1
        server.kill()
        server.start()
        found = server.ask("DBSIZE")
        holds(found >= acknowledged + 1, f"{policy}: {acknowledged + 1} acknowledged, {found} found")
        server.kill()


def test_full_disk_during_a_snapshot(context):
    disk = small_disk(context, "disk", "3m")
    server = context.start("ledgerstone", disk, save="3600 1", disk_space_check="no")
    server.ask("SET", "small", "1")
    server.ask("SAVE")
    good = (disk / "dump.rdb").read_bytes()
    with server.connect() as connection:
        for number in range(60):
            connection.ask("SET", f"k{number}", os.urandom(100_000))
        connection.ask("BGSAVE")
    wait_until(lambda: server.info()["rdb_bgsave_in_progress"] == "0", 20)
    equal(server.info()["rdb_last_bgsave_status"], "err", "status")
    equal((disk / "dump.rdb").read_bytes(), good, "the old dump is untouched")
    equal([name for name in os.listdir(disk) if name.startswith("temp-")], [], "temporary files")
    holds(server.connect().call("SET", "x", "1").value.startswith(b"MISCONF"), "writes are refused")


def test_read_only_directory(context):
    disk = small_disk(context, "disk", "3m")
    (disk / "keep").write_text("x")
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    server = context.server("ledgerstone", disk, appendonly="yes")
    server.launch()
    status = server.wait_for_exit(20)
    holds(status > 0, f"a log that cannot be created ends the start, got {status}")
    holds("Read-only file system" in server.log() or "read-only" in server.log().lower(), server.log()[-800:])
    server = context.server("ledgerstone", disk, save="3600 1")
    server.launch()
    try:
        server.wait_until_ready()
    except AssertionError:
        holds("ead-only file system" in server.log(), f"a refusal says why\n{server.log()[-800:]}")
        return
    server.ask("SET", "a", "1")
    equal(server.connect().call("SAVE").type, "-", "SAVE fails")


def test_failed_write_call(context):
    """A directory that vanishes does not end the server."""
    server = context.start("ledgerstone", "data", save="3600 1")
    server.ask("SET", "a", "1")
    os.rename(server.directory, str(server.directory) + "-moved")
    context.defer(lambda: None)
    reply = server.connect().call("SAVE")
    holds(reply.type in "+-", f"{reply}")
    equal(server.ask("GET", "a"), b"1", "it serves")
    os.rename(str(server.directory) + "-moved", server.directory)


def test_always_acknowledges_after_the_sync(context):
    """Under `always` no write and no read of a fresh write is answered before a sync ended."""
    shim = Shim(context, only=".incr.aof")
    server = context.start("ledgerstone", environment=shim.environment, appendonly="yes", appendfsync="always")
    writer, reader = server.connect(timeout=30), server.connect(timeout=30)
    writer.ask("SET", "old", "1")
    shim.set(delay=400)
    started = time.monotonic()
    writer.send_command("SET", "fresh", "1")
    time.sleep(0.1)
    reader.send_command("GET", "old")
    reply = reader.read(5)
    quick = time.monotonic() - started
    equal(reply.value, b"1", "a read of an old key")
    reader.send_command("GET", "fresh")
    fresh = reader.read(5)
    waited = time.monotonic() - started
    equal(writer.read(5).value, b"OK", "the write")
    holds(waited >= 0.38, f"a read of the fresh key was answered after {waited:.3f} s ({fresh})")
    # The first write alone may be synced inline; a second, with a reader about, may not hold it up.
    shim.set(delay=0)
    writer.ask("SET", "fresh", "2")
    return quick


def test_reads_go_on_beside_slow_syncs(context):
    """With every sync slow, readers of other keys are served at once once both are active."""
    import threading

    shim = Shim(context, only=".incr.aof")
    server = context.start("ledgerstone", environment=shim.environment, appendonly="yes", appendfsync="always")
    server.ask("SET", "old", "1")
    shim.set(delay=20)
    stop = threading.Event()
    writes = []

    def write():
        with server.connect(timeout=30) as connection:
            while not stop.is_set():
                connection.ask("SET", "k", "v")
                writes.append(1)

    thread = threading.Thread(target=write)
    thread.start()
    with server.connect(timeout=30) as connection:
        time.sleep(0.3)
        started, reads = time.monotonic(), 0
        while time.monotonic() - started < 1.0:
            connection.ask("GET", "old")
            reads += 1
    stop.set()
    thread.join()
    holds(reads > 500, f"{reads} reads in a second beside syncs of 20 ms ({len(writes)} writes)")


def test_everysec_syncs_within_a_second(context):
    shim = Shim(context, only=".incr.aof")
    server = context.start("ledgerstone", environment=shim.environment, appendonly="yes", appendfsync="everysec")
    time.sleep(0.5)
    for _ in range(3):
        before = shim.syncs()
        server.ask("SET", "a", str(time.time()))
        wait_until(lambda: shim.syncs() > before, 1.6, "no sync within a second and a half")


def test_waitaof_does_not_wait_for_the_second(context):
    shim = Shim(context, only=".incr.aof")
    server = context.start("ledgerstone", environment=shim.environment, appendonly="yes", appendfsync="everysec")
    with server.connect() as connection:
        started = time.monotonic()
        for number in range(20):
            connection.ask("SET", "a", number)
            syncs = shim.syncs()
            equal(connection.ask("WAITAOF", "1", "0", "10000"), [1, 0], "WAITAOF")
            holds(shim.syncs() > syncs, "a sync had ended when WAITAOF answered")
        holds(time.monotonic() - started < 5, "20 of them in 5 s")


def test_no_policy_never_syncs(context):
    shim = Shim(context, only=".incr.aof")
    server = context.start("ledgerstone", environment=shim.environment, appendonly="yes", appendfsync="no")
    time.sleep(0.3)
    before = shim.syncs()
    for _ in range(20):
        server.ask("SET", "a", "1")
        time.sleep(0.1)
    equal(shim.syncs(), before, "syncs under `no`")
    server.kill()
    server.start()
    equal(server.ask("GET", "a"), b"1", "a kill leaves the page cache")
