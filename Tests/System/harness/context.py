"""What a test case is given: a seed, a budget, a scratch directory, and servers that end with it."""

import random
import shutil
import zlib
from pathlib import Path

from .servers import PROGRAMS, Server, available


# Warnings of every start, which say nothing about a failure.
DULL = ("overcommit", "Server init", "no config file", "just started", "Configuration loaded", "is starting")


class Skip(Exception):
    """A case cannot run here; the reason is printed."""


class Context:
    def __init__(self, name, seed, budget, scratch):
        self.name = name
        self.seed = seed
        self.budget = budget
        self.scratch = Path(scratch)
        self.random = random.Random(seed ^ zlib.crc32(name.encode()))
        self.servers = []
        self.closers = []

    @property
    def quick(self):
        return self.budget == "quick"

    def rounds(self, quick, torture):
        """How often to repeat, by budget."""
        return quick if self.quick else torture

    def directory(self, name):
        path = self.scratch / name
        path.mkdir(parents=True, exist_ok=True)
        return path

    def server(self, kind, directory=None, **settings):
        """A server that is not started yet; underscores in names of directives mean hyphens.

        `directory` is a name inside the scratch directory or a path.
        """
        need(kind)
        arguments = settings.pop("arguments", ())
        environment = settings.pop("environment", None)
        port = settings.pop("port", None)
        path = self.directory(directory or f"{kind}{len(self.servers)}")
        directives = {name.replace("_", "-"): value for name, value in settings.items()}
        server = Server(kind, path, directives, arguments, port, environment)
        self.servers.append(server)
        return server

    def start(self, kind, directory=None, **settings):
        return self.server(kind, directory, **settings).start()

    def inner(self, name):
        """A context with directories of its own below this one's, for whoever closes it earlier."""
        inner = Context(f"{self.name}.{name}", self.seed, self.budget, self.directory(name))
        self.defer(inner.close)
        return inner

    def defer(self, action):
        """Runs `action` when the case ends, however it ends."""
        self.closers.append(action)

    def close(self):
        for server in self.servers:
            server.kill()
        for action in reversed(self.closers):
            action()

    def logs(self):
        """The last lines of every server's log, for the report of a failure."""
        parts = []
        for server in self.servers[-4:]:
            if server.process is not None:
                lines = [line for line in server.log().splitlines() if " # " in line and not any(text in line for text in DULL)][-4:]
                parts.append(f"  log of {server.kind} ({server.directory.name}):")
                parts.extend(f"    {line}" for line in lines)
        return "\n".join(parts)

    def copy(self, source, name):
        """A copy of a data directory, so that an oracle may change it."""
        target = self.scratch / name
        shutil.copytree(source, target)
        return target


def need(kind):
    if kind == "ledgerstone" and not available(kind):
        raise AssertionError(f"no server to test: build {PROGRAMS[kind]} first")
    if not available(kind):
        raise Skip(f"{kind}-server is not installed")


def need_program(program, package):
    if shutil.which(program) is None:
        raise Skip(f"{program} is not installed (Debian package {package})")


def equal(got, expected, what):
    """Both values in the report, since the reader was not there."""
    if got != expected:
        raise AssertionError(f"{what}\n  expected: {short(expected)}\n  got:      {short(got)}")


def holds(condition, what):
    if not condition:
        raise AssertionError(what)


def short(value):
    text = repr(value)
    return text if len(text) <= 1500 else f"{text[:1500]}… ({len(text)} characters)"
