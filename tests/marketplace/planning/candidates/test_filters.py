"""What planning says of many offers at once is what the plain rules say of each of them."""

from collections.abc import Callable
from dataclasses import fields
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from core.geo import Position, distance_m, municipality
from core.time.timing import Flexible
from marketplace.planning.candidates.candidates import Candidates
from marketplace.planning.candidates.capacity_profiles import CapacityProfile, in_copies
from marketplace.planning.candidates.distances import Map, exact_m
from marketplace.planning.candidates.filters import CandidateFilter
from marketplace.planning.options.policy import POLICIES
from marketplace.planning.options.scoring import costs_sek, score
from marketplace.planning.snapshot.calendar import levels
from marketplace.planning.snapshot.snapshot import Snapshot
from marketplace.proposals.price import cost_sek
from resources.families import FAMILIES
from resources.families.furniture import FurnitureRequirements
from resources.families.space import SpaceRequirements
from resources.families.staff import StaffRequirements
from resources.families.vehicle import VehicleRequirements
from tests.marketplace.planning.candidates import plain_filters
from tests.marketplace.planning.candidates.random_markets import PLACES, random_loans, random_market
from tests.marketplace.planning.snapshots import at, need, offer, snapshot
from tests.resources.families.one import fit


def times_of(found: Candidates) -> dict[UUID, list[int]]:
    return {each.offer_id: np.flatnonzero(free).tolist() for each, free in zip(found.offers, found.free, strict=True)}


@settings(max_examples=90)
@given(st.integers(0, 10**9), st.sampled_from([random_market, random_market, random_loans]))
def test_the_filters_find_and_count_what_the_plain_rules_do(seed: int, market: Callable[[int], Snapshot]) -> None:
    here = market(seed)
    found = found_together(here)
    assert found.keys() == {asked.need_id for asked in here.needs}
    for asked in here.needs:
        left, times = plain_filters.filtered(here, asked)
        assert found[asked.need_id].left == left
        assert times_of(found[asked.need_id]) == times


def found_together(here: Snapshot) -> dict[UUID, Candidates]:
    filters = CandidateFilter(here)
    blocks = [block for alike in filters.alike(here.needs) for block in filters.blocks(alike)]
    return {each.need_id: block.candidates(n) for block in blocks for n, each in enumerate(block.needs)}


def test_needs_alike_are_looked_at_in_as_many_goes_as_memory_asks_for(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = [
        need(timing=Flexible(at(day), at(day + 10), 60, 30), max_distance_km=km) for day in (1, 5) for km in (9, 400)
    ]
    here = snapshot(asked, [offer(positions=(place,)) for place in PLACES for _ in range(6)])
    whole = {key: times_of(found) for key, found in found_together(here).items()}
    monkeypatch.setattr("marketplace.planning.candidates.filters.LEAST_STARTS", 10**6)
    for limit, most in (("MOST_CELLS", 1000), ("MOST_CELLS_TOGETHER", 1000), ("MOST_PAIRS", 60), ("MOST_NEEDS", 1)):
        monkeypatch.setattr(f"marketplace.planning.candidates.filters.{limit}", most)
        assert {key: times_of(found) for key, found in found_together(here).items()} == whole


@given(st.integers(0, 10**9))
def test_what_is_found_is_weighed_as_the_plain_rules_do(seed: int) -> None:
    here = random_market(seed)
    calendar = here.calendar
    for asked in here.needs:
        filters = CandidateFilter(here)
        found, [block] = filters.apply(asked), filters.blocks([asked])
        if not len(found):
            continue
        days = calendar.days(int(found.pattern.starts[0]), int(found.pattern.ends[-1]))
        costs, scores = costs_sek(days, block), score(here, POLICIES["balanced"], block)
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
        StaffRequirements: 8,  # that a clearance may be needed, or a wish is welcome, leaves nobody out
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
    asked = need(latitude=latitude, longitude=longitude)
    [found] = Map([offer(positions=(each,)) for each in there]).distances_m([asked])
    exact = np.array([distance_m(here, each) for each in there])
    assert (np.abs(found - exact) <= 0.00001 * exact + 1e-6).all()


takings = st.lists(st.tuples(st.integers(0, 20), st.integers(1, 10), st.integers(1, 4)), max_size=5)


@given(st.lists(st.tuples(st.integers(1, 6), takings), min_size=1, max_size=4))
def test_many_stocks_end_to_end_say_what_each_says(rows: list[tuple[int, Any]]) -> None:
    each = [levels(capacity, [(start, start + long, of) for start, long, of in taken]) for capacity, taken in rows]
    profile = CapacityProfile.of(each)
    starts, ends = np.arange(0, 25), np.arange(0, 25) + 4
    for row, one in enumerate(each):
        least = [one.least(start, end) for start, end in zip(starts.tolist(), ends.tolist(), strict=True)]
        assert profile.least(np.full(25, row), starts, ends).tolist() == least
        assert profile.change[row] == (len(one.edges) > 1)


def test_what_takes_several_units_is_left_as_often_as_the_scarcest_of_them() -> None:
    both = in_copies([(levels(4, [(10, 20, 3)]), 1), (levels(9, [(15, 30, 5)]), 2)])
    assert [both.least(start, start + 1) for start in (0, 12, 17, 25, 40)] == [4, 1, 1, 2, 4]


def test_what_stands_in_the_same_municipality_is_near_wherever_in_it_somebody_asks() -> None:
    """Kiruna's seat is some 95 km from Abisko; a neighbour's seat counts from where the need is."""
    kiruna, gallivare = (municipality(code).position for code in ("2584", "2523"))
    abisko = {"municipality_code": "2584", "latitude": 68.35, "longitude": 18.83, "max_distance_km": 5.0}
    here = snapshot([asked := need(**abisko)], [offer(positions=(kiruna,)), offer(positions=(gallivare,))])
    found = CandidateFilter(here).apply(asked)
    assert [each.positions for each in found.offers] == [(kiruna,)]
    assert found.distances_m.tolist() == [0.0]
    assert exact_m(asked, here.offers[0]) == 0
    far = need(**abisko | {"max_distance_km": 400.0})
    found = CandidateFilter(snapshot([far], here.offers)).apply(far)
    assert found.distances_m[0] == 0.0
    assert found.distances_m[1] == pytest.approx(distance_m(Position(68.35, 18.83), gallivare), rel=1e-4)
