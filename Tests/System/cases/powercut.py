"""Power cuts of the real server: what it does to its files is recorded, the states that a loss of
power could have left are built, and the server is started over each of them.

The recorder and the models are proved by servers that break the promise: one that never syncs its
files, one that never syncs its directory, and one that answers too early.
"""

import shutil
import tempfile
from collections import Counter
from pathlib import Path
from random import Random

from harness.context import Context, equal, holds, need, need_program
from harness.scratch import memory_backed

from powercut import cuts
from powercut.campaign import campaign
from powercut.disk import JOURNAL, POSIX
from powercut.judge import LOST, SERVED
from powercut.recording import Recording
from powercut.smallest import report

RECORDINGS = 10


def in_memory(context):
    """A context whose directories cost no syncs; it ends with the case."""
    need("ledgerstone")
    need_program("gcc", "gcc")
    scratch = Path(tempfile.mkdtemp(prefix="powercut-", dir=memory_backed() or context.scratch))
    inner = Context(context.name, context.seed, context.budget, scratch)
    context.defer(lambda: shutil.rmtree(scratch, ignore_errors=True))
    context.defer(inner.close)
    return inner


def cut_power(context, policy, model, fails=False):
    states = context.rounds(60 if fails else 180, 25_000)
    rounds = context.rounds(50, 150)
    tally, failures = campaign(
        in_memory(context), "ledgerstone", policy, model, context.seed, states, rounds, fails=fails
    )
    reports = [report(failure.cut) for failure in failures]
    equal(dict(tally.outcomes), {SERVED: tally.states}, "\n".join(["outcomes", *reports]))
    holds(tally.states >= states, f"{tally.states} states")


def test_always_on_a_journaling_disk(context):
    cut_power(context, "always", JOURNAL)


def test_always_on_any_disk(context):
    cut_power(context, "always", POSIX)


def test_everysec_on_a_journaling_disk(context):
    cut_power(context, "everysec", JOURNAL)


def test_everysec_on_any_disk(context):
    cut_power(context, "everysec", POSIX)


def test_always_after_a_failed_sync(context):
    """A sync fails, the kernel drops what it covered, and later the power goes."""
    cut_power(context, "always", JOURNAL, fails=True)


def test_everysec_after_a_failed_sync(context):
    cut_power(context, "everysec", JOURNAL, fails=True)


def broken(context, model, change, seed=None):
    """The outcomes of a recording that was changed as if the server had broken its promise."""
    seed = context.seed if seed is None else seed
    inner = in_memory(context)
    recording = Recording(inner, "ledgerstone", "always", Random(seed), 40)
    change(recording)
    return cuts.run(recording, model, Random(seed), 60, inner.scratch / "states").outcomes


def lost_at_last(context, change):
    """The outcomes of recordings up to the first that lost something. In each something has to be
    noticed; but of few states all that are not served may be refused."""
    found = Counter()
    for attempt in range(RECORDINGS):
        outcomes = broken(context, JOURNAL, change, context.seed + attempt)
        holds(sum(outcomes.values()) > outcomes[SERVED], f"nothing was noticed: {dict(outcomes)}")
        found += outcomes
        if found[LOST]:
            break
    return found


def without_syncs(recording, of_directories):
    """Takes the syncs of directories, or those of files, out of what happened."""
    directories = {entry.inode for entry in recording.beginning if entry.content is None}
    directories |= {event.inode for event in recording.events if event.kind == "made directory"}
    for event in recording.events:
        is_sync = event.kind in ("sync began", "sync ended")
        if is_sync and (event.inode in directories) == of_directories:
            event.kind = "omitted"


def test_notices_files_that_are_not_synchronized(context):
    found = lost_at_last(context, lambda recording: without_syncs(recording, False))
    holds(found[LOST], f"a server that never syncs its files was not noticed: {dict(found)}")


def test_notices_a_directory_that_is_not_synchronized(context):
    found = broken(context, POSIX, lambda recording: without_syncs(recording, True))
    holds(sum(found.values()) > found[SERVED], f"it was not noticed: {dict(found)}")


def test_notices_replies_that_leave_too_early(context):
    def answer_at_the_write(recording):
        """Each reply leaves when its record is written, before the sync."""
        writes = [n for n, event in enumerate(recording.events) if event.kind == "written"]
        for operation in recording.history.operations:
            operation.event = max((n for n in writes if n < operation.event), default=operation.event)

    found = lost_at_last(context, answer_at_the_write)
    holds(found[LOST], f"a server that answers too early was not noticed: {dict(found)}")
