"""What of each unit is taken, proposed and free, day by day: of what is offered in a coordinator's area, or by oneself.

Whoever lends learns of a proposal only once the parties are asked, here as elsewhere.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Date,
    Integer,
    Select,
    Time,
    case,
    cast,
    func,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy import Row as RowOf
from sqlmodel import Session, col

from core.actor import Actor
from core.database.page import Page, Paged, read_rows
from core.database.statements import made_once
from core.database.tables import any_of, by_swedish, coordinated
from core.time.clock import STOCKHOLM
from core.time.interval import Interval, to_range
from core.time.opening import local_instant
from marketplace.bookings import queries as bookings
from marketplace.bookings.models import Booking
from marketplace.offers.excerpts import COLUMNS, OfferExcerpt, excerpt
from marketplace.offers.models import Offer, OfferState
from marketplace.offers.queries import visible_to as offers_visible_to
from marketplace.organisations.models import Organisation
from marketplace.proposals.models import LineClaim, Proposal, ProposalLine, ProposalState
from marketplace.requests.models import Request
from resources.models import Claim, Resource, ResourceUnit, Site, Unit

DAYS = 90
MOST_UNITS = 500


class UnitUse(StrEnum):
    """What a time of a unit is for."""

    BOOKED = "booked"
    CLOSED = "closed"
    ASKED = "asked"
    PROPOSED = "proposed"


class Whose(StrEnum):
    """Whose units are looked at."""

    AREA = "area"
    OWN = "own"


class Bar(NamedTuple):
    """Some days of a unit, from the first day on, that are used: how much of it, and the page about it if there is."""

    use: UnitUse
    first: int
    days: int
    amount: int
    path: str | None = None


class UnitInShort(NamedTuple):
    """What is read of a unit; `parts` says how many its resource has."""

    id: UUID
    name: str
    capacity: int
    parts: int


@dataclass(frozen=True, slots=True)
class Row:
    """A unit with the days that it is offered and its bars, in days from the first."""

    unit: UnitInShort
    offered: OfferExcerpt
    open: tuple[int, int]
    bars: Sequence[Bar] = ()

    @property
    def free(self) -> int:
        """How many of the days that it is offered have nothing in them."""
        first, last = self.open
        return len(set(range(first, last)).difference(*(range(bar.first, bar.first + bar.days) for bar in self.bars)))


def _midnight(day: date) -> datetime:
    return local_instant(day, time.min)


@dataclass(frozen=True)
class TimelineSearch:
    """Which units, of which days."""

    first: date
    days: int = DAYS
    family: str | None = None
    county_code: str | None = None
    whose: Whose = Whose.AREA

    @property
    def last(self) -> date:
        """The last day that is shown."""
        return self.first + timedelta(days=self.days - 1)

    @cached_property
    def during(self) -> Interval:
        """From the midnight that the first day begins with to the one that ends the last."""
        return Interval(_midnight(self.first), _midnight(self.first + timedelta(days=self.days)))


def timeline(session: Session, actor: Actor, search: TimelineSearch, page: int, limit: int) -> Page[Row]:
    """Return units of open offers of the area that the actor coordinates, or of its own, with their uses.

    Whoever coordinates no area is shown its own.

    Two queries for any page.
    """

    def made(rows: Sequence[RowOf[Any]]) -> list[Row]:
        bars = _bars(session, actor, [row[0] for row in rows], search) if rows else {}
        return [_row(actor, row, bars.get(row[0], ())) for row in rows]

    return read_rows(session, _units(actor, search), page, limit, greatest=MOST_UNITS).of(made)


def _row(actor: Actor, row: Any, bars: Sequence[Bar]) -> Row:
    unit_id, name, capacity, parts, first, last = row[:6]
    return Row(UnitInShort(unit_id, name, capacity, parts), excerpt(actor, row, 6), (first, last), bars)


@made_once
def _units(actor: Actor, search: TimelineSearch) -> Paged:
    seen = offers_visible_to(actor).where(
        col(Offer.state) == OfferState.OPEN,
        col(Offer.during).bool_op("&&")(to_range(search.during)),
        _whose(actor, search),
    )
    if search.family is not None:
        seen = seen.where(col(Resource.family) == search.family)
    if search.county_code is not None:
        county = func.coalesce(func.left(Site.municipality_code, 2), Organisation.county_code)
        seen = seen.where(county == search.county_code)
    parts = select(func.count()).where(col(ResourceUnit.resource_id) == col(Resource.id)).correlate(Resource)
    unit = col(Unit.id), col(Unit.name), col(Unit.capacity), parts.scalar_subquery()
    return Paged(
        seen.with_only_columns(*unit, *_days(search, Offer.during), *COLUMNS, maintain_column_froms=True)
        .join(Unit, col(Unit.resource_id) == col(Resource.id))
        .order_by(by_swedish(col(Organisation.name)), by_swedish(col(Resource.name)), col(Unit.name), col(Unit.id))
    )


def _plans(actor: Actor, search: TimelineSearch) -> bool:
    """Tell whether somebody looks as the coordinator that they are, and not at what they lend."""
    return actor.coordinates and search.whose is Whose.AREA


def _whose(actor: Actor, search: TimelineSearch) -> ColumnElement[bool]:
    if _plans(actor, search):
        return coordinated(actor, col(Offer.organisation_id))
    return col(Offer.organisation_id) == actor.organisation_id


def _bars(
    session: Session, actor: Actor, unit_ids: Collection[UUID], search: TimelineSearch
) -> Mapping[UUID, list[Bar]]:
    found: dict[UUID, list[Bar]] = defaultdict(list)
    for unit_id, use, first, last, amount, path in session.execute(*_used(actor, list(unit_ids), search)):
        found[unit_id].append(Bar(UnitUse(use), first, last - first, amount, path))
    return found


@made_once
def _used(actor: Actor, unit_ids: list[UUID], search: TimelineSearch) -> CompoundSelect[*tuple[Any, ...]]:
    used = union_all(_taken(actor, unit_ids, search), _proposed(actor, unit_ids, search))
    return used.order_by("first", "use", "path")


def _taken(actor: Actor, unit_ids: Collection[UUID], search: TimelineSearch) -> Select[Any]:
    seen = col(Claim.booking_id).in_(bookings.visible_to(actor).with_only_columns(col(Booking.id)))
    return select(
        col(Claim.unit_id),
        case((col(Claim.booking_id).is_(None), UnitUse.CLOSED.value), else_=UnitUse.BOOKED.value).label("use"),
        *_days(search, Claim.during),
        col(Claim.amount),
        case((seen, func.concat("/bookings/", Claim.booking_id))).label("path"),
    ).where(
        any_of(col(Claim.unit_id), unit_ids),
        col(Claim.during).bool_op("&&")(to_range(search.during)),
        col(Claim.released_at).is_(None),
    )


def _proposed(actor: Actor, unit_ids: Collection[UUID], search: TimelineSearch) -> Select[Any]:
    asked = col(Proposal.state) == ProposalState.APPROVED
    plans = _plans(actor, search)
    states = (ProposalState.PROPOSED, ProposalState.APPROVED) if plans else (ProposalState.APPROVED,)
    seen = coordinated(actor, col(Request.organisation_id)) if plans else asked
    return (
        select(
            col(LineClaim.unit_id),
            case((asked, UnitUse.ASKED.value), else_=UnitUse.PROPOSED.value),
            *_days(search, LineClaim.during),
            col(LineClaim.amount),
            case((seen, func.concat("/proposals/", Proposal.id))),
        )
        .join(ProposalLine, col(ProposalLine.id) == col(LineClaim.line_id))
        .join(Proposal, col(Proposal.id) == col(ProposalLine.proposal_id))
        .join(Request, col(Request.id) == col(Proposal.request_id))
        .where(
            any_of(col(LineClaim.unit_id), unit_ids),
            col(LineClaim.during).bool_op("&&")(to_range(search.during)),
            col(Proposal.state).in_(states),
        )
    )


def _days(search: TimelineSearch, during: Any) -> tuple[ColumnElement[int], ColumnElement[int]]:
    """Return which days some time touches, in days from the first that is shown: from one to before another."""
    shown = search.during
    start = func.timezone(STOCKHOLM.key, func.greatest(func.lower(during), shown.start))
    end = func.timezone(STOCKHOLM.key, func.least(func.upper(during), shown.end))  # of what has no end there is none
    in_it = case((cast(end, Time) > time.min, 1), else_=0)
    return _day(start, search).label("first"), (_day(end, search) + in_it).label("last")


def _day(local: Any, search: TimelineSearch) -> ColumnElement[int]:
    return type_coerce(cast(local, Date) - search.first, Integer)
