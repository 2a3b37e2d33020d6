"""Markets by chance: of all families, or of needs that ask for the like in one shape."""

from datetime import time, timedelta
from random import Random
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from core.geo import Position
from core.time.interval import Interval
from core.time.opening_text import from_text
from core.time.timing import Fixed, Flexible, Period, Timing, Weekly
from marketplace.offers.models import PriceBasis, Terms, Visibility
from marketplace.organisations.models import OrganisationKind
from marketplace.planning.snapshot.open_needs import OpenNeed
from marketplace.planning.snapshot.snapshot import OpenOffer, Snapshot
from resources.families.furniture import FurnitureFacts, FurnitureRequirements
from resources.families.space import Fitting, SpaceFacts, SpaceRequirements
from resources.families.staff import StaffFacts, StaffRequirements
from resources.families.vehicle import Fuel, Licence, VehicleFacts, VehicleRequirements
from resources.vocabulary import Access
from tests.marketplace.planning.snapshots import NOW, OSTERSUND, SUNDSVALL, at, need, offer, snapshot

KINDS = {
    "space": ["meeting_room", "desk_pool"],
    "furniture": ["chair", "desk"],
    "vehicle": ["car", "van"],
    "staff": ["staff"],
}
PLACES = [OSTERSUND, SUNDSVALL, Position(63.2, 14.7), Position(63.35, 14.8), Position(59.33, 18.07)]
HOURS = [None, None, from_text("må-fr 08:00-17:00; ej helgdagar"), from_text("må-fr 08:00-11:00, 13:00-17:00")]
ORGANISATIONS = [uuid7() for _ in range(3)]


def random_home(chance: Random) -> dict[str, Any]:
    home = chance.randrange(len(ORGANISATIONS))
    return {"organisation_id": ORGANISATIONS[home], "organisation_kind": list(OrganisationKind)[home]}


def some(chance: Random, things: Any) -> frozenset[Any]:
    return frozenset(each for each in things if chance.random() < 0.3)


def random_facts(chance: Random, family: str) -> Any:
    match family:
        case "space":
            equipment, access = some(chance, list(Fitting)[:4]), some(chance, list(Access)[:4])
            return SpaceFacts(seats=chance.randint(1, 12), equipment=equipment, access=access)
        case "furniture":
            sides = {side: chance.choice([None, 60, 80]) for side in ("width_cm", "depth_cm", "height_cm")}
            return FurnitureFacts(chance.randint(1, 12), chance.randint(1, 5), **sides)
        case "vehicle":
            return VehicleFacts(
                seats=chance.choice([2, 5, 8]),
                fuel=chance.choice(list(Fuel)),
                range_km=chance.choice([None, 100, 300]),
                licence_class=chance.choice(list(Licence)),
                towing_kg=chance.choice([0, 750]),
            )
    skills = {code: chance.randint(1, 5) for code in some(chance, ("law", "procurement"))} or {"law": 1}
    places, languages = some(chance, ("2380", "2281")), some(chance, ("sv", "en", "fi"))
    remote = not places or chance.random() < 0.5
    meant = chance.choice([None, 4, 5])
    network = chance.choice(["", *skills])
    its = {"network": network, "network_hours": chance.choice([3, 80]) if network else None}
    return StaffFacts(chance.choice([20, 50, 100]), remote, tuple(places), languages, skills, people_meant=meant, **its)


def random_requirements(chance: Random, family: str) -> Any:
    match family:
        case "space":
            must, should = some(chance, list(Fitting)[:2]), some(chance, list(Fitting)[2:5])
            return SpaceRequirements(
                chance.randint(1, 8), must, should, some(chance, list(Access)[:1]), some(chance, list(Access)[2:])
            )
        case "furniture":
            sides = {
                side: chance.choice([None, None, 70]) for side in ("max_width_cm", "max_depth_cm", "max_height_cm")
            }
            return FurnitureRequirements(chance.randint(1, 4), **sides, to_keep=chance.random() < 0.3)
        case "vehicle":
            return VehicleRequirements(
                seats=chance.choice([1, 4]),
                min_range_km=chance.choice([None, 200]),
                licence_classes=frozenset({chance.choice(list(Licence))}),
                fuel_should=some(chance, list(Fuel)),
                towing_kg=chance.choice([0, 0, 500]),
            )
    must = {code: chance.randint(1, 3) for code in some(chance, ("law", "procurement"))}
    network = chance.choice(["", "", "law"])
    its = {"network": network, "learner": bool(network) and chance.random() < 0.5}
    return StaffRequirements(must, {"it": 2}, chance.random() < 0.5, some(chance, ("sv", "en")), **its)


def random_timing(chance: Random, shape: int, *, to_keep: bool) -> Timing:
    """A time before, after or over the night of 28 March, when the clock is put forward."""
    day = chance.randint(1, 26)
    first = (NOW + timedelta(days=day)).date()
    if to_keep:
        return Period(first, None)
    last = first + timedelta(days=chance.randint(9, 27))
    return (
        Fixed(at(day, 9), at(day, chance.randint(10, 15))),
        Flexible(at(day, 8), at(day + chance.randint(0, 2), 17), chance.choice([60, 90]), 30),
        Weekly(first, last, (0, 2), time(9), time(12), same_resource=chance.random() < 0.5),
        Period(first, last),
    )[shape]


def random_need(chance: Random, family: str | None = None, shape: int | None = None) -> OpenNeed:
    family = family or chance.choice(list(KINDS))
    requirements = random_requirements(chance, family)
    to_keep = isinstance(requirements, FurnitureRequirements) and requirements.to_keep
    timing = random_timing(chance, chance.randrange(4) if shape is None else shape, to_keep=to_keep)
    several = family == "furniture" and not isinstance(timing, Flexible)
    return need(
        family,
        kind=chance.choice([None, None, *KINDS[family]]),
        requirements=requirements,
        timing=timing,
        amount=1 if family == "vehicle" else chance.randint(1, 30),
        parts=chance.choice([1, 3]) if several else 1,
        max_distance_km=chance.choice([None, 1, 25, 163, 200]),
        **random_home(chance),
        department=chance.choice([None, "IT", "HR"]),
        county_code=chance.choice(["23", "01"]),
        municipality_code=chance.choice([None, "2380"]),
    )


def random_offer(
    chance: Random, shared: list[UUID], family: str | None = None, for_need_id: UUID | None = None
) -> OpenOffer:
    family = family or chance.choice(list(KINDS))
    start = NOW + timedelta(days=chance.randint(-30, 10))
    units = [(uuid7(), 1)]
    if family == "space" and chance.random() < 0.3:
        units = [(unit, 1) for unit in shared]
    return offer(
        family,
        kind=chance.choice(KINDS[family]),
        facts=random_facts(chance, family),
        positions=tuple(chance.sample(PLACES, 2 if family == "staff" else 1)),
        opening=chance.choice(HOURS),
        during=Interval(start, chance.choice([None, start + timedelta(days=40)])),
        terms=Terms.HAND_OVER if family == "furniture" and chance.random() < 0.3 else Terms.LOAN,
        price_basis=chance.choice(list(PriceBasis)),
        price_sek=chance.randint(0, 500),
        **random_home(chance),
        tier=chance.choice(list(Visibility)),
        department=chance.choice([None, "IT"]),
        county_code=chance.choice(["23", "01"]),
        units=tuple(units),
        for_need_id=for_need_id,
    )


def random_market(seed: int) -> Snapshot:
    """Of all families, or with needs that ask for the like in one shape."""
    chance = Random(seed)
    shared = [uuid7(), uuid7()]
    family, shape = chance.choice([(None, None), (chance.choice(list(KINDS)), chance.randrange(4))])
    needs = [random_need(chance, family, shape) for _ in range(5)]
    one = chance.choice(needs).need_id
    offers = [random_offer(chance, shared, family, one if n < 2 else None) for n in range(12)]
    taken: dict[UUID, list[Any]] = {}
    for each in offers:
        for unit, _ in each.units:
            for _ in range(chance.randint(0, 3)):
                start = NOW + timedelta(hours=chance.randint(-48, 700))
                taken.setdefault(unit, []).append((start, start + timedelta(hours=chance.randint(1, 200)), 1))
    refused = frozenset((chance.choice(needs).need_id, chance.choice(offers).offer_id) for _ in range(8))
    partners = {ORGANISATIONS[0]: frozenset({ORGANISATIONS[1]})}
    net = {organisation: chance.randint(-6, 6) for organisation in ORGANISATIONS}
    lent = {
        unit: [Interval(start := at(chance.randint(-90, 40), 9), start + timedelta(hours=chance.randint(1, 4)))]
        for each in offers
        for unit, _ in each.units
        if chance.random() < 0.5
    }
    return snapshot(needs, offers, taken=taken, refused=refused, partners=partners, net=net, lent=lent)


def random_loan(chance: Random, shape: int) -> OpenNeed:
    """Of a person, for about as long as the rules allow: half a year of full time, or as much over a year."""
    first, days = (NOW + timedelta(days=chance.randint(1, 100))).date(), chance.randint(175, 368)
    last = first + timedelta(days=days - 1)
    start = at(chance.randint(1, 100))
    length = chance.choice([181, 182, 183, 184, 185, 200, 365])
    same, weekdays = chance.random() < 0.5, chance.choice([(0,), (0, 1, 2), (0, 1, 2, 3, 4), tuple(range(7))])
    timing = (
        Fixed(start, start + timedelta(days=length)),
        Flexible(start, start + timedelta(days=length + chance.randint(0, 90)), length * 24 * 60, 24 * 60),
        Weekly(first, min(last, first + timedelta(days=360)), weekdays, time(9), time(12), same_resource=same),
        Period(first, last),
    )[shape]
    amount = chance.choice([20, 50, 75, 100])
    return need("staff", timing=timing, amount=amount, municipality_code="2380", **random_home(chance))


def random_loans(seed: int) -> Snapshot:
    """Loans of people in one shape, by and to organisations of several kinds."""
    chance = Random(seed)
    shape = chance.randrange(4)
    needs = [random_loan(chance, shape) for _ in range(4)]
    forever = Interval(NOW, None)
    offers = [offer("staff", during=forever, **random_home(chance)) for _ in range(6)]
    taken: dict[UUID, list[Any]] = {}
    for each in offers[:3]:
        start = NOW + timedelta(days=chance.randint(0, 200))
        taken[each.units[0][0]] = [(start, start + timedelta(days=chance.randint(1, 90)), 50)]
    return snapshot(needs, offers, taken=taken)
