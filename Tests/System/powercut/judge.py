"""Starts a server over a state and says what came of it."""

from dataclasses import dataclass

from harness.resp import CLOSED, SILENCE, ReplyError
from harness.servers import Server, ServerDied, wait_until

from .history import JOURNAL, READERS

SERVED = "served"  # everything that was promised is there, and nothing impossible
REFUSED = "refused"  # the server does not start, and says why
CRASHED = "crashed"  # it ends by a signal, or does not answer
LOST = "lost"  # it serves without what was promised
WRONG = "wrong"  # it serves what never was
LATER = "lost later"  # it serves, and the start after the next write does not
OUTCOMES = [SERVED, REFUSED, LOST, WRONG, LATER, CRASHED]


@dataclass
class Verdict:
    outcome: str
    detail: str = ""
    number: int = 0  # the data is that after so many operations
    log: str = ""


def judge(kind, directory, settings, history, promised, twice):
    """The outcome of a start; `twice` also kills the server after one more write, and starts again."""
    server = Server(kind, directory, settings)
    try:
        try:
            server.start_undisturbed()
        except ServerDied as error:
            status = server.process.poll()
            outcome = REFUSED if status is not None and status > 0 else CRASHED
            return Verdict(outcome, last_words(str(error)), log=server.log())
        number, problem = found(server, history)
        if problem:
            return Verdict(WRONG, problem, number, server.log())
        if number < promised:
            detail = f"{promised} operations were promised, the data is that after {number}"
            return Verdict(LOST, detail, number, server.log())
        if twice:
            problem = later(server, history, number)
            if problem:
                return Verdict(LATER, problem, number, server.log())
        return Verdict(SERVED, number=number)
    except (ReplyError, OSError) as error:
        return Verdict(CRASHED, f"it stops answering: {error}", log=server.log())
    finally:
        server.kill()


def found(server, history):
    """The number of operations whose data is there, and what contradicts it."""
    with server.connect(timeout=60) as connection:
        journal = connection.ask("LRANGE", JOURNAL, "0", "-1")
        number = len(journal)
        if number > len(history.operations):
            return number, f"the journal has {number} entries, {len(history.operations)} were written"
        model = history.after(number)
        if journal != model.get(JOURNAL, []):
            place = next(n for n, pair in enumerate(zip(journal, model[JOURNAL])) if pair[0] != pair[1])
            return number, f"entry {place + 1} of the journal is not what was written"
        keys = set(connection.ask("KEYS", "*"))
        if keys != set(model):
            extra, missing = sorted(keys - set(model))[:3], sorted(set(model) - keys)[:3]
            return number, f"after {number} operations: keys too many {extra}, missing {missing}"
        names = [key for key in model if key != JOURNAL]
        replies = connection.pipeline([READERS[model.kind(key)](key) for key in names])
        for key, reply in zip(names, replies):
            value = reply.plain()
            if reply in (CLOSED, SILENCE):
                raise ReplyError(f"{key!r}: {reply.type}")
            if reply.type == "-" or model.read(key, value) != model[key]:
                return number, f"{key!r} is not what it was after {number} operations"
    return number, ""


def later(server, history, number):
    """A write after the start has to be there after the next one, with all the rest."""
    with server.connect(timeout=60) as connection:
        reply = connection.call("SET", "after the power cut", "1")
        # Some start with a rewrite under way; the write has to be taken soon all the same.
        if reply.type == "-":
            wait_until(lambda: connection.call("SET", "after the power cut", "1").type == "+", 10)
    server.kill()
    try:
        server.start_undisturbed()
    except ServerDied as error:
        return "the start after the next write is refused: " + last_words(str(error))
    if server.ask("GETDEL", "after the power cut") != b"1":
        return "the write after the start is gone at the start after it"
    again, problem = found(server, history)
    if problem:
        return f"at the start after the next write: {problem}"
    return "" if again == number else f"{number} operations at the first start, {again} at the second"


def last_words(text):
    """The last warning of a log, without the process and the time."""
    lines = [line for line in text.splitlines() if " # " in line]
    return lines[-1].split(" # ", 1)[1][:300] if lines else text[-300:]
