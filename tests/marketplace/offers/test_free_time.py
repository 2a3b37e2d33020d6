"""Offers looked for in a period are those that can be had then, as matching would say."""

import random
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import Session

from competence.approvals.models import Approver
from competence.models import StaffCapacity
from core.actor import Actor
from core.time import clock
from core.time.clock import STOCKHOLM
from core.time.interval import Interval, to_range
from core.time.opening import to_json
from core.time.opening_text import from_text
from core.time.timing import Fixed, Period
from marketplace.offers import queries
from marketplace.offers.models import OfferState, Terms
from marketplace.offers.search import OfferSearch
from marketplace.planning.candidates.filters import CandidateFilter
from marketplace.planning.snapshot.load import relations, snapshot_of
from marketplace.planning.snapshot.supply import supply
from marketplace.views.search import browse_offers
from resources.families.space import SpaceRequirements
from tests import builders
from tests.builders import at, days
from tests.marketplace.offers.test_search import counted
from tests.marketplace.planning.snapshots import need


@pytest.fixture
def reader(session: Session) -> Actor:
    return builders.actor(session, roles=["requester"])


def found(session: Session, actor: Actor, during: Interval, **search: Any) -> list[Any]:
    views = queries.search_offers(session, actor, OfferSearch(during=during, **search), limit=100).items
    return [view.offer.id for view in views]


def lend(session: Session, resource: Any, *claims: tuple[Interval, int], **values: Any) -> Any:
    """An offer of a resource, of which so much is taken."""
    for during, amount in claims:
        builders.claim(session, builders.unit_of(session, resource), during, amount)
    return builders.offer(session, resource, **values)


@pytest.mark.parametrize(
    ("taken", "during", "is_free"),
    [
        (days(1, 60), days(10, 13), False),  # agreed for all of it
        (days(11, 12), days(10, 13), False),  # one day in the middle
        (days(5, 10), days(10, 13), True),  # until the day before
        (days(13, 20), days(10, 13), True),  # from the day after
        (Interval(at(12, 22), at(12, 23)), days(10, 13), False),  # the last evening
        (days(11, None), days(10, 13), False),  # for good
        (days(1, 60), Interval(at(10, 9), at(10, 11)), False),  # by the hour
        (Interval(at(10, 11), at(10, 12)), Interval(at(10, 9), at(10, 11)), True),
        (days(1, 60), days(0, None), True),  # no end: some day is enough
    ],
)
def test_a_car_that_is_booked_is_not_listed(
    session: Session, reader: Actor, taken: Interval, during: Interval, is_free: bool
) -> None:
    car = lend(session, builders.vehicle(session), (taken, 1))
    assert found(session, reader, during) == ([car.id] if is_free else [])


@pytest.mark.parametrize(("least", "is_free"), [(None, True), (1, True), (10, True), (11, False), (40, False)])
@pytest.mark.parametrize("family", ["furniture", "staff", "desks"])
def test_what_is_taken_in_part_has_so_much_left(
    session: Session, reader: Actor, family: str, least: int | None, is_free: bool
) -> None:
    lent, taken = {
        "furniture": lambda: (builders.furniture(session, capacity=40), 30),
        "staff": lambda: (builders.staff(session), 90),
        "desks": lambda: (builders.space(session, kind="desk_pool", capacity=40, seats=40), 30),
    }[family]()
    offer = lend(session, lent, (days(8, 20), taken))
    assert found(session, reader, days(10, 13), least=least) == ([offer.id] if is_free else [])
    if family != "staff":
        assert found(session, reader, days(21, 23), least=40) == [offer.id], "none is taken then"


def test_two_that_take_some_each_at_different_times_leave_the_most_that_is_left_throughout(
    session: Session, reader: Actor
) -> None:
    lot = lend(session, builders.furniture(session, capacity=40), (days(10, 11), 25), (days(11, 12), 30))
    assert found(session, reader, days(10, 12), least=10) == [lot.id]
    assert found(session, reader, days(10, 12), least=11) == []


class TestHours:
    """A room, open on weekdays 8-17; day 7 is looked for as a Monday."""

    @pytest.fixture
    def monday(self) -> int:
        return next(n for n in range(7, 14) if at(n).astimezone(STOCKHOLM).weekday() == 0)

    @pytest.fixture
    def room(self, session: Session) -> Any:
        return builders.space(session, opening_hours=to_json(from_text("må-fr 08:00-17:00")))

    @pytest.mark.parametrize(
        ("first", "until", "is_free"),
        [((0, 9), (0, 11), True), ((0, 7), (0, 9), False), ((0, 16), (0, 18), False), ((0, 9), (1, 11), False)],
    )
    def test_by_the_hour_it_is_open_throughout(
        self, session: Session, reader: Actor, monday: int, room: Any, first: Any, until: Any, is_free: bool
    ) -> None:
        offer = lend(session, room)
        during = Interval(at(monday + first[0], first[1]), at(monday + until[0], until[1]))
        assert found(session, reader, during) == ([offer.id] if is_free else [])

    def test_by_days_some_open_time_is_free(self, session: Session, reader: Actor, monday: int, room: Any) -> None:
        meeting = Interval(at(monday, 9), at(monday, 11))
        all_day = Interval(at(monday + 1, 8), at(monday + 1, 17))
        offer = lend(session, room, (meeting, 1), (all_day, 1))
        assert found(session, reader, days(monday, monday + 1)) == [offer.id], "the afternoon is free"
        assert found(session, reader, days(monday + 1, monday + 2)) == [], "only the evening is, and it is closed"
        assert found(session, reader, days(monday + 5, monday + 7)) == [], "closed at the weekend"
        assert found(session, reader, days(monday + 1, monday + 3)) == [offer.id], "the day after is"

    def test_what_was_told_of_a_time_is_told_otherwise_once_something_is_otherwise(
        self, session: Session, reader: Actor, monday: int, room: Any
    ) -> None:
        offer, during = lend(session, room), days(monday, monday + 1)
        assert found(session, reader, during) == [offer.id]
        taken = builders.claim(session, builders.unit_of(session, room), Interval(at(monday, 8), at(monday, 17)))
        assert [found(session, reader, during) for _ in range(2)] == [[], []]
        taken.during = to_range(Interval(at(monday, 8), at(monday, 16)))
        session.flush()
        assert found(session, reader, during) == [offer.id], "an hour is left"
        for hours, free in (("må-fr 08:00-16:00", []), ("må-fr 08:00-17:00", [offer.id]), ("ti 08:00-17:00", [])):
            room.opening_hours = to_json(from_text(hours))
            session.flush()
            assert found(session, reader, during) == free, hours

    def test_what_is_fetched_is_fetched_and_returned_when_the_doors_are_open(
        self, session: Session, reader: Actor, monday: int
    ) -> None:
        car = lend(session, builders.vehicle(session, opening_hours=to_json(from_text("må-fr 08:00-17:00"))))
        assert found(session, reader, Interval(at(monday, 9), at(monday + 1, 16))) == [car.id]
        assert found(session, reader, Interval(at(monday, 9), at(monday, 20))) == []
        assert found(session, reader, days(monday + 4, monday + 7)) == [car.id], "days are lent day and night"

    def test_hours_that_cannot_be_read_hide_their_offer_only(
        self, session: Session, reader: Actor, monday: int, room: Any
    ) -> None:
        lend(session, builders.space(session, opening_hours={"weekly": "?"}))
        offer = lend(session, room)
        assert found(session, reader, days(monday, monday + 1)) == [offer.id]


def test_a_hall_is_free_when_all_its_parts_are(session: Session, reader: Actor) -> None:
    hall = builders.hall(session)
    whole = builders.offer(session, hall)
    builders.claim(session, queries.units_of(session, [hall.id])[hall.id][0][0], days(10, 12), 1)
    assert found(session, reader, days(10, 12)) == []
    assert found(session, reader, days(12, 13)) == [whole.id]


def test_what_is_over_paused_or_handed_over(session: Session, reader: Actor) -> None:
    lend(session, builders.vehicle(session), state=OfferState.PAUSED)
    gone = builders.furniture(session, capacity=5)
    lend(session, gone, (days(30, None), 5), terms=Terms.HAND_OVER)
    left = lend(session, builders.furniture(session, capacity=5), terms=Terms.HAND_OVER, during=days(0, 12))
    assert found(session, reader, days(10, 13)) == [left.id]
    assert found(session, reader, days(-9, -3)) == []
    assert found(session, reader, days(10, 13), least=6) == []


@pytest.mark.parametrize(
    ("approved", "during", "is_free"),
    [
        (days(0, 60), days(10, 13), True),
        (days(0, 12), days(10, 13), False),  # the last day is not approved
        (days(11, 60), days(10, 13), False),
        (days(11, 12), days(10, None), True),  # no end: some day is enough
    ],
)
def test_a_person_is_free_while_all_three_say_yes(
    session: Session, reader: Actor, approved: Interval, during: Interval, is_free: bool
) -> None:
    card = builders.staff(session, consented=False)
    for who in Approver:
        row = session.get_one(StaffCapacity, card.id)
        builders.approval(session, row, who, covers=to_range(approved if who is Approver.HR else days(0, None)))
    offer = lend(session, card)
    assert found(session, reader, during) == ([offer.id] if is_free else [])


def test_how_much_is_asked_for_counts_on_the_page_of_offers(session: Session, reader: Actor) -> None:
    lot = lend(session, builders.furniture(session, capacity=40), (days(8, 20), 30))
    for least, is_free in ((10, True), (11, False)):
        search = OfferSearch(during=days(10, 13), family="furniture", least=least)
        browsed = browse_offers(session, reader, search)
        assert [each.offer.id for each in browsed.found.items] == ([lot.id] if is_free else [])
        assert browsed.facets.without["least"] == 1


def test_pages_of_what_is_free_have_a_total_and_as_many_queries(session: Session, reader: Actor) -> None:
    ids = [lend(session, builders.vehicle(session)).id for _ in range(5)]
    lend(session, builders.vehicle(session), (days(1, 60), 1))
    search = OfferSearch(during=days(10, 13))
    with counted(session) as few:
        pages = [queries.search_offers(session, reader, search, page=n, limit=2) for n in (1, 2, 3, 4)]
    assert [[view.offer.id for view in page.items] for page in pages] == [ids[:2:-1], ids[2:0:-1], ids[:1], []]
    assert {page.total for page in pages} == {5}
    for _ in range(10):
        lend(session, builders.vehicle(session), (days(20, 21), 1))
    with counted(session) as many:
        queries.search_offers(session, reader, search, limit=2)
    assert len(many) <= len(few) / 3


@pytest.mark.parametrize("seed", range(6))
def test_it_says_the_same_as_matching(session: Session, reader: Actor, seed: int) -> None:
    """Cars, lots and people, held against a need of the like: for whole days and by the hour."""
    draw = random.Random(seed)
    hours = to_json(from_text("må-fr 08:00-17:00"))
    cars = [lend(session, builders.vehicle(session, opening_hours=hours), *_spans(draw, 1)) for _ in range(4)]
    rooms = [lend(session, builders.space(session, opening_hours=hours), *_spans(draw, 1)) for _ in range(4)]
    lots = [lend(session, builders.furniture(session, capacity=9), *_spans(draw, 4)) for _ in range(4)]
    first = draw.randint(8, 12)
    by_day = days(first, first + draw.randint(1, 4))
    by_hour = Interval(at(first, draw.randint(7, 10)), at(first, draw.randint(11, 18)))
    for family, offers, during, amount in (
        ("vehicle", cars, by_day, 1),
        ("vehicle", cars, by_hour, 1),
        ("space", rooms, by_hour, 1),
        ("furniture", lots, by_day, draw.randint(1, 9)),
    ):
        least = amount if family == "furniture" else None
        assert sorted(found(session, reader, during, family=family, least=least)) == sorted(
            _matched(session, family, during, amount) & {offer.id for offer in offers}
        )


@pytest.mark.parametrize("seed", range(4))
def test_a_room_is_free_by_days_where_a_quarter_of_an_open_hour_is(session: Session, reader: Actor, seed: int) -> None:
    """Rooms that are taken for much of the time, or all of it: looked at quarter by quarter."""
    draw = random.Random(seed)
    worked = from_text("må-fr 08:00-12:00")
    first, last = (draw.randint(*span) for span in ((8, 10), (11, 13)))
    quarters = [at(first) + n * timedelta(minutes=15) for n in range((last - first) * 96)]
    is_open = {each for each in quarters if worked.opens_within(Interval(each, each + timedelta(minutes=15)))}
    free = []
    for share in (0.0, 0.3, 0.9, 1.0, 1.0):
        taken = [each for each in quarters if draw.random() < share and (share < 1 or each in is_open)]
        taken += [quarters[0]] * (not taken)
        spans = [(Interval(each, each + timedelta(minutes=15)), 1) for each in taken]
        offer = lend(session, builders.space(session, opening_hours=to_json(worked)), *spans)
        free += [offer.id] * bool(is_open - set(taken))
    assert sorted(found(session, reader, Interval(at(first), at(last)))) == sorted(free)


def _spans(draw: random.Random, most: int) -> list[tuple[Interval, int]]:
    starts = [at(draw.randint(7, 16), draw.choice((0, 9, 12))) for _ in range(draw.randint(0, 2))]
    spans = [
        (Interval(each, each + timedelta(hours=draw.choice((1, 3, 30)))), draw.randint(1, most)) for each in starts
    ]
    return spans[:1] if most == 1 else spans


def _matched(session: Session, family: str, during: Interval, amount: int) -> set[UUID]:
    """What the filters of matching leave for a need of so much at that time."""
    assert during.end is not None
    whole_days = during.start.astimezone(STOCKHOLM).hour == 0
    last = (during.end - timedelta(minutes=1)).astimezone(STOCKHOLM).date()
    timing = Period(during.start.astimezone(STOCKHOLM).date(), last) if whole_days else Fixed(during.start, during.end)
    plain = {"requirements": SpaceRequirements()} if family == "space" else {}
    asked = need(family, timing=timing, amount=amount, **plain)
    market = snapshot_of(supply(session, clock.now()), relations(session), [asked], [], frozenset())
    return {offer.offer_id for offer in CandidateFilter(market).apply(asked).offers}
