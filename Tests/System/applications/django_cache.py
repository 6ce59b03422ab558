"""django-redis: the cache with all that it offers beside Django's, and sessions in it."""

import django
import redis
from common import URL, accepted, equal, note, noted, perform, write
from django.conf import settings

BACKEND = "django_redis.cache.RedisCache"
settings.configure(
    CACHES={
        "default": {"BACKEND": BACKEND, "LOCATION": URL, "KEY_PREFIX": "site"},
        "packed": {
            "BACKEND": BACKEND,
            "LOCATION": URL,
            "OPTIONS": {
                "COMPRESSOR": "django_redis.compressors.zlib.ZlibCompressor",
                "SERIALIZER": "django_redis.serializers.json.JSONSerializer",
            },
        },
    },
    SESSION_ENGINE="django.contrib.sessions.backends.cache",
    SECRET_KEY="only for tests",
)
django.setup()

from django.contrib.sessions.backends.cache import SessionStore  # noqa: E402
from django.core.cache import cache, caches  # noqa: E402
from django_redis.exceptions import ConnectionInterrupted  # noqa: E402


def use():
    equal(cache.set("a", {"list": [1, 2.5, "ü"]}, timeout=100), True)
    equal(cache.get("a"), {"list": [1, 2.5, "ü"]})
    equal((cache.add("a", 1), cache.add("b", 1)), (False, True))
    equal((cache.incr("b", 5), cache.decr("b", 2)), (6, 4))
    equal(90 < cache.ttl("a") <= 100, True)
    cache.expire("a", timeout=1000)
    equal(cache.touch("a", 500), True)
    equal(400 < cache.ttl("a") <= 500, True)
    equal(cache.persist("a") and cache.ttl("a"), None)
    cache.set_many({f"many:{n}": n for n in range(50)}, timeout=100)
    equal(cache.get_many(["many:3", "many:x"]), {"many:3": 3})
    equal(len(cache.keys("many:*")), 50)
    equal(len(list(cache.iter_keys("many:*", itersize=7))), 50)
    equal(cache.delete_pattern("many:*", itersize=10), 50)
    equal(cache.get_or_set("c", lambda: "made", 100), "made")
    cache.set("d", 1, version=2)
    equal((cache.get("d"), cache.get("d", version=2)), (None, 1))
    equal(cache.incr_version("b"), 2)
    try:
        cache.incr("nothing")
        raise AssertionError("what is not there was counted")
    except ValueError:
        pass
    with cache.lock("lock", timeout=60):
        equal(cache.lock("lock", timeout=60).acquire(blocking=False), False)
    caches["packed"].set("long", "text " * 1000)
    equal(caches["packed"].get("long"), "text " * 1000)
    equal(cache.delete_many(["a", "c", "x"]), 2)
    sessions()


def sessions():
    session = SessionStore()
    session["user"] = 7
    session.create()
    first = session.session_key
    equal(SessionStore(first)["user"], 7)
    session.set_expiry(300)
    session.cycle_key()
    session.save()
    equal(session.exists(first), False)
    equal(SessionStore(session.session_key)["user"], 7)
    session.flush()
    equal(SessionStore(session.session_key).load() if session.session_key else {}, {})


def store(number):
    cache.set(f"entry:{number}", [number], timeout=None if number % 2 else 10_000)
    session = SessionStore()
    session["number"] = number
    session.save()
    note("session", f"{number} {session.session_key}")


def found():
    keys = dict(row.split() for row in noted("session"))

    def is_whole(number):
        session = SessionStore(keys[str(number)])
        return cache.get(f"entry:{number}") == [number] and session.get("number") == number

    return [number for number in accepted() if is_whole(number)]


ERRORS = (ConnectionInterrupted, redis.ConnectionError)
ROLES = {"use": use, "write": lambda: write(store, *ERRORS), "found": found}

if __name__ == "__main__":
    perform(ROLES)
