"""The states that a power cut at one moment may leave, drawn by a seed, and written to a directory."""

import hashlib
import os
import random
from dataclasses import dataclass

from .disk import JOURNAL, SECTOR


@dataclass(frozen=True)
class Survival:
    """What becomes of a file's changes that no sync has covered.

    `all`, `none`; `prefix`: the first `count` bytes; `zeros`, `garbage`: as `prefix`, with the size
    as if all had survived; `sectors`: each changed sector for itself.
    """

    kind: str
    count: int = 0
    seed: int = 0

    def content(self, file):
        if self.kind == "none":
            return bytes(file.durable)
        if self.kind == "all":
            return bytes(file.written)
        if self.kind == "sectors":
            return self.sectors(file)
        content = file.prefix(self.count)
        missing = len(file.written) - len(content)
        if missing > 0 and self.kind == "zeros":
            content += bytes(missing)
        if missing > 0 and self.kind == "garbage":
            content += random.Random(self.seed).randbytes(missing)
        return bytes(content)

    def sectors(self, file):
        draw = random.Random(self.seed)
        written = file.written
        content = bytearray(file.durable[: len(written)])
        content.extend(bytes(len(written) - len(content)))
        for place in range(0, len(content), SECTOR):
            new = written[place : place + SECTOR]
            if content[place : place + SECTOR] != new and draw.random() < 0.5:
                content[place : place + SECTOR] = new
        return bytes(content)

    def describe(self, file):
        counted = f" of {self.count} bytes" if self.kind in ("prefix", "zeros", "garbage") else ""
        return f"{self.kind}{counted} of {file.pending_size} unsynced bytes"


ALL, NONE = Survival("all"), Survival("none")


@dataclass(frozen=True)
class State:
    """One state: the moment of the cut, what survives of each file, and of the names."""

    cut: int
    data: tuple  # (number of a file, Survival)
    names: tuple  # whether each pending operation survives

    def entries(self, disk):
        """The files below the root and the directories, as a fresh process would find them."""
        names = dict(disk.durable_names)
        for operation, survives in zip(disk.operations, self.names):
            if survives:
                operation.apply(names)
        survivals = dict(self.data)
        found = {}
        for path, number in sorted(names.items()):
            if any(parent not in names for parent in parents(path, disk.root)):
                continue
            relative = os.path.relpath(path, disk.root)
            if number is None:
                found[relative] = None
            else:
                file = disk.files[number]
                found[relative] = survivals.get(number, ALL).content(file)
        return found

    def losses(self, disk):
        """What is lost of the changes, a line each."""
        return [line.strip() for line in self.describe(disk)[1:] if ": all of " not in line and ": survives" not in line]

    def describe(self, disk):
        lines = [f"power cut after {self.cut} events"]
        names = {number: os.path.relpath(path, disk.root) for path, number in disk.names.items()}
        for number, survival in self.data:
            name = names.get(number, f"file {number}, which was removed")
            lines.append(f"  {name}: {survival.describe(disk.files[number])}")
        for operation, survives in zip(disk.operations, self.names):
            lines.append(f"  {operation.describe(disk.root)}: {'survives' if survives else 'lost'}")
        return lines


def parents(path, root):
    while path != root:
        path = os.path.dirname(path)
        yield path


def draw(disk, cut, random):
    """One state of those that the disk's model permits."""
    pending = [file for file in disk.files if file.changes]
    style = random.choice(["alike", "each"])
    shared = kind_of_survival(disk.model, random)
    data = []
    for file in pending:
        kind = shared if style == "alike" else kind_of_survival(disk.model, random)
        data.append((file.number, survival(file, kind, random)))
    count = len(disk.operations)
    if disk.model == JOURNAL or random.random() < 0.5:
        kept = random.choice([0, count, random.randint(0, count)])
        names = tuple(index < kept for index in range(count))
    else:
        names = tuple(random.random() < 0.5 for _ in range(count))
    return State(cut, tuple(data), names)


def kind_of_survival(model, random):
    kinds = ["none", "all", "prefix", "prefix"]
    if model != JOURNAL:
        kinds += ["zeros", "garbage", "sectors", "sectors"]
    return random.choice(kinds)


def survival(file, kind, random):
    size = file.pending_size
    form = random.randrange(3)
    if form == 0:
        last = file.changes[-1][2]
        count = size - random.randint(0, len(last) if last else 1)
    elif form == 1:
        count = min(size, random.randint(0, size) // SECTOR * SECTOR)
    else:
        count = random.randint(0, size)
    return Survival(kind, count, random.randrange(1 << 32))


def fingerprint(entries):
    """Equal for states that no server could tell from each other."""
    sum = hashlib.sha1()
    for name, content in sorted(entries.items()):
        sum.update(name.encode() + b"\0")
        sum.update(b"directory" if content is None else hashlib.sha1(content).digest())
    return sum.digest()


def materialize(entries, directory):
    """Writes a state into an empty directory."""
    for name, content in sorted(entries.items()):
        path = directory / name
        if content is None:
            path.mkdir(parents=True, exist_ok=True)
        else:
            path.write_bytes(content)
