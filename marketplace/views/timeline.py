"""What of each unit is taken, proposed and free, day by day: of what is offered in a coordinator's area, or by oneself.

Whoever lends learns of a proposal only once the parties are asked, here as elsewhere.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    Select,
    Text,
    Time,
    case,
    cast,
    func,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy import Row as RowOf
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlmodel import Session, col

from core.actor import Actor
from core.database.page import Page, Paged, read_rows
from core.database.statements import made_once
from core.database.tables import by_swedish, coordinated, within_text
from core.time.clock import STOCKHOLM
from core.time.interval import Interval, to_range
from core.time.opening import local_instant
from marketplace.bookings import queries as bookings
from marketplace.bookings.models import Booking
from marketplace.offers.excerpts import SKILLS, Lent, ResourceInShort, SkillInShort, by_level
from marketplace.offers.models import Offer, OfferState
from marketplace.offers.queries import is_named
from marketplace.offers.queries import visible_to as offers_visible_to
from marketplace.organisations.models import Organisation
from marketplace.proposals.models import LineClaim, Proposal, ProposalLine, ProposalState
from marketplace.requests.models import Request
from resources.models import Claim, Resource, ResourceUnit, Site, Unit

DAYS = 90
MOST_UNITS = 500
_ASKED = "units_asked"


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
    """What is read of a unit and of what offers it; `parts` says how many its resource has.

    `open` are the day from which on it is offered, and the one before which that ends, counted from the first shown.
    """

    key: str
    offer_key: str
    name: str
    capacity: int
    parts: int
    open: tuple[int, int]
    resource: ResourceInShort
    owner: str
    skills: Sequence[tuple[int, str, str]] | None


@dataclass(frozen=True, slots=True)
class Row:
    """A unit with its bars, in days from the first; `named` is it for whoever may know its name."""

    unit: UnitInShort
    named: bool
    bars: Sequence[Bar] = ()

    @property
    def lent(self) -> Lent:
        """What it is a part of."""
        return Lent(self.unit.resource, None)

    @property
    def skills(self) -> tuple[tuple[SkillInShort, int], ...]:
        """What a person can do."""
        return by_level(self.unit.skills)

    @property
    def free(self) -> int:
        """How many of the days that it is offered have nothing in them."""
        day, last = self.unit.open
        free = 0
        for bar in self.bars:  # by their first days
            if day >= last:
                return free
            if bar.first > day:
                free += min(bar.first, last) - day
            day = max(day, bar.first + bar.days)
        return free + max(last - day, 0)


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


_UNIT, _BARS = msgspec.json.Decoder(UnitInShort), msgspec.json.Decoder(list[Bar])


def timeline(session: Session, actor: Actor, search: TimelineSearch, page: int, limit: int) -> Page[Row]:
    """Return units of open offers of the area that the actor coordinates, or of its own, with their uses.

    Whoever coordinates no area is shown its own.

    Two queries for any page.
    """

    def made(rows: Sequence[RowOf[Any]]) -> list[Row]:
        units = [_UNIT.decode(row[0]) for row in rows]
        bars = _bars(session, actor, units, search)
        return [Row(unit, is_named(actor, unit.resource), bars.get(unit.key, ())) for unit in units]

    return read_rows(session, _units(actor, search), page, limit, greatest=MOST_UNITS).of(made)


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
    told = func.json_build_array(  # as one text, which is read in a tenth of the time that as many columns take
        *(Unit.id, Offer.id, Unit.name, Unit.capacity, parts.scalar_subquery()),
        func.json_build_array(*_days(search, Offer.during)),
        func.json_build_array(*(getattr(Resource, each) for each in ResourceInShort._fields)),
        *(Organisation.name, SKILLS.scalar_subquery()),
    )
    return Paged(
        seen.with_only_columns(cast(told, Text), maintain_column_froms=True)
        .join(Unit, col(Unit.resource_id) == col(Resource.id))
        .order_by(by_swedish(col(Organisation.name)), by_swedish(col(Resource.name)), col(Unit.name), col(Unit.id)),
        at_once=True,
    )


def _plans(actor: Actor, search: TimelineSearch) -> bool:
    """Tell whether somebody looks as the coordinator that they are, and not at what they lend."""
    return actor.coordinates and search.whose is Whose.AREA


def _whose(actor: Actor, search: TimelineSearch) -> ColumnElement[bool]:
    if _plans(actor, search):
        return coordinated(actor, col(Offer.organisation_id))
    return col(Offer.organisation_id) == actor.organisation_id


def _bars(
    session: Session, actor: Actor, units: Sequence[UnitInShort], search: TimelineSearch
) -> Mapping[str, Sequence[Bar]]:
    if not units:
        return {}
    statement, values = _used(actor, search)
    keys = ",".join({each.key for each in units})
    return {unit: _BARS.decode(told) for unit, told in session.execute(statement, {**values, _ASKED: f"{{{keys}}}"})}


@made_once
def _used(actor: Actor, search: TimelineSearch) -> Select[str, str]:
    unit, *told = union_all(_taken(actor, search), _proposed(actor, search)).subquery().c
    use, first, _days, _amount, path = told
    bars = func.json_agg(aggregate_order_by(func.json_build_array(*told), first, use, path))
    return select(cast(unit, Text), cast(bars, Text)).group_by(unit)


def _taken(actor: Actor, search: TimelineSearch) -> Select[Any]:
    seen = col(Claim.booking_id).in_(bookings.visible_to(actor).with_only_columns(col(Booking.id)))
    return select(
        col(Claim.unit_id),
        case((col(Claim.booking_id).is_(None), UnitUse.CLOSED.value), else_=UnitUse.BOOKED.value).label("use"),
        *_bar(search, Claim.during),
        col(Claim.amount).label("amount"),
        case((seen, func.concat("/bookings/", Claim.booking_id))).label("path"),
    ).where(
        within_text(col(Claim.unit_id), _ASKED),
        col(Claim.during).bool_op("&&")(to_range(search.during)),
        col(Claim.released_at).is_(None),
    )


def _proposed(actor: Actor, search: TimelineSearch) -> Select[Any]:
    asked = col(Proposal.state) == ProposalState.APPROVED
    plans = _plans(actor, search)
    states = (ProposalState.PROPOSED, ProposalState.APPROVED) if plans else (ProposalState.APPROVED,)
    seen = coordinated(actor, col(Request.organisation_id)) if plans else asked
    return (
        select(
            col(LineClaim.unit_id),
            case((asked, UnitUse.ASKED.value), else_=UnitUse.PROPOSED.value),
            *_bar(search, LineClaim.during),
            col(LineClaim.amount),
            case((seen, func.concat("/proposals/", Proposal.id))),
        )
        .join(ProposalLine, col(ProposalLine.id) == col(LineClaim.line_id))
        .join(Proposal, col(Proposal.id) == col(ProposalLine.proposal_id))
        .join(Request, col(Request.id) == col(Proposal.request_id))
        .where(
            within_text(col(LineClaim.unit_id), _ASKED),
            col(LineClaim.during).bool_op("&&")(to_range(search.during)),
            col(Proposal.state).in_(states),
        )
    )


def _bar(search: TimelineSearch, during: Any) -> tuple[ColumnElement[int], ColumnElement[int]]:
    """Return the first day that some time touches, and how many these are."""
    first, last = _days(search, during)
    return first.label("first"), func.greatest(last - first, 1).label("days")


def _days(search: TimelineSearch, during: Any) -> tuple[ColumnElement[int], ColumnElement[int]]:
    """Return which days some time touches, in days from the first that is shown: from one to before another."""
    shown = search.during
    start = func.timezone(STOCKHOLM.key, func.greatest(func.lower(during), shown.start))
    end = func.timezone(STOCKHOLM.key, func.least(func.upper(during), shown.end))  # of what has no end there is none
    in_it = case((cast(end, Time) > time.min, 1), else_=0)
    return _day(start, search), _day(end, search) + in_it


def _day(local: Any, search: TimelineSearch) -> ColumnElement[int]:
    return type_coerce(cast(local, Date) - search.first, Integer)
