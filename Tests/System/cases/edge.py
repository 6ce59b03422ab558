"""The outside edge: many bad clients at once. They end the server, fill its memory or hold up others never."""

import os

from edge.run import SETTINGS
from edge.swarm import Swarm
from harness.context import equal, holds, need
from harness.resp import encode
from harness.servers import wait_until


def test_a_swarm_of_bad_clients(context):
    """Half, huge, slow and changed requests of hundreds of clients; a good one is served all the time."""
    server = context.start("ledgerstone", **{name.replace("-", "_"): value for name, value in SETTINGS.items()})
    swarm = Swarm(server, context.random, context.rounds(300, 3000))
    swarm.run(requests=context.rounds(30_000, 5_000_000))
    holds(server.running, f"the server died:\n{server.log()[-5000:]}")
    holds(len(swarm.waits) > 0, "the good client was answered")
    wait_until(lambda: int(server.info("clients")["connected_clients"]) < 10, 60, "the bad clients' connections are closed")
    memory = server.info("memory")
    holds(int(memory["used_memory"]) < 400 << 20, f"memory stays bounded: {memory['used_memory_human']}")
    equal(server.ask("PING"), b"PONG", "it serves on")


def test_one_request_does_not_wait_for_a_long_pipeline(context):
    """Whoever sends much at once gets a share of the time, and the others theirs before the rest."""
    server = context.start("ledgerstone")
    push, slow = encode(["RPUSH", "order", "many"]), encode(["DEBUG", "SLEEP", "0.05"])
    with server.connect() as many, server.connect() as one, server.connect() as control:
        # Both are held until the pause is over, so that both are ready when the server looks at them.
        control.ask("CLIENT", "PAUSE", "600000", "WRITE")
        for connection, data in ((many, push + (slow + push) * 40), (one, encode(["RPUSH", "order", "one"]))):
            number = connection.ask("CLIENT", "ID")
            connection.send(data)
            wait_until(lambda number=number: b"cmd=rpush" in control.ask("CLIENT", "LIST", "ID", number), 60, "it is held")
        control.ask("CLIENT", "UNPAUSE")
        holds(one.read(60).type == ":", "the one request is answered")
        for _ in range(81):
            holds(many.read(60).type in (":", "+"), "every request of the pipeline is answered")
        order = control.ask("LRANGE", "order", "0", "-1")
        holds(order.index(b"one") < 20, f"so many of the pipeline came before the one: {order.index(b'one')}")


def test_slow_clients_are_dropped(context):
    """Who sends half a request and nothing more goes after `timeout`, and holds no room meanwhile."""
    server = context.start("ledgerstone", timeout=1)
    connections = [server.connect() for _ in range(200)]
    for number, connection in enumerate(connections):
        connection.send([b"*", b"*3\r\n$3\r\nSET\r\n", b"*1000000\r\n$5\r\n", b"*3\r\n$3\r\nSET\r\n$1\r\na\r\n$500000000\r\nx"][number % 4])
    holds(int(server.info("memory")["used_memory"]) < 100 << 20, "what was only announced takes no memory")
    wait_until(lambda: int(server.info("clients")["connected_clients"]) == 1, 60, "all were dropped")


def test_too_long_requests_are_cut_off(context):
    server = context.start("ledgerstone", client_query_buffer_limit="1mb")
    for data in (b"*2\r\n$3\r\nGET\r\n$3000000\r\n", b"*1000\r\n" + encode(["x" * 10_000])[4:] * 2):
        with server.connect() as connection:
            try:
                connection.send(data)
                for _ in range(400):
                    connection.send(b"y" * 10_000)
            except OSError:
                continue
            holds(connection.read(30).type in ("closed", "-"), "closed, or told why")
    holds(int(server.info("stats")["client_query_buffer_limit_disconnections"]) >= 1, "and counted")


def test_what_a_directive_protects(context):
    """`enable-protected-configs`, `enable-debug-command` and `enable-module-command` allow what Redis's do."""
    need("redis")
    for permission in ("no", "local", "yes"):
        answers = []
        for kind in ("ledgerstone", "redis"):
            server = context.start(
                kind, enable_protected_configs=permission, enable_debug_command=permission, enable_module_command=permission
            )
            with server.connect() as connection:
                answers.append([
                    connection.call(*request)
                    for request in (
                        ["CONFIG", "SET", "dbfilename", "other.rdb"], ["CONFIG", "SET", "dir", str(server.directory)],
                        ["CONFIG", "SET", "enable-protected-configs", "yes"], ["CONFIG", "SET", "enable-debug-command", "yes"],
                        ["DEBUG", "SLEEP", "0"], ["MULTI"], ["DEBUG", "SLEEP", "0"], ["EXEC"], ["MODULE", "LOAD", "/nosuch.so"],
                        ["MODULE", "UNLOAD", "nosuch"], ["MODULE", "LIST"], ["CONFIG", "SET", "hz", "10", "dbfilename", "x.rdb"],
                    )
                ])  # fmt: skip
        equal(answers[0], answers[1], f"with {permission}")


def test_modes_of_files(context):
    """Files are created with the modes that Redis gives them, under usual masks."""
    need("redis")
    for mask in (0o022, 0o027, 0o077):
        found = []
        for kind in ("ledgerstone", "redis"):
            directory = context.directory(f"{kind}-{mask:o}")
            (directory / "users.acl").write_text("user default on nopass ~* &* +@all\n")
            (directory / "server.conf").write_text("appendonly yes\n")
            (directory / "server.conf").chmod(0o600)
            server = context.server(
                kind, directory, appendonly="yes", pidfile=str(directory / "pid"), unixsocket=str(directory / "socket"),
                aclfile=str(directory / "users.acl"),
            )  # fmt: skip
            server.leading_arguments = [str(directory / "server.conf")]
            former = os.umask(mask)
            try:
                server.start()
            finally:
                os.umask(former)
            with server.connect(timeout=60) as connection:
                for request in (["SET", "a", "1"], ["SAVE"], ["ACL", "SAVE"], ["CONFIG", "REWRITE"]):
                    connection.ask(*request)
            paths = [path for path in directory.rglob("*") if path.name != ".ledgerstone.lock"]
            found.append({path.name: oct(path.stat().st_mode & 0o777) for path in paths})
            server.kill()
        equal(found[0], found[1], f"modes under the mask {mask:o}")
