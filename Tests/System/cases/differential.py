"""Generated sessions against Ledgerstone and the oracles: every reply and the final data compared."""

import sys
import time

from differential.judge import Judge, report
from differential.session import Generator
from harness.servers import available


def judge(context):
    subject = context.start("ledgerstone", databases=16)
    oracle = context.start("redis", databases=16)
    second = context.start("valkey", databases=16) if available("valkey") else None
    if second is None:
        print("  no valkey-server: what 7.2 changed is not compared", file=sys.stderr)
    return Judge(subject, oracle, second)


def compare(context, seconds, length, connections=3):
    found = []
    comparison = judge(context)
    deadline = time.monotonic() + seconds
    sessions = 0
    while time.monotonic() < deadline:
        generator = Generator(context.random, connections)
        session = generator.session(length)
        mismatch = comparison.run(session)
        sessions += 1
        if mismatch is not None:
            session, mismatch = comparison.shrink(session, mismatch)
            raise AssertionError(f"session {sessions} differs:\n{report(session, mismatch)}")


def test_short_sessions(context):
    compare(context, context.rounds(8, 300), 40)


def test_long_sessions(context):
    compare(context, context.rounds(8, 300), 400)


def test_one_client(context):
    compare(context, context.rounds(4, 120), 100, connections=1)
