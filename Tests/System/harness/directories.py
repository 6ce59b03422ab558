"""Data directories made by hand or written by a server, damaged, and looked at afterwards."""

import hashlib

from .resp import encode
from .servers import ServerDied, wait_until


def command(*words):
    """A command as a log holds it."""
    return encode(words)


def log_set(directory, base=None, increments=(), manifest=True, base_format="rdb"):
    """Writes a log set into `directory`; `base` and `increments` are bytes."""
    folder = directory / "appendonlydir"
    folder.mkdir(parents=True, exist_ok=True)
    lines = []
    if base is not None:
        name = f"appendonly.aof.1.base.{base_format}"
        (folder / name).write_bytes(base)
        lines.append(f"file {name} seq 1 type b\n")
    for number, content in enumerate(increments, 1):
        name = f"appendonly.aof.{number}.incr.aof"
        (folder / name).write_bytes(content)
        lines.append(f"file {name} seq {number} type i\n")
    if manifest:
        (folder / "appendonly.aof.manifest").write_text("".join(lines))
    return folder


def dump(context, kind="redis", keys=50):
    """The bytes of a dump with keys key:0 …, written by a server of that kind."""
    server = context.start(kind, f"dump-by-{kind}")
    for number in range(keys):
        server.ask("SET", f"key:{number}", f"value {number}")
    server.ask("SAVE")
    server.kill()
    return (server.directory / "dump.rdb").read_bytes()


def written(context, kind, name, **settings):
    """A log set with a base and an increment, 50 keys in each, by a server that was killed."""
    server = context.start(kind, name, appendonly="yes", appendfsync="always", **settings)
    for number in range(50):
        server.ask("SET", f"key:{number}", f"value {number}")
    server.ask("BGREWRITEAOF")
    wait_until(lambda: server.info("persistence")["aof_rewrite_in_progress"] == "0")
    for number in range(50, 100):
        server.ask("SET", f"key:{number}", f"value {number}")
    server.kill()
    return server


def replace(path, old, new):
    """Changes bytes that a file holds once."""
    data = path.read_bytes()
    assert data.count(old) == 1, f"{path.name} holds {old!r} {data.count(old)} times"
    path.write_bytes(data.replace(old, new))


def increments(directory):
    folder = directory / "appendonlydir"
    return sorted(folder.glob("*.incr.aof"), key=lambda path: int(path.name.split(".")[-3]))


def bases(directory):
    return sorted((directory / "appendonlydir").glob("*.base.*"))


def state(directory):
    """Every file below a directory with its hash, to prove that no data was touched."""
    return {
        str(path.relative_to(directory)): hashlib.sha1(path.read_bytes()).hexdigest()
        for path in sorted(directory.rglob("*"))
        # The lock holds the process id of its last owner; it is no data.
        if path.is_file() and path.name != ".ledgerstone.lock"
    }


def kept(directory, data):
    """The files below a directory that hold these bytes."""
    return [path for path in directory.rglob("*") if path.is_file() and data in path.read_bytes()]


def attempt(server):
    """Starts a server that may refuse: None when it serves, else its exit status."""
    try:
        server.start()
        return None
    except ServerDied:
        return server.wait_for_exit(10)


def refused_untouched(server, what, times=2):
    """The server refuses, again and again, and changes nothing of the data."""
    before = state(server.directory)
    for number in range(times):
        status = attempt(server)
        assert status is not None, f"{what}: start {number + 1} served instead of refusing"
        assert status > 0, f"{what}: ended by signal {-status} instead of refusing\n{server.log()[-1500:]}"
        after = state(server.directory)
        changed = [name for name, digest in before.items() if after.get(name) != digest]
        assert not changed, f"{what}: start {number + 1} changed {changed}"
