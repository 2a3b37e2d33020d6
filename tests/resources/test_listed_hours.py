"""Opening hours in a list: the next deviations, in the order in which they are stored."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session

from core.limits import MOST_DEVIATIONS_LISTED
from core.time import clock
from resources.known_hours import NO_HOURS
from resources.queries import sites_page
from tests import builders

WEEKLY = {"mo": [{"fromTime": "08:00", "untilTime": "17:00"}]}


def deviation(days: int, length: int = 1) -> dict[str, Any]:
    first = clock.today() + timedelta(days=days)
    return {"first": str(first), "last": str(first + timedelta(days=length - 1)), "hours": []}


@pytest.mark.parametrize(
    ("deviations", "told", "shortened"),
    [
        ([], [], False),
        ([5, 3], [5, 3], False),
        ([-2], [], True),  # it is over, which a list never tells
        ([0, -1], [0], True),
        ([9, 1, 8, 2, 7, 3, 6], [1, 2, 7, 3, 6], True),  # the next five of seven, each in its place
    ],
)
def test_the_next_deviations_are_told(
    session: Session, deviations: list[int], told: list[int], shortened: bool
) -> None:
    assert len(told) <= MOST_DEVIATIONS_LISTED == 5
    stored = {"weekly": WEEKLY, "exceptions": [deviation(each) for each in deviations], "closedOnHolidays": True}
    site = builders.site(session, opening_hours=stored)
    session.expire_all()
    [(found, hours)] = sites_page(session, None).items
    assert found.id == site.id
    assert hours.stored == stored | {"exceptions": [deviation(each) for each in told]}
    assert hours.shortened is shortened


def test_what_lasts_until_today_is_not_over(session: Session) -> None:
    stored = {"weekly": WEEKLY, "exceptions": [deviation(-3, length=4)]}
    builders.site(session, opening_hours=stored)
    [(_found, hours)] = sites_page(session, None).items
    assert (hours.stored, hours.shortened) == (stored | {"closedOnHolidays": False}, False)


@pytest.mark.parametrize("stored", [None, {}, {"exceptions": "every day"}, {"weekly": [1]}])
def test_what_is_not_there_or_cannot_be_read_is_not_told(session: Session, stored: Any) -> None:
    builders.site(session, opening_hours=stored)
    [(_found, hours)] = sites_page(session, None).items
    assert hours == NO_HOURS
