"""Files pass between Ledgerstone and Redis in both directions without a key changing."""

import shutil

from differential.play import stored
from harness.context import equal, holds, need
from harness import collections, data
from harness.data import FAR, same_as, same_contents
from harness.servers import wait_until
from harness.tools import accepted, redis_check_aof, redis_check_rdb


def fill(server, random, count=400):
    """Writes values of every type in every encoding."""
    data.fill(server, random, count)
    collections.fill(server, random)


def churn(server, random, count=300):
    data.churn(server, random, count)
    collections.churn(server, random, count)


def digest(server):
    """The digest of the whole data set."""
    return server.ask("DEBUG", "DIGEST")


def same(server, expected, what):
    """The server holds the contents and the digest that another one told."""
    same_as(server, expected[0], what)
    equal(digest(server), expected[1], f"DEBUG DIGEST: {what}")


def told(server):
    return stored(server), digest(server)


def saved(context, kind, directory, **settings):
    """A server's data set, saved in a dump file; the server has ended."""
    server = context.start(kind, directory, **settings)
    fill(server, context.random)
    churn(server, context.random)
    expected = told(server)
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
    same(context.start(reader, "reader"), expected, f"{reader} reads our dump")


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
        same(reader, expected, f"ours reads a dump ({options})")
        info = reader.info("persistence")
        equal(int(info["rdb_last_load_keys_loaded"]), len(expected[0]), "keys that INFO says were loaded")
        reader.stop()


def test_rdb_round_trip_of_ours(context):
    """Version 11 and DEBUG RELOAD: what we write we read."""
    server = context.start("ledgerstone")
    fill(server, context.random)
    expected = told(server)
    server.ask("DEBUG", "RELOAD")
    same(server, expected, "after DEBUG RELOAD")


def test_rdb_valkey_to_ours(context):
    """Valkey's own version, 80, where its layouts are those of version 11."""
    need("valkey")
    writer, expected = saved(context, "valkey", "valkey")
    equal((writer.directory / "dump.rdb").read_bytes()[:9], b"VALKEY080", "the head of the file")
    same(context.start("ledgerstone", "valkey"), expected, "ours reads a dump of Valkey")


def test_field_deadlines_make_version_12(context):
    """A file is written as 12 where a key needs it, and the log names the key."""
    for version in ("10", "11", "12"):
        server = context.start("ledgerstone", version, rdb_version=version, appendonly="yes")
        server.ask("HSET", "plain", "f", "v")
        server.ask("SAVE")
        dump = server.directory / "dump.rdb"
        equal(dump.read_bytes()[:9], b"REDIS00" + version.encode(), "without deadlines")
        for name, count in (("small", 5), ("large", 700)):
            server.ask("HSET", name, *[word for n in range(count) for word in (f"f{n}", f"v{n}")])
            server.ask("HPEXPIREAT", name, FAR, "FIELDS", "2", "f1", "f3")
            server.ask("HPEXPIREAT", name, FAR + 5000, "FIELDS", "1", "f2")
        server.ask("SAVE")
        equal(dump.read_bytes()[:9], b"REDIS0012", f"with deadlines, rdb-version {version}")
        holds(version == "12" or "has fields with a time to live" in server.log(), "the log says why")
        fields = ["f0", "f1", "f2", "f3"]
        for preamble in ("yes", "no"):
            server.ask("CONFIG", "SET", "aof-use-rdb-preamble", preamble)
            rewrite(server)
            server.ask("DEBUG", "LOADAOF")
            server.ask("DEBUG", "RELOAD")
            for name in ("small", "large"):
                equal(server.ask("HPEXPIRETIME", name, "FIELDS", "4", *fields), [-1, FAR, FAR + 5000, FAR], name)
        server.ask("HPERSIST", "small", "FIELDS", "3", "f1", "f2", "f3")
        server.ask("HPERSIST", "large", "FIELDS", "3", "f1", "f2", "f3")
        server.ask("SAVE")
        equal(dump.read_bytes()[:9], b"REDIS00" + version.encode(), "after HPERSIST")
        server.kill()


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
    if settings.get("aof_use_rdb_preamble") == "no":
        forget_deleted(server)
    rewrite(server)
    churn(server, context.random)
    expected = told(server)
    server.kill()
    return server, expected


def forget_deleted(server):
    """Forgets what is pending of entries that were deleted: commands cannot tell of it, so no rewrite
    into commands keeps it, Redis's as little as ours."""
    for key in server.ask("KEYS", "*"):
        if server.ask("TYPE", key) != b"stream":
            continue
        for group in map(fields, server.ask("XINFO", "GROUPS", key)):
            for consumer in map(fields, server.ask("XINFO", "CONSUMERS", key, group[b"name"])):
                server.ask("XAUTOCLAIM", key, group[b"name"], consumer[b"name"], "4000000000000", "0", "COUNT", "100000")


def fields(flat):
    return flat if isinstance(flat, dict) else dict(zip(flat[0::2], flat[1::2]))


def aof_from_ours(context, reader, **settings):
    need(reader)
    writer, expected = logged(context, "ledgerstone", "set", rdb_version="10", **settings)
    accepted(
        redis_check_aof(writer.directory / "appendonlydir" / "appendonly.aof.manifest"), "our log"
    )
    context.copy(writer.directory, "copy")
    server = context.start(reader, "copy", appendonly="yes")
    same(server, expected, f"{reader} reads our log ({settings})")


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
    same(reader, expected, f"ours reads the log of {writer} ({settings})")


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
            same(server, expected, f"turn {turn}: {kind} reads what the other left")
        churn(server, context.random)
        if context.random.random() < 0.5:
            rewrite(server)
            churn(server, context.random, 50)
        expected = told(server)
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
            same(server, expected, f"turn {turn}: {kind} reads the other's dump")
        churn(server, context.random)
        server.ask("SET", "turn", turn)
        expected = told(server)
        equal(server.stop(), 0, f"exit status of {kind}, which saves at its end")


def test_single_file_log_is_adopted(context):
    """A log of Redis 6, one file in the data directory, becomes the base of the set."""
    directory = context.directory("old")
    writer = context.start("redis", "source", appendonly="yes", aof_use_rdb_preamble="no")
    fill(writer, context.random, 100)
    expected = told(writer)
    writer.kill()
    parts = sorted((writer.directory / "appendonlydir").glob("*.aof"))
    (directory / "appendonly.aof").write_bytes(b"".join(part.read_bytes() for part in parts if "base" in part.name))
    increments = b"".join(part.read_bytes() for part in parts if "incr" in part.name)
    with open(directory / "appendonly.aof", "ab") as file:
        file.write(increments)
    server = context.start("ledgerstone", "old", appendonly="yes")
    same(server, expected, "the adopted file")
    holds(not (directory / "appendonly.aof").exists(), "the adopted file has left the data directory")
    holds((directory / "appendonlydir" / "appendonly.aof").exists(), "the adopted file is in the set")
    server.ask("SET", "after", "adoption")
    expected = told(server)
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
    expected = told(server)
    server.kill()
    same(context.start("ledgerstone", "live", appendonly="yes"), expected, "the log begun at run time")
    copy = context.copy(server.directory, "copy")
    context.servers[-1].kill()
    if "rdb-version" in server.settings:
        same(context.start("redis", copy, appendonly="yes"), expected, "Redis reads it")


def test_loadaof(context):
    server = context.start("ledgerstone", appendonly="yes")
    fill(server, context.random, 100)
    churn(server, context.random)
    expected = told(server)
    server.ask("DEBUG", "LOADAOF")
    same(server, expected, "after DEBUG LOADAOF")


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
