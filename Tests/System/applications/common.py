"""What the programs share: notes of what they were promised, and patience with a restart.

A program is started as `program.py ROLE WORDS…`. The environment says where the server is (`PORT`)
and where notes go (`NOTES`). A note is a line `word value`, written after the promise was received and
never lost with a process: one write to a file that is opened for appending.
"""

import json
import os
import sys
import time

PORT = int(os.environ["PORT"])
NOTES = os.environ["NOTES"]
URL = f"redis://127.0.0.1:{PORT}/0"
PATIENCE_SECONDS = 60


def note(word, value):
    file = os.open(NOTES, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        os.write(file, f"{word} {value}\n".encode())
    finally:
        os.close(file)


def noted(word):
    """The values noted with this word so far, by any process."""
    with open(NOTES) as file:
        rows = [line.split(maxsplit=1) for line in file]
    return [value.strip() for name, value in rows if name == word]


def patiently(action, *errors):
    """Repeats `action` while the server is away; what it returns was promised by the server."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return action()
        except errors:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)


def produce(enqueue, first, end, *errors):
    """Enqueues the jobs numbered from `first` to before `end`, and notes each that was accepted."""
    for number in range(int(first), int(end)):
        patiently(lambda: enqueue(number), *errors)
        note("accepted", number)
        # Slow enough for a kill to come in between.
        time.sleep(0.01)


def write(store, *errors):
    """Stores entries numbered from 0 until it is told to end, and notes each that was accepted."""
    number = 0
    while not os.path.exists(NOTES + ".end"):
        patiently(lambda: store(number), *errors)
        note("accepted", number)
        number += 1
        time.sleep(0.002)


def accepted():
    return sorted({int(value) for value in noted("accepted")})


def equal(got, expected):
    if got != expected:
        raise AssertionError(f"expected {expected!r}, got {got!r}")


class Refused(Exception):
    """What a job raises that is meant to fail."""


def fails(number):
    """Every tenth job fails, however often it is tried."""
    return number % 10 == 7


def needs_another_try(number):
    """Every tenth job fails when it is tried first."""
    return number % 10 == 3


def work(number):
    """The work of a job: to be noted, and to fail where it is meant to."""
    tries = noted("tried").count(str(number))
    note("tried", number)
    if fails(number) or (needs_another_try(number) and tries == 0):
        raise Refused(f"job {number}")
    note("done", number)
    return number * number


def outcome(results, failed, held):
    """The role that says what became of the jobs, as clients of the framework can read it."""
    return lambda: {"results": results(), "failed": failed(), "held": held()}


def perform(roles):
    """Runs the role that the command line names and prints what it returns."""
    found = roles[sys.argv[1]](*sys.argv[2:])
    if found is not None:
        print(json.dumps(found))


def become(module, *words):
    """Goes on as a program of a package, as an operator would start it."""
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", module, *map(str, words)])
