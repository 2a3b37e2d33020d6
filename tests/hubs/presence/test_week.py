"""What a member says of a week is told to its audience alone, counted in fives, and forgotten when it is over."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from core.errors import BadInput, NotFound
from core.time import clock
from hubs.places.models import Hub
from hubs.presence import queries, service
from hubs.presence.models import Audience, HubWeek
from hubs.presence.rules import WEEKS_AHEAD, Coming, WeekDraft, monday_of
from hubs.profiles.models import ProfileAudience
from marketplace.organisations.models import Member
from tests import builders
from tests.hubs import rows
from tests.hubs.presence.community import ALL, contact, joined

WEEK = timedelta(weeks=1)


def next_monday() -> date:
    """Return the first day of next week, all of which is yet to come."""
    return monday_of(clock.today()) + WEEK


def says(session: Session, hub: Hub, member: Member, *, plans: list[int], **values: Any) -> HubWeek:
    """Let a member plan some days of next week, counted from Monday."""
    monday = next_monday()
    days = [monday + timedelta(days=each) for each in plans]
    defaults = {"told_to": Audience.MEMBERS, "monday": monday}
    return builders.added(session, HubWeek(hub_id=hub.id, member_id=member.id, plans=days, **(defaults | values)))


@pytest.mark.parametrize(
    ("audience", "chosen", "name_to", "told"),
    [
        (Audience.MEMBERS, False, ProfileAudience.MEMBERS, True),
        (Audience.CHOSEN, True, ProfileAudience.MEMBERS, True),
        (Audience.CHOSEN, True, ProfileAudience.CHOSEN, True),
        (Audience.CHOSEN, False, ProfileAudience.MEMBERS, False),
        (Audience.NOBODY, True, ProfileAudience.MEMBERS, False),
        (Audience.MEMBERS, True, ProfileAudience.NOBODY, False),
    ],
)
def test_days_are_told_to_their_audience_alone(
    session: Session, audience: Audience, chosen: bool, name_to: ProfileAudience, told: bool
):
    hub = rows.hub(session)
    owner, _ = joined(session, hub, "Alva", told_to=ALL | {"name": name_to.value})
    reader, asking = joined(session, hub)
    contact(session, hub, owner, reader, chosen=chosen)
    says(session, hub, owner, plans=[1], told_to=audience)
    monday, tuesday, *_ = queries.week(session, asking, hub.id, next_monday())
    assert monday.people == ()
    assert [(each.first_name, said) for each, said in tuesday.people] == ([("Alva", Coming.PLANS)] if told else [])


def test_people_are_counted_in_fives_whatever_they_tell(session: Session):
    hub = rows.hub(session)
    _, asking = joined(session, hub)
    # Four come on Monday, five on Tuesday, nine on Wednesday, ten on Thursday.
    for number in range(10):
        member, _ = joined(session, hub)
        days = [day for day, most in enumerate((4, 5, 9, 10)) if number < most]
        says(session, hub, member, plans=days, told_to=Audience.NOBODY)
    found = queries.week(session, asking, hub.id, next_monday())
    assert [each.about for each in found[:5]] == [0, 5, 5, 10, 0]
    assert all(each.people == () for each in found)


def test_days_that_are_over_are_told_to_nobody(session: Session):
    hub = rows.hub(session)
    member, asking = joined(session, hub)
    monday = next_monday()
    with clock.frozen(clock.now() + (monday - clock.today()) + timedelta(days=2)):  # Wednesday of that week
        says(session, hub, member, plans=[], monday=monday, could=[monday])
        assert [each.day.weekday() for each in queries.week(session, asking, hub.id, monday)] == [2, 3, 4, 5, 6]
        with pytest.raises(BadInput):
            queries.week(session, asking, hub.id, monday - WEEK)


def test_a_week_is_forgotten_when_it_is_over(session: Session):
    hub = rows.hub(session)
    member, _ = joined(session, hub)
    kept, weeks = says(session, hub, member, plans=[0]), select(HubWeek)
    service.forget(session, kept.monday + timedelta(days=6))
    assert session.exec(weeks).all() == [kept]
    service.forget(session, kept.monday + WEEK)
    assert session.exec(weeks).all() == []


def test_nobody_but_members_asks_about_a_week(session: Session):
    hub = rows.hub(session)
    outsider = builders.actor_of(session, builders.member(session))
    for ask in (queries.week, queries.own_week):
        with pytest.raises(NotFound):
            ask(session, outsider, hub.id, next_monday())


@pytest.mark.parametrize(
    ("values", "fields"),
    [
        ({}, []),
        ({"plans": {0}, "could": {1, 2}, "visits": 2}, []),
        ({"plans": {7}}, ["plans"]),
        ({"plans": {1}, "could": {1}}, ["could"]),
        ({"visits": 1}, ["could"]),
        ({"could": {1}, "visits": 0}, ["visits"]),
        ({"monday": 1}, ["monday"]),
        ({"monday": -14}, ["monday"]),
        ({"monday": 7 * WEEKS_AHEAD}, ["monday"]),
        ({"could": {9}, "visits": 8}, ["could", "visits"]),
    ],
)
def test_what_is_wrong_with_a_week_is_told_at_once(values: dict[str, Any], fields: list[str]):
    monday = next_monday() + timedelta(days=values.get("monday", 0))
    days = {
        name: frozenset(monday + timedelta(days=each) for each in values.get(name, ())) for name in ("plans", "could")
    }

    def draft() -> WeekDraft:
        return WeekDraft(monday=monday, visits=values.get("visits"), **days)

    if not fields:
        draft()
        return
    with pytest.raises(BadInput) as refused:
        draft()
    assert [each.property for each in refused.value.parameters] == fields
