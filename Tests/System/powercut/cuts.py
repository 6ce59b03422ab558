"""Many power cuts over one recording: states are drawn, judged, and counted."""

import shutil
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from . import states
from .disk import Disk
from .judge import LOST, SERVED, judge


@dataclass
class Cut:
    """A state with what it is made of and what had been promised."""

    state: states.State
    entries: dict
    promised: int
    acknowledged: int
    description: list
    losses: list
    time: float
    verdict: object = None


@dataclass
class Tally:
    outcomes: Counter = field(default_factory=Counter)
    failures: list = field(default_factory=list)
    served: list = field(default_factory=list)
    age_max: float = 0.0  # seconds, of the oldest acknowledged write that was gone
    lost_max: int = 0  # acknowledged writes that were gone in one state

    @property
    def states(self):
        return sum(self.outcomes.values())

    def add(self, cut, history):
        verdict = cut.verdict
        self.outcomes[verdict.outcome] += 1
        (self.served if verdict.outcome == SERVED else self.failures).append(cut)
        if verdict.outcome in (SERVED, LOST) and verdict.number < cut.acknowledged:
            oldest = history.operations[verdict.number]
            self.age_max = max(self.age_max, cut.time - oldest.time)
            self.lost_max = max(self.lost_max, cut.acknowledged - verdict.number)


    def merge(self, other):
        """Adds another tally's counts; the states themselves stay with it."""
        self.outcomes += other.outcomes
        self.age_max = max(self.age_max, other.age_max)
        self.lost_max = max(self.lost_max, other.lost_max)


def moments(events, random, count):
    """The events after which power is cut: some anywhere, most around names and syncs."""
    changing = [n for n, event in enumerate(events) if event.kind not in ("accepted", "replied")]
    turning = [
        n for n in changing if events[n].kind not in ("written", "truncated", "sync began", "sync ended")
    ]
    around = [min(max(n + step, 0), len(events) - 1) for n in turning for step in range(-2, 6)]
    chosen = []
    for _ in range(count):
        draw = random.random()
        pool = around if draw < 0.4 and around else changing if draw < 0.8 else range(len(events))
        chosen.append(random.choice(pool) + 1)
    return sorted(chosen)


def draw(recording, model, random, count):
    """Different states of a recording, in the order of their cuts."""
    disk = Disk(recording.beginning, model)
    known = set()
    place = 0
    for cut in moments(recording.events, random, count):
        while place < cut:
            disk.follow(place, recording.events[place])
            place += 1
        state = states.draw(disk, cut, random)
        made = describe(recording, disk, state)
        # Equal files may have been promised differently.
        mark = (states.fingerprint(made.entries), made.promised)
        if mark not in known:
            known.add(mark)
            yield made


def describe(recording, disk, state):
    """What is at the cut to be judged."""
    cut = state.cut
    acknowledged = recording.history.acknowledged_before(cut)
    limit = cut if recording.policy == "always" else disk.synced_before
    # What a state already held from which the recording began has to stay, too.
    promised = max(recording.history.acknowledged_before(n) for n in (0, limit))
    last = recording.events[max(cut - 8, 0) : cut]
    lines = state.describe(disk) + ["  the last events before it:"]
    lines += [f"    {event.describe(disk.root)}" for event in last]
    time = recording.events[cut - 1].time if cut else 0.0
    return Cut(state, state.entries(disk), promised, acknowledged, lines, state.losses(disk), time)


def judged(recording, cut, directory, twice):
    """Writes the state down, starts a server over it, and removes it again."""
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    states.materialize(cut.entries, directory)
    cut.verdict = judge(
        recording.kind, directory, recording.settings, recording.history, cut.promised, twice
    )
    shutil.rmtree(directory, ignore_errors=True)
    log = directory.parent / f"{directory.name}.{recording.kind}.log"
    log.unlink(missing_ok=True)
    return cut


def run(recording, model, random, count, scratch, jobs=2):
    """Judges up to `count` different states and returns the tally."""
    tally = Tally()
    scratch.mkdir(parents=True, exist_ok=True)

    def one(numbered):
        number, (cut, twice) = numbered
        return judged(recording, cut, scratch / f"state{number}", twice)

    drawn = [(cut, random.random() < 0.25) for cut in draw(recording, model, random, count)]
    with ThreadPoolExecutor(jobs) as pool:
        for cut in pool.map(one, enumerate(drawn)):
            tally.add(cut, recording.history)
    return tally
