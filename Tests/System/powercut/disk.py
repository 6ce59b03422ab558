"""The disk as a trace leaves it: what is durable at a moment, and what is still on its way.

A file has durable bytes and changes that no sync has covered. Names have a durable state and
operations that no sync has covered. Two models say what a loss of power may do with the rest:

- `journal`: what a journaling file system on an honest disk does. Of each file the changes survive
  as a prefix, cut at any byte; the operations on names survive as a prefix, in their order, and any
  sync carries all those before it.
- `posix`: everything that the interface allows. Also, sectors of 512 bytes survive each for itself,
  a file's new size survives without its data, which is then zeros or anything; operations on names
  survive each for itself, and only a sync of the directory carries them.

A rename is one step; the sync of its target's directory carries it.

A sync that fails has lost what it covered: the kernel drops the pages from those that it will write,
and later syncs succeed without them. The process goes on reading them until the power goes.
"""

import os
from collections import namedtuple
from dataclasses import dataclass, field

SECTOR = 512
JOURNAL, POSIX = "journal", "posix"


@dataclass
class File:
    number: int
    created: int = 0
    synced: int = 0  # the event at which the last sync began that has ended
    durable: bytes = b""
    changes: list = field(default_factory=list)  # (event, offset, data) or (event, size, None)
    current: bytearray = field(default_factory=bytearray)

    @property
    def written(self):
        """The content when all changes have survived; it lacks what a failed sync has lost."""
        return self.prefix(self.pending_size)

    @property
    def pending_size(self):
        return sum(1 if data is None else len(data) for _, _, data in self.changes)

    def prefix(self, count):
        """The content when the first so many bytes of the changes have survived."""
        content = bytearray(self.durable)
        for _, place, data in self.changes:
            if count <= 0:
                break
            if data is None:
                apply(content, place, None)
                count -= 1
            else:
                apply(content, place, data[:count])
                count -= len(data)
        return content


def apply(content, place, data):
    if data is None:
        if place < len(content):
            del content[place:]
        else:
            content.extend(bytes(place - len(content)))
        return
    if place > len(content):
        content.extend(bytes(place - len(content)))
    content[place : place + len(data)] = data


@dataclass
class NameOperation:
    event: int
    kind: str  # "link", "unlink", "rename", "mkdir", "rmdir"
    path: str
    target: str = ""
    file: int = 0

    @property
    def directory(self):
        return os.path.dirname(self.target or self.path)

    def apply(self, names):
        if self.kind == "link":
            names[self.path] = self.file
        elif self.kind == "rename":
            names.pop(self.path, None)
            names[self.target] = self.file
        elif self.kind == "mkdir":
            names[self.path] = None
        else:
            names.pop(self.path, None)

    def describe(self, root):
        paths = [path.removeprefix(root).lstrip("/") for path in (self.path, self.target) if path]
        return f"{self.kind} {' → '.join(paths)}"


def is_increment(path):
    return path.endswith(".incr.aof")


# What lies in a directory when a trace begins: a path, its inode, and its bytes (None: a directory).
Entry = namedtuple("Entry", "path inode content")


def contents(root):
    """The directory and everything below it, parents first."""
    entries = [Entry(str(root), os.stat(root).st_ino, None)]
    for folder, folders, names in os.walk(root):
        for name in sorted(folders + names):
            path = os.path.join(folder, name)
            content = None
            if name in names:
                with open(path, "rb") as file:
                    content = file.read()
            entries.append(Entry(path, os.stat(path).st_ino, content))
    return entries


class Disk:
    """Follows a trace event by event. Names map to numbers of files, directories to None."""

    def __init__(self, beginning, model):
        self.root = beginning[0].path
        self.model = model
        self.files = []
        self.by_inode = {}
        self.directories = {}
        self.names = {}
        for entry in beginning:
            if entry.content is None:
                self.directories[entry.inode] = entry.path
                self.names[entry.path] = None
            else:
                file = self.new_file(entry.inode)
                file.durable, file.current = entry.content, bytearray(entry.content)
                self.names[entry.path] = file.number
        paths = sorted(filter(is_increment, self.names), key=lambda path: int(path.split(".")[-3]))
        self.increments = [self.files[self.names[path]] for path in paths]
        self.durable_names = dict(self.names)
        self.operations = []
        self.syncs = {}
        # What was answered before this event stands in increments at a place that a sync covers.
        self.synced_before = 0

    def new_file(self, inode):
        file = File(len(self.files))
        self.files.append(file)
        self.by_inode[inode] = file
        return file

    # Following.

    def follow(self, index, event):
        handler = getattr(self, "_" + event.kind.replace(" ", "_"), None)
        if handler:
            handler(index, event)

    def _name(self, operation):
        operation.apply(self.names)
        self.operations.append(operation)

    def _opened(self, index, event):
        (path,) = event.paths()
        if path not in self.names:
            # The inode may be one that a removed file had.
            file = self.new_file(event.inode)
            file.created = file.synced = index
            self._name(NameOperation(index, "link", path, file=file.number))
            if is_increment(path):
                self.increments.append(file)

    def _change(self, index, event, data):
        file = self.by_inode.get(event.inode)
        if file is None:
            return
        if data is None and event.number == len(file.current):
            return
        apply(file.current, event.number, data)
        file.changes.append((index, event.number, data))

    def _written(self, index, event):
        self._change(index, event, event.payload)

    def _truncated(self, index, event):
        self._change(index, event, None)

    def _sync_began(self, index, event):
        self.syncs[event.number] = index

    def _sync_ended(self, index, event):
        began = self.syncs.pop(event.number)
        directory = self.directories.get(event.inode)
        if self.model == JOURNAL:
            self._names_are_durable(lambda operation: True, began)
        elif directory is not None:
            self._names_are_durable(lambda operation: operation.directory == directory, began)
        file = self.by_inode.get(event.inode)
        if directory is not None or file is None:
            return
        count = sum(1 for change in file.changes if change[0] < began)
        content = bytearray(file.durable)
        for _, place, data in file.changes[:count]:
            apply(content, place, data)
        file.durable = bytes(content)
        file.synced = began
        del file.changes[:count]
        self._what_is_synced()

    def _sync_failed(self, index, event):
        began = self.syncs.pop(event.number)
        file = self.by_inode.get(event.inode)
        if file is not None:
            file.changes = [change for change in file.changes if change[0] >= began]

    def _what_is_synced(self):
        """Goes through the increments in their order, up to the first that has unsynced bytes."""
        present = set(self.names.values())
        listed = [file for file in self.increments if file.number in present]
        limit = 0
        for file, following in zip(listed, [*listed[1:], None]):
            limit = file.synced
            if following is None or (file.changes and file.synced < following.created):
                break
            limit = following.created
        self.synced_before = max(self.synced_before, limit)

    def _names_are_durable(self, covered, began):
        rest = []
        for operation in self.operations:
            if operation.event < began and covered(operation):
                operation.apply(self.durable_names)
            else:
                rest.append(operation)
        self.operations = rest

    def _renamed(self, index, event):
        path, target = event.paths()
        if self.names.get(path) is not None:
            self._name(NameOperation(index, "rename", path, target, self.names[path]))

    def _linked(self, index, event):
        path, target = event.paths()
        if self.names.get(path) is not None:
            self._name(NameOperation(index, "link", target, file=self.names[path]))

    def _removed(self, index, event):
        (path,) = event.paths()
        self._name(NameOperation(index, "unlink", path))

    def _made_directory(self, index, event):
        (path,) = event.paths()
        self.directories[event.inode] = path
        self._name(NameOperation(index, "mkdir", path))

    def _removed_directory(self, index, event):
        (path,) = event.paths()
        self._name(NameOperation(index, "rmdir", path))
