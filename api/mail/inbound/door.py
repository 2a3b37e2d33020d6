"""The one door of mail: an SMTP server for the agency's own mail server, which hands over what is for our domain.

A mail is taken when what it is for has been done and committed, be it that nothing is; before that its sender keeps
it. So nothing is kept here, and whoever is killed in between gets the mail again.
"""

import asyncio
import socket
from collections.abc import Callable, Mapping
from uuid import UUID

import structlog
from aiosmtpd.smtp import SMTP, Envelope, Session

from api.mail.addresses import Purpose, meant_by
from api.mail.inbound.bounces import take_back
from api.mail.inbound.invitations import take_answer
from api.mail.inbound.reading import Incoming, read
from api.mail.inbound.replies import take_reply
from core.errors import NotFound, PlatsverketError
from core.rate_limits import RateLimit
from core.settings import settings

log = structlog.get_logger()

MOST_BYTES = 1_000_000
SILENT_S = 60.0
TAKEN = "250 OK"
NOT_NOW = "451 4.3.0 Not now; try again later"
NOBODY = "550 5.1.1 That address answers nothing, or nothing any more"
ONE_AT_A_TIME = "452 4.5.3 One recipient at a time"
TOO_OFTEN = "450 4.7.1 Too many mails a minute; try again later"
TAKERS: Mapping[Purpose, Callable[[UUID, Incoming, str | None], None]] = {
    Purpose.REPLY: take_reply,
    Purpose.BOUNCE: take_back,
    Purpose.INVITATION: take_answer,
}
SENDERS = RateLimit(lambda: settings().mail_in_per_minute)
"""By who says it sends; of what has no sender, as bounces have none, by the mail that it is about."""


class Door:
    """What the server does with mail; the names are aiosmtpd's."""

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Know the addresses that stood in our mails, and no others."""
        if envelope.rcpt_tos:
            return ONE_AT_A_TIME
        if meant_by(address) is None:
            log.info("mail_in_unknown")
            return NOBODY
        if SENDERS.spend((envelope.mail_from or address).lower()):
            return TOO_OFTEN
        envelope.rcpt_tos.append(address)
        return TAKEN

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Do what a mail is for."""
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        return await asyncio.to_thread(taken, envelope.rcpt_tos[0], envelope.mail_from, content)


def taken(address: str, envelope_sender: str | None, content: bytes) -> str:
    """Do what a mail is for; return what is said to the server that brings it."""
    meant = meant_by(address)
    if meant is None:
        return NOBODY
    purpose, mail_id = meant
    try:
        TAKERS[purpose](mail_id, read(content), envelope_sender)
    except NotFound:
        return NOBODY
    except PlatsverketError as error:
        log.warning("mail_in_not_now", mail=str(mail_id), why=type(error).__name__)
        return NOT_NOW
    except Exception:  # of ours: whoever brings it keeps it, and the log says why
        log.exception("mail_in_failed", mail=str(mail_id))
        return NOT_NOW
    return TAKEN


async def serve(listener: socket.socket) -> None:
    """Take mail until cancelled."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: protocol(loop), sock=listener)
    async with server:
        await server.serve_forever()


def protocol(loop: asyncio.AbstractEventLoop) -> SMTP:
    """Return what speaks to one that connects."""
    return SMTP(Door(), data_size_limit=MOST_BYTES, timeout=SILENT_S, ident="platsverket", loop=loop)
