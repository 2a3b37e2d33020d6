"""Rounds of coffee through the tables: who has met is remembered, who rests is told, who stops is shown to nobody."""

from collections import Counter
from datetime import timedelta

import pytest
from sqlmodel import Session, select

from core.actor import Actor
from core.errors import BadInput, Conflict, NotAllowed, NotFound
from core.time import clock
from hubs.coffee import queries, service
from hubs.coffee.models import CoffeePair
from hubs.coffee.rules import ScheduleDraft
from hubs.membership.models import HubMember, HubMemberState
from hubs.places.models import Hub
from hubs.profiles.models import ProfileAudience
from marketplace.notices.models import Notice
from tests import builders
from tests.hubs import rows
from tests.hubs.desk.test_desk import host_of
from tests.hubs.presence.community import ALL, joined


def guests(session: Session, hub: Hub, number: int, **profile: object) -> list[Actor]:
    """Let so many members take part."""
    actors = [joined(session, hub, f"Gäst {each}", **profile)[1] for each in range(number)]
    for each in actors:
        service.take_part(session, each, hub.id, takes_part=True)
    return actors


def told(session: Session, actor: Actor) -> list[str]:
    found = select(Notice).where(Notice.member_id == actor.member_id, Notice.code == "coffee").order_by(Notice.id)
    return [each.facts["to"] for each in session.exec(found)]


def met(session: Session) -> Counter[frozenset[object]]:
    return Counter(frozenset({each.one_id, each.other_id}) for each in session.exec(select(CoffeePair)))


def test_nobody_meets_or_rests_again_while_that_can_be(session: Session) -> None:
    """Of five there are five rounds without a repeat: all ten pairs meet once, and each rests once."""
    hub = rows.hub(session)
    people, host = guests(session, hub, 5), host_of(session, hub)
    for _ in range(5):
        service.make_round(session, host, hub.id)
    assert set(met(session).values()) == {1}
    assert len(met(session)) == 10 + 5
    assert {tuple(sorted(told(session, each))) for each in people} == {("meet",) * 4 + ("rest",)}


def test_a_second_click_makes_no_second_round(session: Session) -> None:
    hub = rows.hub(session)
    (alva, _), host = guests(session, hub, 2), host_of(session, hub)
    for after in (0, 1):
        service.make_round(session, host, hub.id, after=after)
        with pytest.raises(Conflict) as refused:
            service.make_round(session, host, hub.id, after=after)
        assert refused.value.code == "round_made"
    assert told(session, alva) == ["meet", "meet"]


def test_each_is_told_the_other_by_its_audience(session: Session) -> None:
    hub = rows.hub(session)
    hidden = dict.fromkeys(ALL, ProfileAudience.NOBODY.value)
    (alva,) = guests(session, hub, 1, can=["juridik"])
    (bo,) = guests(session, hub, 1, learns=["juridik"], told_to=hidden)
    service.make_round(session, host_of(session, hub), hub.id)
    of_bo, of_alva = (queries.own_coffee(session, each, hub.id).partner for each in (alva, bo))
    assert of_bo is not None
    assert (of_bo.member.id, of_bo.person, of_bo.reasons) == (bo.member_id, None, ())
    assert of_alva is not None
    assert [each.topic for each in of_alva.reasons] == ["juridik"]


def test_who_stops_is_shown_no_more_and_the_other_is_told(session: Session) -> None:
    hub = rows.hub(session)
    alva, bo = guests(session, hub, 2)
    service.make_round(session, host_of(session, hub), hub.id)
    service.take_part(session, alva, hub.id, takes_part=False)
    assert told(session, bo) == ["meet", "off"]
    assert queries.own_coffee(session, bo, hub.id).partner is None
    assert queries.own_coffee(session, alva, hub.id).partner is None
    with pytest.raises(Conflict) as refused:
        service.make_round(session, host_of(session, hub), hub.id)
    assert refused.value.code == "too_few"


def test_who_has_left_the_hub_is_shown_no_more_and_forgotten(session: Session) -> None:
    hub = rows.hub(session)
    alva, bo = guests(session, hub, 2)
    service.make_round(session, host_of(session, hub), hub.id)
    session.exec(select(HubMember).where(HubMember.member_id == alva.member_id)).one().state = HubMemberState.LEFT
    session.flush()
    assert queries.own_coffee(session, bo, hub.id).partner is None
    assert queries.hosted_coffee(session, hub.id).guests == 1
    service.forget_left(session)
    assert told(session, bo) == ["meet", "off"]
    assert session.exec(select(CoffeePair)).all() == []


@pytest.mark.parametrize(("late_days", "next_in"), [(0, 14), (13, 1), (14, 14), (30, 12)])
def test_a_round_that_is_due_is_made_once_however_late(session: Session, late_days: int, next_in: int) -> None:
    """Every second week: the next is the first after today that is a multiple of 14 days from when it was due."""
    hub, today = rows.hub(session), clock.today()
    guests(session, hub, 2)
    service.schedule(session, host_of(session, hub), hub.id, ScheduleDraft(weeks=2, next_on=today))
    found = queries.hosted_coffee(session, hub.id).schedule
    assert found is not None
    found.next_on = today - timedelta(days=late_days)
    session.flush()
    assert queries.due(session, today) == [hub.id]
    for _ in range(2):
        service.make_due(session, hub.id, today)
    assert sum(met(session).values()) == 1
    assert found.next_on == today + timedelta(days=next_in)
    service.make_round(session, host_of(session, hub), hub.id)
    assert found.next_on == today + timedelta(days=14), "two weeks after one that is made by hand"


def test_a_schedule_is_taken_away_and_what_is_wrong_with_it_is_told(session: Session) -> None:
    hub = rows.hub(session)
    service.schedule(session, host_of(session, hub), hub.id, ScheduleDraft(weeks=2, next_on=clock.today()))
    service.schedule(session, host_of(session, hub), hub.id, None)
    assert queries.due(session, clock.today()) == []
    with pytest.raises(BadInput) as refused:
        ScheduleDraft(weeks=27, next_on=clock.today() - timedelta(days=1))
    assert [each.property for each in refused.value.parameters] == ["weeks", "nextOn"]


def test_members_take_part_and_hosts_make_rounds(session: Session) -> None:
    hub = rows.hub(session)
    (alva,) = guests(session, hub, 1)
    with pytest.raises(NotAllowed):
        service.make_round(session, alva, hub.id)
    with pytest.raises(NotAllowed):
        service.schedule(session, alva, hub.id, None)
    with pytest.raises(NotFound):
        service.take_part(session, builders.actor_of(session, builders.member(session)), hub.id, takes_part=True)
