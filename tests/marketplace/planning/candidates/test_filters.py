"""What planning says of many offers at once is what the plain rules say of each of them."""

from dataclasses import fields
from datetime import time, timedelta
from random import Random
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from uuid_utils.compat import uuid7

from core.geo import Position, distance_m
from core.time.interval import Interval
from core.time.opening_text import from_text
from core.time.timing import Fixed, Flexible, Period, Timing, Weekly
from marketplace.offers.models import PriceBasis, Terms, Visibility
from marketplace.planning.candidates.capacity_profiles import CapacityProfile, in_copies
from marketplace.planning.candidates.distances import Map
from marketplace.planning.candidates.filters import CandidateFilter, Candidates
from marketplace.planning.options.policy import POLICIES
from marketplace.planning.options.scoring import costs_sek, score
from marketplace.planning.snapshot.calendar import levels
from marketplace.planning.snapshot.open_needs import OpenNeed
from marketplace.planning.snapshot.snapshot import OpenOffer, Snapshot
from marketplace.proposals.price import cost_sek
from resources.families import FAMILIES
from resources.families.furniture import FurnitureFacts, FurnitureRequirements
from resources.families.space import Fitting, SpaceFacts, SpaceRequirements
from resources.families.staff import StaffFacts, StaffRequirements
from resources.families.vehicle import Fuel, Licence, VehicleFacts, VehicleRequirements
from resources.vocabulary import Access
from tests.marketplace.planning.candidates import plain_filters
from tests.marketplace.planning.snapshots import NOW, OSTERSUND, SUNDSVALL, at, need, offer, snapshot
from tests.resources.families.one import fit

KINDS = {
    "space": ["meeting_room", "desk_pool"],
    "furniture": ["chair", "desk"],
    "vehicle": ["car", "van"],
    "staff": ["staff"],
}
PLACES = [OSTERSUND, SUNDSVALL, Position(63.2, 14.7), Position(63.35, 14.8), Position(59.33, 18.07)]
HOURS = [None, None, from_text("må-fr 08:00-17:00; ej helgdagar"), from_text("må-fr 08:00-11:00, 13:00-17:00")]
ORGANISATIONS = [uuid7() for _ in range(3)]


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
    return StaffFacts(chance.choice([20, 50, 100]), remote, tuple(places), languages, skills)


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
    return StaffRequirements(must, {"it": 2}, chance.random() < 0.5, some(chance, ("sv", "en")))


def random_timing(chance: Random, *, to_keep: bool) -> Timing:
    day = chance.randint(1, 20)
    first = (NOW + timedelta(days=day)).date()
    if to_keep:
        return Period(first, None)
    weekly = Weekly(first, first + timedelta(days=27), (0, 2), time(9), time(12), same_resource=chance.random() < 0.5)
    return chance.choice(
        [
            Fixed(at(day, 9), at(day, 12)),
            Flexible(at(day, 8), at(day + 2, 17), 90, 30),
            weekly,
            Period(first, first + timedelta(days=9)),
        ]
    )


def random_need(chance: Random) -> OpenNeed:
    family = chance.choice(list(KINDS))
    requirements = random_requirements(chance, family)
    timing = random_timing(chance, to_keep=isinstance(requirements, FurnitureRequirements) and requirements.to_keep)
    several = family == "furniture" and not isinstance(timing, Flexible)
    return need(
        family,
        kind=chance.choice([None, *KINDS[family]]),
        requirements=requirements,
        timing=timing,
        amount=1 if family == "vehicle" else chance.randint(1, 30),
        parts=chance.choice([1, 3]) if several else 1,
        max_distance_km=chance.choice([None, 1, 25, 163, 200]),
        organisation_id=chance.choice(ORGANISATIONS),
        department=chance.choice([None, "IT", "HR"]),
        county_code=chance.choice(["23", "01"]),
        municipality_code=chance.choice([None, "2380"]),
    )


def random_offer(chance: Random, shared: list[UUID]) -> OpenOffer:
    family = chance.choice(list(KINDS))
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
        organisation_id=chance.choice(ORGANISATIONS),
        tier=chance.choice(list(Visibility)),
        department=chance.choice([None, "IT"]),
        county_code=chance.choice(["23", "01"]),
        units=tuple(units),
    )


def random_market(seed: int) -> Snapshot:
    chance = Random(seed)
    shared = [uuid7(), uuid7()]
    needs = [random_need(chance) for _ in range(4)]
    offers = [random_offer(chance, shared) for _ in range(12)]
    taken: dict[UUID, list[Any]] = {}
    for each in offers:
        for unit, _ in each.units:
            for _ in range(chance.randint(0, 3)):
                start = NOW + timedelta(hours=chance.randint(-48, 700))
                taken.setdefault(unit, []).append((start, start + timedelta(hours=chance.randint(1, 200)), 1))
    refused = frozenset((chance.choice(needs).need_id, chance.choice(offers).offer_id) for _ in range(8))
    partners = {ORGANISATIONS[0]: frozenset({ORGANISATIONS[1]})}
    net = {organisation: chance.randint(-6, 6) for organisation in ORGANISATIONS}
    return snapshot(needs, offers, taken=taken, refused=refused, partners=partners, net=net)


def times_of(found: Candidates) -> dict[UUID, list[int]]:
    return {each.offer_id: np.flatnonzero(free).tolist() for each, free in zip(found.offers, found.free, strict=True)}


@settings(max_examples=60)
@given(st.integers(0, 10**9))
def test_the_filters_find_and_count_what_the_plain_rules_do(seed: int) -> None:
    here = random_market(seed)
    filters = CandidateFilter(here)
    for asked in here.needs:
        left, times = plain_filters.filtered(here, asked)
        found = filters.apply(asked)
        assert found.left == left
        assert times_of(found) == times


@given(st.integers(0, 10**9))
def test_what_is_found_is_weighed_as_the_plain_rules_do(seed: int) -> None:
    here = random_market(seed)
    calendar = here.calendar
    for asked in here.needs:
        found = CandidateFilter(here).apply(asked)
        if not len(found):
            continue
        costs, scores = costs_sek(calendar, found), score(here, POLICIES["balanced"], found)
        for place, (lent, free) in enumerate(zip(found.offers, found.free, strict=True)):
            times = np.flatnonzero(free).tolist()
            taken = times if found.pattern.series else times[:1]
            spans = [calendar.interval(*found.pattern.at(n), for_good=found.pattern.for_good) for n in taken]
            assert costs[place] == (cost_sek(lent, spans) or 0)
            should_share, oversize = fit(FAMILIES[asked.family], asked.requirements, lent.facts)
            assert scores.terms["fit"][place] == -round(12_000 * (0 if lent.kind == "desk_pool" else oversize))
            assert scores.terms["wishes"][place] == -round(5_000 * (1 - should_share))


def test_every_requirement_is_asked_in_the_random_markets() -> None:
    """A field that is added to requirements has to be added above, or nothing would hold the two together."""
    known = {
        SpaceRequirements: 5,
        FurnitureRequirements: 6,
        VehicleRequirements: 5,
        StaffRequirements: 4,
    }
    assert {kind: len(fields(kind)) for kind in known} == known


@given(
    st.lists(st.tuples(st.floats(55.1, 69.4), st.floats(10.1, 24.4)), min_size=1, max_size=6),
    st.floats(55.1, 69.4),
    st.floats(10.1, 24.4),
)
@example([(55.1, 10.1)], 69.4, 24.4)
def test_the_quick_distance_is_off_by_less_than_it_says(
    places: list[tuple[float, float]], latitude: float, longitude: float
) -> None:
    here, there = Position(latitude, longitude), [Position(*place) for place in places]
    found = Map([offer(positions=(each,)) for each in there]).distances_m(here)
    exact = np.array([distance_m(here, each) for each in there])
    assert (np.abs(found - exact) <= 0.00001 * exact + 1e-6).all()


takings = st.lists(st.tuples(st.integers(0, 20), st.integers(1, 10), st.integers(1, 4)), max_size=5)


@given(st.lists(st.tuples(st.integers(1, 6), takings), min_size=1, max_size=4), st.integers(1, 6))
def test_many_stocks_end_to_end_say_what_each_says(rows: list[tuple[int, Any]], amount: int) -> None:
    each = [levels(capacity, [(start, start + long, of) for start, long, of in taken]) for capacity, taken in rows]
    profile, numbers = CapacityProfile.of(each), np.arange(len(each))
    starts, ends = np.arange(0, 25), np.arange(0, 25) + 4
    inside = profile.at_least(np.full(len(each), amount)).inside(numbers, starts, ends)
    for row, one in enumerate(each):
        least = [one.least(start, end) for start, end in zip(starts.tolist(), ends.tolist(), strict=True)]
        assert inside[row].tolist() == [left >= amount for left in least]
        assert profile.least(np.full(25, row), starts, ends).tolist() == least


def test_what_takes_several_units_is_left_as_often_as_the_scarcest_of_them() -> None:
    both = in_copies([(levels(4, [(10, 20, 3)]), 1), (levels(9, [(15, 30, 5)]), 2)])
    assert [both.least(start, start + 1) for start in (0, 12, 17, 25, 40)] == [4, 1, 1, 2, 4]


def test_a_need_that_could_begin_at_thousands_of_times_is_looked_at_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = need(timing=Flexible(at(1), at(20), 60, 30))
    here = snapshot([asked], [offer() for _ in range(30)])
    whole = times_of(CandidateFilter(here).apply(asked))
    monkeypatch.setattr("marketplace.planning.candidates.filters.MOST_CELLS", 1000)
    assert times_of(CandidateFilter(here).apply(asked)) == whole
