"""The check tools of Redis and of Ledgerstone, and small C programs that tests compile."""

import subprocess
from pathlib import Path

from .context import Skip, need_program
from .servers import PROGRAMS, STAND_IN


def run(*words, timeout=60):
    return subprocess.run(
        [str(word) for word in words], capture_output=True, timeout=timeout, stdin=subprocess.DEVNULL
    )


def redis_check_rdb(path):
    need_program("redis-check-rdb", "redis-tools")
    return run("redis-check-rdb", path)


def redis_check_aof(manifest):
    need_program("redis-check-aof", "redis-tools")
    return run("redis-check-aof", manifest)


def accepted(result, what):
    text = result.stdout.decode(errors="replace") + result.stderr.decode(errors="replace")
    assert result.returncode == 0, f"{what} was refused ({result.returncode}):\n{text[-1500:]}"


def own_tool(name):
    """A tool that is built beside the server."""
    if STAND_IN:
        raise Skip("a stand-in has no tools of ours")
    path = Path(PROGRAMS["ledgerstone"]).with_name(name)
    if not path.exists():
        raise AssertionError(f"{name} is not built beside the server")
    return path


def compiled(context, name, source, *flags):
    """Compiles C source into the scratch directory and returns the program's path."""
    need_program("gcc", "gcc")
    text = context.scratch / f"{name}.c"
    text.write_text(source)
    target = context.scratch / name
    result = run("gcc", "-O1", "-o", target, text, *flags)
    assert result.returncode == 0, result.stderr.decode()
    return target
