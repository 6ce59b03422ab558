"""Celery: Redis as broker and as result backend, worked by `celery worker` with gossip and mingle."""

import json

import redis
from celery import Celery
from celery.exceptions import OperationalError
from common import PORT, URL, Refused, accepted, become, outcome, perform, produce, work

app = Celery("celery_jobs", broker=URL, backend=URL)
app.conf.update(
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    task_default_queue="jobs",
    result_expires=10_000,
    task_annotations={"*": {"default_retry_delay": 0}},
)


@app.task(name="job", autoretry_for=(Refused,), max_retries=2)
def job(number):
    return work(number)


def enqueue(number):
    job.apply_async((number,), task_id=f"job-{number}")


def states():
    numbers = accepted()
    return {number: app.AsyncResult(f"job-{number}") for number in numbers}


def results():
    return {number: state.result for number, state in states().items() if state.successful()}


def failed():
    return [number for number, state in states().items() if state.failed()]


def held():
    """The jobs that the broker still has: in the queue, or given out and not acknowledged."""
    client = redis.Redis(port=PORT)
    bodies = client.lrange("jobs", 0, -1)
    bodies += [json.dumps(json.loads(row)[0]) for row in client.hvals("unacked")]
    return [int(json.loads(body)["headers"]["id"].rpartition("-")[2]) for body in bodies]


def worker():
    become("celery", "-A", "celery_jobs", "worker", "--concurrency", 1, "--loglevel", "INFO")


ROLES = {
    "produce": lambda first, end: produce(
        enqueue, first, end, OperationalError, redis.ConnectionError, redis.TimeoutError
    ),
    "work": worker,
    "outcome": outcome(results, failed, held),
}

if __name__ == "__main__":
    perform(ROLES)
