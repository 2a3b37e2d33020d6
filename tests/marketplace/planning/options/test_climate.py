"""What options do to the climate, and what that is worth: more transport is never better, and weight 0 is no matter."""

from dataclasses import asdict, replace
from datetime import date, time, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.language.i18n import speaking
from api.language.labels import LABELS, label
from api.schemas.planning.matching_runs import policy_out
from core.time.timing import Fixed, Period, Weekly
from marketplace.offers.models import Terms
from marketplace.planning.candidates.filters import CandidateFilter
from marketplace.planning.candidates.possible_times import Pattern, Patterns
from marketplace.planning.options.climate import co2e_kg, days_used
from marketplace.planning.options.policy import POLICIES, Criteria, Policy, terms_of
from marketplace.planning.snapshot.load import calendar_for
from marketplace.planning.snapshot.open_needs import OpenNeed
from marketplace.planning.snapshot.snapshot import OpenOffer
from resources.families.emissions import CAR, VAN
from resources.families.furniture import FurnitureRequirements
from resources.families.space import SpaceFacts, SpaceRequirements
from resources.families.staff import StaffFacts, StaffRequirements
from resources.families.vehicle import FUELS, Fuel, VehicleFacts
from tests.marketplace.planning.snapshots import NOW, SUNDSVALL, at, built, need, offer, snapshot, solved

ROAD_KM = 162.0 * 1.3
"""From Östersund to Sundsvall: the line, and the setting's detour."""
APRIL = Period(date(2027, 4, 1), date(2027, 4, 30))
"""22 days from Monday to Friday, holidays counted."""


def kilograms(asked: OpenNeed, lent: OpenOffer) -> float:
    here = snapshot([asked], [lent])
    [block] = CandidateFilter(here).blocks([asked])
    assert len(block) == 1
    days = here.calendar.days(int(block.patterns.starts[0]), int(block.patterns.ends[-1]))
    return float(co2e_kg(days, here.now, block)[0])


def test_people_go_there_and_back_by_car_each_day() -> None:
    room = offer(positions=(SUNDSVALL,))
    once = 6 * 2 * ROAD_KM * 0.211
    assert kilograms(need(), room) == pytest.approx(once, rel=0.01)
    assert kilograms(need(timing=Fixed(at(7, 9), at(8, 17))), offer(positions=(SUNDSVALL,))) == pytest.approx(
        2 * once, rel=0.01
    )
    pool = offer(kind="desk_pool", facts=SpaceFacts(seats=12), positions=(SUNDSVALL,))
    desks = need(kind="desk_pool", timing=APRIL, requirements=SpaceRequirements(people=2))
    assert kilograms(desks, pool) == pytest.approx(2 * 22 * 2 * ROAD_KM * 0.211, rel=0.01)


@given(st.dates(date(2026, 1, 1), date(2028, 1, 1)), st.integers(0, 400))
def test_a_stay_counts_its_working_days_and_at_least_one(first: date, more: int) -> None:
    last = first + timedelta(days=more)
    asked = need(timing=Period(first, last))
    calendar = calendar_for([asked], NOW)
    start, end = calendar.span(Period(first, last).interval)
    counted = sum((first + timedelta(days=n)).weekday() < 5 for n in range(more + 1))
    pattern, days = Patterns.of([Pattern(np.array([start]), np.array([end]))]), calendar.days(start, end)
    assert days_used(days, pattern, working=True).tolist() == [max(1, counted)]
    assert days_used(days, pattern, working=False).tolist() == [more + 1]


@pytest.mark.parametrize("same_resource", [True, False], ids=["as one", "date by date"])
def test_a_series_is_gone_to_on_every_date(same_resource: bool) -> None:
    mondays = Weekly(date(2027, 3, 8), date(2027, 3, 29), (0,), time(9), time(12), same_resource=same_resource)
    found = kilograms(need(timing=mondays), offer(positions=(SUNDSVALL,)))
    assert found == pytest.approx(4 * 6 * 2 * ROAD_KM * 0.211, rel=0.01)


def test_furniture_is_fetched_by_van_and_returned_unless_it_is_kept() -> None:
    lent = offer("furniture", positions=(SUNDSVALL,))
    given_away = replace(lent, terms=Terms.HAND_OVER)
    keep = need("furniture", timing=Period(APRIL.first, None), requirements=FurnitureRequirements(to_keep=True))
    assert kilograms(need("furniture", timing=APRIL), lent) == pytest.approx(4 * ROAD_KM * 0.316, rel=0.01)
    assert kilograms(keep, given_away) == pytest.approx(2 * ROAD_KM * 0.316, rel=0.01)


def test_a_vehicle_is_driven_every_day_on_its_own_fuel() -> None:
    april = need("vehicle", timing=APRIL)
    for fuel in Fuel:
        car = offer("vehicle", facts=VehicleFacts(seats=5, fuel=fuel))
        assert kilograms(april, car) == pytest.approx(30 * 31 * FUELS[fuel].g_per_km / 1000, abs=0.1)


def test_who_works_remotely_goes_nowhere() -> None:
    can = {"skills": {"procurement": 4}, "remote": True, "people_meant": 5}
    person = StaffFacts(extent_percent=100, municipality_codes=("2281",), **can)
    far = offer("staff", facts=person, positions=(SUNDSVALL,))
    half = need("staff", amount=50, timing=APRIL, max_distance_km=200)
    remotely = replace(half, requirements=StaffRequirements({"procurement": 3}, remote_ok=True))
    assert kilograms(half, far) == pytest.approx(0.5 * 22 * 2 * ROAD_KM * 0.211, rel=0.01)
    assert kilograms(remotely, far) == 0


@given(st.lists(st.floats(0, 1e6), min_size=2, max_size=20), st.sampled_from(list(POLICIES.values())))
def test_less_is_never_worse(amounts: list[float], policy: Policy) -> None:
    points = terms_of(policy, Criteria(co2e_kg=np.array(sorted(amounts))))["climate"]
    assert (np.diff(points) <= 0).all()
    assert points.max() <= 0
    assert points.min() >= -policy.weights.climate


@pytest.mark.parametrize(("kg", "points"), [(0, 0), (250, -800), (1_000, -2_000), (3_000, -3_000)])
def test_half_is_lost_at_a_tonne(kg: float, points: int) -> None:
    assert terms_of(POLICIES["balanced"], Criteria(co2e_kg=kg))["climate"] == points


def test_without_weight_it_is_no_matter() -> None:
    policy = replace(POLICIES["balanced"], weights=replace(POLICIES["balanced"].weights, climate=0))
    assert terms_of(policy, Criteria(co2e_kg=1e6)) == terms_of(policy, Criteria(co2e_kg=0))


def test_the_clean_car_goes_to_who_drives_longest_and_the_petrol_car_is_still_lent() -> None:
    cars = [offer("vehicle", facts=VehicleFacts(seats=5, fuel=fuel)) for fuel in (Fuel.PETROL, Fuel.ELECTRIC)]
    short, long = (need("vehicle", timing=Period(date(2027, 4, 1), date(2027, 4, last))) for last in (1, 30))
    found = built(snapshot([short, long], cars), "climate")
    taken = {match.need: found.option_of[match.need, match.option].offer for match in solved(found).matches}
    assert taken == {str(short.need_id): cars[0], str(long.need_id): cars[1]}


def test_a_run_that_was_stored_without_the_climate_is_read_and_shown_with_a_weight_of_0() -> None:
    stored = POLICIES["near"].to_json()
    del stored["weights"]["climate"]
    policy = Policy.from_json(stored)
    assert policy.weights == replace(POLICIES["near"].weights, climate=0)
    shown = {weight.name: weight.points for weight in policy_out(policy).weights}
    assert shown == asdict(POLICIES["near"].weights) | {"climate": 0}


@pytest.mark.parametrize("language", ["sv", "en"])
def test_every_criterion_and_weight_has_its_words(language: str) -> None:
    terms = set(terms_of(POLICIES["balanced"], Criteria()))
    assert terms | {"rotation", "said_yes"} == set(LABELS["criterion"]) == set(LABELS["criterion_meaning"])
    assert (
        set(asdict(POLICIES["balanced"].weights))
        == set(LABELS["weight"]) - {"said_yes"}
        == set(LABELS["weight_meaning"])
    )
    with speaking(language):
        told = [label("climate", kind) for kind in ("criterion", "weight", "policy")]
    assert (
        told
        == {
            "sv": ["Skonar klimatet", "Klimat", "Klimatet först"],
            "en": ["Spares the climate", "Climate", "Climate first"],
        }[language]
    )


def test_every_figure_has_its_source() -> None:
    for factor in (CAR, VAN, *FUELS.values()):
        assert factor.source
    by_fuel = [FUELS[fuel].g_per_km for fuel in (Fuel.NONE, Fuel.ELECTRIC, Fuel.HVO, Fuel.BIOGAS, Fuel.HYBRID)]
    assert by_fuel == sorted(by_fuel)
    assert by_fuel[-1] < FUELS[Fuel.PETROL].g_per_km < CAR.g_per_km < VAN.g_per_km
