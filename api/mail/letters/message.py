"""What each reader of a letter gets: its words without marks, in plain text and HTML, and one click to get no more."""

from collections.abc import Callable
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from functools import cache, partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from sqlmodel import Session, col, select

from api.language.i18n import gettext as _
from api.language.i18n import speaking
from api.mail.message import one_line, sender
from hubs.letters import queries
from hubs.letters.links import confirming_address, stopping_address, unsubscribing_address
from hubs.letters.models import HubLetter, HubLetterWish, NewsletterSubscriber
from hubs.letters.text import as_html, for_reader
from hubs.membership.queries import is_member
from hubs.places.models import Hub
from marketplace.mail.models import Mail
from marketplace.organisations.models import Member


@dataclass(frozen=True)
class Outgoing:
    """A mail from a hub to one reader, who ends it at `stop`; None: it asks for a confirmation."""

    mail: Mail
    hub: str
    to: str
    language: str
    subject: str
    markdown: str
    stop: str | None


def words_for(session: Session, letter: HubLetter, *, is_member: bool, to_host: bool = False) -> str:
    """Return a letter as Markdown as a member of the hub reads it now, or somebody who is none.

    `to_host`: as a member reads it, for a host who is none, with the names that are told the hosts.
    """
    with speaking(letter.language):
        names = ", ".join(queries.new_members(session, letter, to_host=to_host)) if is_member else ""
        welcome = _("New here: %(names)s. Say hello!") % {"names": names} if names else ""
        return for_reader(letter.words, is_member=is_member, new_members=welcome)


def to_write(session: Session, mail: Mail) -> Callable[[], EmailMessage] | None:
    """Return what writes a letter to one reader, or the question whether it wants any; None: it is not to go to it."""
    made = outgoing(session, mail)
    return partial(message, made) if made else None


def outgoing(session: Session, mail: Mail) -> Outgoing | None:
    """Return what goes to one reader, of what is so now; None where that one wants it no more."""
    if mail.letter_id is None:
        return _question(session, mail)
    letter = session.get_one(HubLetter, mail.letter_id)
    hub = session.get_one(Hub, letter.hub_id)
    if mail.of_id is not None:
        subscriber = session.get(NewsletterSubscriber, mail.of_id)
        if subscriber is None:
            return None
        to, stop = subscriber.address, unsubscribing_address(subscriber.id)
        words = words_for(session, letter, is_member=False)
    else:
        gets = queries.weekly_readers(hub.id).where(col(Member.id) == mail.member_id)
        if mail.member_id is None or session.scalar(gets) is None:
            return None
        said = select(HubLetterWish.id).where(HubLetterWish.hub_id == hub.id, HubLetterWish.member_id == mail.member_id)
        to, stop = session.get_one(Member, mail.member_id).email, stopping_address(session.exec(said).one())
        words = words_for(session, letter, is_member=is_member(session, hub.id, mail.member_id))
    return Outgoing(mail, hub.name, to, letter.language, letter.subject, words, stop)


def _question(session: Session, mail: Mail) -> Outgoing | None:
    subscriber = session.get(NewsletterSubscriber, mail.of_id)
    if subscriber is None or subscriber.confirmed_at is not None:
        return None
    hub = session.get_one(Hub, subscriber.hub_id)
    with speaking(subscriber.language):
        subject = _("Do you want the newsletter of %(hub)s?") % {"hub": hub.name}
        words = _(
            "Somebody, you we hope, has asked for the newsletter of %(hub)s at this address.\n\nIf you want it, "
            "confirm it within two days: %(at)s\n\nIf not, you need do nothing: the address is forgotten then."
        ) % {"hub": hub.name, "at": confirming_address(subscriber.id)}
    return Outgoing(mail, hub.name, subscriber.address, subscriber.language, subject, words, None)


def message(made: Outgoing) -> EmailMessage:
    """Return the mail, the same each time that it is asked for.

    Raises
    ------
    ValueError
        The address cannot be written to.
    """
    mail = EmailMessage()
    mail["From"] = Address(one_line(made.hub), addr_spec=sender())
    mail["To"] = Address(addr_spec=one_line(made.to))
    mail["Subject"] = one_line(made.subject)
    mail["Date"] = format_datetime(made.mail.created_at)
    mail["Message-ID"] = f"<{made.mail.id}@{sender().rpartition('@')[2]}>"
    if made.stop:
        mail["List-Unsubscribe"] = f"<{made.stop}/at-once>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058
    else:
        mail["Auto-Submitted"] = "auto-generated"
    with speaking(made.language):
        end = f"-- \n{_('Get no more of these letters')}: {made.stop}\n" if made.stop else ""
        mail.set_content(f"{made.markdown.rstrip()}\n\n{end}")
        context = {
            "language": made.language,
            "subject": made.subject,
            "html": Markup(as_html(made.markdown)),  # noqa: S704 - `as_html` lets no HTML of a writer's through
            "stop": made.stop,
            "end": _("Get no more of these letters"),
        }
        mail.add_alternative(_template().render(context), subtype="html")
        mail["Content-Language"] = made.language
    return mail


@cache
def _template() -> Any:
    here = Path(__file__).parents[2] / "templates" / "mail"
    environment = Environment(loader=FileSystemLoader(here), autoescape=True, undefined=StrictUndefined)
    return environment.get_template("letter.html")
