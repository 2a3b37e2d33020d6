"""An extent that changes over time: what is over it is refused by the database, and what is left is as of that day."""

from datetime import timedelta

import pytest
from sqlmodel import Session

from core.actor import Actor
from core.errors import BadInput, CapacityExceeded
from core.time import clock
from core.time.interval import Interval
from resources import claims, queries, service
from resources.claims import Wanted
from resources.drafts import ResourceDraft
from resources.families.staff import StaffTime
from resources.models import ClaimSource, Resource
from tests import builders
from tests.builders import at, days


@pytest.fixture
def lister(session: Session) -> Actor:
    return builders.actor(session, roles=["lister"])


def card(percent: int, **by_day: int) -> ResourceDraft:
    """A card with so many percent, and from `d30` on, in 30 days, so many."""
    changes = {clock.today() + timedelta(days=int(day[1:])): each for day, each in by_day.items()}
    return ResourceDraft("staff", "staff", "Upphandlare A", StaffTime(percent, changes))


def left(session: Session, resource: Resource, *on: int) -> list[int]:
    """How much can be had at noon of some days from today; 0 where nothing can."""
    first, last = clock.today() + timedelta(days=min(on)), clock.today() + timedelta(days=max(on))
    free = queries.free_pieces(session, None, resource.id, first, last)
    noons = [at(day, 12) for day in on]
    return [
        next((each.capacity for each in free if each.interval.start <= noon < each.interval.limit), 0) for noon in noons
    ]


def book(session: Session, resource: Resource, during: Interval, amount: int) -> None:
    unit = builders.unit_of(session, resource)
    claims.take(session, [Wanted(unit.id, amount, during)], ClaimSource.BOOKING)


def test_the_extent_is_that_of_the_day(session: Session, lister: Actor) -> None:
    person = service.create_resource(session, lister, card(50, d30=20, d60=0, d90=50))
    assert left(session, person, 29, 30, 59, 60, 89, 90, 300) == [50, 20, 20, 0, 0, 50, 50]
    book(session, person, days(20, 40), 20)
    assert left(session, person, 19, 20, 30, 40) == [50, 30, 0, 20]
    with pytest.raises(CapacityExceeded):
        book(session, person, days(35, 45), 10)  # 20 of the 20 percent of then are taken


def test_it_changes_with_what_is_said_but_not_below_what_is_booked(session: Session, lister: Actor) -> None:
    person = service.create_resource(session, lister, card(50, d30=20))
    service.update_resource(session, lister, person.id, card(80, d40=60))
    assert left(session, person, 30, 39, 40) == [80, 80, 60]
    book(session, person, days(35, 50), 60)
    with pytest.raises(CapacityExceeded), session.begin_nested():
        service.update_resource(session, lister, person.id, card(80, d45=50))
    service.update_resource(session, lister, person.id, card(60))
    assert left(session, person, 34, 35, 50) == [60, 0, 60]


def test_an_owner_keeps_all_of_a_person_whatever_the_extent(session: Session, lister: Actor) -> None:
    person = service.create_resource(session, lister, card(50, d30=20))
    [closed] = service.close_period(session, lister, person.id, days(25, 35), "Semester")
    assert (closed.amount, left(session, person, 24, 25, 34, 35)) == (50, [50, 0, 0, 20])
    service.update_resource(session, lister, person.id, card(50, d32=10))
    assert left(session, person, 24, 25, 34, 35) == [50, 0, 0, 10]
    service.reopen_period(session, lister, person.id, closed.id)
    assert left(session, person, 25, 31, 32, 35) == [50, 50, 10, 10]
    assert not queries.closed_periods(session, lister, person.id, clock.now())


@pytest.mark.parametrize("percent", [-1, 51])
def test_it_is_never_more_than_the_most(percent: int) -> None:
    with pytest.raises(BadInput) as refused:
        card(50, d30=percent)
    assert refused.value.parameters[0].property.startswith("extentChanges.")
