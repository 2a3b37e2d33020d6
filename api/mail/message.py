"""A mail in its reader's language: plain text and HTML that say the same, with a link to each thing it tells of.

The links are the pages' own addresses. They are not signed, as they give nothing: whoever follows one signs in, and
sees what it may see. What can be answered by mail is answered to an address that is.
"""

from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from functools import cache
from pathlib import Path
from textwrap import shorten
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from api.language.i18n import gettext as _
from api.language.i18n import ngettext, speaking
from api.language.notices import link_of, notice_text
from api.mail.addresses import Purpose, address_for
from api.mail.asking import Asked, answered_words, how_to_answer
from core.settings import settings
from hubs.activities.links import declining_address
from marketplace.mail.queries import Letter
from marketplace.notices.models import Notice
from marketplace.notices.rules import NoticeCode

NAME = "Platsverket"
LONGEST_SUBJECT = 120
CHOICES = "/notices/mail-choices"
_DEVELOPERS = "nobody@localhost"
"""Where mails would come from that nobody sends."""


def message(letter: Letter, asked: Asked | None = None) -> EmailMessage:
    """Return a mail, the same each time that it is asked for: a repetition is known by its Message-ID.

    Raises
    ------
    ValueError
        The member's address cannot be written to.
    """
    with speaking(letter.member.language):
        words = _words(letter, asked)
        made = EmailMessage()
        made["From"] = Address(NAME, addr_spec=sender())
        made["To"] = Address(addr_spec=one_line(letter.member.email))
        made["Subject"] = words["subject"]
        made["Date"] = format_datetime(letter.mail.created_at)
        made["Message-ID"] = f"<{letter.mail.id}@{sender().rpartition('@')[2]}>"
        if asked and asked.is_open:
            made["Reply-To"] = address_for(Purpose.REPLY, letter.mail.id)
        made["Auto-Submitted"] = "auto-replied" if asked and asked.question.outcome else "auto-generated"
        made["X-Auto-Response-Suppress"] = "All"
        made["List-Unsubscribe"] = f"<{words['choices']}>"
        made.set_content(_plain(words))
        made.add_alternative(_template().render(words), subtype="html")
        made["Content-Language"] = letter.member.language
    return made


def _words(letter: Letter, asked: Asked | None) -> dict[str, Any]:
    told = [(one_line(_sentence(letter, each)), settings().address + link_of(each)) for each in letter.notices]
    details: list[str] = []
    if asked and asked.question.outcome:
        sentence, details = answered_words(asked, letter.member.email)
        told = [(one_line(sentence), told[0][1])]
    elif asked:
        details = how_to_answer(asked, alone=letter.count == 1)
    details += [_("Will you not come? Give it back here: %(at)s") % {"at": each} for each in _declining(letter)]
    subject = told[0][0]
    if letter.count > 1:
        subject = ngettext("%(n)s notice", "%(n)s notices", letter.count) % {"n": letter.count}
    more = letter.count - len(told)
    why = _("You get this as a member of %(organisation)s. The links ask you to sign in.")
    if not (asked and asked.is_open):
        why += " " + _("Nobody reads what is answered to this mail.")
    return {
        "language": letter.member.language,
        "subject": shorten(subject, LONGEST_SUBJECT, placeholder="…"),
        "told": told,
        "details": [one_line(each) for each in details],
        "more": ngettext("%(n)s more notice", "%(n)s more notices", more) % {"n": more} if more else "",
        "all": f"{settings().address}/notices",
        "choices": settings().address + CHOICES,
        "why": one_line(why % {"organisation": letter.organisation}),
        "read_on": _("Read on, and answer where you are asked"),
        "choose": _("Choose what you get by mail"),
    }


def _declining(letter: Letter) -> list[str]:
    """Return where what a mail tells of is given back without signing in."""
    has_seats = (NoticeCode.REGISTRATION, NoticeCode.SEATS_OFFERED)
    stands = (
        each for each in letter.notices if each.code in has_seats and each.facts["to"] not in {"lapsed", "declined"}
    )
    return [declining_address(each.entity_id) for each in stands]


def _sentence(letter: Letter, notice: Notice) -> str:
    text = notice_text(notice)
    return _("A reminder: %(notice)s") % {"notice": text} if notice.id in letter.reminding else text


def sender() -> str:
    """Return the address that mails come from."""
    return settings().mail_from or _DEVELOPERS


def one_line(text: str) -> str:
    """Return a text without what could begin another line, in the mail's head or as if a notice of ours said it."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def _plain(words: dict[str, Any]) -> str:
    told = [f"{text}\n{link}\n" for text, link in words["told"]]
    more = [f"{words['more']}\n{words['all']}\n"] if words["more"] else []
    details = ["\n\n".join(words["details"]) + "\n"] if words["details"] else []
    return "\n".join(
        [*told, *more, *details, "-- ", words["why"], _("Choose what you get by mail") + ":", words["choices"], ""]
    )


@cache
def _template() -> Any:
    """Return the HTML's template: escaped, and with nothing in it that a mail program would have to fetch."""
    here = Path(__file__).parents[1] / "templates" / "mail"
    environment = Environment(loader=FileSystemLoader(here), autoescape=True, undefined=StrictUndefined)
    return environment.get_template("notices.html")
