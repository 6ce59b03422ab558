"""Certificates made once per run, and connections over TLS."""

import atexit
import functools
import shutil
import ssl
import subprocess
import tempfile
from pathlib import Path

from .context import need_program
from .resp import PATIENCE, Connection
from .servers import free_port


class Certificates:
    """Two authorities that do not know each other, and what the first has signed.

    `ca`, `server`, `other` (another certificate for the server) and `client` are names of a `.crt`
    and a `.key`; `stranger` was signed by `strange-ca`. `locked.key` is the server's key, encrypted
    with `PASSWORD`.
    """

    PASSWORD = "a secret of the key"

    def __init__(self, directory):
        self.directory = Path(directory)
        for name in ("ca", "strange-ca"):
            self.openssl("req", "-x509", *self.new_key(name), "-days", "3650", "-subj", f"/CN={name}", "-out", f"{name}.crt")
        for name, authority in [("server", "ca"), ("other", "ca"), ("client", "ca"), ("stranger", "strange-ca")]:
            self.openssl("req", *self.new_key(name), "-subj", f"/CN={name}", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost", "-out", f"{name}.csr")
            self.openssl(
                "x509", "-req", "-in", f"{name}.csr", "-CA", f"{authority}.crt", "-CAkey", f"{authority}.key",
                "-CAcreateserial", "-copy_extensions", "copy", "-days", "3650", "-out", f"{name}.crt",
            )  # fmt: skip
        self.openssl("pkey", "-in", "server.key", "-aes-256-cbc", "-passout", f"pass:{self.PASSWORD}", "-out", "locked.key")
        self.openssl("genpkey", "-genparam", "-algorithm", "DH", "-pkeyopt", "group:ffdhe2048", "-out", "dh.pem")

    @staticmethod
    def new_key(name):
        return ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", f"{name}.key"]

    def openssl(self, *words):
        done = subprocess.run(["openssl", *words], cwd=self.directory, capture_output=True)
        assert done.returncode == 0, f"openssl {words}: {done.stderr.decode()}"

    def __getitem__(self, name):
        return str(self.directory / name)

    def directives(self, name="server", authority="ca"):
        """What a server is started with; clients need no certificate."""
        return {
            "tls_cert_file": self[f"{name}.crt"],
            "tls_key_file": self[f"{name}.key"],
            "tls_ca_cert_file": self[f"{authority}.crt"],
            "tls_auth_clients": "no",
        }

    def context(self, client=None, authority="ca"):
        """What a client connects with."""
        context = ssl.create_default_context(cafile=self[f"{authority}.crt"])
        if client:
            context.load_cert_chain(self[f"{client}.crt"], self[f"{client}.key"])
        return context


@functools.lru_cache(maxsize=None)
def certificates():
    need_program("openssl", "openssl")
    directory = tempfile.mkdtemp(prefix="certificates-")
    atexit.register(shutil.rmtree, directory, ignore_errors=True)
    return Certificates(directory)


class EncryptedConnection(Connection):
    def __init__(self, port, context=None, timeout=PATIENCE):
        super().__init__(("127.0.0.1", port), timeout)
        try:
            self.socket = (context or certificates().context()).wrap_socket(self.socket, server_hostname="localhost")
        except BaseException:
            self.socket.close()
            raise


class EncryptedServer:
    """A server with a TLS port, whose `connect` goes there; all else is the server's."""

    def __init__(self, context, kind="ledgerstone", directory=None, **settings):
        self.tls_port = free_port()
        directives = {"tls_port": self.tls_port, **certificates().directives(), **settings}
        self.server = context.server(kind, directory, **directives)

    def __getattr__(self, name):
        return getattr(self.server, name)

    def start(self, **options):
        self.server.start(**options)
        return self

    def connect(self, context=None, timeout=PATIENCE):
        return EncryptedConnection(self.tls_port, context, timeout)
