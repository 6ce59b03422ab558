"""Power cuts by the hundred: recordings, states of them, and recordings that begin in such a state."""

from dataclasses import dataclass
from random import Random

from harness.servers import ServerDied

from . import cuts
from .judge import LATER
from .recording import Recording
from .smallest import smallest
from .workload import LostInItsLife

STATES_OF_A_RECORDING = 100


@dataclass
class Failure:
    """The smallest state of an outcome."""

    kind: str
    policy: str
    model: str
    seed: int
    cut: cuts.Cut


def campaign(context, kind, policy, model, seed, states, rounds=100, jobs=2, fails=False):
    """Judges about so many states and returns the tally and the smallest failure of each outcome.

    Of three recordings the first begins in an empty directory, the second in what the first has left
    when all of it is durable, and the third in a state that a cut of the second has left, so that
    power also goes while a server recovers from the loss of power.
    """
    tally, failures = cuts.Tally(), {}
    begun, number = {}, 0
    while tally.states < states:
        random = Random(f"{seed} {number}")
        try:
            recording = Recording(context, kind, policy, random, rounds, fails=fails, **begun)
        except (LostInItsLife, ServerDied):
            if kind == "ledgerstone":
                raise
            # What a cut had left was served at first, and then went wrong.
            tally.outcomes[LATER] += bool(begun)
            begun, number = {}, number + 1
            continue
        count = min(STATES_OF_A_RECORDING, states - tally.states)
        scratch = context.scratch / "states"
        part = cuts.run(recording, model, random, count, scratch, jobs)
        tally.merge(part)
        begun = {}
        if number % 3 == 0:
            begun = {"entries": recording.end, "history": recording.history.beginning()}
        elif number % 3 == 1 and part.served:
            cut = random.choice(part.served)
            history = recording.history.beginning(cut.verdict.number)
            begun = {"entries": cut.entries, "history": history}
        number += 1
        for outcome in {cut.verdict.outcome for cut in part.failures} - set(failures):
            alike = [cut for cut in part.failures if cut.verdict.outcome == outcome]
            least = smallest(recording, model, alike, scratch)
            failures[outcome] = Failure(kind, policy, model, seed, least)
    return tally, list(failures.values())

