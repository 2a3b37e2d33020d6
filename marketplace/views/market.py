"""The market in figures that anybody may know: counted, of nobody in particular."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Select, func, or_, select
from sqlmodel import Session, col

from competence.approvals.queries import waiting_for_hr, waiting_for_manager, waiting_for_person
from core.actor import Actor
from core.database.statements import made_once
from marketplace.bookings.models import Booking, BookingState
from marketplace.notices import queries as notices
from marketplace.offers import queries as offers
from marketplace.organisations.models import Organisation
from marketplace.organisations.queries import takes_part
from marketplace.proposals import queries as proposals
from marketplace.proposals.models import Proposal, ProposalState
from marketplace.questions import queries as questions
from marketplace.requests.models import Need, NeedState, Request, RequestState
from marketplace.surges import calls

_MATCHED = (RequestState.OPEN, RequestState.PROPOSED, RequestState.PARTLY_AGREED)
"""In which needs are looked for."""
MOST_WANTED = 6
"""Kinds of things that a lister is told others wait for."""
FEWEST_WHO_WANT = 3
"""Other organisations that wait for a kind, or it would tell who does."""


@dataclass(frozen=True)
class MarketFigures:
    """How many take part, what is offered to all by family, how many needs wait, and how often both sides agreed."""

    organisations: int
    offers: Mapping[str, int]
    needs: int
    bookings: int


def market_figures(session: Session) -> MarketFigures:
    """Count the market as it is now, in two queries."""
    counted = (
        select(func.count()).select_from(Organisation).where(takes_part()),
        select(func.count())
        .select_from(Need)
        .join(Request, col(Request.id) == col(Need.request_id))
        .where(col(Need.state) == NeedState.OPEN, col(Request.state).in_(_MATCHED)),
        select(func.count()).select_from(Booking).where(col(Booking.state) != BookingState.CANCELLED),
    )
    organisations, needs, bookings = session.execute(select(*(each.scalar_subquery() for each in counted))).one()
    return MarketFigures(organisations, offers.shown_to_all(session), needs, bookings)


@dataclass(frozen=True)
class WaitingFigures:
    """What the reader has to review, approve, read and answer, and how many offers its organisation has."""

    to_review: int
    to_approve: int
    own_cards: int
    for_hr: int
    questions: int
    unread: int
    offered: int
    calls_of_mine: int
    calls_to_answer: int


def waiting_figures(session: Session, actor: Actor) -> WaitingFigures:
    """Count what waits for somebody, in one query."""
    return WaitingFigures(*session.execute(*_waiting(actor)).one())


@made_once
def _waiting(actor: Actor) -> Select[*tuple[Any, ...]]:
    to_review = proposals.visible_to(actor).where(col(Proposal.state) == ProposalState.PROPOSED)
    counted = (
        to_review.with_only_columns(func.count(), maintain_column_froms=True),
        waiting_for_manager(actor),
        waiting_for_person(actor),
        waiting_for_hr(actor),
        questions.waiting_for(actor),
        notices.unread_counted(actor),
        offers.counted(actor.organisation_id),
        calls.calls_of_mine(actor),
        calls.calls_to_answer(actor),
    )
    return select(*(each.scalar_subquery() for each in counted))


class Wanted(NamedTuple):
    """A family that several wait for something of, and of a kind where they name one."""

    family: str
    kind: str | None


def wanted_near(session: Session, actor: Actor) -> Sequence[Wanted]:
    """Return what several other organisations wait for in the county of the actor's, or anywhere: a few kinds.

    Neither how many do nor in which order they come tells what one of them asks for.
    """
    return sorted(
        (Wanted(*row) for row in session.execute(*_wanted(actor))), key=lambda each: (each.family, each.kind or "")
    )


@made_once
def _wanted(actor: Actor) -> Select[str, str | None]:
    home = select(col(Organisation.county_code)).where(col(Organisation.id) == actor.organisation_id).scalar_subquery()
    what, number = (col(Need.family), col(Need.kind)), func.count(col(Request.organisation_id).distinct())
    found = (
        select(*what)
        .join(Request, col(Request.id) == col(Need.request_id))
        .where(
            col(Need.state) == NeedState.OPEN,
            col(Request.state).in_(_MATCHED),
            col(Request.organisation_id) != actor.organisation_id,
            or_(col(Need.municipality_code).is_(None), func.left(col(Need.municipality_code), 2) == home),
        )
        .group_by(*what)
        .having(number >= FEWEST_WHO_WANT)
        .order_by(number.desc(), *what)
    )
    return found.limit(MOST_WANTED)
