"""Applications of other people, which lean on Redis, do their work on Ledgerstone, through kills.

Each case starts a program of `applications/`, kills the server in its midst, starts it again, and
expects of the data everything that the program was promised. `docs/applications.md` is made from the
declarations here.
"""

from harness.applications import Application, durable, need_module, need_python, restart, tried
from harness.context import equal, holds

JOBS = 20


def expected(numbers):
    """What the jobs of these numbers leave: the results of those that succeed, and who fails."""
    return {n: n * n for n in numbers if n % 10 != 7}, {n for n in numbers if n % 10 == 7}


def outcome(application):
    """What clients read of the jobs: results by number, the failed ones, and those still held."""
    found = application.run("outcome")
    results = {int(number): value for number, value in found["results"].items()}
    return results, set(found["failed"]), set(found["held"])


def jobs(context, program, in_flight, newer=False, can_hang=False):
    """Jobs through two kills: one while they are enqueued, one while they are worked.

    What was accepted is worked, exactly so after the first kill. With the second, a framework that takes
    a job off the queue before it is done, or puts it back in a second step, may lose the one that it
    was just about: `in_flight` is how many that can be at once. A worker that `can_hang` when the
    server goes away is ended and started anew.
    """
    server = durable(context)
    application = Application(context, server, program, newer)
    doubtful = produced(context, application, server, 0, JOBS)
    application.keep("work")
    wanted = expected(range(JOBS))
    application.wait(lambda: all_tried(application), "not all accepted jobs were worked")
    application.wait(lambda: settled(application, wanted), "jobs did not end as they should")
    for number in set(range(JOBS)) - doubtful:
        tries = application.noted("tried").count(str(number))
        equal(tries, {7: 3, 3: 2}.get(number % 10, 1), f"how often job {number} was tried")

    worked = len(application.numbers("done"))
    producer = application.start("produce", JOBS, 2 * JOBS)
    application.wait_for("done", worked + context.random.randint(1, JOBS // 4))
    server.kill()
    restart(server)
    if can_hang:
        application.replace_kept()
    results, failed, _ = outcome(application)
    holds(wanted[0].items() <= results.items(), f"results were lost: {results}")
    holds(wanted[1] <= failed, f"failures were lost: {failed}")
    application.finish(producer)

    # Jobs that come after the kill end after all those before it.
    application.finish(application.start("produce", 2 * JOBS, 2 * JOBS + 2))
    application.wait(
        lambda: {2 * JOBS, 2 * JOBS + 1} <= application.numbers("done"),
        "jobs after the second kill were not worked",
    )
    application.wait(
        lambda: len(application.numbers("accepted") - known(application)) <= in_flight,
        "accepted jobs were neither worked nor are they waiting",
    )


def produced(context, application, server, first, end):
    """Enqueues jobs, with a kill in the midst; returns those that may stand in the queue twice.

    Of the one that was on its way only the acknowledgement may be lost. The producer may have been
    about to note the one before.
    """
    producer = application.start("produce", first, end)
    application.wait_for("accepted", context.random.randint(3, (end - first) // 2))
    server.kill()
    count = len(application.noted("accepted"))
    restart(server)
    application.finish(producer)
    equal(application.numbers("accepted"), set(range(first, end)), "jobs that were accepted")
    return {first + count, first + count + 1}


def all_tried(application):
    return application.numbers("tried") >= application.numbers("accepted")


def settled(application, wanted):
    return outcome(application) == (*wanted, set())


def known(application):
    """The jobs that were done, have failed, or wait in the server."""
    _, failed, held = outcome(application)
    return application.numbers("done") | failed | held


def entries(context, program, newer=False):
    """What a program has stored, through a kill in the midst, is there and whole.

    Before, the program uses what the application offers and checks the answers itself.
    """
    server = durable(context)
    application = Application(context, server, program, newer)
    application.run("use")
    writer = application.start("write")
    application.wait_for("accepted", context.random.randint(5, 50))
    server.kill()
    restart(server)
    application.wait_for("accepted", len(application.noted("accepted")) + 10)
    application.notes.with_name("notes.end").touch()
    application.finish(writer)
    found = set(application.run("found"))
    equal(found, application.numbers("accepted"), "entries found whole, and entries accepted")


@tried("RQ", python=["rq"])
def test_rq(context):
    """Jobs enqueued, worked, retried and failed, with the scheduler and the worker's commands."""
    need_python("rq")
    # Its worker waits without end for its thread that listens when the connection breaks in between.
    jobs(context, "rq_jobs.py", in_flight=1, can_hang=True)


@tried("Celery", python=["celery", "kombu", "redis 8"])
def test_celery(context):
    """Broker and result backend, a worker with gossip and mingle, retries and failures."""
    need_python("celery", "kombu", newer=True)
    jobs(context, "celery_jobs.py", in_flight=2, newer=True)


@tried("Dramatiq", python=["dramatiq"])
def test_dramatiq(context):
    """Messages, retries through the delay queue, dead letters, results."""
    need_python("dramatiq")
    jobs(context, "dramatiq_jobs.py", in_flight=1)


@tried("Huey", python=["huey"])
def test_huey(context):
    """Tasks, retries and results of the Redis storage."""
    need_python("huey")
    jobs(context, "huey_jobs.py", in_flight=1)


@tried("arq", python=["arq"])
def test_arq(context):
    """Jobs of asyncio programs, retried, failed and kept with their results."""
    need_python("arq")
    jobs(context, "arq_jobs.py", in_flight=0)


@tried("redis-py", python=["redis 8"])
def test_redis_py(context):
    """Locks, publish and subscribe, consumer groups of streams."""
    need_python(newer=True)
    entries(context, "redis_py.py", newer=True)


@tried("django-redis", python=["django", "django_redis"])
def test_django_redis(context):
    """The cache with its locks, patterns, versions and compression; sessions in the cache."""
    need_python("django", "django_redis")
    entries(context, "django_cache.py")


@tried("Flask-Session", python=["flask", "flask_session"])
def test_flask_session(context):
    """Sessions of a web application."""
    need_python("flask", "flask_session")
    entries(context, "flask_sessions.py")


@tried("limits", python=["limits"])
def test_limits(context):
    """Fixed, moving and sliding windows of a rate limiter."""
    need_python("limits")
    entries(context, "rate_limits.py")


@tried("pottery", python=["pottery"])
def test_pottery(context):
    """Redlock, the next number, collections, sketches and a cache of calls."""
    need_python("pottery")
    entries(context, "pottery_collections.py")


@tried("Laravel's queue", debian=["php-illuminate-queue", "php-illuminate-redis", "php-redis"])
def test_laravel(context):
    """Its scripts: jobs pushed, popped, released, migrated back, failed, by its worker."""
    need_php()
    need_module("php", "php-illuminate-queue", "-r", "require 'Illuminate/Queue/autoload.php';")
    jobs(context, "laravel_jobs.php", in_flight=1)


@tried("PHP sessions", debian=["php-cli", "php-redis"])
def test_php_sessions(context):
    """`session.save_handler = redis` with locks, and what php-redis offers beside."""
    need_php()
    entries(context, "php_sessions.php")


@tried("Sidekiq", debian=["ruby-sidekiq"])
def test_sidekiq(context):
    """Jobs, retries through the scheduled set, the dead set."""
    need_module("ruby", "ruby-sidekiq", "-e", "require 'sidekiq'")
    jobs(context, "sidekiq_jobs.rb", in_flight=1)


@tried("redis-rb", debian=["ruby-redis"])
def test_ruby(context):
    """Scripts, publish and subscribe, transactions, streams, scans."""
    need_module("ruby", "ruby-redis", "-e", "require 'redis'")
    entries(context, "ruby_redis.rb")


@tried("node-redis", debian=["node-redis"])
def test_node(context):
    """Scripts, publish and subscribe, streams, transactions, blocking reads."""
    need_module("node", "node-redis", "-e", "require('redis')")
    entries(context, "node_redis.js")


def need_php():
    need_module("php", "php-redis", "-r", "exit(class_exists('Redis') ? 0 : 1);")
