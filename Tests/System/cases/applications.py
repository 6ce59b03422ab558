"""Applications of other people, which lean on Redis, do their work on Ledgerstone, through kills.

Each case starts a program of `applications/`, kills the server in its midst, starts it again, and
expects of the data everything that the program was promised. `docs/applications.md` is made from the
declarations here.
"""

from harness.applications import Application, durable, need_python, restart, tried
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

    What was accepted is worked, exactly so after the first kill. With the second the answer to a pop can be
    lost on its way to the worker, and the job with it where a framework takes it off the queue before
    it is done: `in_flight` is how many that may be. A worker that `can_hang` when the server goes away is
    ended and started anew.
    """
    server = durable(context)
    application = Application(context, server, program, newer)
    doubtful = produced(context, application, server, 0, JOBS)
    application.keep("work")
    wanted = expected(range(JOBS))
    application.wait(lambda: enough(application, JOBS), "not all accepted jobs were worked")
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


def enough(application, count):
    return len(application.numbers("done")) >= len(expected(range(count))[0])


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


@tried("Flask-Session", python=["flask", "flask_session"])
def test_flask_session(context):
    """Sessions of a web application."""
    need_python("flask", "flask_session")
    entries(context, "flask_sessions.py")
