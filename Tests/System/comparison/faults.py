"""Disks that are full, that fail, or whose files were damaged while the server was down."""

import subprocess
import time
from collections import Counter

from harness.directories import attempt, bases, dump, increments, written
from harness.resp import CLOSED, SILENCE
from harness.shim import Shim

from .comparison import Table, count, is_root, safest
from .directories import started

EXPECTED = {b"key:%d" % n: b"value %d" % n for n in range(100)}


def how(reply):
    """The first word of an answer, or what came instead of one."""
    if reply == SILENCE:
        return "waits"
    if reply == CLOSED:
        return "is cut off"
    return "is refused with " + reply.value.split()[0].decode() if reply.type == "-" else "is acknowledged"


def end(server):
    """The exit status when the server has ended by itself, else None."""
    try:
        return server.process.wait(0.5)
    except subprocess.TimeoutExpired:
        return None


def after_a_restart(server, acknowledged):
    server.kill()
    if attempt(server) is not None:
        return "the next start is refused"
    lost = acknowledged - server.ask("DBSIZE")
    return f"{max(lost, 0):,} of {count(acknowledged, 'acknowledged write')} lost after a kill and a start"


def writes_again(server, seconds):
    """The seconds until a write is acknowledged, or None."""
    began = time.monotonic()
    while time.monotonic() < began + seconds:
        try:
            with server.connect(timeout=2) as connection:
                if connection.call("SET", "after", "1").type == "+":
                    return time.monotonic() - began
        except OSError:
            return None
        time.sleep(0.05)
    return None


def full_disk(context, kind, policy):
    disk = context.directory("disk")
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "none", str(disk)], check=True)
    context.defer(lambda: subprocess.run(["umount", "-l", str(disk)], capture_output=True))
    server = context.start(kind, disk, **safest(policy, auto_aof_rewrite_percentage="0", save=""))
    filler = disk / "filler"
    filler.write_bytes(b"x" * 6_000_000)
    acknowledged = 0
    with server.connect(timeout=3) as connection:
        for number in range(4000):
            reply = connection.call("SET", f"k{number}", b"v" * 1000)
            if reply.type != "+":
                break
            acknowledged += 1
        parts = [f"the write {how(reply)}"]
        status = end(server)
        if status is not None:
            parts.append(f"the server ends with status {status}")
            filler.unlink()
            if attempt(server) is not None:
                return "; ".join([*parts, "with room again, the next start is refused"])
            parts.append("with room again, it starts")
        else:
            with server.connect(timeout=3) as other:
                parts.append("reads are answered" if other.call("GET", "k0").type == "$" else "reads fail")
            filler.unlink()
            seconds = writes_again(server, 15)
            parts.append("no write within 15 s of room" if seconds is None else f"writes again {seconds:.1f} s after room")
            acknowledged += seconds is not None
            if reply == SILENCE and connection.read(5).type == "+":
                parts.append("the one that waited is acknowledged")
                acknowledged += 1
    return "; ".join([*parts, after_a_restart(server, acknowledged)])


def failed_sync(context, kind, policy):
    shim = Shim(context, only=".incr.aof")
    server = context.start(kind, "data", environment=shim.environment, **safest(policy, save=""))
    acknowledged = 0
    with server.connect(timeout=5) as connection:
        for number in range(100):
            if number == 50:
                shim.set(fail=1)
            reply = connection.call("SET", f"k{number}", "1")
            if reply.type != "+":
                break
            acknowledged += 1
            if number == 50 and policy == "everysec":
                time.sleep(2.5)
    parts = [f"write {number + 1} {how(reply)}"] if reply.type != "+" else ["every write is acknowledged"]
    status = end(server)
    if status is not None:
        parts.append(f"the server ends with status {status}")
    elif reply.type != "+":
        seconds = writes_again(server, 10)
        parts.append("no write within 10 s" if seconds is None else f"writes again after {seconds:.1f} s")
        acknowledged += seconds is not None
    return "; ".join([*parts, after_a_restart(server, acknowledged)])


# Damage at rest.


def outcome(context, kind, directory):
    """What a start over damaged files gives: a word, and how many keys are missing."""
    server = context.server(kind, directory, appendonly="yes", appendfsync="always")
    try:
        status = attempt(server)
        if status is not None:
            return ("refused" if status > 0 else "ended by a signal"), 0
        with server.connect() as connection:
            keys = connection.ask("KEYS", "*")
            found = dict(zip(keys, connection.ask("MGET", *keys))) if keys else {}
    finally:
        server.kill()
        context.servers.remove(server)
    missing = len(EXPECTED) - len(found)
    if found == EXPECTED:
        return "all data", 0
    if found == {b"key:%d" % n: b"value %d" % n for n in range(len(found))}:
        return "a beginning", missing
    return "wrong data", missing


def damaged(comparison, context, kind, path_of, damage, places):
    """The outcomes of a start over copies of a log set, of which one file is damaged at each place."""
    source = written(context, kind, "source").directory
    path = path_of(source)
    data = path.read_bytes()
    outcomes, missing = Counter(), 0
    chosen = comparison.random(kind, path.name)
    count_of_places = min(places, len(data))
    for number, place in enumerate(sorted(chosen.sample(range(len(data)), count_of_places))):
        copy = context.copy(source, f"copy{number}")
        (copy / "appendonlydir" / path.name).write_bytes(damage(data, place, chosen))
        word, gone = outcome(context, kind, copy)
        outcomes[word] += 1
        missing = max(missing, gone)
    order = ["refused", "all data", "a beginning", "wrong data", "ended by a signal"]
    words = [f"{word}: {outcomes[word]}" for word in order if outcomes[word]]
    if missing:
        words.append(f"at most {missing} of 100 keys missing")
    return ", ".join(words)


def flipped(data, place, random):
    changed = bytearray(data)
    changed[place] ^= 1 << random.randrange(8)
    return bytes(changed)


def cut(data, place, random):
    return data[:place]


def cut_and_zeros(data, place, random):
    return data[:place] + bytes(len(data) - place)


def last_base(directory):
    return bases(directory)[-1]


def last_increment(directory):
    return increments(directory)[-1]


def manifest(directory):
    return directory / "appendonlydir" / "appendonly.aof.manifest"


def missing_file(context, kind, path_of):
    server = written(context, kind, "data")
    path_of(server.directory).unlink()
    return started(context, kind, server.directory)[0]


def dump_alone(context, kind):
    directory = context.directory("data")
    (directory / "dump.rdb").write_bytes(dump(context, kind, keys=100))
    return started(context, kind, directory)[0]


def section(comparison):
    tables = []
    disks = Table("A full disk, and a sync that fails once", ["What happens", *comparison.names])
    for policy in ("always", "everysec"):
        if is_root():
            title = f"A file system of 8 MiB gets full, `{policy}`"
            disks.add(title, *comparison.each(title, full_disk, policy))
        title = f"One sync of the log fails, `{policy}`"
        disks.add(title, *comparison.each(title, failed_sync, policy))
    tables.append(disks)

    places = comparison.many(120, 4)
    damage = Table(
        "Damage at rest: what a start serves",
        ["Damage to a log of 100 keys (50 in the base, 50 in the increment)", *comparison.names],
        note="*All data*: the damage made no difference. *A beginning*: the keys up to some moment, without "
        "those after it. *Wrong data*: a value that was never written, or a key missing that is older than "
        "one that is there.",
    )
    for title, path_of, change in (
        ("One bit changed in the base", last_base, flipped),
        ("One bit changed in the increment", last_increment, flipped),
        ("One bit changed in the manifest", manifest, flipped),
        ("The increment torn", last_increment, cut),
        ("The increment torn, with zeros in place of the rest", last_increment, cut_and_zeros),
        ("The manifest torn", manifest, cut),
    ):
        title = f"{title}, at {places} places, or at each byte if there are fewer"
        cells = comparison.each(title, lambda context, kind: damaged(comparison, context, kind, path_of, change, places))
        damage.add(title, *cells)
    tables.append(damage)

    missing = Table("Missing files: what a start serves of 100 keys", ["What is missing", *comparison.names])
    for title, path_of in (("The manifest", manifest), ("The base", last_base), ("The increment", last_increment)):
        missing.add(title, *comparison.each(title, missing_file, path_of))
    title = "The log: a dump is there, and `appendonly yes` is set"
    missing.add(title, *comparison.each(title, dump_alone))
    tables.append(missing)
    return tables
