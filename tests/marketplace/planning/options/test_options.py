"""Which offers pass which filter, and the options that come of them."""

from dataclasses import replace
from datetime import date, time, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from uuid_utils.compat import uuid7

from core.geo import Position, distance_m
from core.settings import settings
from core.time.interval import Interval
from core.time.opening_text import from_text
from core.time.timing import Fixed, Flexible, Period, Timing, Weekly
from marketplace.offers.models import PriceBasis, Terms, Visibility
from marketplace.organisations.models import OrganisationKind
from marketplace.planning.candidates.candidates import Filter
from marketplace.planning.candidates.possible_times import spread
from marketplace.planning.encoding.build import Considered
from marketplace.planning.options.options import Option
from marketplace.planning.snapshot.open_needs import OpenNeed
from marketplace.planning.snapshot.snapshot import OpenOffer
from resources.families.furniture import FurnitureFacts, FurnitureRequirements
from resources.families.space import Fitting, SpaceFacts, SpaceRequirements
from resources.families.staff import StaffFacts, StaffRequirements
from resources.families.vehicle import VehicleFacts, VehicleRequirements
from tests.marketplace.planning.snapshots import NOW, OSTERSUND, SUNDSVALL, at, built, fixed, need, offer, snapshot


def considered(asked: OpenNeed, *offers: OpenOffer, **values: Any) -> Considered:
    """What becomes of one need."""
    [found] = built(snapshot([asked], offers, **values)).considered
    return found


def options(asked: OpenNeed, *offers: OpenOffer, **values: Any) -> list[Option]:
    return [each for demand in considered(asked, *offers, **values).demands for each in demand.options]


def emptied_by(asked: OpenNeed, *offers: OpenOffer, **values: Any) -> Filter | None:
    return next((step for step, left in considered(asked, *offers, **values).left.items() if not left), None)


def test_each_filter_counts_what_it_leaves() -> None:
    org = uuid7()
    offers = [
        offer(),
        offer(kind="hall"),
        offer(positions=(SUNDSVALL,)),
        offer(during=Interval(NOW, at(3))),
        offer(facts=SpaceFacts(seats=4)),
        offer(facts=SpaceFacts(seats=9)),
        offer(facts=SpaceFacts(seats=8, equipment=frozenset({Fitting.PROJECTOR})), tier=Visibility.PARTNERS),
        offer("vehicle"),
    ]
    with_projector = SpaceRequirements(people=6, equipment_must=frozenset({Fitting.PROJECTOR}))
    asked = need(kind="meeting_room", max_distance_km=50, requirements=with_projector, organisation_id=org)
    assert considered(asked, *offers).left == {
        Filter.KIND: 6,
        Filter.PLACE: 5,
        Filter.TIME: 4,
        Filter.SIZE: 3,
        Filter.REQUIREMENTS: 1,
        Filter.VISIBILITY: 0,
        Filter.LOAN_RULES: 0,
        Filter.REFUSED: 0,
    }


def test_a_thing_to_keep_is_another_kind_than_a_loan() -> None:
    lent, given_away = offer("furniture"), offer("furniture", terms=Terms.HAND_OVER)
    keep = need("furniture", requirements=FurnitureRequirements(to_keep=True), timing=Period(date(2027, 4, 1), None))
    [kept] = options(keep, lent, given_away)
    assert (kept.offer, kept.for_good) == (given_away, True)
    borrow = need("furniture", timing=Period(date(2027, 4, 1), date(2027, 4, 30)))
    [borrowed] = options(borrow, lent, given_away)
    assert (borrowed.offer, borrowed.for_good) == (lent, False)


def test_what_is_handed_over_for_good_only_starts_while_the_offer_runs() -> None:
    for_a_month = offer("furniture", terms=Terms.HAND_OVER, during=Interval(at(10), at(40)))
    for day, served in ((20, 1), (5, 0), (40, 0), (90, 0)):
        assert len(options(kept_from(day), for_a_month)) == served


def test_what_is_wanted_for_good_is_free_only_where_nobody_ever_has_it_later() -> None:
    chairs = offer("furniture", terms=Terms.HAND_OVER)
    [(unit, _)] = chairs.units
    for day in (20, 120):
        [option] = options(kept_from(day), chairs)
        assert option.during[0][0] == snapshot([kept_from(day)], []).calendar.floor(at(day))
        assert options(kept_from(day), chairs, taken={unit: [(at(300), at(301), 40)]}) == []
        assert options(kept_from(day), chairs, taken={unit: [(at(5), at(6), 40)]})


def kept_from(day: int) -> OpenNeed:
    keep = FurnitureRequirements(to_keep=True)
    return need("furniture", requirements=keep, timing=Period(at(day).date(), None))


@pytest.mark.parametrize(("beyond_m", "near"), [(-10, False), (10, True), (1000, True)])
def test_the_greatest_distance_is_measured_exactly(beyond_m: int, near: bool) -> None:
    # The quick distance is some 400 m off at 160 km.
    limit_km = (distance_m(OSTERSUND, SUNDSVALL) + beyond_m) / 1000
    assert bool(options(need(max_distance_km=limit_km), offer(positions=(SUNDSVALL,)))) is near


def test_a_need_without_a_place_is_served_anywhere_and_tells_no_distance() -> None:
    [found] = options(need(municipality_code=None), offer(positions=(SUNDSVALL,)))
    assert found.distance_m is None
    assert found.terms["distance"] == 0


@given(st.lists(st.tuples(st.floats(55.5, 69.0), st.floats(11.0, 24.0)), min_size=1, max_size=8), st.floats(1, 1500))
def test_no_offer_is_lost_or_won_by_the_quick_distance(places: list[tuple[float, float]], km: float) -> None:
    offers = [offer(positions=(Position(*place),)) for place in places]
    asked = need(max_distance_km=km)
    near = {each.offer_id for each in offers if distance_m(OSTERSUND, each.positions[0]) <= km * 1000}
    assert {each.offer.offer_id for each in options(asked, *offers)} == near


class TestStaff:
    asked = need("staff", amount=40, timing=Period(date(2027, 4, 1), date(2027, 6, 30)))

    def test_on_site_it_works_where_it_said_it_can(self) -> None:
        elsewhere = replace(self.asked, municipality_code="2281", latitude=None, longitude=None)
        outside_town = replace(self.asked, latitude=63.5, longitude=14.4)
        assert options(self.asked, offer("staff"))
        assert options(outside_town, offer("staff")), "it is still in the municipality"
        assert emptied_by(elsewhere, offer("staff")) is Filter.PLACE
        assert options(replace(elsewhere, max_distance_km=200), offer("staff"))

    def test_remotely_it_works_from_anywhere_if_both_say_so(self) -> None:
        remote = StaffFacts(100, remote=True, municipality_codes=("0180",), skills={"procurement": 4})
        abroad = offer("staff", facts=remote, positions=(Position(59.33, 18.07),))
        assert emptied_by(self.asked, abroad) is Filter.PLACE
        may = replace(self.asked, requirements=StaffRequirements({"procurement": 3}, remote_ok=True))
        [found] = options(may, abroad)
        assert found.distance_m is None

    def test_a_share_of_a_person_is_claimed_in_percent(self) -> None:
        person = offer("staff")
        unit = person.units[0][0]
        busy = {unit: [(at(0), at(365), 70)]}
        assert list(options(self.asked, person)[0].takings) == [(unit, 40)]
        assert emptied_by(self.asked, person, taken=busy) is Filter.TIME
        assert options(replace(self.asked, amount=30), person, taken=busy)

    def test_skills_are_requirements(self) -> None:
        unable = offer("staff", facts=StaffFacts(100, municipality_codes=("2380",), skills={"law": 5}))
        assert emptied_by(self.asked, unable) is Filter.REQUIREMENTS


# From 1 April half a year of full time ends on 30 September, after 183 days.
class TestLoanRules:
    person = offer("staff", during=Interval(NOW, None))

    def asked(
        self, timing: Timing, borrower: OrganisationKind = OrganisationKind.STATE_AGENCY, **values: Any
    ) -> OpenNeed:
        return need("staff", timing=timing, organisation_kind=borrower, **({"amount": 100} | values))

    def test_what_a_pack_forbids_is_no_option(self) -> None:
        half, more = (Period(date(2027, 4, 1), last) for last in (date(2027, 9, 30), date(2027, 10, 1)))
        assert options(self.asked(half), self.person)
        assert emptied_by(self.asked(more), self.person) is Filter.LOAN_RULES
        assert emptied_by(self.asked(more, OrganisationKind.REGION), self.person) is Filter.LOAN_RULES
        assert options(self.asked(more, OrganisationKind.PUBLIC_COMPANY), self.person)
        assert options(self.asked(more, amount=50), self.person)
        assert options(self.asked(more, organisation_id=self.person.organisation_id), self.person), "no loan at all"

    def test_only_those_who_may_not_lend_fall_away(self) -> None:
        region, town = OrganisationKind.REGION, OrganisationKind.MUNICIPALITY
        near = offer("staff", during=Interval(NOW, None), organisation_kind=town)
        longer = self.asked(Period(date(2027, 4, 1), date(2027, 12, 31)), region)
        assert [each.offer for each in options(longer, self.person, near)] == [near]

    def test_only_the_starts_fall_away_from_which_it_is_too_long(self) -> None:
        """Half a year has 183 days from 1 October 2027 on, and 181 to 182 from any day in September on."""
        length, window = 183, (date(2027, 9, 1) - NOW.date()).days
        asked = self.asked(Flexible(at(window), at(window + 30 + length), length * 24 * 60, 10 * 24 * 60))
        found = {each.key.partition("@")[2][:10] for each in options(asked, self.person)}
        assert found == {"2027-09-30"}, "the midnight before 1 October"
        company = replace(asked, organisation_kind=OrganisationKind.PUBLIC_COMPANY)
        assert len(options(company, self.person)) == 4


class TestOpening:
    office = offer(opening=from_text("må-fr 08:00-16:30"))

    def test_a_room_is_open_throughout(self) -> None:
        assert options(need(timing=fixed(7, 8, 16)), self.office)
        assert emptied_by(need(timing=fixed(7, 15, 17)), self.office) is Filter.TIME
        assert emptied_by(need(timing=fixed(5, 9, 10)), self.office) is Filter.TIME, "a Saturday"

    def test_a_vehicle_is_fetched_and_returned_when_it_is_open(self) -> None:
        car = offer("vehicle", opening=self.office.opening)
        overnight = Fixed(at(7, 15), at(8, 9))
        late = Fixed(at(7, 15), at(8, 18))
        assert options(need("vehicle", timing=overnight), car)
        assert emptied_by(need("vehicle", timing=late), car) is Filter.TIME

    def test_what_is_lent_by_whole_days_follows_no_doors(self) -> None:
        assert options(need(timing=Period(date(2027, 3, 8), date(2027, 3, 12))), self.office)

    def test_a_split_day_and_a_closed_week(self) -> None:
        split = offer(opening=from_text("må-fr 08:00-11:00, 13:00-17:00; 2027-03-15..2027-03-21 stängt"))
        assert options(need(timing=fixed(7, 13, 17)), split)
        assert emptied_by(need(timing=fixed(7, 10, 14)), split) is Filter.TIME
        assert emptied_by(need(timing=fixed(14, 9, 10)), split) is Filter.TIME


class TestTaken:
    def test_a_room_that_is_taken_is_not_free(self) -> None:
        room = offer()
        taken = {room.units[0][0]: [(at(7, 10), at(7, 12), 1)]}
        assert emptied_by(need(), room, taken=taken) is Filter.TIME
        assert options(need(timing=fixed(7, 12, 13)), room, taken=taken), "to touch is not to overlap"

    def test_a_hall_takes_both_of_its_halves_and_a_half_takes_one(self) -> None:
        a, b = uuid7(), uuid7()
        hall, half = offer(units=((a, 1), (b, 1))), offer(units=((b, 1),))
        taken = {a: [(at(7, 9), at(7, 11), 1)]}
        assert {unit for unit, _ in options(need(), hall)[0].takings} == {a, b}
        assert [each.offer for each in options(need(), hall, half, taken=taken)] == [half]

    def test_desks_are_taken_by_the_person(self) -> None:
        pool = offer(kind="desk_pool", facts=SpaceFacts(seats=12))
        [unit] = [unit for unit, _ in pool.units]
        taken = {unit: [(at(7, 9), at(7, 11), 7)]}
        five = need(kind="desk_pool", amount=5, requirements=SpaceRequirements(people=5))
        six = need(kind="desk_pool", amount=6, requirements=SpaceRequirements(people=6))
        [found] = options(five, pool, taken=taken)
        assert list(found.takings) == [(unit, 5)]
        assert emptied_by(six, pool, taken=taken) is Filter.TIME
        too_many = need(kind="desk_pool", amount=13, requirements=SpaceRequirements(people=13))
        assert emptied_by(too_many, pool) is Filter.SIZE, "it never has so many, whenever it is"

    def test_what_has_begun_cannot_be_had(self) -> None:
        assert (
            emptied_by(need(timing=Fixed(NOW - timedelta(hours=1), NOW + timedelta(hours=1))), offer()) is Filter.TIME
        )

    def test_a_period_that_has_begun_is_wanted_from_tomorrow(self) -> None:
        [found] = options(need(timing=Period(date(2027, 2, 1), date(2027, 3, 31))), offer())
        assert found.during[0][0] == 24 * 60 - 60, "midnight in Stockholm, an hour before that of the epoch in UTC"


class TestFurniture:
    period = Period(date(2027, 4, 1), date(2027, 4, 30))

    def lots(self, *counts: int) -> list[OpenOffer]:
        return [offer("furniture", facts=FurnitureFacts(count=count, condition=4)) for count in counts]

    def asked(self, amount: int, parts: int) -> OpenNeed:
        return need("furniture", amount=amount, parts=parts, timing=self.period)

    def test_one_lot_has_to_have_all(self) -> None:
        assert emptied_by(self.asked(40, 1), *self.lots(30, 25)) is Filter.SIZE

    def test_several_lots_may_be_put_together_if_the_largest_suffice(self) -> None:
        found = options(self.asked(40, 2), *self.lots(30, 25, 1))
        assert sorted((each.amount, each.most) for each in found) == [(1, 1), (1, 25), (1, 30)]
        assert emptied_by(self.asked(56, 2), *self.lots(30, 25, 1)) is Filter.SIZE

    def test_only_what_is_left_counts(self) -> None:
        [lot] = self.lots(30)
        taken = {lot.units[0][0]: [(at(40), at(50), 12)]}
        [found] = options(self.asked(10, 2), lot, taken=taken)
        assert found.most == 10
        assert emptied_by(self.asked(20, 2), lot, taken=taken) is Filter.SIZE


class TestSeries:
    mondays = Weekly(date(2027, 3, 8), date(2027, 3, 29), (0,), time(9), time(12))
    """8, 15, 22 and 29 March; summer time begins on the 28th, and the 29th is Easter Monday."""

    def taken_on(self, room: OpenOffer, *days: int) -> dict[UUID, list[Any]]:
        return {room.units[0][0]: [(at(day, 8), at(day, 10), 1) for day in days]}

    def test_one_room_takes_all_dates_at_once_across_summer_time(self) -> None:
        [found] = options(need(timing=self.mondays), offer())
        starts = [start for start, _ in found.during]
        assert len(starts) == 4
        week = 7 * 24 * 60
        assert [later - earlier for earlier, later in pairwise(starts)] == [week, week, week - 60]

    def test_dates_that_are_taken_closed_or_past_are_left_out_and_listed(self) -> None:
        room = offer(opening=from_text("må-fr 08:00-17:00; ej helgdagar"))
        series = replace(self.mondays, first=date(2027, 3, 1))
        asked = need(timing=replace(series, from_time=time(9), until_time=time(12)))
        [found] = options(asked, room, taken=self.taken_on(room, 14))
        assert [(each.on.isoformat(), each.code) for each in found.missing] == [
            ("2027-03-01", "past"),
            ("2027-03-15", "taken"),
            ("2027-03-29", "closed"),
        ]
        assert found.terms["dates"] < 0

    def test_at_least_half_of_the_dates_have_to_work(self) -> None:
        room = offer()
        assert options(need(timing=self.mondays), room, taken=self.taken_on(room, 7, 14))
        assert emptied_by(need(timing=self.mondays), room, taken=self.taken_on(room, 7, 14, 21)) is Filter.TIME

    def test_served_apart_each_date_is_a_demand_of_its_own_sharing_the_value(self) -> None:
        one, other = offer(), offer()
        apart = replace(self.mondays, same_resource=False)
        taken = self.taken_on(one, 7, 14) | self.taken_on(other, 21)
        found = considered(need(timing=apart), one, other, taken=taken)
        whole = considered(need(timing=self.mondays), one).demands[0]
        assert [demand.on for demand in found.demands] == [date(2027, 3, 8) + timedelta(weeks=n) for n in range(4)]
        assert [len(demand.options) for demand in found.demands] == [1, 1, 1, 2]
        assert sum(demand.value for demand in found.demands) == pytest.approx(whole.value, abs=4)

    def test_served_apart_half_of_the_dates_have_to_be_possible(self) -> None:
        room = offer()
        apart = need(timing=replace(self.mondays, same_resource=False))
        assert len(considered(apart, room, taken=self.taken_on(room, 7, 14)).demands) == 2
        assert emptied_by(apart, room, taken=self.taken_on(room, 7, 14, 21)) is Filter.TIME


class TestFlexible:
    window = Flexible(at(7, 8), at(7, 17), duration_min=120, step_min=30)

    def test_each_possible_start_is_an_option_up_to_the_limit(self) -> None:
        found = options(need(timing=self.window), offer())
        assert len(found) == 15, "08:00 to 15:00 every half-hour"
        room = offer()
        taken = {room.units[0][0]: [(at(7, 10), at(7, 12), 1)]}
        starts = {each.key.partition("@")[2] for each in options(need(timing=self.window), room, taken=taken)}
        assert "2027-03-08T07:00Z" in starts
        assert "2027-03-08T08:00Z" not in starts, "it would end an hour into what is taken"
        assert "2027-03-08T11:00Z" in starts

    def test_many_offers_share_the_limit_so_that_several_have_options(self) -> None:
        found = options(need(timing=self.window), *(offer() for _ in range(40)))
        assert len(found) == settings().options_per_need
        assert len({each.offer.offer_id for each in found}) >= 12
        assert len({each.during for each in found}) > 1

    def test_every_key_is_told_apart(self) -> None:
        found = options(need(timing=self.window), offer(), offer())
        assert len({each.key for each in found}) == len(found)


def test_visibility_counts_from_the_requesters_side() -> None:
    home, friend = uuid7(), uuid7()
    offers = {tier: offer(tier=tier, organisation_id=friend, county_code="23", department="IT") for tier in Visibility}

    def seen(asked: OpenNeed, **values: Any) -> set[Visibility]:
        found = {each.offer.offer_id for each in options(asked, *offers.values(), **values)}
        return {tier for tier, each in offers.items() if each.offer_id in found}

    stranger = need(organisation_id=home, county_code="01")
    assert seen(stranger) == {Visibility.ALL}
    assert seen(replace(stranger, county_code="23")) == {Visibility.ALL, Visibility.REGION}
    partners = {home: frozenset({friend})}
    assert seen(stranger, partners=partners) == {Visibility.ALL, Visibility.REGION, Visibility.PARTNERS}
    assert seen(need(organisation_id=friend)) == set(Visibility) - {Visibility.DEPARTMENT}
    assert seen(need(organisation_id=friend, department="IT")) == set(Visibility)


def test_what_somebody_refused_is_filtered_last() -> None:
    asked, refused, other = need(), offer(), offer()
    pairs = frozenset({(asked.need_id, refused.offer_id)})
    assert [each.offer for each in options(asked, refused, other, refused=pairs)] == [other]
    assert emptied_by(asked, refused, refused=pairs) is Filter.REFUSED


def test_terms_say_what_speaks_for_and_against() -> None:
    org, lister = uuid7(), uuid7()
    hall = offer(
        facts=SpaceFacts(seats=40),
        positions=(SUNDSVALL,),
        organisation_id=lister,
        price_basis=PriceBasis.HOUR,
        price_sek=1000,
    )
    wish = SpaceRequirements(people=4, equipment_should=frozenset({Fitting.PROJECTOR, Fitting.SCREEN}))
    [found] = options(need(organisation_id=org, requirements=wish), hall, net={org: 5, lister: -5})
    assert found.terms == {
        "fit": -10_800,  # 36 of 40 seats stay empty: 0.9 of 12,000
        "distance": -6_000,  # more than 50 km
        "cost": -500,  # two hours at 1,000 SEK: a tenth of what is dear
        "wishes": -5_000,
        "dates": 0,
        "climate": -1_049,  # four cars, 2 · 1.3 · 162 km · 211 g: 356 kg, so 356 / 1,356 of 4,000
        "give_and_take": 2_000,
    }
    assert found.points == sum(found.terms.values())


@pytest.mark.parametrize(
    ("basis", "days", "points"),
    [
        (PriceBasis.NONE, 1, 0),
        (PriceBasis.FIXED, 1, -225),  # 900 SEK: nine hundredths of what is dear
        (PriceBasis.HOUR, 1, -450),
        (PriceBasis.DAY, 1, -225),
        (PriceBasis.DAY, 2, -450),
    ],
)
def test_a_price_weighs_by_what_the_loan_costs(basis: PriceBasis, days: int, points: int) -> None:
    asked = need(timing=Fixed(at(7, 9), at(6 + days, 11)))
    [found] = options(asked, offer(price_basis=basis, price_sek=900))
    assert found.terms["cost"] == points


def test_what_is_for_good_weighs_its_fixed_price_only() -> None:
    keep = need("furniture", requirements=FurnitureRequirements(to_keep=True), timing=Period(date(2027, 4, 1), None))
    for basis, points in ((PriceBasis.FIXED, -225), (PriceBasis.DAY, 0)):
        lot = offer("furniture", terms=Terms.HAND_OVER, price_basis=basis, price_sek=900)
        assert [each.terms["cost"] for each in options(keep, lot)] == [points]


@given(st.integers(0, 200), st.integers(1, 30))
def test_spread_positions_are_different_and_have_both_ends(count: int, most: int) -> None:
    both = [np.full(min(count, most), number) for number in (most, count)]
    found = spread(np.arange(min(count, most)), *both).tolist()
    assert len(found) == len(set(found)) == min(count, most)
    if count and most > 1:
        assert {0, count - 1} <= set(found)


def test_a_vehicle_need_is_one_vehicle() -> None:
    car = offer("vehicle", facts=VehicleFacts(seats=5, fuel="electric", range_km=200))  # type: ignore[arg-type]
    [found] = options(need("vehicle", requirements=VehicleRequirements(seats=4, min_range_km=150)), car)
    assert [amount for _, amount in found.takings] == [1]
    far = need("vehicle", requirements=VehicleRequirements(min_range_km=300))
    assert emptied_by(far, car) is Filter.REQUIREMENTS
    assert found.distance_m is not None
    assert found.distance_m < 1000
