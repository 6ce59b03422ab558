"""Encrypted connections: certificates, settings, and everything that bytes can meet on the way."""

import os
import socket
import ssl
import subprocess
import threading
import time

from cases.clients import redis_py
from cases.network import outer_address
from harness.context import equal, holds, need_program
from harness.encryption import EncryptedConnection, EncryptedServer, certificates
from harness.load import judge, loaded, snapshot
from harness.resp import CLOSED, PATIENCE, Connection, Reply, encode
from harness.servers import free_port, wait_until


def started(context, *words, **settings):
    return EncryptedServer(context, *words, **settings).start()


def refused(server, context=None):
    """Whether the server ends a connection before the first reply."""
    try:
        with server.connect(context) as connection:
            return connection.call("PING").type == "closed"
    except (ssl.SSLError, ConnectionError):
        return True


def serves(server, what):
    """The server answers on both ports: whoever was refused has harmed nobody else."""
    equal(server.ask("PING"), b"PONG", f"{what}: the plain port")
    with server.connect() as connection:
        equal(connection.ask("ECHO", "x" * 40_000), b"x" * 40_000, f"{what}: the encrypted port")


# Clients that people use.


def test_redis_cli(context):
    need_program("redis-cli", "redis-tools")
    files = certificates()
    server = started(context, tls_auth_clients="yes")

    def cli(*words, text=None):
        done = subprocess.run(
            ["redis-cli", "--tls", "--cacert", files["ca.crt"], "-p", str(server.tls_port), *words],
            input=text, capture_output=True, timeout=PATIENCE,
        )  # fmt: skip
        return done.stdout.strip(), done.stderr.decode()

    identity = ("--cert", files["client.crt"], "--key", files["client.key"])
    equal(cli(*identity, "SET", "a", "1")[0], b"OK", "SET")
    equal(cli(*identity, "-3", "HGETALL", "none")[0], b"", "RESP3")
    output = cli(*identity, "--pipe", text=b"".join(encode(["SET", f"k{n}", "v" * 100]) for n in range(5000)))[0]
    holds(b"errors: 0, replies: 5000" in output, f"--pipe: {output}")
    equal(cli(*identity, "DBSIZE")[0], b"5001", "what it sent is there")
    output, error = cli("PING")
    holds(b"PONG" not in output, f"without a certificate: {output} {error}")
    server.wait_for_log("Error accepting a client connection: error:")


def test_redis_py(context):
    redis = redis_py()
    files = certificates()
    server = started(context, port=0, tls_auth_clients="optional")
    for protocol, identity in ((2, {}), (3, {"ssl_certfile": files["client.crt"], "ssl_keyfile": files["client.key"]})):
        client = redis.Redis(port=server.tls_port, protocol=protocol, ssl=True, ssl_ca_certs=files["ca.crt"], **identity)
        client.flushall()
        with client.pipeline() as pipeline:
            for number in range(500):
                pipeline.set(f"k{number}", "v" * number)
            equal(pipeline.execute(), [True] * 500, "a pipeline")
        equal(client.strlen("k499"), 499, "strlen")
        subscriber = client.pubsub()
        subscriber.subscribe("news")
        equal(subscriber.get_message(timeout=PATIENCE)["type"], "subscribe", "subscribed")
        equal(client.publish("news", "hello"), 1, "publish")
        equal(subscriber.get_message(timeout=PATIENCE)["data"], b"hello", "the message")
        subscriber.close()
        client.close()


# Certificates.


def test_certificates_of_clients(context):
    files = certificates()
    server = started(context, tls_auth_clients="yes")
    known, strange = files.context("client"), files.context("stranger")

    def outcome():
        return [refused(server, each) for each in (files.context(), strange, known)]

    equal(outcome(), [True, True, False], "yes")
    equal(server.ask("CONFIG", "SET", "tls-auth-clients", "optional"), b"OK", "CONFIG SET")
    equal(outcome(), [False, True, False], "optional")
    equal(server.ask("CONFIG", "SET", "tls-auth-clients", "no"), b"OK", "CONFIG SET")
    equal(outcome(), [False, False, False], "no")
    for text in ("peer did not return a certificate", "certificate verify failed"):
        holds(f":{text} (addr=127.0.0.1:" in server.log(), f"the log tells: {text}")
    try:
        server.connect(files.context(authority="strange-ca"))
        raise AssertionError("a client that does not know the authority takes the certificate")
    except ssl.SSLCertVerificationError:
        pass
    serves(server, "afterwards")


def test_key_with_password(context):
    files = certificates()
    server = started(context, tls_key_file=files["locked.key"], tls_key_file_pass=files.PASSWORD, loglevel="debug")
    serves(server, "with the password")
    reply = server.server.connect().call("CONFIG", "SET", "tls-key-file-pass", "another secret")
    equal(reply, refusal("tls-key-file-pass"), "a wrong password")
    equal(server.ask("CONFIG", "SET", "tls-key-file-pass", files.PASSWORD), b"OK", "the right one again")
    holds(files.PASSWORD not in server.log() and "another secret" not in server.log(), "no password is logged")
    for entry in server.ask("SLOWLOG", "GET", "-1"):
        holds(files.PASSWORD.encode() not in b" ".join(entry[3]), f"none in the slow log: {entry}")


# Settings.


def refusal(name):
    return Reply("-", f"ERR CONFIG SET failed (possibly related to argument '{name}') - Unable to update TLS configuration. Check server logs.".encode())


def test_reload(context):
    files = certificates()
    server = started(context)

    def shown():
        with server.connect() as connection:
            equal(connection.ask("PING"), b"PONG", "a new connection")
            return connection.socket.getpeercert()["subject"][0][0][1]

    with server.connect() as before:
        equal(shown(), "server", "the first certificate")
        equal(server.ask("CONFIG", "SET", "tls-cert-file", files["other.crt"], "tls-key-file", files["other.key"]), b"OK", "another")
        equal(shown(), "other", "new connections are shown it")
        for name, value in [
            ("tls-cert-file", "/nowhere"), ("tls-key-file", files["ca.key"]), ("tls-cert-file", ""),
            ("tls-protocols", "TLSv1.2 TLSv4"), ("tls-ciphers", "none-such"), ("tls-ciphersuites", "none-such"),
            ("tls-ca-cert-file", "/nowhere"), ("tls-dh-params-file", files["server.key"]),
        ]:  # fmt: skip
            equal(server.server.connect().call("CONFIG", "SET", "maxclients", "777", name, value), refusal(name), f"{name} {value!r}")
            equal(shown(), "other", f"after a refused {name}")
            equal(server.ask("CONFIG", "GET", "maxclients")[1], b"10000", "nothing else is changed either")
        equal(before.ask("ECHO", "still here"), b"still here", "an earlier connection goes on")
    equal(server.ask("CONFIG", "SET", "tls-dh-params-file", files["dh.pem"], "tls-ciphers", "DEFAULT:@SECLEVEL=0"), b"OK", "parameters")
    serves(server, "afterwards")


def test_refusals_are_those_of_redis(context):
    """The same changes at Redis: the same replies, and the same lines in the log."""
    files = certificates()
    servers = [started(context), started(context, "redis")]
    changes = [
        ["tls-cert-file", "/nowhere"], ["tls-key-file", files["ca.key"]], ["tls-cert-file", ""], ["tls-key-file", ""],
        ["tls-auth-clients", "yes", "tls-ca-cert-file", ""], ["tls-ca-cert-file", "/nowhere"], ["tls-ciphers", "none-such"],
        ["tls-ciphersuites", "none-such"], ["tls-protocols", "TLSv9"], ["tls-protocols", "tlsv1.2 TLSv1.3"], ["tls-session-caching", "no"],
        ["tls-prefer-server-ciphers", "yes"], ["tls-dh-params-file", files["server.key"]], ["tls-cert-file", files["other.crt"]],
        ["tls-auth-clients", "perhaps"], ["tls-port", "70000"], ["tls-port", "0"], ["tls-cert-file", "/nowhere"],
    ]  # fmt: skip
    for change in changes:
        replies = [server.server.connect().call("CONFIG", "SET", *change) for server in servers]
        equal(replies[0], replies[1], f"CONFIG SET {change}")
    texts = [told(server) for server in servers]
    equal(texts[0], texts[1], "what the logs tell")


def told(server):
    """What the log says about TLS, without times."""
    words = ("Failed to", "No tls", "Either tls", "Invalid tls", "failed to read")
    lines = [line.split(" # ", 1)[-1] for line in server.log().splitlines()]
    return [line for line in lines if line.startswith(words) or "failed to read" in line]


def test_ports(context):
    files = certificates()
    server = context.start("ledgerstone", **files.directives())
    equal(server.info("server").get("listener0", "").split(",")[0], "name=tcp", "the plain listener")
    port = free_port()
    equal(server.ask("CONFIG", "SET", "tls-port", port), b"OK", "a port at run time")
    with EncryptedConnection(port) as connection:
        info = connection.ask("INFO", "server")
        holds(b"listener0:name=tcp,bind=127.0.0.1,port=%d\r\nlistener2:name=tls,bind=127.0.0.1,port=%d\r\n" % (server.port, port) in info, f"{info}")
        reply = connection.call("CONFIG", "SET", "tls-port", str(server.port))
        equal(reply, Reply("-", b"ERR CONFIG SET failed (possibly related to argument 'tls-port') - Unable to listen on this port. Check server logs."), "a port that is taken")
        equal(connection.ask("CONFIG", "GET", "tls-port")[1], b"%d" % port, "the former one stays")
        with EncryptedConnection(port) as another:
            equal(another.ask("PING"), b"PONG", "and is listened on")
        equal(connection.ask("CONFIG", "SET", "port", "0"), b"OK", "no plain port")
        holds(b"tcp_port:%d\r\n" % port in connection.ask("INFO", "server"), "then tcp_port is the other")
        holds(b"addr=127.0.0.1:" in connection.ask("CLIENT", "INFO"), "CLIENT INFO")
        equal(connection.ask("CONFIG", "SET", "port", server.port, "tls-port", "0"), b"OK", "only a plain port")
        equal(connection.ask("PING"), b"PONG", "a connection stays when its port goes")
    equal(server.ask("PING"), b"PONG", "the plain port is back")
    holds("listener2" not in server.info("server"), "no encrypted listener")


def test_broken_settings_at_start(context):
    """An end with status 1 and the reason, before anything in the data directory is touched."""
    files = certificates()
    for number, (name, value, text) in enumerate([
        ("tls_cert_file", "/nowhere", "Failed to load certificate: /nowhere: error:"),
        ("tls_key_file", files["ca.key"], "Failed to load private key: "),
        ("tls_key_file", files["locked.key"], "Failed to load private key: "),
        ("tls_cert_file", "", "No tls-cert-file configured!"),
        ("tls_protocols", "SSLv3", "Invalid tls-protocols specified."),
    ]):  # fmt: skip
        server = EncryptedServer(context, appendonly="yes", **{name: value})
        (server.directory / "appendonlydir").mkdir()
        (server.directory / "appendonlydir" / "appendonly.aof.1.incr.aof").write_bytes(b"*1\r\n$5\r\nhal")
        before = listing(server.directory)
        server.launch()
        equal(server.wait_for_exit(), 1, f"exit status with {name} {value!r}")
        for line in (text, "Failed to configure TLS. Check logs for more info."):
            holds(line in server.log(), f"the log tells {line!r}: {server.log()}")
        equal(listing(server.directory), before, "the data directory")


def listing(directory):
    return sorted((str(path.relative_to(directory)), path.stat().st_size, path.stat().st_mtime_ns) for path in directory.rglob("*"))


def test_protocols_and_ciphers(context):
    files = certificates()
    server = started(context, tls_protocols="TLSv1.2", tls_ciphers="ECDHE-ECDSA-AES128-GCM-SHA256", tls_prefer_server_ciphers="yes")
    with server.connect() as connection:
        equal(connection.socket.cipher()[:2], ("ECDHE-ECDSA-AES128-GCM-SHA256", "TLSv1.2"), "the only cipher")
        equal(connection.ask("PING"), b"PONG", "with TLS 1.2")
    newer = files.context()
    newer.minimum_version = ssl.TLSVersion.TLSv1_3
    holds(refused(server, newer), "TLS 1.3 is not accepted")
    equal(server.ask("CONFIG", "SET", "tls-protocols", "TLSv1.3", "tls-ciphersuites", "TLS_CHACHA20_POLY1305_SHA256"), b"OK", "CONFIG SET")
    with server.connect(newer) as connection:
        equal(connection.socket.cipher()[0], "TLS_CHACHA20_POLY1305_SHA256", "the only suite")


def test_sessions(context):
    files = certificates()
    server = started(context, tls_auth_clients="optional")

    def is_resumed(version):
        client = files.context("client")
        client.maximum_version = version
        with server.connect(client) as connection:
            equal(connection.ask("PING"), b"PONG", "the first connection")
            session = connection.socket.session
        with Connection(("127.0.0.1", server.tls_port)) as connection:
            connection.socket = client.wrap_socket(connection.socket, server_hostname="localhost", session=session)
            equal(connection.ask("PING"), b"PONG", "the second connection")
            return connection.socket.session_reused

    for caching in ("yes", "no"):
        equal(server.ask("CONFIG", "SET", "tls-session-caching", caching), b"OK", "CONFIG SET")
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            equal(is_resumed(version), caching == "yes", f"resumed with {version}, caching {caching}")


# Bytes on their way.


def test_large_values_and_slow_readers(context):
    random = context.random
    server = started(context)
    value = random.randbytes(8 << 20)
    with server.connect() as writer:
        # A small window: the server meets a socket that takes little at a time.
        slow = socket.socket()
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        slow.connect(("127.0.0.1", server.tls_port))
        reader = Connection.__new__(Connection)
        reader.socket = certificates().context().wrap_socket(slow, server_hostname="localhost")
        reader.timeout, reader.buffer, reader.position = PATIENCE, bytearray(), 0
        equal(writer.ask("SET", "large", value), b"OK", "8 MB to the server")
        for _ in range(3):
            reader.send_command("GET", "large")
        equal(writer.ask("PING"), b"PONG", "others are served while one does not read")
        for number in range(3):
            holds(reader.read().value == value, f"8 MB from the server, {number}")
        # Bytes to the server one record each, then all in one, and pieces that fit no record.
        request = encode(["SET", "pieces", value[:3000]])
        for byte in request[:400]:
            reader.send(bytes([byte]))
        reader.send(request[400:] + encode(["STRLEN", "pieces"]))
        equal([reader.read().value, reader.read().value], [b"OK", 3000], "a request in tiny records")
        reader.close()


def test_pipelines(context):
    """More requests than any buffer holds, sent and read at the same time by several clients."""
    server = started(context)
    count = 20_000

    def run(number, failures):
        try:
            with server.connect() as connection:
                data = b"".join(encode(["APPEND", f"{number}:{n % 100}", f"{n}."]) for n in range(count))
                sender = threading.Thread(target=connection.send, args=(data,))
                replies = []
                sender.start()
                for _ in range(count):
                    replies.append(connection.read())
                sender.join()
                holds(all(reply.type == ":" for reply in replies), "every reply is a length")
                expected = b"".join(b"%d." % n for n in range(7, count, 100))
                equal(connection.ask("GET", f"{number}:7"), expected, "what the requests made")
        except BaseException as error:
            failures.append(error)

    failures = []
    threads = [threading.Thread(target=run, args=(n, failures)) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    equal(failures, [], "failures")


def test_messages(context):
    server = started(context)
    with server.connect() as subscriber, server.connect() as blocked, server.connect() as publisher:
        equal(subscriber.call("SUBSCRIBE", "news").value[0].value, b"subscribe", "SUBSCRIBE")
        blocked.send_command("BLPOP", "queue", "0")
        for number in range(200):
            equal(publisher.ask("PUBLISH", "news", "m" * number * 10), 1, "one listens")
        for number in range(200):
            equal(subscriber.read().value[2].value, b"m" * number * 10, f"message {number}")
        equal(publisher.ask("RPUSH", "queue", "job"), 1, "RPUSH")
        equal(blocked.read().plain(), [b"queue", b"job"], "what a blocked client is given")


def test_end_of_a_connection(context):
    """A farewell right behind a request: it is executed and answered, then the server says farewell."""
    server = started(context)
    peer = Peer(server.tls_port)
    peer.shake_hands()
    peer.object.write(encode(["SET", "last", "words"]))
    try:
        peer.object.unwrap()
    except ssl.SSLWantReadError:
        pass
    peer.send()
    data, is_ended = peer.receive_all()
    equal((data, is_ended), (b"+OK\r\n", True), "the reply and the farewell")
    equal(server.ask("GET", "last"), b"words", "it was executed")
    wait_until(lambda: server.info("clients")["connected_clients"] == "1", message="the server closed it, too")


class Peer:
    """A client whose encrypted bytes go through the test's hands."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), PATIENCE)
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.object = certificates().context().wrap_bio(self.incoming, self.outgoing, server_hostname="localhost")

    def send(self, size=None):
        data = self.outgoing.read()
        for start in range(0, len(data), size or len(data) or 1):
            self.socket.sendall(data[start : start + (size or len(data))])

    def receive(self):
        data = self.socket.recv(1 << 16)
        self.incoming.write(data)
        return data

    def shake_hands(self, size=None):
        while True:
            try:
                self.object.do_handshake()
                return self.send(size)
            except ssl.SSLWantReadError:
                self.send(size)
                assert self.receive(), "the server ended the handshake"

    def receive_all(self):
        """What the server sends until it closes, and whether it said farewell first."""
        data = b""
        while True:
            try:
                part = self.object.read(1 << 16)
                if not part:
                    return data, True
                data += part
            except ssl.SSLZeroReturnError:
                return data, True
            except ssl.SSLWantReadError:
                if not self.receive():
                    return data, False


# Who does not keep to the protocol.


def test_wrong_ports(context):
    """Plain bytes at the encrypted port, a handshake at the plain one, and neither."""
    server = started(context)
    for data in (b"PING\r\n", encode(["PING"]), b"GET / HTTP/1.1\r\n\r\n", b"\0" * 3000, b"*1\r\n" * 5000):
        with Connection(("127.0.0.1", server.tls_port)) as connection:
            try:
                connection.send(data)
                while connection.socket.recv(1 << 16):
                    pass
            except ConnectionError:
                pass
    server.wait_for_log("Error accepting a client connection: error:")
    try:
        EncryptedConnection(server.port).close()
        raise AssertionError("a handshake with the plain port succeeds")
    except (ssl.SSLError, ConnectionError):
        pass
    serves(server, "afterwards")


def test_slow_handshake(context):
    """A handshake byte by byte succeeds while others are served."""
    server = started(context)
    peer = Peer(server.tls_port)
    peer.shake_hands(size=1)
    serves(server, "beside it")
    peer.object.write(encode(["ECHO", "at last"]))
    peer.send(size=1)
    while True:
        try:
            equal(peer.object.read(100), b"$7\r\nat last\r\n", "the reply")
            break
        except ssl.SSLWantReadError:
            peer.receive()


def test_abandoned_handshakes(context):
    """Handshakes that are never finished are ended by `timeout`, and those by the other side at once."""
    server = started(context, timeout=1)
    peers = [Peer(server.tls_port) for _ in range(60)]
    for number, peer in enumerate(peers):
        try:
            peer.object.do_handshake()
        except ssl.SSLWantReadError:
            hello = peer.outgoing.read()
            peer.socket.sendall(hello[: len(hello) * (number % 4) // 3])
    serves(server, "beside them")
    for peer in peers[:20]:
        peer.socket.close()
    for peer in peers[20:]:
        while peer.receive():
            pass
        peer.socket.close()
    wait_until(lambda: server.info("clients")["connected_clients"] == "1", message="they are gone")
    serves(server, "afterwards")


def test_maxclients(context):
    server = started(context, maxclients=5)
    wait_until(lambda: server.info("clients")["connected_clients"] == "1")
    connections = [server.connect() for _ in range(5)]
    for connection in connections:
        equal(connection.ask("PING"), b"PONG", "within the limit")
    holds(refused(server), "one too many")
    connections.pop().close()
    wait_until(lambda: not refused(server), message="a place became free")
    # A handshake that is not finished counts, too.
    wait_until(lambda: connections[0].ask("INFO", "clients").count(b"connected_clients:4\r\n"), message="one has gone")
    with socket.create_connection(("127.0.0.1", server.tls_port)):
        wait_until(lambda: connections[0].ask("INFO", "clients").count(b"connected_clients:5\r\n"), message="it counts")
        holds(refused(server), "no place beside it")
    for connection in connections:
        equal(connection.ask("PING"), b"PONG", "nobody else is harmed")


def test_protected_mode(context):
    host = outer_address()
    server = started(context, bind="*")
    client = certificates().context()
    client.check_hostname = False

    def connect():
        connection = Connection((host, server.tls_port))
        connection.socket = client.wrap_socket(connection.socket)
        return connection

    with connect() as connection:
        reply = connection.read()
        holds(reply.type == "-" and reply.value.startswith(b"DENIED Redis is running in protected mode"), f"{reply}")
        equal(connection.read(), CLOSED, "then it is closed")
    server.ask("CONFIG", "SET", "protected-mode", "no")
    with connect() as connection:
        equal(connection.ask("PING"), b"PONG", "without protected mode")


def test_mutated_bytes(context):
    """Changed handshakes and changed records: refused, and nobody else is harmed."""
    random = context.random
    server = started(context)
    for number in range(context.rounds(120, 5000)):
        peer = Peer(server.tls_port)
        try:
            if number % 2:
                peer.shake_hands()
                peer.object.write(encode(["ECHO", random.randbytes(random.randrange(2000))]))
            else:
                try:
                    peer.object.do_handshake()
                except ssl.SSLWantReadError:
                    pass
            data = bytearray(peer.outgoing.read())
            for _ in range(random.randint(1, 8)):
                place = random.randrange(len(data))
                draw = random.randrange(4)
                if draw == 0:
                    data[place] = random.randrange(256)
                elif draw == 1:
                    data[place:place] = random.randbytes(random.randint(1, 40))
                elif draw == 2:
                    del data[place : place + random.randint(1, 40)]
                    data = data or bytearray(b"\x16")
                else:
                    data[0:0] = data[place : place + random.randint(1, 400)]
            peer.socket.sendall(data)
            peer.socket.shutdown(socket.SHUT_WR)
            while peer.socket.recv(1 << 16):
                pass
        except (OSError, AssertionError):
            pass
        finally:
            peer.socket.close()
        if not server.running:
            raise AssertionError(f"the server died of {bytes(data)!r}\n{server.log()[-3000:]}")
    wait_until(lambda: server.info("clients")["connected_clients"] == "1", message="all of them are gone")
    serves(server, "afterwards")


# What was acknowledged.


def test_kill_under_always(context):
    """kill -9 under load over TLS: what was acknowledged is there."""
    server = started(context, "ledgerstone", "data", appendonly="yes", appendfsync="always")
    states = {}
    for number in range(context.rounds(3, 40)):
        clients = loaded(server, context.random, 4, states, context.random.uniform(0.1, 0.3))
        server.kill()
        for client in clients:
            client.join(PATIENCE)
            holds(client.refused is None, f"round {number}: a write was refused: {client.refused}")
        server.start()
        found = snapshot(server)
        states = judge(clients, found)
    equal(server.stop(), 0, "exit status at the end")
