"""Huey: tasks, retries and results in the Redis storage, worked by `huey_consumer`."""

import redis
from common import PORT, accepted, become, outcome, perform, produce, work
from huey import RedisHuey
from huey.exceptions import TaskException

huey = RedisHuey("jobs", host="127.0.0.1", port=PORT)


@huey.task(retries=2)
def job(number):
    return work(number)


def enqueue(number):
    task = job.s(number)
    task.id = f"job-{number}"
    huey.enqueue(task)


def outcomes():
    """The number of each job that has ended, and its result, or None when it has failed."""
    found = {}
    for number in accepted():
        try:
            result = huey.result(f"job-{number}", preserve=True)
        except TaskException:
            found[number] = None
        else:
            if result is not None:
                found[number] = result
    return found


ROLES = {
    "produce": lambda first, end: produce(enqueue, first, end, redis.ConnectionError),
    "work": lambda: become("huey.bin.huey_consumer", "huey_jobs.huey", "--max-delay", "0.1"),
    "outcome": outcome(
        lambda: {number: value for number, value in outcomes().items() if value is not None},
        lambda: [number for number, value in outcomes().items() if value is None],
        lambda: [task.args[0] for task in huey.pending()],
    ),
}

if __name__ == "__main__":
    # A task is named for its module, which the worker has to find under the same name.
    import huey_jobs

    perform(huey_jobs.ROLES)
