"""arq: jobs of asyncio programs, retried, failed and kept with results, worked by `arq`."""

import asyncio

import redis
from arq import Retry, create_pool
from arq.connections import RedisSettings
from common import PORT, Refused, become, note, outcome, patiently, perform, work

SETTINGS = RedisSettings(port=PORT, conn_retries=600, conn_retry_delay=0.1)


async def job(context, number):
    try:
        return work(number)
    except Refused:
        if context["job_try"] < 3:
            raise Retry(defer=0) from None
        raise


class WorkerSettings:
    functions = [job]
    redis_settings = SETTINGS
    poll_delay = 0.05
    keep_result = 10_000
    max_tries = 3
    max_jobs = 4


def with_pool(use):
    async def run():
        pool = await create_pool(SETTINGS)
        try:
            return await use(pool)
        finally:
            await pool.aclose()

    return asyncio.run(run())


def produce(first, end):
    async def enqueue(pool):
        for number in range(int(first), int(end)):
            if str(number) not in accepted:
                name = f"job-{number}"
                # A connection that broke looks to arq like a job that is there already.
                if await pool.enqueue_job("job", number, _job_id=name) is None:
                    if not await pool.exists(f"arq:job:{name}"):
                        raise redis.ConnectionError("not enqueued")
                note("accepted", number)
                accepted.add(str(number))
                # Slow enough for a kill to come in between.
                await asyncio.sleep(0.01)

    accepted = set()
    patiently(lambda: with_pool(enqueue), redis.ConnectionError, redis.WatchError, OSError)


def results(successful):
    async def read(pool):
        return [row for row in await pool.all_job_results() if row.success == successful]

    return {row.args[0]: row.result if successful else None for row in with_pool(read)}


async def held(pool):
    return [row.args[0] for row in await pool.queued_jobs()]


ROLES = {
    "produce": produce,
    "work": lambda: become("arq", "arq_jobs.WorkerSettings"),
    "outcome": outcome(
        lambda: results(True),
        lambda: list(results(False)),
        lambda: with_pool(held),
    ),
}

if __name__ == "__main__":
    perform(ROLES)
