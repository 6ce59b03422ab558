"""The families that are compared one by one, each over many commands: what is drawn together, and
under which settings.

A family's own file declares its grammar. Here a line adds the settings among which each session
draws: encodings change at small thresholds, so that conversions happen all the time. A family whose
file is new joins the mixed sessions by its line in `session.py`, and this list by its name.
"""

from typing import NamedTuple

from . import bitmaps, conditions, geo, hashes, hyperloglogs, keys, lists, sets, sort, sortedsets, streams, strings


class Family(NamedTuple):
    #: Grammar with weights, as the generator takes it.
    commands: list
    #: Each session draws one of these sets of directives.
    settings: list = [{}]
    #: The kind of server that knows the commands, when the first oracle does not.
    oracle: str = "redis"


def family(module, *settings):
    """The commands of a file, with enough generic ones that keys expire, move and are copied."""
    return Family([(module.COMMANDS, 9.0), (keys.COMMANDS, 1.0)], [{}, *settings])


FAMILIES = {
    "hashes": family(
        hashes,
        {"hash-max-listpack-entries": "4", "hash-max-listpack-value": "8"},
        {"hash-max-listpack-entries": "0"},
        {"hash-max-listpack-entries": "16", "hash-max-listpack-value": "1000"},
        {"hash-max-listpack-value": "0"},
    ),
    "lists": family(
        lists,
        {"list-max-listpack-size": "3"},
        {"list-max-listpack-size": "10", "list-compress-depth": "1"},
        {"list-max-listpack-size": "-1", "list-compress-depth": "2"},
        {"list-max-listpack-size": "1"},
        {"list-max-listpack-size": "100", "list-compress-depth": "1"},
    ),
    "streams": family(
        streams,
        {"stream-node-max-entries": "3"},
        {"stream-node-max-entries": "10", "stream-node-max-bytes": "200"},
        {"stream-node-max-entries": "0", "stream-node-max-bytes": "1000"},
    ),
    # A limit for the offset that a spoilt command may still have.
    "bitmaps": family(bitmaps)._replace(settings=[{"proto-max-bulk-len": "1mb"}]),
    "conditions": Family([(conditions.COMMANDS, 1.0)], oracle="valkey"),
    "hyperloglogs": family(
        hyperloglogs, {"hll-sparse-max-bytes": "100"}, {"hll-sparse-max-bytes": "1000"}
    ),
    "sortedsets": family(
        sortedsets,
        {"zset-max-listpack-entries": "0"},
        {"zset-max-listpack-entries": "5", "zset-max-listpack-value": "8"},
        {"zset-max-listpack-entries": "1000", "zset-max-listpack-value": "1000"},
    ),
    "geo": family(geo, {"zset-max-listpack-entries": "0"}),
    "strings": family(strings),
    "sets": family(
        sets,
        {"set-max-intset-entries": "4", "set-max-listpack-entries": "6", "set-max-listpack-value": "5"},
        {"set-max-intset-entries": "8", "set-max-listpack-entries": "3"},
        {"set-max-intset-entries": "0"},
        {"set-max-listpack-entries": "0"},
        {"set-max-intset-entries": "100000", "set-max-listpack-entries": "1000"},
    ),
    "sort": family(sort, {"list-max-listpack-size": "3"}),
    "keys": Family([(strings.COMMANDS, 2.0), (keys.COMMANDS, 8.0)]),
}
