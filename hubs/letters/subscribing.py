"""Use cases of the newsletter: ask for it, confirm, and want it no more. Nothing but the address is kept."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, exists, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col

from core.errors import BadInput, NotFound
from core.time import clock
from hubs.letters.models import NewsletterSubscriber
from hubs.letters.rules import ASKED_AGAIN_AFTER, CONFIRMED_WITHIN, LANGUAGES
from hubs.places.models import Hub
from hubs.places.queries import hub_view
from hubs.places.rules import check_open
from marketplace.mail.models import Mail
from marketplace.mail.rules import MailKind
from marketplace.mail.service import post
from marketplace.organisations.rules import is_address


def ask(session: Session, hub_id: UUID, address: str, language: str) -> None:
    """Send a mail to an address that asks whether its owner wants a hub's newsletter.

    Whoever asks is told the same whatever is known of the address. One that is confirmed gets no mail, and one that was
    asked lately no second one.

    Raises
    ------
    NotFound
        There is no such hub.
    BadInput
        It is no address.
    Conflict
        ``hub_closed``.
    """
    hub = hub_view(session, None, hub_id).hub
    check_open(hub)
    written = address.strip()
    if not is_address(written):
        raise BadInput("address", address[:100], "it has to be an address such as namn@myndigheten.se")
    if language not in LANGUAGES:
        raise BadInput("language", language, "it has to be sv or en")
    row = NewsletterSubscriber(hub_id=hub.id, address=written, language=language)
    session.execute(insert(NewsletterSubscriber).values(row.model_dump()).on_conflict_do_nothing())
    same = func.lower(col(NewsletterSubscriber.address)) == written.lower()
    its = (col(NewsletterSubscriber.hub_id) == hub.id, same, col(NewsletterSubscriber.confirmed_at).is_(None))
    waiting = session.scalars(select(NewsletterSubscriber).where(*its).with_for_update()).one_or_none()
    if waiting is None:
        return
    lately = col(Mail.created_at) > clock.now() - ASKED_AGAIN_AFTER
    if not session.scalar(select(exists().where(col(Mail.of_id) == waiting.id, lately))):
        post(session, MailKind.NEWSLETTER, waiting.id)


def confirm(session: Session, subscriber_id: UUID) -> NewsletterSubscriber:
    """Note that the owner of an address wants the newsletter; a second time changes nothing.

    Raises
    ------
    NotFound
        Nobody waits to be confirmed any more: the time is over, or the subscription.
    Conflict
        ``hub_closed``: no letter comes any more.
    """
    row = waiting(session, subscriber_id)
    check_open(session.get_one(Hub, row.hub_id))
    row.confirmed_at = row.confirmed_at or clock.now()
    session.flush()
    return row


def waiting(session: Session, subscriber_id: UUID) -> NewsletterSubscriber:
    """Return a subscription that is confirmed, or still may be; NotFound where there is none."""
    row = session.get(NewsletterSubscriber, subscriber_id, with_for_update=True)
    if row is None or (row.confirmed_at is None and row.created_at < clock.now() - CONFIRMED_WITHIN):
        raise NotFound("newsletter_subscriber", subscriber_id)
    return row


def end(session: Session, subscriber_id: UUID) -> None:
    """Forget an address, to which nothing more goes; a second time changes nothing."""
    session.execute(delete(NewsletterSubscriber).where(col(NewsletterSubscriber.id) == subscriber_id))


def forget_unconfirmed(session: Session, passed: datetime) -> None:
    """Forget the addresses that nobody has confirmed in time."""
    over = col(NewsletterSubscriber.created_at) < passed - CONFIRMED_WITHIN
    session.execute(delete(NewsletterSubscriber).where(col(NewsletterSubscriber.confirmed_at).is_(None), over))
