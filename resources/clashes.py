"""What stands in the way when claims do not fit: which unit, when, how much of it is taken and by which claims."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlmodel import Session

from core.errors import BadInput
from core.time import clock
from core.time.interval import FOREVER, Interval, from_range, overlaps, union
from resources import queries
from resources.availability import Taken, busiest, peak
from resources.models import Claim, Resource, Unit


@dataclass(frozen=True, slots=True)
class Wanted:
    """An amount of a unit that somebody wants for some time."""

    unit_id: UUID
    amount: int
    during: Interval

    def __post_init__(self) -> None:
        if self.amount < 1:
            raise BadInput("amount", self.amount, "it has to be at least 1")

    @property
    def taken(self) -> Taken:
        """The same, once it is taken."""
        return Taken(self.amount, self.during)


@dataclass(frozen=True, slots=True)
class Clash:
    """An amount wanted of a unit that has less left: up to `taken` of its `capacity` is taken at once in the time."""

    unit: Unit
    resource: Resource
    during: Interval
    capacity: int
    wanted: int
    taken: int
    claims: Sequence[Claim]

    def words(self) -> str:
        """Return one English sentence."""
        end = self.during.end.isoformat() if self.during.end else "for good"
        taken = f"{self.resource.name}: of {self.capacity} ({self.unit.name}), {self.taken} are taken at once"
        wanted = f", and {self.wanted} more were wanted" if self.wanted else ""
        return f"{taken} in the time from {self.during.start.isoformat()} until {end}{wanted}."

    def to_json(self) -> dict[str, Any]:
        """Return the details as JSON data."""
        return {
            "resourceId": str(self.resource.id),
            "resource": self.resource.name,
            "unitId": str(self.unit.id),
            "unit": self.unit.name,
            **_period(self.during),
            "capacity": self.capacity,
            "wanted": self.wanted,
            "taken": self.taken,
            "claims": [_claim(each) for each in self.claims],
        }


def among(session: Session, wanted: Sequence[Wanted], instead_of: Claim | None = None) -> list[Clash]:
    """Return what does not fit of what is wanted, which counts together; `instead_of` is a claim that would move."""
    units = queries.units_with_owners(session, [each.unit_id for each in wanted])
    whole = union(each.during for each in wanted)
    span = Interval(whole[0].start, whole[-1].end)
    claims = [each for each in queries.active_claims(session, units, span) if each is not instead_of]
    clashes = (_clash(*units[each.unit_id], each, wanted, claims) for each in wanted)
    return [clash for clash in clashes if clash is not None]


def with_capacity(session: Session, unit_id: UUID, capacity: int) -> list[Clash]:
    """Return when most of a unit is claimed from now on, as what clashes with a lower capacity."""
    unit, owner = queries.units_with_owners(session, [unit_id])[unit_id]
    ahead = Interval(clock.now(), None)
    claims = queries.active_claims(session, [unit_id], ahead)
    most, at = busiest([_taken(claim) for claim in claims], ahead)
    then = [claim for claim in claims if from_range(claim.during).start <= at < from_range(claim.during).limit]
    end = min((from_range(claim.during).limit for claim in then), default=FOREVER)
    return [Clash(unit, owner, Interval(at, None if end == FOREVER else end), capacity, 0, most, then)]


def _clash(
    unit: Unit, owner: Resource, each: Wanted, wanted: Sequence[Wanted], claims: Sequence[Claim]
) -> Clash | None:
    others = [claim for claim in claims if claim.unit_id == unit.id and _overlap(claim, each)]
    taken = [_taken(claim) for claim in others]
    beside = [other.taken for other in wanted if other.unit_id == unit.id]
    if peak(taken + beside, each.during) <= unit.capacity:
        return None
    return Clash(unit, owner, each.during, unit.capacity, peak(beside, each.during), peak(taken, each.during), others)


def _overlap(claim: Claim, wanted: Wanted) -> bool:
    return overlaps([from_range(claim.during)], [wanted.during])


def _taken(claim: Claim) -> Taken:
    return Taken(claim.amount, from_range(claim.during))


def _period(during: Interval) -> dict[str, str | None]:
    return {"from": during.start.isoformat(), "until": during.end.isoformat() if during.end else None}


def _claim(claim: Claim) -> dict[str, Any]:
    return {
        "id": str(claim.id),
        "source": claim.source.value,
        "bookingId": str(claim.booking_id) if claim.booking_id else None,
        "note": claim.note,
        "amount": claim.amount,
        **_period(from_range(claim.during)),
    }
