"""rdbtools: reads a dump and prints keys, values and deadlines as JSON.

It refuses files newer than version 9. The types of that version are read all the same, which is what its
check is passed over for here; of newer ones it says that it does not know them.
"""

import json
import sys

from rdbtools import RdbCallback, RdbParser


class Collector(RdbCallback):
    def __init__(self):
        super().__init__(string_escape=None)
        self.found = {}

    def put(self, key, value, expiry):
        self.found[text(key)] = [value, deadline(expiry)]

    def set(self, key, value, expiry, info):
        self.put(key, text(value), expiry)

    def start_hash(self, key, length, expiry, info):
        self.put(key, {}, expiry)

    def hset(self, key, field, value):
        self.found[text(key)][0][text(field)] = text(value)

    def start_set(self, key, cardinality, expiry, info):
        self.put(key, [], expiry)

    def sadd(self, key, member):
        self.found[text(key)][0].append(text(member))

    def end_set(self, key):
        self.found[text(key)][0].sort()

    def start_sorted_set(self, key, length, expiry, info):
        self.put(key, {}, expiry)

    def zadd(self, key, score, member):
        self.found[text(key)][0][text(member)] = float(score)


class Parser(RdbParser):
    def verify_version(self, version):
        self._rdb_version = int(version)


def text(data):
    return data.decode("latin-1") if isinstance(data, bytes) else str(data)


def deadline(expiry):
    """Milliseconds since 1970, or -1, as PEXPIRETIME has it."""
    if expiry is None:
        return -1
    from calendar import timegm

    return timegm(expiry.utctimetuple()) * 1000 + expiry.microsecond // 1000


collector = Collector()
Parser(collector).parse(sys.argv[1])
print(json.dumps(collector.found))
