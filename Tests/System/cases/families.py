"""Every family of commands by itself: generated commands in pipelines, a hundred thousand and more of
each, against the oracles. Where the mixed sessions of `differential.py` ask how things meet, these
ask whether each command does what it should with whatever it is given."""

from cases.differential import judge
from differential.families import FAMILIES
from differential.judge import Judge, report
from differential.session import Commands, Generator
from harness.context import holds, need

PIPELINE = 50
PIPELINES = 20
# A session ends where nobody can judge any more; at least this share of the commands is compared.
SHARE_COMPARED = 0.5


def compare(context, name):
    """Plays sessions of one client until enough commands were compared."""
    family = FAMILIES[name]
    comparison = judge(context) if family.oracle == "redis" else judge_by(context, family.oracle)
    wanted = context.rounds(100_000, 2_000_000)
    played = 0
    while comparison.compared < wanted:
        generator = Generator(context.random, connections=1, families=family.commands)
        settings = context.random.choice(family.settings)
        session = [
            Commands(0, [generator.command(0, last=False) for _ in range(PIPELINE)])
            for _ in range(PIPELINES)
        ]
        mismatch = comparison.run(session, settings)
        if mismatch is not None:
            session, mismatch = comparison.shrink(session, mismatch, settings=settings)
            raise AssertionError(
                f"{name} differs after {played} commands, with {settings}:\n{report(session, mismatch)}"
            )
        played += PIPELINE * PIPELINES
        holds(
            comparison.compared >= played * SHARE_COMPARED or played < wanted // 10,
            f"{name}: of {played} commands only {comparison.compared} could be compared",
        )


def judge_by(context, kind):
    """A judge whose only oracle is a server of another kind."""
    need(kind)
    return Judge(context.start("ledgerstone", databases=16), context.start(kind, databases=16))


def case(name):
    def test(context):
        compare(context, name)

    test.__module__ = __name__
    return test


for each in FAMILIES:
    globals()[f"test_{each}"] = case(each)
