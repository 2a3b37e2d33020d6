"""Mails that come back: what a delivery status notification says (RFC 3464)."""

from collections.abc import Iterator
from email.message import Message
from uuid import UUID

import structlog

from api.mail.inbound.reading import Incoming
from core.database import db
from marketplace.mail import service

log = structlog.get_logger()


def take_back(mail_id: UUID, incoming: Incoming, _envelope_sender: str | None) -> None:
    """Note that a mail was not delivered, where a notification says so; one that only says later, or done, is none."""
    why = failure_in(incoming.message) if incoming.message else None
    if why is None:
        log.info("mail_bounce_dropped", mail=str(mail_id))
        return
    with db.unit_of_work() as session:
        is_news = service.bounced(session, mail_id, why)
    log.warning("mail_bounced", mail=str(mail_id), again=not is_news)


def failure_in(message: Message) -> str | None:
    """Return why a mail was given up, as the server said; None where the message does not say that it was."""
    for each in _recipients(message):
        if str(each.get("action", "")).strip().lower() == "failed":
            kind, _semicolon, said = str(each.get("diagnostic-code", "")).partition(";")
            told = said.strip() or kind.strip()
            return " ".join(f"{each.get('status', '')} {told}".split()) or "failed"
    return None


def _recipients(message: Message) -> Iterator[Message]:
    """Yield the fields of each recipient that a report tells of; the first of its blocks is about the mail itself."""
    if message.get_content_type() != "multipart/report":
        return
    for part in message.walk():
        blocks = part.get_payload()
        if part.get_content_type() == "message/delivery-status" and isinstance(blocks, list):
            yield from (each for each in blocks if isinstance(each, Message))
