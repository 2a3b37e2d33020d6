"""The page on which a manager approves or declines that a person is lent: by a link, or as a notice leads there."""

from typing import Any
from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlmodel import Session

from api.language.i18n import gettext as _
from api.pages.forms import Form
from api.pages.people.presenter import card_told
from api.pages.rendering import page, see_other
from api.pages.visit import Visit
from competence.approvals.models import Channel
from competence.approvals.rules import LONGEST_EVIDENCE
from competence.queries import skills_of
from marketplace.cards import answering
from marketplace.cards.answering import AskedCard
from marketplace.views import reads

TEMPLATE = "people/answer.html"
BY_LINK, SIGNED_IN = "/card-links/{secret:str}", "/card-approvals/{key:uuid}"


class AnsweringPages(Controller):
    """Look at what is asked, and answer."""

    path = "/"

    @get(BY_LINK, sync_to_thread=True)
    def open_link(self, visit: NamedDependency[Visit], secret: FromPath[str]) -> Template:
        """Show what a link asks, to the one it was sent to."""
        return _page(visit, answering.asked_by_link(visit.session, visit.actor, secret))

    @post(BY_LINK, sync_to_thread=True)
    def answer_link(self, visit: NamedDependency[Visit], secret: FromPath[str]) -> Redirect:
        """Answer what a link asks, once."""
        return _answered(visit, answering.asked_by_link(visit.session, visit.actor, secret), Channel.LINK)

    @get(SIGNED_IN, sync_to_thread=True)
    def open(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Template:
        """Show what one is asked."""
        return _page(visit, answering.asked_of(visit.session, visit.actor, key))

    @post(SIGNED_IN, sync_to_thread=True)
    def answer(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Answer what one is asked, once."""
        return _answered(visit, answering.asked_of(visit.session, visit.actor, key), Channel.SIGNED_IN)


def _page(visit: Visit, asked: AskedCard) -> Template:
    reads.names_read(visit.session, visit.actor, [asked.resource])
    return page(TEMPLATE, _context(visit.session, asked, visit.form, visit.request.url.path))


def _answered(visit: Visit, asked: AskedCard, channel: Channel) -> Redirect:
    form, path = visit.form, visit.request.url.path
    with form.acting(visit.session, TEMPLATE, lambda: _context(visit.session, asked, form, path)):
        words, said = form.text("words", most=LONGEST_EVIDENCE), form.value("answer")
        if said not in {"yes", "no"}:
            form.wrong("answer", "choose one")
        form.check()
        yes, seen = said == "yes", form.value("seen") or None
        answering.answer(visit.session, visit.actor, asked, yes=yes, words=words, channel=channel, seen=seen)
    told = (
        _("You have approved it. HR decides.") if yes else _("You have declined. HR is told, and nobody sees the card.")
    )
    return see_other(visit.request, "/", told)


def _context(session: Session, asked: AskedCard, form: Form, path: str) -> dict[str, Any]:
    key = asked.resource.id
    return {
        "form": form,
        "path": path,
        "name": asked.resource.name,
        "facts": card_told(asked.held.card.facts, skills_of(session, [key])[key], asked.during),
        "seen": asked.reading,
        "answer_by": asked.approval.answer_by,
    }
