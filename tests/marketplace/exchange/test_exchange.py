"""Days lent and borrowed are told of five people or more, and no sum tells what was left out; so is unmet demand."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from sqlmodel import Session

from core.actor import Actor
from core.time import clock
from core.time.interval import Interval
from marketplace.bookings.models import Booking, BookingState
from marketplace.exchange.days import Exchanged, OtherUnits, days_exchanged, pooled
from marketplace.exchange.unmet import unmet_demand
from marketplace.organisations.models import Organisation
from resources.models import ClaimSource
from tests import builders

MONDAY = datetime(2027, 3, 1, tzinfo=clock.STOCKHOLM)
A_WEEK = Interval(MONDAY, datetime(2027, 3, 8, tzinfo=clock.STOCKHOLM))
"""Five working days and a weekend."""
AFTER = datetime(2027, 3, 20, tzinfo=UTC)


def lend(
    session: Session,
    lender: Organisation,
    borrower: Organisation,
    unit: str | None,
    people: int,
    *,
    percent: int = 100,
    during: Interval = A_WEEK,
    **said: object,
) -> list[Booking]:
    asker = builders.member(session, borrower)
    made = []
    for _ in range(people):
        person = builders.staff(session, lender)
        offer = builders.offer(session, person, department=unit)
        need = builders.need(session, builders.request(session, asker), family="staff", amount=percent)
        sides = {"lender_id": lender.id, "borrower_id": borrower.id, "offer_id": offer.id}
        booked = builders.booking(session, need, kind="staff_loan", **sides, **said)
        claimed = {"source": ClaimSource.BOOKING, "booking_id": booked.id}
        builders.claim(session, builders.unit_of(session, person), during, percent, **claimed)
        made.append(booked)
    return made


def told(session: Session, actor: Actor) -> list[Exchanged]:
    with clock.frozen(AFTER):
        return days_exchanged(session, actor)


def test_the_days_of_five_people_are_told_to_both_sides_and_those_of_four_to_neither(session: Session) -> None:
    home, other = (builders.organisation(session, name=name) for name in ("Hemma", "Andra"))
    at_home, borrows = builders.actor(session, home), builders.actor(session, other)
    lend(session, home, other, None, 4)
    assert told(session, at_home) == told(session, borrows) == []
    lend(session, home, other, None, 1, percent=50)  # 4 × 5 days and half of 5, which is 22 to the even
    assert told(session, at_home) == [Exchanged("Hemma", None, 22, None)]
    assert told(session, borrows) == [Exchanged("Andra", None, None, 22)]
    assert told(session, builders.actor(session)) == []
    both = told(session, builders.actor(session, roles=["coordinator"]))
    assert [each.organisation for each in both] == ["Andra", "Hemma"]


def test_only_working_days_that_were_are_counted(session: Session) -> None:
    home, other = builders.organisation(session, name="Hemma"), builders.organisation(session)
    lend(session, home, other, None, 5, state=BookingState.CANCELLED)
    lend(session, home, home, None, 5)
    early = datetime(2027, 3, 3, tzinfo=clock.STOCKHOLM)
    lend(session, home, other, None, 5, returned_at=early)  # Monday and Tuesday
    ahead = Interval(datetime(2027, 3, 18, tzinfo=clock.STOCKHOLM), None)
    lend(session, home, other, None, 5, during=ahead)  # Thursday and Friday until the 20th, a Saturday
    long_ago = Interval(datetime(2026, 1, 5, tzinfo=UTC), datetime(2026, 1, 9, tzinfo=UTC))
    lend(session, home, other, None, 5, during=long_ago)
    assert told(session, builders.actor(session, home)) == [Exchanged("Hemma", None, 5 * 2 + 5 * 2, None)]


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ({"A": 4}, {}),
        ({"A": 5, "B": 6}, {"A": 5, "B": 6}),
        ({"A": 2, "B": 3}, {OtherUnits(): 5}),
        ({"A": 7, "B": 6, "C": 1}, {"A": 7, OtherUnits(): 7}),  # the one is not told as the rest of a sum
        ({"A": 5, "B": 4}, {OtherUnits(): 9}),
        ({None: 5, "B": 3, "C": 2}, {None: 5, OtherUnits(): 5}),
    ],
)
def test_units_of_few_are_told_together(sizes: dict[str | None, int], expected: dict[object, int]) -> None:
    units = {unit: {uuid4(): 1.0 for _ in range(size)} for unit, size in sizes.items()}
    assert pooled(units) == expected


def test_a_skill_that_several_ask_for_is_told_by_county(session: Session) -> None:
    law = {"family": "staff", "amount": 40, "requirements": {"skillsMust": {"law": 3}, "skillsShould": {"it": 1}}}
    askers = [builders.member(session) for _ in range(3)]
    for n in range(4):
        builders.need(session, builders.request(session, askers[n % 3]), **law)
    assert unmet_demand(session) == []
    builders.need(session, builders.request(session, askers[0]), **law)
    builders.need(session, builders.request(session, askers[0]), **law, state="agreed")
    builders.need(session, builders.request(session, askers[0], state="withdrawn"), **law)
    [found] = unmet_demand(session)
    assert (found.skill, found.county.code, found.needs, found.percent) == ("law", "23", 5, 200)


def test_what_two_organisations_ask_for_is_not_told(session: Session) -> None:
    askers = [builders.member(session) for _ in range(2)]
    for n in range(8):
        asked = {"family": "staff", "requirements": {"skillsMust": {"law": 3}}}
        builders.need(session, builders.request(session, askers[n % 2]), **asked)
    assert unmet_demand(session) == []
