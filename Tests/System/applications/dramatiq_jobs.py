"""Dramatiq: messages, retries, dead letters and results, worked by `dramatiq`."""

import dramatiq
import redis
from common import PORT, accepted, become, outcome, perform, produce, work
from dramatiq.brokers.redis import RedisBroker
from dramatiq.errors import BrokerConnectionError
from dramatiq.results import ResultFailure, ResultMissing, Results
from dramatiq.results.backends import RedisBackend

backend = RedisBackend(port=PORT)
broker = RedisBroker(port=PORT)
broker.add_middleware(Results(backend=backend))
dramatiq.set_broker(broker)


@dramatiq.actor(
    queue_name="jobs", max_retries=2, min_backoff=10, max_backoff=20, store_results=True,
    result_ttl=10_000_000,
)  # fmt: skip
def job(number):
    return work(number)


def message(number):
    return job.message(number).copy(message_id=f"job-{number}")


def results():
    found = {}
    for number in accepted():
        try:
            found[number] = backend.get_result(message(number), block=False)
        except (ResultMissing, ResultFailure):
            pass
    return found


def numbers(*hashes):
    client = redis.Redis(port=PORT)
    bodies = [body for name in hashes for body in client.hvals(name)]
    return [dramatiq.Message.decode(body).args[0] for body in bodies]


ROLES = {
    "produce": lambda first, end: produce(
        lambda number: broker.enqueue(message(number)),
        first, end, redis.ConnectionError, BrokerConnectionError,
    ),
    "work": lambda: become(
        "dramatiq", "dramatiq_jobs", "--processes", 1, "--threads", 1, "--queues", "jobs"
    ),
    "outcome": outcome(
        results,
        lambda: numbers("dramatiq:jobs.XQ.msgs"),
        lambda: numbers("dramatiq:jobs.msgs", "dramatiq:jobs.DQ.msgs"),
    ),
}  # fmt: skip

if __name__ == "__main__":
    perform(ROLES)
