"""A sync of the log fails, the kernel drops what it covered, and later the power goes."""

from powercut.disk import JOURNAL

from .comparison import Table
from .powercuts import HEAD, fill


def section(comparison):
    table = Table("Loss of power on a journaling file system, after a sync of the log has failed", HEAD)
    fill(comparison, table, JOURNAL, comparison.many(250, 20), fails=True)
    return [table]
