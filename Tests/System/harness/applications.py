"""Programs of other people beside the server: what they are promised, and kills in their midst.

The programs stand in `applications/` and run as processes of their own. They write down what the server
has acknowledged to them; after a kill and a restart it has to be there.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

from .context import Skip, holds, need_program
from .servers import ROOT, STAND_IN

HERE = Path(__file__).resolve().parent.parent / "applications"
PACKAGES = ROOT / ".build" / "applications"
# redis-py as the other tests use it, newer than some of the applications allow.
NEWER_PACKAGES = ROOT / ".build" / "python"
PATIENCE = 120
TRIES_MAX = 20


def tried(name, *, python=(), debian=()):
    """Declares what a case tries; the documents name it, its packages and the case's sentence."""

    def declare(case):
        case.application = (name, python, debian)
        return case

    return declare


def need_python(*modules, newer=False):
    """Skips the case where a Python package could not be installed."""
    if newer and not (NEWER_PACKAGES / "redis").exists():
        raise Skip("redis-py is not installed below .build/python (run Scripts/setup test)")
    for module in modules:
        if not (PACKAGES / module).exists() and not (PACKAGES / f"{module}.py").exists():
            raise Skip(f"{module} is not installed below .build/applications (run Scripts/setup test)")


def need_module(program, package, *check):
    """Skips the case where a program of Debian lacks one of its own packages."""
    need_program(program, package)
    if subprocess.run([program, *check], capture_output=True, env=environment()).returncode != 0:
        raise Skip(f"{package} is not installed (Debian package)")


def environment(**more):
    return {
        **os.environ,
        "NODE_PATH": "/usr/share/nodejs:/usr/lib/nodejs",
        **{name: str(value) for name, value in more.items()},
    }


def durable(context, **settings):
    """A server whose acknowledged writes survive the death of its process."""
    policies = ["always"] if STAND_IN else ["always", "everysec"]
    settings.setdefault("appendfsync", context.random.choice(policies))
    return context.start("ledgerstone", appendonly="yes", **settings)


def restart(server):
    """Starts a server that was killed, on the port that its clients know."""
    return server.start(timeout=PATIENCE)


class Program:
    """A running process of an application."""

    def __init__(self, words, output, environment):
        self.words, self.output, self.environment = words, output, environment
        self.process = None
        self.starts = 0
        self.start()

    def start(self):
        self.starts += 1
        with open(self.output, "ab") as file:
            self.process = subprocess.Popen(
                self.words, stdin=subprocess.DEVNULL, stdout=file, stderr=file,
                env=self.environment, cwd=self.output.parent, start_new_session=True,
            )  # fmt: skip

    def kill(self):
        try:
            os.killpg(self.process.pid, 9)
        except ProcessLookupError:
            pass
        self.process.wait()

    def text(self):
        return self.output.read_text(errors="replace")


class Application:
    """One of the programs, in its several roles, beside one server."""

    def __init__(self, context, server, program, newer=False):
        self.program = HERE / program
        self.directory = context.directory(self.program.stem)
        self.notes = self.directory / "notes"
        self.notes.touch()
        self.environment = environment(PORT=server.port, NOTES=self.notes)
        folders = [*([NEWER_PACKAGES] if newer else []), PACKAGES, HERE]
        self.environment["PYTHONPATH"] = os.pathsep.join(map(str, folders))
        self.running = []
        self.kept = []
        context.defer(self.close)

    def words(self, role, *words):
        interpreters = {".py": [sys.executable], ".php": ["php"], ".rb": ["ruby"], ".js": ["node"]}
        return [*interpreters[self.program.suffix], str(self.program), role, *map(str, words)]

    def start(self, role, *words):
        output = self.directory / f"{role}{len(self.running)}.output"
        program = Program(self.words(role, *words), output, self.environment)
        self.running.append(program)
        return program

    def keep(self, role, *words):
        """Starts a program that is started again whenever it ends, as a supervisor would."""
        self.kept.append(self.start(role, *words))
        return self.kept[-1]

    def replace_kept(self):
        """Ends kept programs, however they are, and starts them anew."""
        for program in self.kept:
            program.kill()
            program.start()

    def run(self, role, *words):
        """Runs a role to its end and returns what it prints as JSON, if anything."""
        result = subprocess.run(
            self.words(role, *words), capture_output=True, env=self.environment,
            cwd=self.directory, stdin=subprocess.DEVNULL, timeout=2 * PATIENCE,
        )  # fmt: skip
        said = result.stdout.decode(errors="replace") + result.stderr.decode(errors="replace")
        holds(result.returncode == 0, f"{self.program.name} {role} failed:\n{said[-2500:]}")
        lines = result.stdout.decode().splitlines()
        return json.loads(lines[-1]) if lines else None

    def noted(self, word):
        rows = [line.split(maxsplit=1) for line in self.notes.read_text().splitlines()]
        return [value for name, value in rows if name == word]

    def numbers(self, word):
        return {int(value) for value in self.noted(word)}

    def wait(self, condition, what):
        """Waits for a condition; kept programs are started again meanwhile."""
        deadline = time.monotonic() + PATIENCE
        while not condition():
            for program in self.kept:
                if program.process.poll() is not None and program.starts < TRIES_MAX:
                    program.start()
            holds(time.monotonic() < deadline, f"{what}\n{self.report()}")
            time.sleep(0.02)

    def wait_for(self, word, count):
        self.wait(
            lambda: len(set(self.noted(word))) >= count,
            f"{self.program.name}: {count} times '{word}' was awaited",
        )

    def finish(self, program):
        """Waits until a program has ended well."""
        self.wait(
            lambda: program.process.poll() is not None, f"{self.program.name} does not end"
        )
        holds(program.process.returncode == 0, f"{self.program.name} failed:\n{self.report()}")

    def report(self):
        words = {row.split()[0] for row in self.notes.read_text().splitlines()}
        counts = {word: len(self.noted(word)) for word in words}
        texts = [f"{p.output.name} (started {p.starts} times): {p.text()[-1500:]}" for p in self.running]
        return "\n".join([f"noted: {counts}", *texts])

    def close(self):
        for program in self.running:
            program.kill()
        self.running.clear()
        self.kept.clear()
