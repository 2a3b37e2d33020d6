"""A real mail server on this machine, which takes mail, or does not, as a test tells it."""

import asyncio
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from api.mail.inbound.door import protocol

TAKEN = "250 OK"
HANGS_UP = "takes the mail, and is gone before having said so"
DAWDLES = "says so later than anybody waits"


class Postman:
    """What the server does with mail: `answers` are what it says of the next ones; then it takes them."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.senders: list[str] = []
        self.answers: list[str] = []
        self.unknown: set[str] = set()
        self.passwords: list[str] = []
        self.url = ""

    @property
    def place(self) -> str:
        """Host and port."""
        return self.url.partition("://")[2]

    def knows(self, _server: SMTP, _session: Session, _envelope: Envelope, _way: str, told: Any) -> AuthResult:
        """Let in whoever has the password."""
        self.passwords.append(told.password.decode())
        return AuthResult(success=told.password == b"secret", handled=False)

    async def handle_RCPT(  # noqa: N802 (aiosmtpd's name)
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Know everybody but some."""
        if address in self.unknown:
            return "550 5.1.1 No such user here"
        envelope.rcpt_tos.append(address)
        return TAKEN

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take a mail, or not."""
        answer = self.answers.pop(0) if self.answers else TAKEN
        if answer[0] not in "45":
            assert isinstance(envelope.content, bytes)
            self.letters.append(message_from_bytes(envelope.content, policy=policy.default))
            self.senders.append(envelope.mail_from or "")
        if answer == HANGS_UP:
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
        if answer == DAWDLES:
            await asyncio.sleep(1)
        return answer if answer[0].isdigit() else TAKEN

    def to(self, address: str) -> list[EmailMessage]:
        """Return what has come for somebody."""
        return [each for each in self.letters if each["to"] == address]


class _OnAnyPort(Controller):
    def _trigger_server(self) -> None:
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


class _Door(_OnAnyPort):
    def factory(self) -> SMTP:
        return protocol(self.loop)


@contextmanager
def at_the_door() -> Iterator[int]:
    """Let the door of mail be open on some port, which is told."""
    controller = _Door(None, hostname="127.0.0.1", port=0)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


@contextmanager
def working(postman: Postman, port: int = 0, encrypted: "Certificate | None" = None) -> Iterator[Postman]:
    """Let a postman be there, on a port that is free; where that is encrypted, only for who has the password."""
    demanded: dict[str, Any] = {}
    if encrypted is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(encrypted.chain)
        demanded = {"tls_context": context, "require_starttls": True, "auth_required": True}
        demanded["authenticator"] = postman.knows
    host = "localhost" if encrypted else "127.0.0.1"
    controller = _OnAnyPort(postman, hostname="127.0.0.1", port=port, **demanded)
    controller.start()
    postman.url = f"smtp+plain://{host}:{controller.port}"
    try:
        yield postman
    finally:
        controller.stop()


@dataclass(frozen=True)
class Certificate:
    """A key with its certificate for this machine, and the authority that stands for it."""

    chain: Path
    authority: Path


def certificate(folder: Path) -> Certificate:
    """Make one that is its own authority."""
    folder.mkdir()
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = made.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    found = Certificate(folder / "chain.pem", folder / "authority.pem")
    found.authority.write_bytes(pem)
    found.chain.write_bytes(private + pem)
    return found
