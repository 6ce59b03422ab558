"""redis-py: locks, publish and subscribe, consumer groups of streams."""

import threading
import time

import redis
from common import PORT, equal, perform, write

client = redis.Redis(port=PORT, decode_responses=True)


def locks():
    with client.lock("lock", timeout=60) as lock:
        equal(client.lock("lock", timeout=60).acquire(blocking=False), False)
        equal(lock.owned(), True)
        lock.extend(60)
        equal(100 < client.ttl("lock") <= 120, True)
        lock.reacquire()
        equal(client.ttl("lock") <= 60, True)
    equal(client.exists("lock"), 0)
    try:
        lock.release()
        raise AssertionError("a lock was released twice")
    except redis.exceptions.LockError:
        pass
    counter = []

    def count():
        for _ in range(10):
            with client.lock("counted", timeout=60, sleep=0.001):
                before = int(client.get("count") or 0)
                client.set("count", before + 1)
                counter.append(before)

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    equal(sorted(counter), list(range(40)))


def channels():
    for protocol in (2, 3):
        speaker = redis.Redis(port=PORT, protocol=protocol, decode_responses=True)
        with speaker.pubsub() as listener:
            heard = []
            listener.subscribe("news", **{"jobs": lambda message: heard.append(message["data"])})
            listener.psubscribe("n?ws", "w*")
            for _ in range(4):
                listener.get_message(timeout=30)
            equal(speaker.publish("news", "a"), 2)
            equal(speaker.publish("weather", "b"), 1)
            equal(speaker.publish("jobs", "c"), 1)
            equal(speaker.publish("nobody", "d"), 0)
            found = [listener.get_message(timeout=30) for _ in range(4)]
            kinds = sorted((m["type"], m["channel"], m["data"]) for m in found if m)
            wanted = [("message", "news", "a"), ("pmessage", "news", "a"), ("pmessage", "weather", "b")]
            equal(kinds, wanted)
            equal(heard, ["c"])
            equal(speaker.pubsub_numsub("news", "jobs"), [("news", 1), ("jobs", 1)])
            equal(speaker.pubsub_numpat(), 2)


def groups():
    identifiers = [client.xadd("stream", {"number": n}) for n in range(20)]
    client.xgroup_create("stream", "group", id="0")
    first = client.xreadgroup("group", "one", {"stream": ">"}, count=12)[0][1]
    equal([row[0] for row in first], identifiers[:12])
    client.xreadgroup("group", "two", {"stream": ">"}, count=100)
    equal(client.xack("stream", "group", *identifiers[:10]), 10)
    equal(client.xpending("stream", "group")["pending"], 10)
    claimed = client.xclaim("stream", "group", "two", min_idle_time=0, message_ids=[identifiers[10]])
    equal(claimed, [(identifiers[10], {"number": "10"})])
    equal(client.xautoclaim("stream", "group", "three", 0, count=100)[1][0][0], identifiers[10])
    client.xack("stream", "group", *identifiers)
    equal(client.xpending("stream", "group")["pending"], 0)
    equal(client.xinfo_groups("stream")[0]["entries-read"], 20)
    client.xtrim("stream", maxlen=5, approximate=False)
    equal(client.xlen("stream"), 5)


def use():
    locks()
    channels()
    groups()
    # Held beyond the kill.
    client.lock("held", timeout=10_000).acquire(token="mine")


def store(number):
    client.xadd("entries", {"number": number})


def hear_again():
    """A subscriber goes on after the server was away."""
    listener = client.pubsub()
    listener.subscribe("after")
    listener.get_message(timeout=30)
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        client.publish("after", "back")
        message = listener.get_message(timeout=1)
        if message and message["data"] == "back":
            return
    raise AssertionError("nothing was heard after the kill")


def found():
    equal(client.lock("held").acquire(blocking=False, token="other"), False)
    lock = client.lock("held", thread_local=False)
    lock.local.token = "mine".encode()
    lock.release()
    hear_again()
    client.xgroup_create("entries", "readers", id="0")
    numbers = []
    while True:
        answer = client.xreadgroup("readers", "reader", {"entries": ">"}, count=50)
        if not answer:
            break
        for identifier, fields in answer[0][1]:
            numbers.append(int(fields["number"]))
            client.xack("entries", "readers", identifier)
    equal(client.xpending("entries", "readers")["pending"], 0)
    return numbers


ROLES = {"use": use, "write": lambda: write(store, redis.ConnectionError), "found": found}

if __name__ == "__main__":
    perform(ROLES)
