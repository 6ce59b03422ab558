"""Bytes that no client would send, payloads that no server would write: refused, never fatal."""

from differential.payloads import sealed
from differential.session import PROTOCOL_NOISE, Generator
from differential.session import Commands as Step
from harness.context import equal, holds
from harness.resp import CLOSED, SILENCE, ProtocolViolation

# DUMP payloads of every type (facts of the format), without version and checksum.
SEEDS = [bytes.fromhex(text) for text in (
    "000568656c6c6f", "00c0fb", "00c13930", "00c2d2029649", "00c3094040016161e033000161610a00"[:-4],
    "12010210100000000300816102816202c12c02ff", "0b1404000000030000000100000002000000701101 00".replace(" ", ""),
    "02010178", "1012120000000400816602817602816e020a01ff", "04010166c3094041017676e03400017676",
    "1114140000000400816102010181620283322e3504ff", "0501c3094041016d6de03400016d6d000000000000f0ff",
)]  # fmt: skip


def alive(server, what):
    holds(server.running, f"the server died: {what}\n{server.log()[-3000:]}")
    equal(server.ask("PING"), b"PONG", f"PING after {what}")


def mutated(random, data):
    data = bytearray(data)
    for _ in range(random.randint(1, 4)):
        draw = random.random()
        place = random.randrange(len(data)) if data else 0
        if draw < 0.4 and data:
            data[place] ^= 1 << random.randrange(8)
        elif draw < 0.6 and data:
            data[place] = random.choice([0, 1, 0x3F, 0x40, 0x7F, 0x80, 0x81, 0xC0, 0xC3, 0xFE, 0xFF])
        elif draw < 0.75 and data:
            del data[place : place + random.randint(1, 8)]
        elif draw < 0.9:
            data[place:place] = random.randbytes(random.randint(1, 8))
        elif data:
            data = data[:place] + data[random.randrange(len(data)) :]
    return bytes(data)


def test_restore(context):
    """Broken payloads with a right checksum."""
    random = context.random
    for sanitize in ("no", "yes"):
        server = context.start("ledgerstone", sanitize_dump_payload=sanitize)
        with server.connect() as connection:
            for number in range(context.rounds(4000, 400_000)):
                body = mutated(random, random.choice(SEEDS))
                payload = sealed(body, random.choice([6, 9, 10, 11]))
                reply = connection.call("RESTORE", f"k{number % 50}", "0", payload, "REPLACE")
                if reply in (CLOSED, SILENCE):
                    raise AssertionError(f"RESTORE of {payload.hex()}: {reply}\n{server.log()[-2000:]}")
                if reply.type == "+" and number % 10 == 0:
                    connection.call("GET", f"k{number % 50}")
                    connection.call("DUMP", f"k{number % 50}")
        alive(server, "broken payloads")
        server.kill()


LIBRARIES = [
    "#!lua name=one\nredis.register_function('f', function(keys, args) return args[1] end)",
    "#!lua name=two\nlocal n = 1\nredis.register_function{function_name='g', callback=function() return n end, flags={'no-writes'}}",
]


def test_function_restore(context):
    """Broken payloads of libraries with a right checksum."""
    random = context.random
    server = context.start("ledgerstone")
    with server.connect() as connection:
        for library in LIBRARIES:
            connection.ask("FUNCTION", "LOAD", library)
        body = connection.ask("FUNCTION", "DUMP")[:-10]
        for _ in range(context.rounds(1000, 100_000)):
            payload = sealed(mutated(random, body), random.choice([6, 9, 10, 11]))
            reply = connection.call("FUNCTION", "RESTORE", payload, random.choice(["REPLACE", "FLUSH", "APPEND"]))
            if reply in (CLOSED, SILENCE):
                raise AssertionError(f"FUNCTION RESTORE of {payload.hex()}: {reply}\n{server.log()[-2000:]}")
            connection.call("FCALL", random.choice("fg"), "0", "a")
    alive(server, "broken libraries")


def test_requests(context):
    """Generated requests with bytes changed, and noise in between."""
    random = context.random
    server = context.start("ledgerstone", appendonly="yes")
    generator = Generator(random, 1)
    for number in range(context.rounds(600, 50_000)):
        parts = []
        for _ in range(random.randint(1, 6)):
            step = generator.step()
            words = getattr(step, "commands", [[b""]])
            harmful = any(w and w[0].upper() in (b"SHUTDOWN", b"DEBUG", b"CONFIG", b"CLIENT", b"WAIT", b"WAITAOF") for w in words)
            if isinstance(step, Step) and not harmful:
                parts.append(step.data())
            if random.random() < 0.1:
                parts.append(random.choice(PROTOCOL_NOISE))
        data = b"".join(parts)
        if random.random() < 0.7:
            data = mutated(random, data)
        with server.connect(timeout=5) as connection:
            try:
                start = 0
                while start < len(data):
                    size = random.choice([len(data), random.randint(1, 200)])
                    connection.send(data[start : start + size])
                    start += size
                connection.read(timeout=0.005)
            except ConnectionError:
                pass
            except ProtocolViolation as violation:
                raise AssertionError(f"{violation} after {data!r}")
        if not server.running:
            raise AssertionError(f"the server died of {data!r}\n{server.log()[-3000:]}")
    alive(server, "changed requests")
    server.kill()
    server.start()


def test_random_bytes(context):
    random = context.random
    server = context.start("ledgerstone")
    for number in range(context.rounds(300, 20_000)):
        alphabet = random.choice([bytes(range(256)), b"*$+-:\r\n0123456789", b"GETS \"'\\x\r\n"])
        data = bytes(random.choice(alphabet) for _ in range(random.randint(1, 300)))
        with server.connect(timeout=5) as connection:
            try:
                connection.send(data)
                connection.read(timeout=0.003)
            except (ConnectionError, ProtocolViolation):
                pass
        if not server.running:
            raise AssertionError(f"the server died of {data!r}\n{server.log()[-3000:]}")
    alive(server, "random bytes")


def test_dumps(context):
    """Damaged dump files: loaded as far as they are right, or refused; never a crash."""
    from harness.data import fill
    from harness.directories import attempt

    source = context.start("ledgerstone", "source")
    fill(source, context.random, 60)
    source.ask("SAVE")
    source.kill()
    good = (source.directory / "dump.rdb").read_bytes()[:20_000]
    for number in range(context.rounds(25, 1000)):
        directory = context.directory(f"dump{number}")
        (directory / "dump.rdb").write_bytes(mutated(context.random, good))
        server = context.server("ledgerstone", directory, rdbchecksum=context.random.choice(["yes", "no"]))
        status = attempt(server)
        holds(status is None or status >= 0, f"ended by signal {status} on dump {number}\n{server.log()[-3000:]}")
        server.kill()


def test_logs(context):
    """Damaged logs without checksums: refused or cut, never a crash, and a log that loads is one
    that loads again."""
    from harness.directories import attempt, log_set
    from harness.resp import encode

    random = context.random
    for number in range(context.rounds(25, 1000)):
        generator = Generator(random, 1)
        text = encode([b"SELECT", b"0"])
        for step in generator.session(30):
            if isinstance(step, Step) and not step.inline:
                text += b"".join(encode(c) for c in step.commands if c[0].upper() in (b"SET", b"DEL", b"INCR", b"APPEND", b"MULTI", b"EXEC"))
        directory = context.directory(f"log{number}")
        log_set(directory, None, [mutated(random, text)])
        server = context.server("ledgerstone", directory, appendonly="yes")
        status = attempt(server)
        holds(status is None or status >= 0, f"ended by signal {status} on log {number}\n{server.log()[-3000:]}")
        if status is None:
            size = server.ask("DBSIZE")
            server.kill()
            equal(attempt(server), None, f"the second start on log {number}")
            equal(server.ask("DBSIZE"), size, f"keys at the second start on log {number}")
        server.kill()
