"""What the sections of the comparison share: the servers, the seed, how much, and tables of results."""

import os
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random

from harness.context import Context
from harness.scratch import memory_backed
from harness.servers import PROGRAMS, parse_info

NAMES = {"ledgerstone": "Ledgerstone", "redis": "Redis", "valkey": "Valkey"}

# The safest configuration that each server documents: the log with a sync before each answer, and
# snapshots beside it. What else belongs to it is the default of all three: `aof-load-truncated yes`,
# `no-appendfsync-on-rewrite no`, `rdbchecksum yes`, `stop-writes-on-bgsave-error yes`, and
# Ledgerstone's `aof-checksum yes`.
SAFEST = {
    "appendonly": "yes",
    "appendfsync": "always",
    "save": [["3600", "1"], ["300", "100"], ["60", "10000"]],
}


@dataclass
class Table:
    """A head and rows of text; `note` stands below."""

    title: str
    head: list
    rows: list = field(default_factory=list)
    note: str = ""

    def add(self, *cells):
        self.rows.append([str(cell) for cell in cells])

    def lines(self):
        yield f"### {self.title}"
        yield ""
        yield "| " + " | ".join(self.head) + " |"
        yield "|" + "---|" * len(self.head)
        for row in self.rows:
            yield "| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |"
        if self.note:
            yield ""
            yield from wrapped(self.note)


def wrapped(words, width=100):
    """Lines of prose, as wide as the documents are."""
    line = ""
    for word in words.split():
        if line and len(line) + 1 + len(word) > width:
            yield line
            line = word
        else:
            line = f"{line} {word}".strip()
    yield line


class Comparison:
    """`kinds` are the servers that are there; `small` is a smoke test."""

    def __init__(self, kinds, seed, small, say):
        self.kinds, self.seed, self.small, self.say = kinds, seed, small, say

    def many(self, full, small):
        return small if self.small else full

    @property
    def names(self):
        return [NAMES[kind] for kind in self.kinds]

    def random(self, *what):
        return Random(f"{self.seed} {what}")

    @contextmanager
    def context(self, name, in_memory=True):
        """A context with directories of its own, which end with it."""
        where = memory_backed() if in_memory else None
        scratch = tempfile.mkdtemp(prefix=f"ledgerstone-{name}-", dir=where)
        context = Context(name, self.seed, "torture", scratch)
        try:
            yield context
        finally:
            context.close()
            shutil.rmtree(scratch, ignore_errors=True)

    def each(self, title, function, *arguments, in_memory=True):
        """The text that a function finds for each server, over a context of its own."""
        found = []
        for kind in self.kinds:
            with self.context(kind, in_memory) as context:
                found.append(function(context, kind, *arguments))
            self.say(f"{title}: {kind}: {found[-1]}")
        return found


def safest(policy="always", **more):
    """The safest settings under another policy, or with other directives besides."""
    return {**SAFEST, "appendfsync": policy, **more}


def version(kind):
    """What a server says of itself, without hashes of builds."""
    result = subprocess.run([PROGRAMS[kind], "--version"], capture_output=True, text=True)
    words = result.stdout.replace("v=", "").split()
    numbers = [word for word in words if word[:1].isdigit() and "." in word]
    return f"{NAMES[kind]} {numbers[0] if numbers else 'of unknown version'}"


def best_in_bold(values, digits, lower_is_better=True, unit=""):
    """Cells of figures, the best of them in bold; None where there is none."""
    known = [value for value in values if value is not None]
    best = (min if lower_is_better else max)(known) if known else None
    cells = []
    for value in values:
        text = "–" if value is None else f"{value:,.{digits}f}{unit}"
        cells.append(f"**{text}**" if value is not None and value == best else text)
    return cells


def info(server, section="persistence"):
    with server.connect(timeout=10) as connection:
        return parse_info(connection.ask("INFO", section))


def is_root():
    return os.geteuid() == 0


def count(number, thing):
    return f"{number:,} {thing}{'' if number == 1 else 's'}"
