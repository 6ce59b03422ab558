"""limits: the strategies of a rate limiter, each with its scripts."""

import redis
from common import URL, accepted, equal, perform, write
from limits import RateLimitItemPerDay, RateLimitItemPerHour
from limits.storage import storage_from_string
from limits.strategies import (
    FixedWindowRateLimiter,
    MovingWindowRateLimiter,
    SlidingWindowCounterRateLimiter,
)

storage = storage_from_string(URL)
STRATEGIES = [FixedWindowRateLimiter, MovingWindowRateLimiter, SlidingWindowCounterRateLimiter]
ENTRIES = RateLimitItemPerDay(1_000_000)


def use():
    equal(storage.check(), True)
    limit = RateLimitItemPerHour(5)
    for strategy in STRATEGIES:
        limiter, name = strategy(storage), strategy.__name__
        equal(limiter.test(limit, name), True)
        equal([limiter.hit(limit, name) for _ in range(7)], [True] * 5 + [False] * 2)
        equal(limiter.test(limit, name), False)
        equal(limiter.get_window_stats(limit, name).remaining, 0)
        equal(limiter.hit(limit, name, "other", cost=5), True)
        limiter.clear(limit, name)
        equal(limiter.hit(limit, name), True)
    equal(storage.reset() > 0, True)


def store(number):
    for strategy in STRATEGIES:
        equal(strategy(storage).hit(ENTRIES, strategy.__name__), True)


def found():
    """As many hits as were accepted have to be counted, by each strategy."""
    counts = []
    for strategy in STRATEGIES:
        left = strategy(storage).get_window_stats(ENTRIES, strategy.__name__).remaining
        counts.append(ENTRIES.amount - left)
    return [number for number in accepted() if number < min(counts)]


ROLES = {"use": use, "write": lambda: write(store, redis.ConnectionError), "found": found}

if __name__ == "__main__":
    perform(ROLES)
