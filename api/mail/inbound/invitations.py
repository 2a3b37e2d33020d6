"""Answers of calendars to invitations. A program sends most of them, so that automatic ones count as others do."""

from email.message import Message
from uuid import UUID

from api.calendars.answers import MOST_BYTES, answer_in
from api.mail.inbound.reading import Incoming
from core.database import db
from marketplace.invitations import answering
from marketplace.invitations.rules import Said

_KINDS = {"text/calendar", "application/ics"}


def take_answer(invitation_id: UUID, incoming: Incoming, _envelope_sender: str | None) -> None:
    """Take what a calendar answers.

    Raises
    ------
    NotFound
        Nobody was invited so, or it is kept no longer.
    """
    said = _said(incoming.message) if incoming.message else None
    with db.unit_of_work() as session:
        answering.take(session, invitation_id, said, incoming.sender)


def _said(message: Message) -> Said | None:
    """Return what the first calendar in a mail says."""
    part = next((each for each in message.walk() if each.get_content_type() in _KINDS), None)
    content = part.get_payload(decode=True) if part else None
    if not isinstance(content, bytes) or len(content) > MOST_BYTES:
        return None
    return answer_in(content)
