"""A recorded life of a server: the trace, the history, and the directory that it began in."""

import os
import shutil
from pathlib import Path

from harness.servers import Server
from harness.tools import compiled

from . import trace
from .disk import contents
from .history import History
from .states import materialize
from .workload import FAILING_SYNC, Life

HERE = Path(__file__).resolve().parent
POLICIES = ["always", "everysec"]
SYNC_PAUSE_US = 300


class Recording:
    """One server under the recorder, through a life that `random` draws.

    It begins over an empty directory, or over `entries`, a state that a power cut has left and that
    holds the data of `history`. In each process one sync of the log fails, when `fails` is set.
    """

    def __init__(self, context, kind, policy, random, rounds, entries=None, history=None, fails=False):
        self.kind, self.policy = kind, policy
        self.settings = {"appendonly": "yes", "appendfsync": policy}
        name = f"recorded{len(context.servers)}"
        self.root = context.directory(name).resolve()
        materialize(entries or {}, self.root)
        self.beginning = contents(self.root)
        path = context.scratch / f"{name}.trace"
        trace.create(path)
        environment = {
            "LD_PRELOAD": str(recorder(context)),
            "POWERCUT_TRACE": str(path),
            "POWERCUT_DIRECTORY": str(self.root),
            "POWERCUT_SYNC_PAUSE_US": str(SYNC_PAUSE_US),
        }
        if fails:
            environment[FAILING_SYNC] = str(random.randint(2, 5 if policy == "everysec" else 60))
        server = Server(kind, self.root, self.settings, environment=environment)
        context.servers.append(server)
        self.history = Life(server, random, rounds, history or History()).run()
        self.events = trace.read(path)
        path.unlink()
        self.end = as_entries(contents(self.root))
        shutil.rmtree(self.root)
        self.history.locate(self.events)


def as_entries(found):
    """The files of a directory in the form of a state: by their paths below it."""
    root = found[0].path
    return {os.path.relpath(entry.path, root): entry.content for entry in found}


def recorder(context):
    """The recorder as a library, compiled once for a context."""
    target = context.scratch / "recorder.so"
    if not target.exists():
        compiled(context, target.name, (HERE / "recorder.c").read_text(), "-shared", "-fPIC", "-ldl")
    return target
