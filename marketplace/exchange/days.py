"""Days of people lent and borrowed, by organisation and unit: told of five people or more, never of fewer."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Select, case, cast, func, literal, select
from sqlmodel import Session, col

from core.actor import Actor
from core.database.tables import any_of
from core.swedish import swedish_key
from core.time import clock
from core.time.clock import STOCKHOLM
from marketplace.bookings import queries as bookings
from marketplace.bookings.models import Booking, BookingKind, BookingState
from marketplace.offers.models import Offer
from marketplace.organisations.models import Organisation
from marketplace.requests.models import Need, Request
from resources.models import Claim, Resource

FEWEST_PEOPLE = 5
COUNTED_DAYS = 365
DAY_HOURS = 8
"""Of a working day: what networks lend is counted by the hour, the person being lent wholly then."""

People = dict[UUID, float]
"""The days of each person."""
Units = Mapping[str | None, People]
"""The people of each unit; those of none are of the organisation as a whole."""


@dataclass(frozen=True, order=True)
class OtherUnits:
    """Units of which too few people are lent or borrowed to be told, together."""


Unit = str | OtherUnits | None


@dataclass(frozen=True)
class Exchanged:
    """The working days of a year that a unit's people were lent, and that it borrowed others; None is not told."""

    organisation: str
    unit: Unit
    lent: int | None
    borrowed: int | None


def days_exchanged(session: Session, actor: Actor) -> list[Exchanged]:
    """Return the days of the last year of the actor's organisation, or of those that it coordinates; two queries."""
    lent: dict[UUID, dict[str | None, People]] = defaultdict(lambda: defaultdict(dict))
    borrowed: dict[UUID, dict[str | None, People]] = defaultdict(lambda: defaultdict(dict))
    for person, lender, of_unit, borrower, for_unit, days in session.execute(_days(actor, clock.today())):
        for side, home, unit in ((lent, lender, of_unit), (borrowed, borrower, for_unit)):
            if home == actor.organisation_id or actor.coordinates_for(home):
                side[home][unit][person] = side[home][unit].get(person, 0) + float(days)
    wanted = any_of(col(Organisation.id), {*lent, *borrowed})
    homes = session.execute(select(col(Organisation.id), col(Organisation.name)).where(wanted)).all()
    told = (_told(name, lent.get(key, {}), borrowed.get(key, {})) for key, name in homes)
    return sorted((each for rows in told for each in rows), key=_order)


def pooled(units: Units) -> dict[Unit, int]:
    """Return the days of units with five people or more, and of all others together.

    Where these are fewer, units are told among them until they are enough, so that what is left out of the sum of an
    organisation is never of fewer than five.
    """
    told = {unit: people for unit, people in units.items() if len(people) >= FEWEST_PEOPLE}
    rest = _together(people for unit, people in units.items() if unit not in told)
    while rest and len(rest) < FEWEST_PEOPLE and told:
        smallest = min(told, key=lambda unit: (len(told[unit]), unit or ""))
        rest = _together((rest, told.pop(smallest)))
    found: dict[Unit, int] = {unit: round(sum(people.values())) for unit, people in told.items()}
    if len(rest) >= FEWEST_PEOPLE:
        found[OtherUnits()] = round(sum(rest.values()))
    return found


def _together(groups: Iterable[People]) -> People:
    found: People = {}
    for people in groups:
        for person, days in people.items():
            found[person] = found.get(person, 0) + days
    return found


def _told(organisation: str, lent: Units, borrowed: Units) -> list[Exchanged]:
    gives, takes = pooled(lent), pooled(borrowed)
    units = dict.fromkeys([*gives, *takes])
    return [Exchanged(organisation, unit, gives.get(unit), takes.get(unit)) for unit in units]


def _order(each: Exchanged) -> tuple[Any, ...]:
    unit = each.unit if isinstance(each.unit, str) else ""
    return swedish_key(each.organisation), isinstance(each.unit, OtherUnits), swedish_key(unit)


def _days(actor: Actor, today: date) -> Select[*tuple[Any, ...]]:
    """Return the SELECT of working days, by their share of full time, by person, lender, borrower and their units."""
    zone, until = STOCKHOLM.key, func.least(func.upper(Claim.during), col(Booking.returned_at))
    first = func.greatest(cast(func.timezone(zone, func.lower(Claim.during)), Date), today - timedelta(COUNTED_DAYS))
    last = func.least(cast(func.timezone(zone, until - timedelta(microseconds=1)), Date), today - timedelta(days=1))
    day = func.generate_series(first, last, timedelta(days=1)).table_valued("day").render_derived().lateral()
    hours = func.extract("epoch", func.upper(Claim.during) - func.lower(Claim.during)) / 3600
    by_the_hour = func.coalesce(col(Need.requirements)["network"].astext, "") != ""
    share = func.sum(case((by_the_hour, hours / DAY_HOURS), else_=literal(1.0) * col(Claim.amount) / 100))
    key = (
        *(col(Resource.id), col(Booking.lender_id), col(Resource.department)),
        *(col(Booking.borrower_id), col(Request.department)),
    )
    return (
        bookings.visible_to(actor)
        .with_only_columns(*key, share, maintain_column_froms=True)
        .join(Claim, col(Claim.booking_id) == col(Booking.id))
        .join(Offer, col(Offer.id) == col(Booking.offer_id))
        .join(Resource, col(Resource.id) == col(Offer.resource_id))
        .join(Request, col(Request.id) == col(Booking.request_id))
        .join(Need, col(Need.id) == col(Booking.need_id))
        .join(day, func.date_part("isodow", day.c.day) < 6)
        .where(
            col(Booking.kind) == BookingKind.STAFF_LOAN,
            col(Booking.state) != BookingState.CANCELLED,
            col(Booking.lender_id) != col(Booking.borrower_id),
        )
        .group_by(*key)
    )
