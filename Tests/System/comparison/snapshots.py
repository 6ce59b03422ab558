"""Memory and latency while a snapshot or a rewrite is taken, by the rows of the benchmarks."""

import os

from measure import Programs
from rows import Bench, bgrewriteaof, bgsave

from .comparison import Table, best_in_bold


def section(comparison):
    tables = []
    affinity = os.sched_getaffinity(0)
    # The servers have core 0; what measures them stays off it.
    os.sched_setaffinity(0, {1})
    try:
        with comparison.context("snapshots", in_memory=False) as context:
            programs = Programs(context.scratch)
            bench = Bench(comparison.kinds, context.scratch, programs, True, 1, comparison.say)
            bench.many_keys = comparison.many(2_000_000, 100_000)
            for row in (bgsave, bgrewriteaof):
                tables.append(table(comparison, row(bench)))
    finally:
        os.sched_setaffinity(0, affinity)
    return tables


def table(comparison, rows):
    made = Table(rows[0].load, ["Figure", *comparison.names], note="One round; the best in bold.")
    for row in rows:
        values = [row.value(kind) for kind in comparison.kinds]
        made.add(row.metric, *best_in_bold(values, row.digits, row.better == "lower"))
    return made
