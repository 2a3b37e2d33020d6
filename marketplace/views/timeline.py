"""What of each unit is taken, proposed and free, day by day: for coordinators, of what is offered in their area."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cached_property
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.dialects.postgresql import Range
from sqlmodel import Session, col

from core.actor import Actor
from core.database.page import Page
from core.database.tables import any_of, by_swedish, coordinated
from core.time.clock import STOCKHOLM
from core.time.interval import Interval, from_range, to_range
from core.time.opening import local_instant
from marketplace.bookings import queries as bookings
from marketplace.offers.models import Offer, OfferState
from marketplace.offers.queries import OfferView, views_by_id
from marketplace.offers.queries import visible_to as offers_visible_to
from marketplace.organisations.models import Organisation
from marketplace.proposals.models import LineClaim, Proposal, ProposalLine, ProposalState
from marketplace.requests.models import Request
from resources.models import Claim, Resource, Site, Unit

DAYS = 90
MOST_UNITS = 500


class UnitUse(StrEnum):
    """What a time of a unit is for."""

    BOOKED = "booked"
    CLOSED = "closed"
    ASKED = "asked"
    PROPOSED = "proposed"


@dataclass(frozen=True)
class Bar:
    """Some days of a unit, from the first day on, that are used: how much of it, and the page about it if there is."""

    use: UnitUse
    first: int
    days: int
    amount: int
    path: str | None = None


@dataclass(frozen=True)
class Row:
    """A unit with the days that it is offered and its bars, in days from the first."""

    unit: Unit
    offered: OfferView
    open: tuple[int, int]
    bars: Sequence[Bar] = field(default_factory=tuple)

    @property
    def free(self) -> int:
        """How many of the days that it is offered have nothing in them."""
        used = {day for bar in self.bars for day in range(bar.first, bar.first + bar.days)}
        return sum(day not in used for day in range(*self.open))


def _midnight(day: date) -> datetime:
    return local_instant(day, time.min)


@dataclass(frozen=True)
class TimelineSearch:
    """Which units, of which days."""

    first: date
    days: int = DAYS
    family: str | None = None
    county_code: str | None = None

    @property
    def last(self) -> date:
        """The last day that is shown."""
        return self.first + timedelta(days=self.days - 1)

    @cached_property
    def during(self) -> Interval:
        """From the midnight that the first day begins with to the one that ends the last."""
        return Interval(_midnight(self.first), _midnight(self.first + timedelta(days=self.days)))


def timeline(session: Session, actor: Actor, search: TimelineSearch, page: int, limit: int) -> Page[Row]:
    """Return units of open offers that the actor coordinates, with what they are used for; six queries for any page."""
    found = _units(actor, search)
    counted = found.with_only_columns(func.count(), maintain_column_froms=True).order_by(None)
    total = session.execute(counted).scalar_one()
    rows = session.execute(found.limit(limit).offset((page - 1) * limit)).all()
    offers = {row[1].id: row[1] for row in rows}
    views = {view.offer.id: view for view in views_by_id(session, actor, list(offers))}
    bars = _bars(session, actor, {unit.id for unit, _offer in rows}, search)
    made = [
        Row(unit, views[offer.id], _days(search, from_range(offer.during)), bars.get(unit.id, ()))
        for unit, offer in rows
    ]
    return Page(made, page, limit, total)


def _units(actor: Actor, search: TimelineSearch) -> Select[Unit, Offer]:
    seen = offers_visible_to(actor).where(
        col(Offer.state) == OfferState.OPEN,
        col(Offer.during).bool_op("&&")(to_range(search.during)),
        coordinated(actor, col(Offer.organisation_id)),
    )
    if search.family is not None:
        seen = seen.where(col(Resource.family) == search.family)
    if search.county_code is not None:
        county = func.coalesce(func.left(Site.municipality_code, 2), Organisation.county_code)
        seen = seen.where(county == search.county_code)
    return (
        seen.with_only_columns(Unit, Offer)
        .join(Unit, col(Unit.resource_id) == col(Resource.id))
        .order_by(by_swedish(col(Organisation.name)), by_swedish(col(Resource.name)), col(Unit.name), col(Unit.id))
    )


def _bars(
    session: Session, actor: Actor, unit_ids: Collection[UUID], search: TimelineSearch
) -> Mapping[UUID, list[Bar]]:
    found: dict[UUID, list[Bar]] = defaultdict(list)
    for used in (_taken, _proposed):
        for unit_id, use, amount, during, path in used(session, actor, unit_ids, to_range(search.during)):
            first, last = _days(search, from_range(during))
            found[unit_id].append(Bar(use, first, last - first, amount, path))
    for bars in found.values():
        bars.sort(key=lambda bar: (bar.first, bar.use))
    return found


_Used = tuple[UUID, UnitUse, int, Range[datetime], str | None]


def _taken(session: Session, actor: Actor, unit_ids: Collection[UUID], during: Range[datetime]) -> Iterator[_Used]:
    rows = session.execute(
        select(col(Claim.unit_id), col(Claim.amount), col(Claim.during), col(Claim.booking_id)).where(
            any_of(col(Claim.unit_id), unit_ids),
            col(Claim.during).bool_op("&&")(during),
            col(Claim.released_at).is_(None),
        )
    ).all()
    known = bookings.visible_among(session, actor, {key for *_rest, key in rows if key})
    for unit_id, amount, when, booking_id in rows:
        use = UnitUse.BOOKED if booking_id else UnitUse.CLOSED
        yield unit_id, use, amount, when, f"/bookings/{booking_id}" if booking_id in known else None


def _proposed(session: Session, actor: Actor, unit_ids: Collection[UUID], during: Range[datetime]) -> Iterator[_Used]:
    rows = session.execute(
        select(
            col(LineClaim.unit_id),
            col(LineClaim.amount),
            col(LineClaim.during),
            col(Proposal.id),
            col(Proposal.state),
            coordinated(actor, col(Request.organisation_id)),
        )
        .join(ProposalLine, col(ProposalLine.id) == col(LineClaim.line_id))
        .join(Proposal, col(Proposal.id) == col(ProposalLine.proposal_id))
        .join(Request, col(Request.id) == col(Proposal.request_id))
        .where(
            any_of(col(LineClaim.unit_id), unit_ids),
            col(LineClaim.during).bool_op("&&")(during),
            col(Proposal.state).in_((ProposalState.PROPOSED, ProposalState.APPROVED)),
        )
    )
    for unit_id, amount, when, proposal_id, state, known in rows:
        use = UnitUse.PROPOSED if state is ProposalState.PROPOSED else UnitUse.ASKED
        yield unit_id, use, amount, when, f"/proposals/{proposal_id}" if known else None


def _days(search: TimelineSearch, during: Interval) -> tuple[int, int]:
    """Return which days some time touches, in days from the first that is shown: from one to before another."""
    shown = search.during
    start = max(during.start, shown.start).astimezone(STOCKHOLM)
    end = min(during.limit, shown.limit).astimezone(STOCKHOLM)
    return (start.date() - search.first).days, (end.date() - search.first).days + (end.time() > time.min)
