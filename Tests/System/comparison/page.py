"""The page: docs/durability-comparison.md, made of the results and nothing else."""

from .comparison import wrapped

SECTIONS = {
    "kills": ("Kills", "The process ends at a random moment; what the kernel has been given stays."),
    "powercuts": (
        "Power cuts",
        "What the real servers did to their files was recorded, with the moment of each answer; the states "
        "that a power cut could have left were built from that, and the server was started over each "
        "([how](../Tests/System/README.md)). *Served* means: everything that was promised, and exactly the "
        "data after some operation. *Promised* is what was answered under `always`, and what stands in the "
        "log where a sync has ended under `everysec`. *Refused*: the server does not start and says why; an "
        "operator has to decide. *Lost at the start after*: all is well at first, but a write after the "
        "start, or the start after it, fails.",
    ),
    "failedsyncs": (
        "Power cuts after a sync has failed",
        "In each process one sync of an increment of the log fails. The kernel has then dropped what it "
        "could not write, and later syncs succeed without it; a server that goes on, or is started again, "
        "reads it until the power goes. A server that has ended is started again at once. The columns are "
        "those of the power cuts.",
    ),
    "weakpoints": (
        "Seventeen weak points",
        "Known weaknesses of Redis's persistence, each tried on each server. *Yes*: the server does what it "
        "should; *no*: it does not; *–*: it has nothing that could be judged.",
    ),
    "faults": ("Full, failing and damaged disks", "Each behaviour as it was seen in the run."),
    "snapshots": (
        "Memory and latency during a snapshot",
        "Server and generator have a core each; the server's threads and children share its core.",
    ),
    "restarts": ("Time to serve again after a crash", "From the start of the process, after `kill -9`, to the first answer with all the data."),
}  # fmt: skip


def text(results):
    """The page, from what `run.py` keeps: for each section its tables and how it was run."""
    lines = [
        "# Durability, compared",
        "",
        "One run against Ledgerstone and its two relatives, each with the safest configuration that it",
        "documents. This page is written by `make durability`; every figure in it comes from the run, and",
        "where a relative does better, it says so.",
        "",
        "Versions: " + ", ".join(results["versions"]) + ".",
        "",
        "Configuration of all three: `appendonly yes`, `appendfsync always` (or what a row says), and the",
        "save points `3600 1 300 100 60 10000`; everything else at its default. For the power cuts no save",
        "points: a snapshot is asked for instead.",
        "",
        "To repeat it:",
        "",
        "    make durability",
        "    make durability ARGS=\"--sections kills,powercuts --seed N\"",
        "",
        *[f"- {fact}" for fact in results["facts"]],
    ]
    for name, (title, words) in SECTIONS.items():
        part = results["sections"].get(name)
        if part is None:
            continue
        lines += ["", f"## {title}", "", *wrapped(words), "", f"Seed {part['seed']}."]
        for table in part["tables"]:
            lines += ["", *table]
    return "\n".join(lines) + "\n"

