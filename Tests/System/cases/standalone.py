"""What belongs to clusters, replicas and modules is answered as by a server on which it is switched off."""

from harness.context import equal, holds, need

REQUESTS = [
    "CLUSTER", "CLUSTER NOSUCH", "CLUSTER MEET", "CLUSTER MEET a b", "CLUSTER HELP", "CLUSTER HELP x",
    "ASKING", "READONLY", "READWRITE", "READONLY x",
    "MODULE", "MODULE LIST", "MODULE LIST x", "MODULE LOAD", "MODULE LOAD /nosuch.so", "MODULE LOADEX /nosuch.so CONFIG a b",
    "MODULE UNLOAD nosuch", "MODULE NOSUCH",
    "REPLICAOF NO ONE", "SLAVEOF no one", "REPLICAOF a b", "REPLICAOF a 70000", "REPLICAOF a", "ROLE", "ROLE x",
    "FAILOVER", "FAILOVER ABORT", "FAILOVER TO a 1", "FAILOVER TO a b", "FAILOVER x", "FAILOVER TIMEOUT 0", "FAILOVER TIMEOUT x",
    "FAILOVER TIMEOUT 5 FORCE TO a 1", "FAILOVER FORCE FORCE", "FAILOVER ABORT x", "FAILOVER TO a",
    "REPLCONF", "REPLCONF a", "REPLCONF x y", "REPLCONF listening-port 1", "REPLCONF listening-port x", "REPLCONF capa eof capa psync2",
    "REPLCONF ip-address 1.2.3.4", "PSYNC a x", "PSYNC a", "SYNC x",
    "MIGRATE 127.0.0.1 1 a 0 1000", "MIGRATE 127.0.0.1 1 a b 1000", "MIGRATE 127.0.0.1 1 a 0 b", "MIGRATE a b", "MIGRATE 127.0.0.1 1 a 0 1000 NOSUCH",
    "MIGRATE 127.0.0.1 1 a 0 1000 KEYS b", "MIGRATE 127.0.0.1 1  0 1000 KEYS b c", "MIGRATE 127.0.0.1 1 a 0 1000 AUTH",
    "MIGRATE 127.0.0.1 1 a 0 1000 AUTH2 a", "MIGRATE 127.0.0.1 1 a 0 1000 COPY REPLACE AUTH2 a b",
    "RESTORE-ASKING a 0 x", "RESTORE-ASKING a", "SENTINEL MASTERS", "WAIT 1 1",
]  # fmt: skip


def test_answers_are_those_of_redis(context):
    need("redis")
    ours, redis = context.start("ledgerstone"), context.start("redis")
    names = [name for name in redis.ask("COMMAND", "LIST") if name.startswith(b"cluster|")]
    requests = [line.split(" ") for line in REQUESTS]
    for name in names:
        # Of a number of arguments that is right, and of one that is not.
        arity = abs(redis.connect().call("COMMAND", "INFO", name).value[0].value[1].value)
        requests += [[*name.split(b"|"), *[b"1"] * more] for more in (arity - 2, arity - 1, 0)]
    for request in requests:
        mine, theirs = (server.connect().call(*request) for server in (ours, redis))
        equal(mine, theirs, f"{request}")


def test_replication_is_refused_clearly(context):
    server = context.start("ledgerstone", enable_module_command="yes")
    for request in ("REPLICAOF 127.0.0.1 1", "PSYNC ? -1", "SYNC"):
        reply = server.connect().call(*request.split())
        equal(reply.type, "-", request)
        holds(b"not supported" in reply.value, f"{request} says why: {reply}")
    with server.connect() as connection:
        connection.ask("SET", "a", "1")
        holds(b"not supported" in connection.call("MIGRATE", "127.0.0.1", "1", "a", "0", "10").value, "MIGRATE of a key that is there")
        equal(connection.ask("GET", "a"), b"1", "and it stays")
        payload = connection.ask("DUMP", "a")
        equal(connection.call("RESTORE-ASKING", "b", "0", payload).value, b"OK", "RESTORE-ASKING")
        equal(connection.ask("GET", "b"), b"1", "restored")
        equal(connection.call("MODULE", "LOAD", "/nosuch.so").value, b"ERR Error loading the extension. Please check the server logs.", "MODULE LOAD")
        equal(connection.call("MODULE", "UNLOAD", "x").value, b"ERR Error unloading module: no such module with that name", "MODULE UNLOAD")
