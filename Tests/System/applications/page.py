#!/usr/bin/env python3
"""Writes the table of docs/applications.md from what the cases declare; `--check` only compares.

The rest of the page is written by hand around the two marks.
"""

import re
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from cases import applications, operators  # noqa: E402

PAGE = HERE.parents[2] / "docs" / "applications.md"
BEGIN, END = "<!-- made from the cases: make reference -->\n", "<!-- end -->\n"

# The versions of Debian 12 that were tried; other versions serve as well.
DEBIAN = {
    "node-redis": "4.5.1",
    "php-cli": "8.2",
    "php-illuminate-queue": "8.83.26",
    "php-illuminate-redis": "8.83.26",
    "php-redis": "5.3.7",
    "prometheus-redis-exporter": "1.45.0",
    "redis-tools": "7.0.15",
    "ruby-redis": "4.8.0",
    "ruby-sidekiq": "6.4.1",
}


def pinned():
    """The versions by name, of those installed together, in the spelling of modules."""
    rows = (HERE / "requirements.txt").read_text().splitlines()
    pairs = [row.split("==") for row in rows if "==" in row]
    return {name.lower().replace("-", "_"): (name, version) for name, version in pairs}


def packages(python, debian):
    versions = pinned()
    found = [" ".join(versions.get(module, [module])) for module in python]
    return ", ".join(found + [f"`{name}` {DEBIAN[name]}" for name in debian])


def table():
    rows = ["| Application | Packages | What is done with it | Case |", "|---|---|---|---|"]
    for module in (applications, operators):
        for name, case in vars(module).items():
            if name.startswith("test_"):
                title, python, debian = case.application
                sentence = re.sub(r"\s+", " ", case.__doc__).strip()
                place = f"{module.__name__.split('.')[1]}.{name[5:]}"
                rows.append(f"| {title} | {packages(python, debian)} | {sentence} | `{place}` |")
    return "\n".join(rows) + "\n"


def main():
    text = PAGE.read_text()
    before, rest = text.split(BEGIN)
    made = before + BEGIN + table() + END + rest.split(END)[1]
    if "--check" in sys.argv:
        if made != text:
            sys.exit("docs/applications.md is stale: run 'make reference'")
    else:
        PAGE.write_text(made)


if __name__ == "__main__":
    main()
