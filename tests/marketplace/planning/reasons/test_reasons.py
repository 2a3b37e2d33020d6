"""Reasons: what else could be had and at what cost, who took the last ones, and what change would have helped."""

from dataclasses import replace
from datetime import date, time
from typing import Any
from uuid import UUID

import msgspec
import pytest
from uuid_utils.compat import uuid7

from core.geo import Position, distance_m
from core.time.interval import Interval
from core.time.opening_text import from_text
from core.time.timing import Fixed, Flexible, Period, Timing, Weekly
from marketplace.planning.candidates.filters import CandidateFilter
from marketplace.planning.encoding.build import Built
from marketplace.planning.encoding.decode import DraftLine, proposal_drafts
from marketplace.planning.reasons.collect import Reasons
from marketplace.planning.reasons.in_turn import ReasonsInTurn
from marketplace.planning.reasons.smallest_change import ChangeSearch, searches
from marketplace.planning.snapshot.open_needs import OpenNeed
from marketplace.requests.models import Priority
from marketplace.runs.reasons import to_json
from matching.problem.plan import Plan
from resources.families.furniture import FurnitureFacts, FurnitureRequirements
from resources.families.space import Fitting, SpaceFacts, SpaceRequirements
from resources.families.staff import StaffRequirements
from resources.families.vehicle import VehicleRequirements
from tests.marketplace.planning.snapshots import OSTERSUND, SUNDSVALL, at, built, fixed, need, offer, snapshot, solved

LONG_S = 600.0
"""More than any search here takes."""


def explained(found: Built) -> tuple[Plan, Reasons, list[DraftLine]]:
    plan = solved(found)
    drafts = proposal_drafts(found, plan.matches)
    in_turn = ReasonsInTurn(found, plan, {each.need.need_id for each in found.considered})
    told = in_turn.at_hand()
    for part in in_turn.found(LONG_S, lambda: False):
        told = replace(told, lines={**told.lines, **part.lines}, unserved={**told.unserved, **part.unserved})
    return plan, told, [line for draft in drafts for line in draft.lines]


def outcome(told: Reasons, lines: list[DraftLine], asked: OpenNeed) -> dict[str, Any]:
    served, code, reasons = told.outcomes({line.need_id for line in lines}, set())[asked.need_id]
    return {"served": served, "code": code, "reasons": to_json(reasons)}


class TestLines:
    def test_a_line_tells_its_terms_its_distance_and_what_else_is_free(self) -> None:
        near, far = offer(), offer(positions=(SUNDSVALL,))
        _, told, [line] = explained(built(snapshot([need()], [near, far])))
        said = to_json(told.of_line(line))
        assert said["terms"] == line.option.terms
        assert said["distanceM"] < 1000
        assert not said["kept"]
        [other] = said["alternatives"]
        assert other["offerId"] == str(far.offer_id)
        assert other["distanceM"] == round(distance_m(OSTERSUND, SUNDSVALL))
        assert (other["loss"]["kind"], other["loss"]["toOthers"]) == ("at_most", 0)
        assert other["loss"]["amount"] == line.score - other["score"] > 0
        assert other["claims"] == [
            {
                "unitId": str(far.units[0][0]),
                "amount": 1,
                "from": "2027-03-08T08:00:00+00:00",
                "until": "2027-03-08T10:00:00+00:00",
            }
        ]

    def test_taking_what_another_has_costs_that_other(self) -> None:
        small, large = offer(facts=SpaceFacts(seats=6)), offer(facts=SpaceFacts(seats=30))
        few, many = need(), need(requirements=SpaceRequirements(people=25))
        _, told, lines = explained(built(snapshot([few, many], [small, large])))
        line = next(each for each in lines if each.need_id == few.need_id)
        [other] = to_json(told.of_line(line))["alternatives"]
        assert other["offerId"] == str(large.offer_id)
        assert other["loss"]["fell"] == [str(many.need_id)]
        assert other["loss"]["toOthers"] > 90_000

    def test_a_lot_is_swapped_for_one_that_has_as_many(self) -> None:
        asked = need("furniture", amount=40, parts=2, timing=Period(date(2027, 4, 1), date(2027, 4, 30)))
        lots = [offer("furniture", facts=FurnitureFacts(count=count, condition=4)) for count in (30, 29, 28, 3)]
        _, told, lines = explained(built(snapshot([asked], lots)))
        for line in lines:
            for other in to_json(told.of_line(line))["alternatives"]:
                assert other["amount"] == line.amount
                assert other["offerId"] != str(lots[3].offer_id) or line.amount <= 3

    def test_a_series_tells_the_dates_that_are_missing(self) -> None:
        room = offer()
        mondays = Weekly(date(2027, 3, 8), date(2027, 3, 29), (0,), time(9), time(12))
        for timing in (mondays, replace(mondays, same_resource=False)):
            asked = need(timing=timing)
            taken = {room.units[0][0]: [(at(14, 9), at(14, 10), 1)]}
            _, told, lines = explained(built(snapshot([asked], [room], taken=taken)))
            said = outcome(told, lines, asked)
            assert (said["served"], said["code"]) == (True, "partly_served")
            assert said["reasons"]["missing"] == [{"date": "2027-03-15", "code": "taken"}]


class TestUnserved:
    def test_what_others_took_is_told_apart_from_what_never_was(self) -> None:
        crisis, late = need(priority=Priority.CRISIS), need()
        impossible = need("vehicle")
        _, told, lines = explained(built(snapshot([crisis, late, impossible], [offer()])))
        lost, never = outcome(told, lines, late), outcome(told, lines, impossible)
        assert (lost["code"], lost["reasons"]["emptiedBy"]) == ("lost_to_others", None)
        assert [each["needId"] for each in lost["reasons"]["takenBy"]] == [str(crisis.need_id)]
        assert lost["reasons"]["loss"]["fell"] == [str(crisis.need_id)]
        assert lost["reasons"]["loss"]["amount"] > 40_000_000
        assert (never["code"], never["reasons"]["emptiedBy"]) == ("no_option", "kind")
        assert never["reasons"]["takenBy"] == []

    def test_a_need_whose_alternative_was_served_says_so(self) -> None:
        request_id = uuid7()
        pair = [replace(need(), request_id=request_id, alternative_group=1) for _ in range(2)]
        _, told, lines = explained(built(snapshot(pair, [offer(), offer()])))
        other = next(each for each in pair if each.need_id != lines[0].need_id)
        assert outcome(told, lines, other)["code"] == "alternative_served"

    def test_a_bundle_names_what_stands_in_its_way(self) -> None:
        request_id = uuid7()
        room, car = (replace(each, request_id=request_id, together=True) for each in (need(), need("vehicle")))
        _, told, lines = explained(built(snapshot([room, car], [offer()])))
        said = outcome(told, lines, room)
        assert (said["code"], said["reasons"]["blockedBy"]) == ("bundle_broken", [str(car.need_id)])

    def test_a_bundle_that_cannot_be_served_whatever_others_give_up(self) -> None:
        request_id = uuid7()
        pair = [replace(need(), request_id=request_id, together=True, position=n) for n in (1, 2)]
        _, told, lines = explained(built(snapshot(pair, [offer()])))
        assert {outcome(told, lines, each)["code"] for each in pair} == {"no_option"}

    def test_when_more_is_missing_than_one_change_can_help_it_says_so(self) -> None:
        request_id = uuid7()
        pair = [replace(need(), request_id=request_id, together=True, position=n) for n in (1, 2)]
        crisis = [need(priority=Priority.CRISIS) for _ in range(2)]
        _, told, lines = explained(built(snapshot([*pair, *crisis], [offer(), offer()])))
        assert outcome(told, lines, pair[0])["reasons"]["alsoMissing"] == [str(pair[1].need_id)]

    def test_what_was_taken_while_the_run_went_on_is_told(self) -> None:
        asked = need()
        _, told, lines = explained(built(snapshot([asked], [offer()])))
        said = told.outcomes(set(), {line.need_id for line in lines})[asked.need_id]
        assert (said.served, said.code) == (False, "taken_meanwhile")
        assert set(to_json(said.reasons)) == {"steps"}


def changes(asked: OpenNeed, *offers: Any, **values: Any) -> list[dict[str, Any]]:
    """The changes that would serve a need for which nothing is free, each tried by making it."""
    return [msgspec.to_builtins(change.told) for change in searched(asked, *offers, **values).found]


def searched(asked: OpenNeed, *offers: Any, **values: Any) -> ChangeSearch:
    """The search for such changes, to its end."""
    filters = CandidateFilter(snapshot([asked], offers, **values))
    assert not filters.apply(asked), "it is not served as it is"
    return searches(filters, [asked], lambda: False)[asked.need_id]


def only(found: list[dict[str, Any]], code: str) -> dict[str, Any]:
    [change] = [each for each in found if each["code"] == code]
    return change


class TestSmallestChange:
    def busy(self, room: Any, *spans: tuple[Any, Any]) -> dict[UUID, list[Any]]:
        return {room.units[0][0]: [(start, end, 1) for start, end in spans]}

    def test_farther(self) -> None:
        asked = need(max_distance_km=150)
        far, farther = offer(positions=(SUNDSVALL,)), offer(positions=(offer().positions[0],), kind="hall")
        change = only(changes(replace(asked, kind="meeting_room"), far, farther), "distance")
        assert (change["fartherKm"], change["distanceKm"], change["offerId"]) == (13, 163, str(far.offer_id))
        assert CandidateFilter(snapshot([asked], [far])).apply(
            replace(asked, max_distance_km=150 + change["fartherKm"])
        )

    def test_farther_for_lots_is_as_far_as_the_last_one_that_is_needed(self) -> None:
        stands = ((20, OSTERSUND), (3, Position(63.2, 14.7)), (20, Position(63.35, 14.8)), (20, SUNDSVALL))
        lots = [offer("furniture", facts=FurnitureFacts(n, 4), positions=(place,)) for n, place in stands]
        asked = need("furniture", amount=30, parts=2, max_distance_km=5)
        change = only(changes(asked, *lots), "distance")
        assert (change["distanceKm"], change["offerId"]) == (21, str(lots[2].offer_id))

    def test_earlier_or_later_whichever_is_nearer(self) -> None:
        room = offer(during=Interval(at(0), at(20)))
        taken = self.busy(room, (at(7, 8), at(7, 10)))
        change = only(changes(need(), room, taken=taken), "time")
        assert (change["shiftMin"], change["start"]) == (60, "2027-03-08T09:00:00+00:00")
        taken = self.busy(room, (at(7, 10, 30), at(7, 18)))
        assert only(changes(need(), room, taken=taken), "time")["shiftMin"] == -30

    def test_another_day_at_the_same_hour(self) -> None:
        room = offer(opening=from_text("må-fr 08:00-17:00"))
        change = only(changes(need(), room, taken=self.busy(room, (at(7), at(8)))), "time")
        assert abs(change["shiftMin"]) == 24 * 60

    def test_beyond_a_flexible_window(self) -> None:
        room = offer()
        window = Flexible(at(7, 8), at(7, 12), 60, 60)
        change = only(changes(need(timing=window), room, taken=self.busy(room, (at(7, 6), at(7, 12)))), "time")
        assert (change["shiftMin"], change["start"]) == (60, "2027-03-08T11:00:00+00:00")

    def test_another_weekday(self) -> None:
        room = offer()
        tuesdays = Weekly(date(2027, 3, 9), date(2027, 3, 30), (1,), time(9), time(16))
        taken = self.busy(room, *((at(day), at(day + 1)) for day in (8, 15, 22, 29)))
        change = only(changes(need(timing=tuesdays), room, taken=taken), "weekday")
        assert (change["from"], change["to"]) in {("tu", "mo"), ("tu", "we")}

    def test_not_the_same_room_on_every_date(self) -> None:
        one, other = offer(), offer()
        mondays = Weekly(date(2027, 3, 8), date(2027, 3, 29), (0,), time(9), time(16))
        all_day = [(at(day), at(day + 1)) for day in (7, 14, 21, 28)]
        taken = self.busy(one, *all_day[:3]) | self.busy(other, *all_day[1:])
        found = changes(need(timing=mondays), one, other, taken=taken)
        assert only(found, "several_places")

    def test_an_hour_later_each_time(self) -> None:
        room = offer()
        mondays = Weekly(date(2027, 3, 8), date(2027, 3, 29), (0,), time(9), time(11))
        taken = self.busy(room, *((at(day, 8), at(day, 10)) for day in (7, 14, 21, 28)))
        change = only(changes(need(timing=mondays), room, taken=taken), "time")
        assert (change["shiftMin"], change["fromTime"]) == (60, "10:00")

    def test_a_period_later_or_shorter(self) -> None:
        room = offer(during=Interval(at(14), at(60)))
        asked = need(timing=Period(date(2027, 3, 8), date(2027, 4, 4)))
        assert only(changes(asked, room), "period")["shiftDays"] == 7
        short = offer(during=Interval(at(14), at(36)))
        change = only(changes(asked, short), "shorter")
        assert (change["days"], change["first"]) == (7, "2027-03-15")

    @pytest.mark.parametrize(
        ("asked", "lent", "most"),
        [
            (need(requirements=SpaceRequirements(people=14)), offer(facts=SpaceFacts(seats=8)), 8),
            (need(kind="desk_pool", amount=14), offer(kind="desk_pool", facts=SpaceFacts(seats=12)), 12),
            (need("vehicle", requirements=VehicleRequirements(seats=7)), offer("vehicle"), 5),
            (
                need("furniture", amount=50, timing=Period(date(2027, 4, 1), date(2027, 4, 9))),
                offer("furniture"),
                40,
            ),
        ],
    )
    def test_fewer(self, asked: OpenNeed, lent: Any, most: int) -> None:
        assert only(changes(asked, lent), "amount")["amount"] == most

    def test_a_must_have_that_alone_stands_in_the_way(self) -> None:
        musts = frozenset({Fitting.PROJECTOR, Fitting.SCREEN})
        room = offer(facts=SpaceFacts(seats=8, equipment=frozenset({Fitting.SCREEN})))
        found = searched(need(requirements=SpaceRequirements(6, musts)), room)
        assert (found.only_missing, found.found) == (("equipment_must.projector",), []), "it is told and not advised"
        bare = searched(need(requirements=SpaceRequirements(6, musts)), offer())
        assert (bare.only_missing, bare.found) == ((), []), "one less is not enough"
        worn = offer("furniture", facts=FurnitureFacts(count=40, condition=2))
        chairs = need("furniture", amount=4, requirements=FurnitureRequirements(min_condition=4))
        assert searched(chairs, worn).only_missing == ("min_condition",)

    @pytest.mark.parametrize("skills", [{"procurement": 5}, {"procurement": 3, "law": 2}, {"law": 1}])
    def test_a_skill_is_what_a_need_of_people_is_for(self, skills: dict[str, int]) -> None:
        staff = need("staff", requirements=StaffRequirements(skills), timing=Period(date(2027, 4, 1), date(2027, 4, 9)))
        found = searched(staff, offer("staff"))
        assert (found.only_missing, found.found, found.is_over) == ((), [], True)

    @pytest.mark.parametrize(
        ("family", "asked", "lent"),
        [("furniture", "chair", "desk"), ("space", "workshop", "hall"), ("vehicle", "truck", "bicycle")],
    )
    def test_no_kind_is_advised_that_does_not_do_for_the_one_asked_for(
        self, family: str, asked: str, lent: str
    ) -> None:
        assert not changes(need(family, kind=asked), offer(family, kind=lent))

    def test_less_than_half_is_not_what_was_asked_for(self) -> None:
        month = Period(date(2027, 4, 1), date(2027, 4, 28))
        assert not changes(need("furniture", amount=100, timing=month), offer("furniture"))
        assert not changes(need(requirements=SpaceRequirements(people=17)), offer())
        weeks = offer(during=Interval(at(14), at(26)))  # 12 of 28 days
        late = need(timing=Period(date(2027, 3, 8), date(2027, 4, 4)))
        assert "shorter" not in {each["code"] for each in changes(late, weeks)}

    def test_from_more_lots(self) -> None:
        lots = [offer("furniture", facts=FurnitureFacts(count=20, condition=4)) for _ in range(3)]
        asked = need("furniture", amount=50, timing=Period(date(2027, 4, 1), date(2027, 4, 9)))
        assert only(changes(asked, *lots), "parts")["parts"] == 3
        flexible = replace(asked, amount=30, timing=Flexible(at(7, 9), at(7, 17), duration_min=120))
        assert [each["code"] for each in changes(flexible, *lots)] == ["amount"]

    def test_another_kind(self) -> None:
        assert only(changes(need(kind="meeting_room"), offer(kind="project_area")), "kind")["kind"] == "project_area"

    @pytest.mark.parametrize(
        "timing",
        [
            fixed(7),
            Fixed(at(1, 8), at(2, 8)),
            Weekly(date(2027, 3, 8), date(2027, 5, 31), (0, 2, 4), time(22), time(0)),
            Period(date(2027, 3, 8), None),
            Period(date(2027, 3, 8), date(2027, 3, 8)),
        ],
    )
    def test_nothing_helps_where_there_is_nothing(self, timing: Timing) -> None:
        assert changes(need(timing=timing)) == []

    def test_the_search_ends_when_time_is_out(self) -> None:
        asked = need(max_distance_km=1)
        filters = CandidateFilter(snapshot([asked], [offer(positions=(SUNDSVALL,))]))
        assert searches(filters, [asked], lambda: True) == {}
