"""RQ: jobs enqueued, worked, retried and failed, by `rq worker`."""

import redis
from common import PORT, URL, Refused, become, fails, needs_another_try, outcome, perform, produce, work
from rq import Queue, Retry
from rq.job import Job

connection = redis.Redis(port=PORT)
queue = Queue("jobs", connection=connection)


def enqueue(number):
    queue.enqueue(
        work, number, job_id=f"job-{number}", result_ttl=10_000, failure_ttl=10_000,
        retry=Retry(max=2) if fails(number) or needs_another_try(number) else None,
    )  # fmt: skip


def results():
    """What a client reads of the jobs that are finished."""
    numbers = [int(name.rpartition("-")[2]) for name in queue.finished_job_registry.get_job_ids()]
    jobs = Job.fetch_many([f"job-{number}" for number in numbers], connection=connection)
    return {number: job.return_value() for number, job in zip(numbers, jobs) if job}


def failed():
    registry = queue.failed_job_registry
    return [int(name.rpartition("-")[2]) for name in registry.get_job_ids(cleanup=False)]


def held():
    """The jobs that wait, are given to a worker, or wait for their next try."""
    registries = [queue.started_job_registry, queue.scheduled_job_registry]
    names = queue.get_job_ids() + [
        name for registry in registries for name in registry.get_job_ids(cleanup=False)
    ]
    names += [name.decode() for name in connection.lrange(queue.intermediate_queue_key, 0, -1)]
    return [int(name.rpartition("-")[2]) for name in names]


ROLES = {
    "produce": lambda first, end: produce(
        enqueue, first, end, redis.ConnectionError, redis.WatchError
    ),
    "work": lambda: become("rq.cli", "worker", "--url", URL, "--with-scheduler", "jobs"),
    "outcome": outcome(results, failed, held),
}

if __name__ == "__main__":
    perform(ROLES)
