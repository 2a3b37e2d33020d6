"""Advice is followed and the matching run again: it serves the need, keeps its must-haves and is not given again."""

import random
from dataclasses import replace
from datetime import date, time, timedelta

import numpy as np
import pytest
from uuid_utils.compat import uuid7

from core.time.interval import Interval
from core.time.timing import Flexible, Period, Timing, Weekly
from marketplace.inquiries.rules import with_change
from marketplace.planning.candidates.filters import CandidateFilter
from marketplace.planning.reasons.smallest_change import searches
from marketplace.planning.snapshot.open_needs import OpenNeed
from marketplace.planning.snapshot.snapshot import OpenOffer
from marketplace.requests.models import Priority
from marketplace.runs.changes import change_from_json, change_to_json
from marketplace.runs.reasons import OutcomeReasons
from resources.families import family_of
from resources.families.criteria import FactColumns
from resources.families.furniture import FurnitureFacts, FurnitureRequirements
from resources.families.space import Fitting, SpaceFacts, SpaceRequirements
from resources.families.staff import StaffFacts, StaffRequirements
from tests.marketplace.planning.reasons.test_reasons import explained
from tests.marketplace.planning.snapshots import OSTERSUND, SUNDSVALL, at, built, fixed, need, offer, snapshot

SERIES = 25
APRIL = Period(date(2027, 4, 1), date(2027, 4, 28))
TIMES: tuple[Timing, ...] = (
    fixed(7, 9, 11),
    fixed(7, 10, 12),
    Flexible(at(7, 9), at(7, 12), 60, 60),
    Weekly(date(2027, 3, 8), date(2027, 3, 22), (0,), time(9), time(11)),
    Weekly(date(2027, 3, 8), date(2027, 3, 22), (0,), time(9), time(11), same_resource=False),
)


def offers_of(draw: random.Random) -> list[OpenOffer]:
    where = (OSTERSUND, SUNDSVALL)
    rooms = [
        offer(
            kind=draw.choice(("meeting_room", "project_area", "workshop")),
            facts=SpaceFacts(draw.choice((4, 8)), equipment=frozenset(draw.sample(list(Fitting), 2))),
            positions=(draw.choice(where),),
        )
        for _ in range(draw.randint(1, 3))
    ]
    lots = [offer("furniture", facts=FurnitureFacts(draw.randint(2, 9), draw.randint(2, 5))) for _ in range(2)]
    person = offer(
        "staff",
        facts=StaffFacts(100, municipality_codes=("2380",), skills={"procurement": draw.randint(1, 5)}),
        during=Interval(at(20), at(draw.choice((45, 80)))),
    )
    return [*rooms, *lots, person]


def needs_of(draw: random.Random) -> list[OpenNeed]:
    rooms = [
        need(
            kind=draw.choice((None, "meeting_room", "hall")),
            timing=draw.choice(TIMES),
            requirements=SpaceRequirements(
                draw.choice((3, 6, 10)), frozenset(draw.sample(list(Fitting), draw.choice((0, 0, 1))))
            ),
            max_distance_km=draw.choice((None, 10, 150)),
            priority=draw.choice((Priority.CRISIS, Priority.ORDINARY)),
        )
        for _ in range(4)
    ]
    if draw.random() < 0.5:
        request_id = uuid7()
        rooms[:2] = [
            replace(each, request_id=request_id, together=True, position=n) for n, each in enumerate(rooms[:2])
        ]
    chairs = need(
        "furniture",
        amount=draw.randint(4, 20),
        parts=draw.choice((1, 1, 2)),
        timing=APRIL,
        requirements=FurnitureRequirements(min_condition=draw.choice((1, 4))),
    )
    staff = need(
        "staff",
        amount=draw.choice((50, 100)),
        timing=Period(date(2027, 3, 22), date(2027, 4, 18)),
        requirements=StaffRequirements({"procurement": draw.randint(1, 5)}),
    )
    return [*rooms, chairs, staff]


def series(draw: random.Random) -> tuple[list[OpenNeed], list[OpenOffer]]:
    """Series that few rooms are offered long enough for, and who wants one of their dates."""

    def asked() -> OpenNeed:
        first = date(2027, 3, draw.choice((1, 2, 8, 9)))
        timing = Weekly(
            first,
            first + timedelta(days=draw.choice((6, 13, 20, 27))),
            draw.choice(((0,), (0, 2), (1,), (0, 1, 2))),
            time(draw.choice((9, 10, 11))),
            time(draw.choice((12, 13))),
            same_resource=draw.random() < 0.5,
        )
        people, reach = SpaceRequirements(draw.choice((3, 6, 8))), draw.choice((None, 10))
        return need(timing=timing, requirements=people, max_distance_km=reach, priority=draw.choice(list(Priority)))

    def offered() -> OpenOffer:
        first = draw.choice((0, 3, 8, 10, 17))
        during = Interval(at(first), at(first + draw.choice((5, 8, 14, 21, 35))))
        where = draw.choice((OSTERSUND, OSTERSUND, SUNDSVALL))
        return offer(facts=SpaceFacts(draw.choice((4, 8))), positions=(where,), during=during)

    needs = [asked() for _ in range(draw.randint(2, 4))]
    few = SpaceRequirements(3)
    for _ in range(draw.randint(0, 2)):
        timing = fixed(draw.choice((7, 8, 9, 14)), draw.choice((9, 10)), 12)
        needs.append(need(timing=timing, priority=Priority.CRISIS, requirements=few))
    if draw.random() < 0.3:
        request_id = uuid7()
        needs[:2] = [
            replace(each, request_id=request_id, together=True, position=n) for n, each in enumerate(needs[:2])
        ]
    return needs, [offered() for _ in range(draw.randint(1, 3))]


@pytest.mark.parametrize("seed", range(SERIES))
def test_advice_for_series_serves_them_and_that_for_several_serves_all_of_them(seed: int) -> None:
    """Also where too few dates were won, where a run would not list what is left, or would not be worth it."""
    needs, offers = series(random.Random(seed))
    lost, first = unserved(needs, offers), {}
    for asked, reasons in lost:
        for change in reasons.changes or ():
            changed = with_change(asked, change_from_json(change_to_json(change)))
            first |= {} if change.contested or asked.request_id in first else {asked.request_id: (asked, changed)}
            assert_served([asked], [changed if each is asked else each for each in needs], offers)
    if len(first) > 1:
        advised = {asked.need_id: changed for asked, changed in first.values()}
        together = [advised.get(each.need_id, each) for each in needs]
        assert_served([asked for asked, _ in first.values()], together, offers)


def assert_served(asked: list[OpenNeed], needs: list[OpenNeed], offers: list[OpenOffer]) -> None:
    bundles = {each.request_id for each in asked if each.together}
    wanted = {each.need_id for each in asked} | {each.need_id for each in needs if each.request_id in bundles}
    assert not wanted & {each.need_id for each, _ in unserved(needs, offers)}


def test_what_is_advised_to_two_says_so_to_the_second() -> None:
    """One room is free an hour later: the need that is served first is told so plainly, the other that it is wanted."""
    crisis, urgent, ordinary = (replace(need(), priority=each) for each in list(Priority)[:3])
    lost = {
        each.need_id: reasons
        for each, reasons in unserved([ordinary, urgent, crisis], [offer(during=Interval(at(7, 9), at(7, 13)))])
    }
    told = [[change.contested for change in lost[each.need_id].changes or ()] for each in (urgent, ordinary)]
    assert told == [[False], [True]]


@pytest.mark.parametrize("seed", range(25))
def test_advice_that_is_followed_serves_the_need(seed: int) -> None:
    draw = random.Random(seed)
    needs, offers = needs_of(draw), offers_of(draw)
    for asked, reasons in unserved(needs, offers):
        for change in reasons.changes or ():
            assert change.code != "requirement", "no must-have is given up"
            changed = with_change(asked, change_from_json(change_to_json(change)))
            again = [changed if each is asked else each for each in needs]
            assert keeps_its_musts(asked, changed, offers)
            lost = [each.need_id for each, _ in unserved(again, offers)]
            fellows = {each.need_id for each in needs if each.together and each.request_id == asked.request_id}
            assert not {asked.need_id, *fellows} & set(lost), (change, "it, and all that it goes together with")


def unserved(needs: list[OpenNeed], offers: list[OpenOffer]) -> list[tuple[OpenNeed, OutcomeReasons]]:
    """The needs that a run serves nothing, with what it says of each."""
    plan, told, lines = explained(built(snapshot(needs, offers)))
    assert plan.status == "optimal"
    outcomes = told.outcomes({line.need_id for line in lines}, set())
    lost = [(each, outcomes[each.need_id]) for each in needs if not outcomes[each.need_id].served]
    for _, outcome in lost:
        if outcome.code in {"no_option", "lost_to_others"}:
            assert outcome.reasons.searched is True, "a search that was done says so, whatever it found"
    return [(each, outcome.reasons) for each, outcome in lost]


def keeps_its_musts(asked: OpenNeed, changed: OpenNeed, offers: list[OpenOffer]) -> bool:
    """Whether all that suits the changed need but for its size suited the need before."""
    family = family_of(asked.family)
    like = [each for each in offers if each.family == asked.family]
    columns, rows = FactColumns([each.facts for each in like]), np.arange(len(like))
    before, after = (family.suits([each.requirements], columns, rows * 0, rows) for each in (asked, changed))
    return bool((before == after).all()) and (
        asked.kind is None or changed.kind in {asked.kind, *family.kinds_like(asked.kind)}
    )


def test_a_fellow_need_that_would_take_the_same_is_reckoned_with() -> None:
    """Another time for the one would do, but then the other one of the bundle has nothing: it is not advised."""
    request_id, room = uuid7(), offer(during=Interval(at(7, 9), at(7, 13)))
    pair = [replace(need(timing=fixed(7, 9, 11)), request_id=request_id, together=True, position=n) for n in (1, 2)]
    crisis = replace(need(timing=fixed(7, 11, 13)), priority=Priority.CRISIS)
    lost = unserved([*pair, crisis], [room])
    assert len(lost) == 2
    assert all(not reasons.changes for _, reasons in lost)


def test_what_is_free_as_it_is_needs_no_advice() -> None:
    asked = need()
    [search] = searches(CandidateFilter(snapshot([asked], [offer()])), [asked], lambda: False).values()
    assert (search.is_free, search.is_over, search.found) == (True, True, [])


def test_advice_of_all_kinds_is_given() -> None:
    """The markets above have something to advise, so that following it is a test of anything."""
    given = [
        change.code
        for draw in map(random.Random, range(25))
        for _, reasons in unserved(needs_of(draw), offers_of(draw))
        for change in reasons.changes or ()
    ]
    assert set(given) >= {"distance", "time", "amount", "kind", "parts"}, given
