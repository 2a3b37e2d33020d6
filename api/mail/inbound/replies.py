"""Replies to mails that ask something."""

from uuid import UUID

import structlog

from api.language.i18n import gettext as _
from api.language.i18n import speaking
from api.mail.inbound.reading import Incoming, is_automatic, reply_in
from core.database import db
from marketplace.mail.models import Mail
from marketplace.organisations import queries as organisations
from marketplace.replies import service

log = structlog.get_logger()


def take_reply(mail_id: UUID, incoming: Incoming, envelope_sender: str | None) -> None:
    """Take a person's reply; what a program sends is none, and leaves the question as it is.

    Raises
    ------
    NotFound
        The mail asks nothing, or is kept no longer.
    """
    if incoming.message is not None and is_automatic(envelope_sender, incoming.message):
        log.info("mail_reply_automatic", mail=str(mail_id))
        return
    with db.unit_of_work() as session:
        mail = session.get(Mail, mail_id)
        language = organisations.member(session, mail.member_id).language if mail and mail.member_id else "en"
        with speaking(language):
            why = _("Answered by mail, without a reason.")
        service.answer(session, mail_id, reply_in(incoming.message), incoming.sender, why)
