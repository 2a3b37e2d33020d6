"""The start page: what this is for somebody new, what is waiting for somebody signed in."""

from dataclasses import replace
from typing import Any

from litestar import Controller, Request, get
from litestar.di import NamedDependency
from litestar.response import Template
from sqlmodel import Session

from api.http.auth import signed_in_actor
from api.http.visitor import visitor_of
from api.pages.rendering import page
from api.presenters.lent import name_of, state_labels
from core.actor import Actor, Permission
from marketplace.bookings.models import BookingState
from marketplace.bookings.queries import BookingSearch, bookings_page
from marketplace.inquiries.models import InquiryState
from marketplace.inquiries.queries import InquirySearch, inquiries_page
from marketplace.proposals.rules import SPEAKS_FOR
from marketplace.requests.queries import RequestSearch, requests_page
from marketplace.surges.queries import keeps
from marketplace.views import reads
from marketplace.views.market import market_figures, waiting_figures, wanted_near
from marketplace.views.proposals import proposals_to_answer
from resources.families import FAMILIES

SHOWN = 5
"""How many of each are shown; the rest is behind a link."""


class StartPage(Controller):
    """Where everybody begins."""

    path = "/"

    @get("/", sync_to_thread=True)
    def start(self, request: Request[Any, Any, Any], session: NamedDependency[Session]) -> Template:
        """Show the start page."""
        if visitor_of(request) is None:
            return page("start.html", {"figures": market_figures(session), "families": list(FAMILIES)})
        actor = signed_in_actor(request, session)
        return page("waiting.html", {"actor": actor, **_waiting(session, actor)})


def _waiting(session: Session, actor: Actor) -> dict[str, Any]:
    """Return what the member's roles have to do, most pressing first on the page."""
    asks, figures = actor.may(Permission.REQUEST), waiting_figures(session, actor)
    answers = [side for side, permission in SPEAKS_FOR.items() if actor.may(permission)]
    filed = requests_page(session, actor, RequestSearch(organisation_id=actor.organisation_id), 1, SHOWN)
    wanted = InquirySearch(InquiryState.WAITING, organisation_id=actor.organisation_id)
    asked = inquiries_page(session, actor, wanted, 1, SHOWN)
    bookings = bookings_page(session, actor, BookingSearch(is_ours=True), 1, SHOWN)
    reads.lent_read(session, actor, bookings.items)
    over = {BookingState.CLOSED, BookingState.CANCELLED}
    return {
        "to_review": figures.to_review if actor.coordinates else 0,
        "to_approve": figures.to_approve,
        "own_cards": figures.own_cards,
        "for_hr": figures.for_hr,
        "questions": figures.questions,
        "to_answer": proposals_to_answer(session, actor, answers, SHOWN),
        "bookings": replace(bookings, items=[view for view in bookings.items if view.booking.state not in over]),
        "name_of": name_of,
        "state_labels": state_labels,
        "requests": filed if asks else replace(filed, items=[]),
        "inquiries": asked if asks else replace(asked, items=[]),
        "calls_of_mine": figures.calls_of_mine,
        "calls_to_answer": figures.calls_to_answer,
        "unread": figures.unread,
        "asks": asks,
        "lists": actor.may(Permission.OFFER),
        "offered": figures.offered,
        "wanted": wanted_near(session, actor) if actor.may(Permission.OFFER) else [],
        "uploads": actor.may(Permission.UPLOAD),
        "rosters": keeps(actor) or actor.coordinates,
    }
