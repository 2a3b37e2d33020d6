"""A real mail server on this machine, which takes mail, or does not, as a test tells it."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

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
        self.url = ""

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
        if answer in {TAKEN, HANGS_UP, DAWDLES}:
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
def working(postman: Postman, port: int = 0) -> Iterator[Postman]:
    """Let a postman be there, on a port that is free."""
    controller = _OnAnyPort(postman, hostname="127.0.0.1", port=port)
    controller.start()
    postman.url = f"smtp+plain://127.0.0.1:{controller.port}"
    try:
        yield postman
    finally:
        controller.stop()
