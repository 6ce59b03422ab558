"""Files pass between Ledgerstone and Redis in both directions without a key changing."""

import shutil

from differential.play import stored
from harness.context import equal, holds, need
from harness.data import churn, fill, same_as, same_contents
from harness.servers import wait_until
from harness.tools import accepted, redis_check_aof, redis_check_rdb


def saved(context, kind, directory, **settings):
    """A server's data set, saved in a dump file; the server has ended."""
    server = context.start(kind, directory, **settings)
    fill(server, context.random)
    churn(server, context.random)
    expected = stored(server)
    server.ask("SAVE")
    server.ask("CONFIG", "RESETSTAT")
    server.kill()
    return server, expected


def rdb_from_ours(context, reader, version, **settings):
    need(reader)
    writer, expected = saved(context, "ledgerstone", "writer", rdb_version=version, **settings)
    dump = writer.directory / "dump.rdb"
    equal(dump.read_bytes()[:9], b"REDIS%04d" % int(version), "the version of the file")
    if reader == "redis":
        accepted(redis_check_rdb(dump), "our dump")
    target = context.directory("reader")
    shutil.copy(dump, target)
    same_as(context.start(reader, "reader"), expected, f"{reader} reads our dump")


def test_rdb_10_ours_to_redis(context):
    rdb_from_ours(context, "redis", "10")


def test_rdb_10_ours_to_redis_uncompressed(context):
    rdb_from_ours(context, "redis", "10", rdbcompression="no")


def test_rdb_10_ours_to_redis_without_checksum(context):
    rdb_from_ours(context, "redis", "10", rdbchecksum="no")


def test_rdb_11_ours_to_valkey(context):
    rdb_from_ours(context, "valkey", "11")


def test_rdb_redis_to_ours(context):
    for compression, checksum in (("yes", "yes"), ("no", "yes"), ("yes", "no")):
        name = f"from-{compression}-{checksum}"
        options = {"rdbcompression": compression, "rdbchecksum": checksum}
        writer, expected = saved(context, "redis", name, **options)
        reader = context.start("ledgerstone", name)
        same_as(reader, expected, f"ours reads a dump ({options})")
        info = reader.info("persistence")
        equal(int(info["rdb_last_load_keys_loaded"]), len(expected), "keys that INFO says were loaded")
        reader.stop()


def test_rdb_round_trip_of_ours(context):
    """Version 11 and DEBUG RELOAD: what we write we read."""
    server = context.start("ledgerstone")
    fill(server, context.random)
    expected = stored(server)
    digest = server.ask("DEBUG", "DIGEST")
    server.ask("DEBUG", "RELOAD")
    same_as(server, expected, "after DEBUG RELOAD")
    equal(server.ask("DEBUG", "DIGEST"), digest, "DEBUG DIGEST after DEBUG RELOAD")


def rewrite(server, timeout=30):
    server.ask("BGREWRITEAOF")
    wait_until(
        lambda: server.info("persistence")["aof_rewrite_in_progress"] == "0"
        and server.info("persistence")["aof_rewrite_scheduled"] == "0",
        timeout,
        "the rewrite never ended",
    )
    equal(server.info("persistence")["aof_last_bgrewrite_status"], "ok", "status of the rewrite")


def logged(context, kind, directory, **settings):
    """An AOF set with a base and increments on top, written by one server that was then killed."""
    server = context.start(kind, directory, appendonly="yes", **settings)
    fill(server, context.random)
    churn(server, context.random)
    rewrite(server)
    churn(server, context.random)
    expected = stored(server)
    server.kill()
    return server, expected


def aof_from_ours(context, reader, **settings):
    need(reader)
    writer, expected = logged(context, "ledgerstone", "set", rdb_version="10", **settings)
    accepted(
        redis_check_aof(writer.directory / "appendonlydir" / "appendonly.aof.manifest"), "our log"
    )
    context.copy(writer.directory, "copy")
    server = context.start(reader, "copy", appendonly="yes")
    same_as(server, expected, f"{reader} reads our log ({settings})")


def test_aof_ours_to_redis(context):
    aof_from_ours(context, "redis", aof_checksum="yes")


def test_aof_ours_to_redis_without_preamble(context):
    aof_from_ours(context, "redis", aof_use_rdb_preamble="no")


def test_aof_ours_to_redis_with_times(context):
    aof_from_ours(context, "redis", aof_timestamp_enabled="yes", appendfsync="always")


def test_aof_ours_to_redis_without_checksums(context):
    aof_from_ours(context, "redis", aof_checksum="no", appendfsync="no")


def test_aof_ours_to_valkey(context):
    aof_from_ours(context, "valkey")


def aof_to_ours(context, writer, **settings):
    server, expected = logged(context, writer, "set", **settings)
    reader = context.start("ledgerstone", "set", appendonly="yes")
    same_as(reader, expected, f"ours reads the log of {writer} ({settings})")


def test_aof_redis_to_ours(context):
    aof_to_ours(context, "redis")


def test_aof_redis_to_ours_without_preamble(context):
    aof_to_ours(context, "redis", aof_use_rdb_preamble="no")


def test_aof_redis_to_ours_with_times(context):
    aof_to_ours(context, "redis", aof_timestamp_enabled="yes")


def test_aof_back_and_forth(context):
    """Both servers take turns on one directory; each goes on where the other ended."""
    for turn in range(context.rounds(6, 40)):
        kind = ["ledgerstone", "redis"][turn % 2]
        server = context.start(kind, "shared", appendonly="yes", **own(kind))
        if turn:
            same_as(server, expected, f"turn {turn}: {kind} reads what the other left")
        churn(server, context.random)
        if context.random.random() < 0.5:
            rewrite(server)
            churn(server, context.random, 50)
        expected = stored(server)
        if context.random.random() < 0.5:
            server.kill()
        else:
            equal(server.stop(), 0, f"exit status of {kind}")


def own(kind):
    return {"rdb_version": "10"} if kind == "ledgerstone" else {}


def test_rdb_back_and_forth(context):
    for turn in range(context.rounds(4, 20)):
        kind = ["ledgerstone", "redis"][turn % 2]
        server = context.start(kind, "shared", save="3600 1", **own(kind))
        if turn:
            same_as(server, expected, f"turn {turn}: {kind} reads the other's dump")
        churn(server, context.random)
        server.ask("SET", "turn", turn)
        expected = stored(server)
        equal(server.stop(), 0, f"exit status of {kind}, which saves at its end")


def test_single_file_log_is_adopted(context):
    """A log of Redis 6, one file in the data directory, becomes the base of the set."""
    directory = context.directory("old")
    writer = context.start("redis", "source", appendonly="yes", aof_use_rdb_preamble="no")
    fill(writer, context.random, 100)
    expected = stored(writer)
    writer.kill()
    parts = sorted((writer.directory / "appendonlydir").glob("*.aof"))
    (directory / "appendonly.aof").write_bytes(b"".join(part.read_bytes() for part in parts if "base" in part.name))
    increments = b"".join(part.read_bytes() for part in parts if "incr" in part.name)
    with open(directory / "appendonly.aof", "ab") as file:
        file.write(increments)
    server = context.start("ledgerstone", "old", appendonly="yes")
    same_as(server, expected, "the adopted file")
    holds(not (directory / "appendonly.aof").exists(), "the adopted file has left the data directory")
    holds((directory / "appendonlydir" / "appendonly.aof").exists(), "the adopted file is in the set")
    server.ask("SET", "after", "adoption")
    expected = stored(server)
    server.kill()
    same_contents(
        context.start("redis", context.copy(directory, "copy"), appendonly="yes"),
        context.start("ledgerstone", "old", appendonly="yes"),
        "Redis and ours on the adopted set",
    )


def test_enabling_the_log_at_run_time(context):
    server = context.start("ledgerstone", "live")
    fill(server, context.random, 100)
    server.ask("CONFIG", "SET", "appendonly", "yes")
    churn(server, context.random, 100)
    wait_until(lambda: server.info("persistence")["aof_rewrite_in_progress"] == "0")
    churn(server, context.random, 100)
    expected = stored(server)
    server.kill()
    same_as(context.start("ledgerstone", "live", appendonly="yes"), expected, "the log begun at run time")
    copy = context.copy(server.directory, "copy")
    context.servers[-1].kill()
    if "rdb-version" in server.settings:
        same_as(context.start("redis", copy, appendonly="yes"), expected, "Redis reads it")


def test_loadaof(context):
    server = context.start("ledgerstone", appendonly="yes")
    fill(server, context.random, 100)
    churn(server, context.random)
    expected = stored(server)
    server.ask("DEBUG", "LOADAOF")
    same_as(server, expected, "after DEBUG LOADAOF")


def test_expired_keys_do_not_come_back(context):
    """What expired before or during the stop is gone after the start, in a log and in a dump."""
    for settings in ({"appendonly": "yes"}, {"save": "3600 1"}):
        name = "log" if "appendonly" in settings else "dump"
        server = context.start("ledgerstone", name, **settings)
        with server.connect() as connection:
            for number in range(200):
                connection.ask("SET", f"soon:{number}", "x", "PX", 300 + number)
                connection.ask("SET", f"stays:{number}", "x", "EX", 10_000)
        if settings.get("appendonly"):
            server.kill()
        else:
            server.stop()
        import time

        time.sleep(0.6)
        server.start()
        keys = set(server.ask("KEYS", "*"))
        equal(len(keys), 200, f"keys after the restart ({name})")
        holds(all(key.startswith(b"stays:") for key in keys), "only the keys that live are back")
