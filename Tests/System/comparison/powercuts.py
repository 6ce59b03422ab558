"""Simulated power cuts: what each server serves over the states that a cut could have left."""

from powercut.campaign import campaign
from powercut.disk import JOURNAL, POSIX
from powercut.judge import CRASHED, LATER, LOST, REFUSED, SERVED, WRONG
from powercut.recording import POLICIES
from powercut.smallest import report

from .comparison import NAMES, Table

MODELS = {
    JOURNAL: "Loss of power on a journaling file system",
    POSIX: "Loss of power, with all that POSIX permits",
}
NOTES = {
    JOURNAL: "What no sync has covered survives as a prefix of each file, cut at any byte; changes of names "
    "survive as a prefix, and any sync carries those before it.",
    POSIX: "Also, sectors survive each for itself, a file's size survives without its data (zeros or "
    "garbage), changes of names survive each for itself, and only a sync of their directory carries them.",
}


HEAD = ["Server", "Policy", "States", "Served", "Refused", "Promised writes lost", "Wrong data served",
        "Lost at the start after", "Ended by a signal", "Oldest acknowledged write lost"]  # fmt: skip


def section(comparison):
    wanted = comparison.many(500, 20)
    tables, smallest = [], []
    for model, title in MODELS.items():
        table = Table(title, HEAD, note=NOTES[model])
        smallest += fill(comparison, table, model, wanted)
        tables.append(table)
    return [*tables, examples(smallest)]


def fill(comparison, table, model, wanted, fails=False):
    """A row for each server and policy; returns the smallest failing states."""
    smallest = []
    for kind, name in zip(comparison.kinds, comparison.names):
        for policy in POLICIES:
            with comparison.context("powercuts") as context:
                seed = f"{comparison.seed} {kind}"
                tally, failures = campaign(context, kind, policy, model, seed, wanted, fails=fails)
            counts = [tally.outcomes[one] for one in (SERVED, REFUSED, LOST, WRONG, LATER, CRASHED)]
            table.add(name, policy, tally.states, *counts, f"{tally.age_max:.2f} s")
            comparison.say(" ".join(table.rows[-1]))
            smallest += failures
            for failure in failures:
                comparison.say(report(failure.cut))
    return smallest


def examples(failures):
    """Each outcome that is not `served`, by the smallest state that led to it."""
    table = Table(
        "The smallest state of each other outcome",
        ["Server", "Policy", "Model", "Outcome", "What the cut took", "What came of it"],
        note="Everything that a state does not need for its outcome was taken out of it.",
    )
    for failure in failures:
        verdict = failure.cut.verdict
        losses = "; ".join(failure.cut.losses) or "nothing: what had been written was there"
        table.add(NAMES[failure.kind], failure.policy, failure.model, verdict.outcome, losses, verdict.detail)
    return table
