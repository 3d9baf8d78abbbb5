"""A mail server of one's own on loopback, with TLS where a test wants it."""

from __future__ import annotations

import base64
import datetime
import ipaddress
import socketserver
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass
class Post:
    """What came to the server. script: its answer to a command, by the command's first word, instead of the usual one."""

    port: int = 0
    letters: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    login: str | None = None
    script: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"


class _Talk(socketserver.StreamRequestHandler):
    """As much of RFC 5321 as one letter needs."""

    def handle(self) -> None:
        post: Post = self.server.post  # type: ignore[attr-defined]
        self._say(post.script.get("", "220 surat.invalid"))
        while line := self.rfile.readline():
            text = line.decode().strip()
            word = text.split(" ", 1)[0].upper()
            post.said.append(text)
            if word in post.script:
                self._say(post.script[word])
            elif word == "EHLO":
                self._say("250-surat.invalid\r\n250 AUTH PLAIN")
            elif word == "AUTH":
                post.login = base64.b64decode(text.split()[-1]).decode()
                self._say("235 ok")
            elif word == "DATA":
                self._say("354 go on")
                self._take(post)
            elif word == "QUIT":
                self._say("221 bye")
                return
            else:
                if word == "RCPT":
                    post.recipients.append(text.partition(":")[2].strip(" <>"))
                self._say("250 ok")

    def _take(self, post: Post) -> None:
        body = b""
        while (line := self.rfile.readline()) != b".\r\n":
            body += line.removeprefix(b".") if line.startswith(b"..") else line
        post.letters.append(message_from_bytes(body, policy=policy.default))  # type: ignore[arg-type]
        self._say("250 queued")

    def _say(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")


def _serve(post: Post, context: ssl.SSLContext | None) -> Iterator[Post]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Talk) as server:
        server.daemon_threads = True
        server.post = post  # type: ignore[attr-defined]
        post.port = server.server_address[1]
        if context is not None:
            server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield post
        server.shutdown()
        thread.join()


@pytest.fixture
def post() -> Iterator[Post]:
    """The server, and what it was told."""
    yield from _serve(Post(), None)


@pytest.fixture
def post_by_tls(tmp_path: Path) -> Iterator[tuple[Post, Path]]:
    """The server behind TLS, and the certificate that proves it to whoever trusts that."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "surat.invalid")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    kept = tmp_path / "surat.pem"
    secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (tmp_path / "kunci.pem").write_bytes(secret)
    kept.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(kept, tmp_path / "kunci.pem")
    for post in _serve(Post(), context):
        yield post, kept
