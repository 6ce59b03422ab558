"""Reading the trace that `recorder.c` writes: what a server did to its files, and what it answered."""

import struct
from dataclasses import dataclass
from pathlib import Path

HEADER_SIZE = 64
RECORD = struct.Struct("<IIQQQII")
SIZE_MAX = 1 << 30

KINDS = [
    "", "opened", "written", "truncated", "sync began", "sync ended", "renamed", "linked", "removed",
    "made directory", "removed directory", "accepted", "replied",
    "sync failed",
]  # fmt: skip


@dataclass
class Event:
    kind: str
    time: float
    inode: int
    number: int
    process: int
    payload: bytes

    def paths(self):
        return [part.decode() for part in self.payload.split(b"\0")[:-1]]

    def describe(self, root):
        """One line for a report; paths are told from the data directory on."""
        if self.kind in ("written", "replied"):
            where = f"inode {self.inode} at {self.number}" if self.kind == "written" else f"client {self.number}"
            return f"{self.kind} {where}: {len(self.payload)} bytes {self.payload[:40]!r}"
        paths = " → ".join(path.removeprefix(root).lstrip("/") or "." for path in self.paths())
        size = f" to {self.number}" if self.kind == "truncated" else ""
        return f"{self.kind}{size} {paths or f'inode {self.inode}'}"


def create(path):
    """An empty trace: sparse, so that its size costs nothing."""
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", HEADER_SIZE).ljust(HEADER_SIZE, b"\0"))
        file.truncate(SIZE_MAX)


def read(path):
    """The events in their order. A record that its process never finished is left out."""
    with open(path, "rb") as file:
        (end,) = struct.unpack("<Q", file.read(8))
        file.seek(0)
        data = file.read(end)
    events, place = [], HEADER_SIZE
    while place < end:
        size, kind, time, inode, number, process, length = RECORD.unpack_from(data, place)
        if size == 0:
            raise ValueError(f"the trace {Path(path).name} is torn at {place}")
        if kind:
            start = place + RECORD.size
            events.append(
                Event(KINDS[kind], time / 1e9, inode, number, process, data[start : start + length])
            )
        place += size
    return events
