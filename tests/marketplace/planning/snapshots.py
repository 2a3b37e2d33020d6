"""Small markets as plain values for tests of planning: no database, a clock of their own."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from core.geo import Position
from core.time.clock import STOCKHOLM
from core.time.interval import Interval
from core.time.timing import Fixed
from marketplace.offers.models import PriceBasis, Terms, Visibility
from marketplace.offers.rules import Audience
from marketplace.organisations.models import OrganisationKind
from marketplace.planning.encoding.build import Built, build
from marketplace.planning.options.policy import POLICIES
from marketplace.planning.snapshot.load import calendar_for
from marketplace.planning.snapshot.open_needs import OpenNeed
from marketplace.planning.snapshot.snapshot import OpenOffer, Snapshot, Taken
from marketplace.requests.models import Priority
from matching.params.solve import SolveParams
from matching.problem.plan import Plan
from matching.solve import solve
from resources.families.furniture import FurnitureFacts, FurnitureRequirements
from resources.families.space import SpaceFacts, SpaceRequirements
from resources.families.staff import StaffFacts, StaffRequirements
from resources.families.vehicle import VehicleFacts, VehicleRequirements

NOW = datetime(2027, 3, 1, 12, 0, tzinfo=STOCKHOLM).astimezone(UTC)
"""A Monday."""
OSTERSUND = Position(63.1767, 14.6361)
SUNDSVALL = Position(62.3908, 17.3069)
_numbers = count(1)


def at(day: int, hour: int = 0, minute: int = 0) -> datetime:
    """A local time so many days after NOW's date."""
    return datetime.combine(date(2027, 3, 1) + timedelta(days=day), time(hour, minute), STOCKHOLM)


def fixed(day: int = 7, first: int = 9, until: int = 11) -> Fixed:
    """From one hour until another, a week after NOW unless told otherwise."""
    return Fixed(at(day, first), at(day, until))


_REQUIREMENTS = {
    "space": SpaceRequirements(people=6),
    "furniture": FurnitureRequirements(),
    "vehicle": VehicleRequirements(),
    "staff": StaffRequirements({"procurement": 3}),
}
_FACTS = {
    "space": SpaceFacts(seats=8),
    "furniture": FurnitureFacts(count=40, condition=4),
    "vehicle": VehicleFacts(seats=5, fuel="electric", range_km=300),  # type: ignore[arg-type]
    "staff": StaffFacts(extent_percent=100, municipality_codes=("2380",), skills={"procurement": 4}),
}
_KINDS = {
    "space": "meeting_room",
    "furniture": "chair",
    "vehicle": "car",
    "staff": "staff",
}


def need(family: str = "space", **values: Any) -> OpenNeed:
    """A room for six in Östersund, a week from NOW 9-11, unless told otherwise."""
    defaults: dict[str, Any] = {
        "need_id": uuid7(),
        "request_id": uuid7(),
        "organisation_id": uuid7(),
        "organisation_kind": OrganisationKind.STATE_AGENCY,
        "department": None,
        "county_code": "23",
        "priority": Priority.ORDINARY,
        "together": False,
        "opened_at": NOW + timedelta(minutes=next(_numbers)),
        "position": 1,
        "title": "",
        "family": family,
        "kind": None,
        "amount": 1,
        "parts": 1,
        "timing": fixed(),
        "requirements": _REQUIREMENTS[family],
        "municipality_code": "2380",
        "latitude": None if "municipality_code" in values else OSTERSUND.latitude,
        "longitude": None if "municipality_code" in values else OSTERSUND.longitude,
        "max_distance_km": None,
        "alternative_group": None,
    }
    return OpenNeed(**(defaults | values))


def offer(family: str = "space", **values: Any) -> OpenOffer:
    """A room for eight in Östersund, always open, for a year, to all, unless told otherwise."""
    organisation_id = values.pop("organisation_id", None) or uuid7()
    audience = {"tier": Visibility.ALL, "organisation_id": organisation_id, "county_code": "23", "department": None}
    audience |= {name: values.pop(name) for name in ("tier", "county_code", "department") if name in values}
    defaults: dict[str, Any] = {
        "offer_id": uuid7(),
        "resource_id": uuid7(),
        "organisation_id": organisation_id,
        "organisation_kind": OrganisationKind.STATE_AGENCY,
        "audience": Audience(**audience),
        "family": family,
        "kind": _KINDS[family],
        "terms": Terms.LOAN,
        "price_basis": PriceBasis.NONE,
        "price_sek": 0,
        "during": Interval(NOW - timedelta(days=30), NOW + timedelta(days=365)),
        "opening": None,
        "positions": (OSTERSUND,),
        "facts": _FACTS[family],
        "units": ((uuid7(), 1),),
        "stamp": "1",
    }
    return OpenOffer(**(defaults | values))


def snapshot(
    needs: Sequence[OpenNeed],
    offers: Sequence[OpenOffer],
    capacities: Mapping[UUID, int] | None = None,
    taken: Mapping[UUID, Sequence[tuple[datetime, datetime, int]]] | None = None,
    **values: Any,
) -> Snapshot:
    """A snapshot at NOW. Units hold what their family's facts say unless `capacities` says otherwise."""
    calendar = calendar_for(needs, NOW)
    held: dict[UUID, list[Taken]] = {
        unit: [(*calendar.held(Interval(start, end)), amount) for start, end, amount in of_unit]
        for unit, of_unit in (taken or {}).items()
    }
    known = {unit: _capacity(each) for each in offers for unit, _ in each.units}
    return Snapshot(
        calendar=calendar,
        now=calendar.ceil(NOW),
        needs=needs,
        offers=offers,
        capacities=known | dict(capacities or {}),
        taken=held,
        **values,
    )


def _capacity(each: OpenOffer) -> int:
    match each.facts:
        case FurnitureFacts(count=count_):
            return count_
        case StaffFacts(extent_percent=percent):
            return percent
        case SpaceFacts(seats=seats) if each.kind == "desk_pool":
            return seats
    return 1


def built(snapshot_: Snapshot, policy: str = "balanced") -> Built:
    """The problem of a snapshot."""
    return build(snapshot_, POLICIES[policy], name="test", seed=1)


MOST_BLOCKS = 20
"""Work and not seconds, so that no busy machine decides what is found."""


def solved(built_: Built) -> Plan:
    """Its best plan."""
    return solve(built_.problem, SolveParams(blocks=MOST_BLOCKS)).plan
