"""The start page: what this is for somebody new, what is waiting for somebody signed in."""

from typing import Any

from litestar import Controller, Request, get
from litestar.di import NamedDependency
from litestar.response import Template
from sqlmodel import Session

from api.http.auth import signed_in_actor
from api.http.visitor import visitor_of
from api.pages.offers.presenter import state_labels
from api.pages.rendering import page
from core.actor import Actor, Role
from marketplace.bookings.models import BookingState
from marketplace.bookings.queries import BookingSearch, bookings_page
from marketplace.notices.queries import unread_count
from marketplace.proposals.models import ProposalState
from marketplace.proposals.queries import ProposalSearch, ProposalView, counts_by_state, proposals_page
from marketplace.proposals.rules import SPEAKS_FOR
from marketplace.requests.queries import RequestSearch, requests_page

# How many of each are shown; the rest is behind a link.
SHOWN = 5
_LOOKED_THROUGH = 50


class StartPage(Controller):
    """Where everybody begins."""

    path = "/"

    @get("/", sync_to_thread=True)
    def start(self, request: Request[Any, Any, Any], session: NamedDependency[Session]) -> Template:
        """Show the start page."""
        if visitor_of(request) is None:
            return page("start.html")
        actor = signed_in_actor(request, session)
        return page("waiting.html", {"actor": actor, **_waiting(session, actor)})


def _waiting(session: Session, actor: Actor) -> dict[str, Any]:
    """Return what the member's roles have to do, most pressing first on the page."""
    asks = actor.has(Role.REQUESTER)
    filed = requests_page(session, actor, RequestSearch(organisation_id=actor.organisation_id), 1, SHOWN)
    bookings = bookings_page(session, actor, BookingSearch(), 1, SHOWN)
    over = {BookingState.CLOSED, BookingState.CANCELLED}
    return {
        "to_review": counts_by_state(session, actor).get(ProposalState.PROPOSED, 0) if actor.coordinates else 0,
        "to_answer": _to_answer(session, actor),
        "bookings": [view for view in bookings.items if view.booking.state not in over],
        "state_labels": state_labels,
        "requests": filed.items if asks else [],
        "unread": unread_count(session, actor),
        "asks": asks,
        "lists": actor.has(Role.LISTER),
    }


def _to_answer(session: Session, actor: Actor) -> list[ProposalView]:
    """Return approved proposals that wait for a side that the actor answers for, soonest deadline first."""
    found = proposals_page(session, actor, ProposalSearch(state=ProposalState.APPROVED), 1, _LOOKED_THROUGH)
    own = [view for view in found.items if _waits_for(actor, view)]
    return sorted(own, key=lambda view: view.proposal.answer_by)[:SHOWN]


def _waits_for(actor: Actor, view: ProposalView) -> bool:
    waiting = (each.party for each in view.parties if each.party.answer is None)
    return any(each.organisation_id == actor.organisation_id and actor.has(SPEAKS_FOR[each.side]) for each in waiting)
