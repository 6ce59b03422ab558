"""I/O threads: many clients at once get exactly their replies, whatever happens to some of them."""

import threading

from cases.differential import Judge
from differential.judge import report
from differential.session import FAMILIES, Generator
from harness.context import equal, holds
from harness.load import judge, loaded, snapshot
from harness.resp import CLOSED, Reply, encode
from harness.servers import available, wait_until

CROWD = 200


def start(context, count, **settings):
    return context.start("ledgerstone", io_threads=count, io_threads_do_reads="yes", **settings)


def processed(server):
    """Reads and writes of rounds in which other threads took part."""
    stats = server.info("stats")
    return int(stats["io_threaded_reads_processed"]), int(stats["io_threaded_writes_processed"])


def together(server, connections, requests):
    """Sends to all while the server looks away, so that all are readable at once; returns replies."""
    with server.connect() as control:
        control.send_command("DEBUG", "SLEEP", "0.05")
        for connection, commands in zip(connections, requests):
            connection.send(b"".join(map(encode, commands)))
        control.read()
    return [[connection.read() for _ in commands] for connection, commands in zip(connections, requests)]


class Script:
    """Commands over keys of one client, with the replies that they must get."""

    def __init__(self, random, number):
        self.random = random
        self.prefix = b"%d:" % number
        self.texts = {}
        self.counter = 0
        self.sequence = 0

    def pipeline(self, length, size):
        commands, replies = [], []
        for _ in range(length):
            command, reply = self.step(size)
            commands.append(command)
            replies.append(reply)
        return commands, replies

    def step(self, size):
        self.sequence += 1
        number = b"%d" % self.sequence
        key = self.prefix + b"text:%d" % self.random.randrange(5)
        draw = self.random.randrange(8)
        if draw == 0:
            self.texts[key] = number + b"x" * self.random.randint(0, size)
            return [b"SET", key, self.texts[key]], Reply("+", b"OK")
        if draw <= 3:
            return [b"GET", key], Reply("$", self.texts.get(key))
        if draw == 4:
            self.counter += 1
            return [b"INCR", self.prefix + b"counter"], Reply(":", self.counter)
        if draw == 5:
            self.texts[key] = self.texts.get(key, b"") + number
            return [b"APPEND", key, number], Reply(":", len(self.texts[key]))
        if draw == 6:
            return [b"ECHO", self.prefix + number], Reply("$", self.prefix + number)
        wrong = b"ERR wrong number of arguments for 'get' command"
        return [b"GET"], Reply("-", wrong)


def many_clients(context, threads):
    server = start(context, threads, client_query_buffer_limit="64mb")
    random = context.random
    connections = [server.connect() for _ in range(CROWD)]
    scripts = [Script(random, number) for number in range(CROWD)]
    for length, size in [(1, 20), (200, 20), (3, 3000), (random.randint(1, 100), 200), (1, 200_000)]:
        drawn = [script.pipeline(random.randint(1, length), size) for script in scripts]
        replies = together(server, connections, [commands for commands, _ in drawn])
        for number, (found, (_, wanted)) in enumerate(zip(replies, drawn)):
            equal(found, wanted, f"replies to client {number}, up to {length} commands of {size}")
    wait_until_threaded(server, connections)
    equal(server.stop(), 0, "exit status")


def wait_until_threaded(server, connections):
    """Sends until the other threads have had their part: how much of it depends on the machine."""

    def is_threaded():
        together(server, connections, [[[b"PING"]]] * len(connections))
        return min(processed(server)) > 0

    wait_until(is_threaded, message="the other threads did nothing")


def test_many_clients_with_two(context):
    many_clients(context, 2)


def test_many_clients_with_four(context):
    many_clients(context, 4)


def test_sessions_beside_a_crowd(context):
    """Generated sessions get the oracles' replies while others keep the threads busy."""
    subject = start(context, 3, databases=16)
    oracle = context.start("redis", databases=16)
    second = context.start("valkey", databases=16) if available("valkey") else None
    stop = threading.Event()
    crowd = [threading.Thread(target=chatter, args=(subject, stop), daemon=True) for _ in range(2)]
    for thread in crowd:
        thread.start()
    try:
        comparison = Judge(subject, oracle, second)
        for _ in range(context.rounds(2, 100)):
            # Commands about the server and its clients would tell of the crowd.
            session = Generator(context.random, 3, FAMILIES[:-2]).session(300)
            mismatch = comparison.run(session)
            if mismatch is not None:
                raise AssertionError(report(session, mismatch))
    finally:
        stop.set()
        for thread in crowd:
            thread.join(60)


def chatter(server, stop):
    """Forty clients that say something at the same time, over and over."""
    connections = [server.connect() for _ in range(40)]
    while not stop.is_set():
        for connection in connections:
            connection.send(b"PING\r\n" * 3)
        for connection in connections:
            for _ in range(3):
                connection.read()
    for connection in connections:
        connection.close()


def test_clients_that_go_in_the_middle(context):
    """Some are killed by others, some hang up in the middle of a request; the rest notice nothing."""
    server = start(context, 3)
    random = context.random
    for _ in range(context.rounds(4, 60)):
        connections = [server.connect() for _ in range(60)]
        identifiers = [connection.ask("CLIENT", "ID") for connection in connections]
        scripts = [Script(random, number) for number in range(len(connections))]
        drawn = [script.pipeline(30, 500) for script in scripts]
        server.ask("FLUSHALL")
        killed, leaving, killers = range(0, 10), range(10, 20), range(20, 25)
        requests = [b"".join(map(encode, commands)) for commands, _ in drawn]
        for number in leaving:
            requests[number] = requests[number][: random.randint(1, len(requests[number]) - 1)]
        for number in killers:
            victims = [encode([b"CLIENT", b"KILL", b"ID", b"%d" % identifiers[victim]]) for victim in killed]
            requests[number] = b"".join(victims)
        order = list(range(len(connections)))
        random.shuffle(order)
        with server.connect() as control:
            control.send_command("DEBUG", "SLEEP", "0.05")
            for number in order:
                connections[number].send(requests[number])
            for number in leaving:
                connections[number].close()
            control.read()
        hits = 0
        for number in killers:
            hits += sum(connections[number].read().value for _ in killed)
        equal(hits, len(killed), "each victim is killed once")
        for number in range(25, len(connections)):
            found = [connections[number].read() for _ in drawn[number][1]]
            equal(found, drawn[number][1], f"replies to client {number}")
        for number in killed:
            wanted = [*drawn[number][1], CLOSED]
            while (found := connections[number].read()) != CLOSED:
                equal(found, wanted.pop(0), f"replies to client {number} before its end")
        for connection in connections:
            connection.close()
    wait_until(lambda: server.info("clients")["connected_clients"] == "1")


def test_big_values(context):
    """Requests and replies of several megabytes, of many clients at once."""
    server = start(context, 4)
    connections = [server.connect() for _ in range(24)]
    values = [context.random.randbytes(1 << context.random.randint(16, 21)) for _ in connections]
    together(server, connections, [[[b"SET", b"%d" % n, value]] for n, value in enumerate(values)])
    for _ in range(2):
        replies = together(server, connections, [[[b"GET", b"%d" % n]] * 2 for n in range(len(values))])
        for value, found in zip(values, replies):
            equal(found, [Reply("$", value)] * 2, "a value as it was set")


def test_messages_to_many(context):
    """Each of many subscribers hears every message once, in order."""
    server = start(context, 2)
    listeners = [server.connect() for _ in range(100)]
    for listener in listeners:
        listener.call("SUBSCRIBE", "news")
    publishers = [server.connect() for _ in range(10)]
    messages = 100
    for number, publisher in enumerate(publishers):
        publisher.send(b"".join(encode([b"PUBLISH", b"news", b"%d:%d" % (number, n)]) for n in range(messages)))
    for publisher in publishers:
        for _ in range(messages):
            equal(publisher.read(), Reply(":", len(listeners)), "receivers")
    for listener in listeners:
        last = [-1] * len(publishers)
        for _ in range(messages * len(publishers)):
            sender, number = map(int, listener.read().value[2].value.split(b":"))
            equal(number, last[sender] + 1, f"the next message of {sender}")
            last[sender] = number


def judged(context, server, states, end):
    """Loads a server, ends it, and looks for everything that was acknowledged."""
    clients = loaded(server, context.random, 40, states, context.random.uniform(0.05, 0.4))
    end()
    for client in clients:
        client.join(60)
        holds(client.refused is None, f"a write was refused: {client.refused}")
    server.start()
    return judge(clients, snapshot(server))


def test_kills_under_always(context):
    server = start(context, 4, appendonly="yes", appendfsync="always")
    states = {}
    for _ in range(context.rounds(4, 60)):
        states = judged(context, server, states, server.kill)


def test_shutdown_while_busy(context):
    server = start(context, 4, appendonly="yes", appendfsync="everysec")
    states = {}
    for _ in range(context.rounds(4, 60)):
        states = judged(context, server, states, lambda: equal(server.stop(), 0, "exit status"))


def test_a_script_that_takes_long(context):
    """Whoever came with it is told that the server is busy, and may end it."""
    server = start(context, 2, busy_reply_threshold=1)
    connections = [server.connect() for _ in range(30)]
    requests = [[["GET", "x"]]] * 10 + [[["EVAL", "while true do end", "0"]]]
    requests += [[["GET", "x"]]] * 18 + [[["SCRIPT", "KILL"]]]
    *replies, last = together(server, connections, requests)
    holds(last[0] in (Reply("+", b"OK"), NOT_BUSY), f"SCRIPT KILL: {last}")
    if last[0] == NOT_BUSY:
        # It was executed before the script.
        equal(wait_until(lambda: killed(server)), True, "SCRIPT KILL")
    for number, (reply,) in enumerate(replies):
        if number == 10:
            holds(reply.type == "-" and b"killed by user" in reply.value, f"the script: {reply}")
        else:
            is_busy = reply.type == "-" and reply.value.startswith(b"BUSY")
            holds(is_busy or reply == Reply("$", None), f"client {number}: {reply}")


NOT_BUSY = Reply("-", b"NOTBUSY No scripts in execution right now.")


def killed(server):
    with server.connect() as connection:
        return connection.call("SCRIPT", "KILL") == Reply("+", b"OK")


def test_the_directives(context):
    """Reads are left to the threads only when asked, and neither directive changes at run time."""
    server = context.start("ledgerstone", io_threads=2)
    oracle = context.start("redis", io_threads=2)
    connections = [server.connect() for _ in range(50)]

    def has_written():
        together(server, connections, [[[b"PING"]]] * len(connections))
        return processed(server)[1] > 0

    wait_until(has_written, message="the other thread wrote nothing")
    equal(processed(server)[0], 0, "reads of other threads")
    for command in [["CONFIG", "SET", "io-threads", "3"], ["CONFIG", "SET", "io-threads-do-reads", "yes"]]:
        with server.connect() as ours, oracle.connect() as theirs:
            equal(ours.call(*command), theirs.call(*command), f"{command}")
    equal(settings(server), settings(oracle), "both directives")


def settings(server):
    words = server.ask("CONFIG", "GET", "io-threads*")
    return dict(zip(words[0::2], words[1::2]))
