"""What a mail says of how it can be answered, and what the mail that answers a reply says of that."""

from collections.abc import Iterator
from dataclasses import dataclass
from textwrap import shorten

from sqlmodel import Session

from api.language import format as written
from api.language.i18n import gettext as _
from api.language.i18n import ngettext
from api.language.labels import label
from core.errors import NotFound
from marketplace.mail.models import MailQuestion
from marketplace.mail.queries import Letter
from marketplace.mail.rules import ReplyOutcome
from marketplace.proposals.queries import LineView, ProposalView, proposal_view
from marketplace.replies.service import ask

MOST_LINES, MOST_TIMES, LONGEST_CONDITIONS = 10, 3, 300
"""What a mail tells of a proposal; its page tells all."""


@dataclass(frozen=True)
class Asked:
    """What may be answered by mail, and of what is to be confirmed what it is."""

    question: MailQuestion
    title: str
    view: ProposalView | None

    @property
    def is_open(self) -> bool:
        """Whether a reply is waited for."""
        return self.question.expires_at is not None


def asked_in(session: Session, letter: Letter) -> Asked | None:
    """Return what a mail that is about to go asks, and note that it asks it."""
    return _asked(session, letter, ask(session, letter))


def noted_in(session: Session, letter: Letter) -> Asked | None:
    """Return what a mail asks that went before."""
    return _asked(session, letter, session.get(MailQuestion, letter.mail.id))


def _asked(session: Session, letter: Letter, question: MailQuestion | None) -> Asked | None:
    if question is None:
        return None
    notice = next((each for each in letter.notices if each.id == question.notice_id), None)
    if notice is None:
        return None
    view = None
    if question.outcome in {ReplyOutcome.TO_CONFIRM, ReplyOutcome.CHANGED}:
        try:
            view = proposal_view(session, letter.reader, notice.entity_id)
        except NotFound:
            view = None
    return Asked(question, notice.facts["request"], view)


def how_to_answer(asked: Asked, *, alone: bool) -> list[str]:
    """Return how the one thing that a mail asks is answered."""
    if alone:
        first = _("You can answer by replying to this mail.")
    else:
        first = _("What waits for your answer about “%(request)s” can be answered by replying to this mail.")
    way = _("Write only yes or no, on the first line. You then get a mail to confirm it; before that nothing is done.")
    return [f"{first} {way}" % {"request": asked.title}]


def answered_words(asked: Asked, email: str) -> tuple[str, list[str]]:
    """Return what became of a reply: a sentence, and what there is to say beside it."""
    details = [*_why(asked.question), *_lines(asked), *([_what_to_write(asked.question)] if asked.is_open else [])]
    facts = {"request": asked.title, "email": email}
    return _sentence(asked.question) % facts, [each % facts for each in details]


def _sentence(question: MailQuestion) -> str:
    if question.outcome in {ReplyOutcome.TO_CONFIRM, ReplyOutcome.DONE}:
        return label(question.to_confirm or "", f"reply_{question.outcome}")
    return label(question.outcome or "", "reply_outcome")


def _why(question: MailQuestion) -> Iterator[str]:
    if question.outcome is ReplyOutcome.OTHER_SENDER:
        yield _("If it was you: write from %(email)s. If not: whoever you have forwarded the mail to may have replied.")


def _what_to_write(question: MailQuestion) -> str:
    if question.to_confirm is None:
        return _(
            "Reply to this mail with only yes or no on the first line, and nothing else. Conditions cannot be met."
        )
    assert question.expires_at is not None
    text = _("Reply to this mail with only the word confirm, by %(until)s. If it is not what you want, do nothing.")
    return text.replace("%(until)s", written.deadline(question.expires_at))


def _lines(asked: Asked) -> Iterator[str]:
    """Yield what is proposed, as far as its reader may know it."""
    if asked.view is None:
        return
    told = [" · ".join(filter(None, _line(asked.view, each))) for each in asked.view.shown]
    yield from map(_escaped, told[:MOST_LINES])
    if (more := len(told) - MOST_LINES) > 0:
        yield ngettext("%(n)s more is on its page.", "%(n)s more are on its page.", more) % {"n": more}


def _line(view: ProposalView, line: LineView) -> Iterator[str]:
    yield line.need.title or label(line.need.family, "family")
    how_many = f"{written.number(line.line.amount)} × " if line.line.amount > 1 else ""
    if view.names(line):
        yield how_many + line.offered.lent.resource.name
    yield ", ".join(map(written.period, line.during[:MOST_TIMES])) + (" …" if len(line.during) > MOST_TIMES else "")
    if cost := line.cost_sek:
        yield written.money(cost)
    yield shorten(line.line.conditions, LONGEST_CONDITIONS, placeholder="…")


def _escaped(text: str) -> str:
    return text.replace("%", "%%")
