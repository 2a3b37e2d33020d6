"""The background entry of mail: each sweep queues, collects and sends, in transactions of their own."""

import time
from collections.abc import Callable, Mapping
from email.message import EmailMessage
from functools import partial
from uuid import UUID

import structlog
from sqlmodel import Session

from api.mail.addresses import Purpose, address_for
from api.mail.asking import asked_in
from api.mail.invitations import invitation_message
from api.mail.letters import message as letters
from api.mail.message import message
from api.mail.smtp import Courier, Postponed, Refused, Uncertain, Unreachable
from api.mail.visits import visit_message
from core.database import db
from core.jobs import Job, job
from core.settings import settings
from hubs.visits.queries import visit_of
from marketplace.invitations import service as invitations
from marketplace.invitations.queries import invited as invitation
from marketplace.mail import queries, service
from marketplace.mail.models import Mail
from marketplace.mail.rules import MailKind

log = structlog.get_logger()

SENDING_S = 30
"""How long one sweep sends; the next goes on. Other jobs get their turn."""
ORGANISATIONS, MOST_ROUNDS = 1000, 20
"""How many have their notices put into the outbox in one sweep, and in how many transactions each."""


@job(Job.SWEEP_MAIL)
def sweep_mail() -> None:
    """Put notices into the outbox, make mails of what is due, and send those."""
    with db.unit_of_work() as session:
        waiting = queries.unqueued_organisations(session, ORGANISATIONS)
    for organisation_id in waiting:
        try:
            _queue_all(organisation_id)
        except Exception:  # it stops no other
            log.exception("mail_not_queued", organisation=str(organisation_id))
    for look in (invitations.note_calendars, invitations.invite):
        try:
            _look_through(look)
        except Exception:  # nor does this
            log.exception("calendars_not_invited")
    with db.unit_of_work() as session:
        service.collect(session)
    send_due()


def _look_through(look: Callable[[Session], int]) -> None:
    """Look through what has changed for calendars, so much at a time."""
    for _round in range(MOST_ROUNDS):
        with db.unit_of_work() as session:
            if look(session) < invitations.AT_A_TIME:
                return


def _queue_all(organisation_id: UUID) -> None:
    """Put all notices of an organisation into the outbox: thousands are one mail, and one that is urgent is there."""
    for _round in range(MOST_ROUNDS):
        with db.unit_of_work() as session:
            if service.queue(session, organisation_id) < service.AT_A_TIME:
                return


def send_due() -> None:
    """Send what is due through one connection, one mail after the other; without a server all of it waits."""
    if not settings().makes_mail:
        return
    end = time.monotonic() + SENDING_S
    with Courier() as courier:
        while time.monotonic() < end and _send_next(courier):
            pass


def _send_next(courier: Courier) -> bool:
    """Send one mail; tell whether there may be another that the server takes.

    It is written that its text goes to the server before that does, and what became of it after the server has
    answered. Whoever is killed in between leaves a mail of which nobody knows: it has failed, and is not sent twice.
    """
    with db.unit_of_work() as session:
        mail = service.take(session)
        write = _to_write(session, mail) if mail else None
        if mail and write is None:
            service.dropped(session, mail)
    if mail is None or write is None:
        return mail is not None
    return _note(mail, *_delivered(courier, mail, write))


def _to_write(session: Session, mail: Mail) -> Callable[[], EmailMessage] | None:
    """Return what writes a mail, of what is read now; None where nobody is there any more to read it."""
    if mail.invitation_id is not None:
        invited = invitation(session, mail)
        return partial(invitation_message, invited) if invited else None
    if mail.letter_id is not None:
        return letters.to_write(session, mail)
    if mail.kind is not None:
        return _WITHOUT_ACCOUNT[mail.kind](session, mail)
    letter = queries.letter(session, mail)
    return partial(message, letter, asked_in(session, letter)) if letter else None


def _about_visit(session: Session, mail: Mail) -> Callable[[], EmailMessage] | None:
    visit = visit_of(session, mail)
    return partial(visit_message, mail, visit) if visit else None


_WITHOUT_ACCOUNT: Mapping[MailKind, Callable[[Session, Mail], Callable[[], EmailMessage] | None]] = {
    MailKind.NEWSLETTER: letters.to_write,
    MailKind.VISIT: _about_visit,
    MailKind.VISIT_CALLED_OFF: _about_visit,
}
"""What writes the mails to those who have no account."""


def _delivered(courier: Courier, mail: Mail, write: Callable[[], EmailMessage]) -> tuple[type[Exception] | None, str]:
    """Return what went wrong, if anything did, and in which words."""
    try:
        courier.deliver(write(), partial(_begin, mail), address_for(Purpose.BOUNCE, mail.id))
    except _Overtaken:
        return _Overtaken, ""
    except (Unreachable, Uncertain, Postponed, Refused) as error:
        log.warning("mail_not_sent", mail=str(mail.id), why=type(error).__name__, attempts=mail.attempts)
        return type(error), str(error)
    except ValueError as error:
        return Refused, str(error)
    except Exception:  # of ours: it stops no other, and shows in the end
        log.exception("mail_not_written", mail=str(mail.id))
        return Postponed, "The mail could not be written; the log says why."
    return None, ""


def _begin(mail: Mail) -> None:
    with db.unit_of_work() as session:
        if not service.begin(session, mail):
            raise _Overtaken


class _Overtaken(Exception):
    """Another worker has taken the mail, as this one was taken for dead: it is the other's."""


def _note(mail: Mail, wrong: type[Exception] | None, why: str) -> bool:
    with db.unit_of_work() as session:
        if wrong is None:
            service.sent(session, mail)
        elif wrong is Refused:
            service.failed(session, mail, why)
        elif wrong is Uncertain:
            service.uncertain(session, mail, why)
        elif wrong is not _Overtaken:
            service.postponed(session, mail, why, refused=wrong is Postponed)
    return wrong not in {Unreachable, Uncertain}
