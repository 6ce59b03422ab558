"""pottery: Redlock, the next number, and Python's collections that live in the server."""

import redis
from common import PORT, accepted, equal, perform, write
from pottery import (
    BloomFilter,
    HyperLogLog,
    NextID,
    RedisCounter,
    RedisDeque,
    RedisDict,
    RedisList,
    RedisSet,
    RedisSimpleQueue,
    Redlock,
    redis_cache,
)

client = redis.Redis(port=PORT)
entries = RedisDict(redis=client, key="entries")


def locks():
    lock = Redlock(key="printer", masters={client}, auto_release_time=60)
    equal(lock.acquire(), True)
    equal(0 < lock.locked() <= 60, True)
    other = Redlock(key="printer", masters={client}, auto_release_time=60)
    equal(other.acquire(blocking=False), False)
    lock.extend()
    lock.release()
    equal(other.acquire(blocking=False), True)
    other.release()


def collections():
    names = RedisDict({"a": 1}, redis=client, key="dict")
    names["b"] = [2]
    equal((dict(names), "a" in names), ({"a": 1, "b": [2]}, True))
    tags = RedisSet({"x", "y"}, redis=client, key="set")
    tags.add("z")
    equal(set(tags), {"x", "y", "z"})
    rows = RedisList([3, 1, 2], redis=client, key="list")
    rows.append(0)
    rows.sort()
    equal(list(rows), [0, 1, 2, 3])
    deque = RedisDeque("abc", redis=client, key="deque", maxlen=3)
    deque.appendleft("z")
    equal(list(deque), ["z", "a", "b"])
    counter = RedisCounter("aab", redis=client, key="counter")
    counter["a"] += 1
    equal(counter.most_common(1), [("a", 3)])
    queue = RedisSimpleQueue(redis=client, key="queue")
    queue.put({"job": 1})
    equal(queue.get(block=False), {"job": 1})
    numbers = NextID(key="next", masters={client})
    equal([next(numbers), next(numbers)], [1, 2])


def sketches():
    visitors = HyperLogLog({"a", "b"}, redis=client, key="visitors")
    visitors.add("c")
    equal(len(visitors), 3)
    seen = BloomFilter(num_elements=100, false_positives=0.001, redis=client, key="seen")
    seen.update({"a", "b"})
    equal("a" in seen, True)
    calls = []

    @redis_cache(redis=client, key="cached", timeout=100)
    def slow(number):
        calls.append(number)
        return number + 1

    equal((slow(1), slow(1), len(calls)), (2, 2, 1))


def use():
    locks()
    collections()
    sketches()
    # Held beyond the kill.
    equal(Redlock(key="held", masters={client}, auto_release_time=10_000).acquire(), True)


def store(number):
    entries[str(number)] = {"number": number}


def found():
    held = Redlock(key="held", masters={client}, auto_release_time=60)
    equal(held.acquire(blocking=False), False)
    return [n for n in accepted() if entries.get(str(n)) == {"number": n}]


ROLES = {"use": use, "write": lambda: write(store, redis.ConnectionError, redis.WatchError), "found": found}

if __name__ == "__main__":
    perform(ROLES)
