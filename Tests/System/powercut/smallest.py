"""From states that fail to the smallest one: as little as possible is lost, as early as possible."""

from . import states
from .cuts import describe, judged
from .disk import Disk
from .states import ALL, State, Survival


def smallest(recording, model, failures, scratch, tries=60):
    """The earliest failing state, with every loss undone that is not needed for the failure.

    The outcome stays the same throughout, so that no other failure takes the place of this one.
    """
    best = min(failures, key=lambda cut: (cut.state.cut, sum(not kept for kept in cut.state.names)))
    disk = Disk(recording.beginning, model)
    for index in range(best.state.cut):
        disk.follow(index, recording.events[index])
    outcome = best.verdict.outcome
    improved = True
    while improved and tries > 0:
        improved = False
        for state in simpler(best.state, disk):
            tries -= 1
            cut = judged(recording, describe(recording, disk, state), scratch / "smaller", True)
            if cut.verdict.outcome == outcome:
                best, improved = cut, True
                break
            if tries <= 0:
                break
    return best


def simpler(state, disk):
    """States that lose one thing less, or less of it."""
    for index, survives in enumerate(state.names):
        if not survives:
            names = list(state.names)
            names[index] = True
            yield State(state.cut, state.data, tuple(names))
    for index, (number, survival) in enumerate(state.data):
        if survival == ALL:
            continue
        replacements = [ALL]
        if survival.kind in ("garbage", "sectors"):
            replacements.append(Survival("zeros", survival.count))
        if survival.kind != "prefix":
            replacements.append(Survival("prefix", survival.count))
        for replacement in replacements:
            data = list(state.data)
            data[index] = (number, replacement)
            yield State(state.cut, tuple(data), state.names)


def report(cut, directory=None):
    """Everything that is known about a state; `directory` keeps its files."""
    verdict = cut.verdict
    lines = [f"{verdict.outcome}: {verdict.detail}", *cut.description]
    lines.append(f"  acknowledged {cut.acknowledged}, promised {cut.promised}, found {verdict.number}")
    lines.append("  the directory after the cut:")
    for name, content in sorted(cut.entries.items()):
        size = "directory" if content is None else f"{len(content)} bytes, ends {content[-24:]!r}"
        lines.append(f"    {name}: {size}")
    if directory is not None:
        directory.mkdir(parents=True, exist_ok=True)
        states.materialize(cut.entries, directory)
        lines.append(f"  kept in {directory}")
    lines.append("  the server's log:")
    lines += [f"    {line}" for line in verdict.log.splitlines() if line.strip()][-8:]
    return "\n".join(lines)
