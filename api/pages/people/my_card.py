"""The page of one's own capacity card: what it says, who sees it, who says yes, and the employee's own answer."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlmodel import Session

from api.language.i18n import gettext as _
from api.pages.forms import Form, uuid_of
from api.pages.people.presenter import card_told
from api.pages.rendering import page, see_other
from api.pages.visit import Visit
from competence.approvals.models import Approver
from competence.approvals.rules import LONGEST_EVIDENCE
from core.actor import Actor
from core.errors import NotFound
from marketplace.cards import mine
from marketplace.cards.approving import spanned
from marketplace.cards.mine import MyCard
from marketplace.offers.models import OfferState
from marketplace.planning import surging
from marketplace.surges.calls import my_calls
from marketplace.surges.models import CallState, Surge, SurgeCall

TEMPLATE, PAGE = "people/my_card.html", "/my-card"


class MyCardPages(Controller):
    """Read it, agree, decline or take back, pause, answer a call."""

    path = PAGE

    @get("/", sync_to_thread=True)
    def read(self, visit: NamedDependency[Visit]) -> Template:
        """Show one's own card."""
        return page(TEMPLATE, _context(visit.session, visit.actor, visit.form))

    @post("/{key:uuid}/agreement", sync_to_thread=True)
    def agree(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Say yes to one's own card."""
        seen, told = visit.form.value("seen") or None, _("You have said yes. HR is told.")
        return _done(visit, lambda: mine.agree(visit.session, visit.actor, key, seen), told)

    @post("/{key:uuid}/withdrawal", sync_to_thread=True)
    def decline(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Say no, or take one's yes back."""
        words = visit.form.text("words", most=LONGEST_EVIDENCE)
        told = _("It is noted, and HR is told. The card is shown to nobody else.")
        return _done(visit, lambda: mine.decline(visit.session, visit.actor, key, words), told)

    @post("/{key:uuid}/pause", sync_to_thread=True)
    def pause(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Let nobody find it for the time being."""
        told = _("The card is paused: nobody finds it until you let it be found again.")
        return _done(visit, lambda: mine.pause(visit.session, visit.actor, key), told)

    @post("/{key:uuid}/resumption", sync_to_thread=True)
    def resume(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Let it be found again."""
        told = _("The card may be found again.")
        return _done(visit, lambda: mine.resume(visit.session, visit.actor, key), told)

    @post("/{key:uuid}/call-answer", sync_to_thread=True)
    def answer_call(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Say that one can come when one's card is called, or that one does not."""
        form = visit.form
        comes, call_id = form.value("comes") == "yes", uuid_of(form.value("call"))
        told = _("HR is told, and answers.") if comes else _("It is noted that you do not come, and HR is told.")

        def answered() -> None:
            begins = form.day_or_none(f"begins.{call_id}")
            if call_id is None:
                raise NotFound("surge_call", form.value("call"))
            surging.answer_own_call(visit.session, visit.actor, key, call_id, comes=comes, begins=begins)

        return _done(visit, answered, told)


def _done(visit: Visit, do: Callable[[], None], told: str) -> Redirect:
    form = visit.form
    with form.acting(visit.session, TEMPLATE, lambda: _context(visit.session, visit.actor, form)):
        do()
    return see_other(visit.request, PAGE, told)


def _context(session: Session, actor: Actor, form: Form) -> dict[str, Any]:
    cards = mine.my_cards(session, actor)
    calls = my_calls(session, actor) if cards else []
    return {"form": form, "cards": [_shown(each, calls) for each in cards]}


def _shown(card: MyCard, calls: Sequence[tuple[SurgeCall, Surge]]) -> dict[str, Any]:
    states = {each.state for each in card.offers}
    return {
        "card": card,
        "key": card.resource.id,
        "facts": card_told(card.held.card.facts, card.skills, spanned(card.offers)),
        "yeses": [(who, card.stands(who)) for who in Approver],
        "shown": card.held.card.may_be_shown and OfferState.OPEN in states,
        "calls": [
            (call, surge, call.state in (CallState.ASKED, CallState.EXPIRED))
            for call, surge in calls
            if call.resource_id == card.resource.id
        ],
        "may_pause": OfferState.OPEN in states,
        "may_resume": OfferState.PAUSED in states,
    }
