"""What a request would find if it were filed now, and with one thing changed: of what its requester may see."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlmodel import Session

from core.actor import Actor
from core.time import clock
from marketplace.planning.candidates.candidates import Filter
from marketplace.planning.reasons.outlook import Outlook, outlooks
from marketplace.requests.reading import request_from_json
from marketplace.runs.changes import Shorter
from tests import builders
from tests.counting import counted

NOW = datetime(2027, 2, 1, 9, tzinfo=UTC)
"""A Monday."""
KROKOM = {"municipality_code": "2309", "latitude": 63.33, "longitude": 14.45}
ROOM = {
    "family": "space",
    "kind": "meeting_room",
    "municipalityCode": "2380",
    "maxDistanceKm": 5,
    "timing": {"type": "fixed", "start": "2027-02-08T09:00:00+01:00", "end": "2027-02-08T12:00:00+01:00"},
    "requirements": {"people": 8, "equipmentMust": ["projector"]},
}
CHAIRS = {
    "family": "furniture",
    "kind": "chair",
    "amount": 60,
    "timing": {"type": "period", "first": "2027-02-08", "last": "2027-02-12"},
    "requirements": {},
}


@pytest.fixture
def requester(session: Session) -> Iterator[Actor]:
    """In a market with rooms that fit but for one thing each, and 40 chairs here and there."""
    agency = builders.organisation(session)
    here, near = builders.site(session, agency), builders.site(session, agency, **KROKOM)
    with clock.frozen(NOW):
        fitted = {"equipment": ["projector"]}
        builders.offer(session, builders.space(session, here, **fitted))
        builders.offer(session, builders.space(session, near, **fitted))
        builders.offer(session, builders.space(session, here, seats=6, **fitted))
        builders.offer(session, builders.space(session, here))
        builders.offer(session, builders.space(session, here, kind="project_area", **fitted))
        booked = builders.space(session, here, **fitted)
        builders.offer(session, booked)
        builders.claim(session, builders.unit_of(session, booked), builders.days(7, 8))
        for place in (here, near):
            builders.offer(session, builders.furniture(session, place, capacity=40))
            for _ in range(2):  # which others than their own see nothing of
                builders.offer(session, builders.space(session, place, **fitted), visibility="organisation")
        yield builders.actor(session, roles=["requester"])


def found(session: Session, actor: Actor, *needs: dict[str, Any]) -> list[Outlook]:
    return outlooks(session, actor, request_from_json({"title": "Möte", "needs": list(needs)}))


def more(outlook: Outlook) -> dict[str, int]:
    return {each.told.code: each.fitting for each in outlook.changed}


def test_a_need_is_told_how_many_fit_and_what_one_change_would_add(session: Session, requester: Actor) -> None:
    [room] = found(session, requester, ROOM)
    assert (room.fitting, room.emptied_by) == (1, None)
    assert more(room) == {"distance": 2, "time": 2, "amount": 2, "requirement": 2, "kind": 2}
    distance = next(each.told for each in room.changed if each.told.code == "distance")
    assert distance.farther_km == 25  # Krokom is 18 km away, so 10 km more are not enough


def test_what_nothing_fits_is_told_why_and_what_would(session: Session, requester: Actor) -> None:
    chairs, hall = found(session, requester, CHAIRS, ROOM | {"kind": "hall", "requirements": {"people": 300}})
    assert (chairs.fitting, chairs.emptied_by) == (0, Filter.SIZE)
    assert more(chairs) == {"amount": 2, "parts": 2}
    assert (hall.fitting, hall.emptied_by, hall.changed) == (0, Filter.KIND, ())


def test_more_needs_take_no_more_queries(session: Session, requester: Actor) -> None:
    with counted(session) as one:
        found(session, requester, ROOM)
    with counted(session) as many:
        found(session, requester, *[ROOM] * 7)
    assert len(many) == len(one)


def test_a_loan_that_is_too_long_is_told_before_it_is_filed(session: Session, requester: Actor) -> None:
    """Half a year of full time from 15 February 2027 on ends on 14 August, 139 days before the year does."""
    builders.offer(session, builders.staff(session))
    year = {"type": "period", "first": "2027-02-15", "last": "2027-12-31"}
    wanted = {"family": "staff", "amount": 100, "timing": year, "municipalityCode": "2380", "requirements": {}}
    [found_] = found(session, requester, wanted)
    assert (found_.fitting, found_.emptied_by) == (0, Filter.LOAN_RULES)
    shorter = next(each.told for each in found_.changed if isinstance(each.told, Shorter))
    assert (shorter.last, shorter.days) == ("2027-08-14", 139)
    [half] = found(session, requester, wanted | {"amount": 50})
    assert half.fitting == 1
