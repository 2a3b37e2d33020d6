"""Activities: members initiate, the host sets, rooms are taken, nothing stands beside the breakfast."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from core.actor import Actor
from core.errors import BadInput, CapacityExceeded, Conflict, NotAllowed, NotFound, StateChanged
from core.time import clock
from hubs.activities import queries, registering, service
from hubs.activities.models import ActivityAudience, ActivityForm, ActivityState, HubActivity
from hubs.activities.rules import ActivityDraft
from hubs.membership import agreements
from hubs.membership.models import HubMembership
from hubs.places.models import Hub, HubPhase, HubZone
from hubs.waiting.line import Standing
from marketplace.notices.models import Notice
from marketplace.organisations.models import Organisation
from resources.models import Claim, ClaimSource, Resource
from tests import builders
from tests.hubs import rows

OPEN: dict[str, Any] = {"audience": ActivityAudience.EVERYBODY}


@dataclass
class Place:
    """A hub with a workshop room, its host, a member of it, and somebody who is none."""

    hub: Hub
    room: Resource
    host: Actor
    member: Actor
    stranger: Actor


@pytest.fixture
def place(session: Session) -> Place:
    home = builders.organisation(session)
    site = builders.site(session, home)
    hub = rows.hub(session, site)
    room = builders.space(session, site)
    rows.zone(session, hub, room)
    belongs = builders.member(session)
    rows.hub_member(session, hub, belongs, rows.membership(session, [hub], belongs))
    host = builders.actor(session, home, roles=["hub_host"])
    return Place(hub, room, host, builders.actor_of(session, belongs), builders.actor(session))


def draft(**values: Any) -> ActivityDraft:
    said: dict[str, Any] = {
        "form": ActivityForm.HOW_DO_YOU,
        "audience": ActivityAudience.MEMBERS,
        "title": "Hur gör ni?",
    }
    said |= {"starts": builders.at(8, 13), "ends": builders.at(8, 15), "seats": 8}
    return ActivityDraft(**said | values)


def is_set(session: Session, place: Place, **values: Any) -> HubActivity:
    (row,) = service.initiate(session, place.member, place.hub.id, draft(**values))
    service.propose(session, place.member, row.id)
    service.set_(session, place.host, row.id)
    return row


def told(session: Session, code: str) -> list[tuple[Any, dict[str, Any]]]:
    return [(each.member_id, each.facts) for each in session.exec(select(Notice).where(Notice.code == code))]


def test_a_member_initiates_the_host_sets_and_the_room_is_taken(session: Session, place: Place) -> None:
    (row,) = service.initiate(session, place.member, place.hub.id, draft(zone_id=place.room.id))
    with pytest.raises(NotFound):
        queries.activity_view(session, place.host, row.id)  # a draft is its initiator's
    service.propose(session, place.member, row.id)
    assert [facts["activity"] for _, facts in told(session, "activity_proposed")] == ["Hur gör ni?"]
    with pytest.raises(NotAllowed):
        service.set_(session, place.member, row.id)
    service.set_(session, place.host, row.id)
    (claim,) = session.exec(select(Claim).where(Claim.source == ClaimSource.ACTIVITY)).all()
    assert (claim.during.lower, claim.during.upper) == (row.starts, row.ends)
    assert queries.activity_view(session, place.member, row.id).free == 8
    assert [facts["to"] for _, facts in told(session, "activity_decided")] == ["set"]
    with pytest.raises(NotFound):
        queries.activity_view(session, place.stranger, row.id)


def test_only_who_belongs_to_the_hub_initiates(session: Session, place: Place) -> None:
    with pytest.raises(NotAllowed, match="members of the hub"):
        service.initiate(session, place.stranger, place.hub.id, draft())
    with pytest.raises(BadInput, match="zones"):
        service.initiate(session, place.member, place.hub.id, draft(zone_id=builders.space(session).id))


def test_a_room_is_taken_once_and_is_free_again_when_it_is_cancelled(session: Session, place: Place) -> None:
    first = is_set(session, place, zone_id=place.room.id)
    with pytest.raises(CapacityExceeded):
        is_set(session, place, zone_id=place.room.id, starts=builders.at(8, 14), ends=builders.at(8, 16))
    service.cancel(session, place.host, first.id, "Sjukdom")
    assert told(session, "activity_decided")[-1][1] == {
        "activity": "Hur gör ni?",
        "to": "cancelled",
        "words": "Sjukdom",
    }
    is_set(session, place, zone_id=place.room.id)


@pytest.mark.parametrize(
    ("one", "other", "hour", "refused"),
    [
        (ActivityForm.BREAKFAST, ActivityForm.CAMPFIRE_TALK, 13, True),
        (ActivityForm.CAMPFIRE_TALK, ActivityForm.BREAKFAST, 14, True),
        (ActivityForm.BREAKFAST, ActivityForm.CAMPFIRE_TALK, 15, False),
        (ActivityForm.CAMPFIRE_TALK, ActivityForm.DEEP_DIVE, 13, False),
        (ActivityForm.BREAKFAST, ActivityForm.OPEN_HOUSE, 13, False),
    ],
)
def test_nothing_is_put_beside_the_breakfast(
    session: Session, place: Place, one: ActivityForm, other: ActivityForm, hour: int, refused: bool
) -> None:
    """The first is from 13 to 15; what begins at 15 is not beside it, and what goes on for weeks never is."""
    is_set(session, place, form=one, title="Frukost")
    times = {"starts": builders.at(8, hour), "ends": builders.at(8, hour + 2)}
    if not refused:
        is_set(session, place, form=other, **times)
        return
    with pytest.raises(Conflict, match="Frukost") as conflict:
        is_set(session, place, form=other, **times)
    assert conflict.value.code == "beside_breakfast"


def test_a_series_has_an_outcome_for_each_date(session: Session, place: Place) -> None:
    is_set(session, place, zone_id=place.room.id, starts=builders.at(15, 14), ends=builders.at(15, 16))
    made = service.initiate(session, place.member, place.hub.id, draft(zone_id=place.room.id), weeks=3)
    hours = {each.starts.astimezone(clock.STOCKHOLM).hour for each in made}
    assert (hours, made[2].starts.date() - made[0].starts.date()) == ({13}, timedelta(weeks=2))
    service.propose(session, place.member, made[0].id)
    outcomes = service.set_series(session, place.host, made[1].id)
    refused = [key for key, error in outcomes.items() if error is not None]
    assert (len(outcomes), refused) == (3, [made[1].id])
    assert [each.state for each in made] == [ActivityState.SET, ActivityState.PROPOSED, ActivityState.SET]


def test_what_is_moved_takes_its_room_along_and_tells_who_comes(session: Session, place: Place) -> None:
    row = is_set(session, place, zone_id=place.room.id)
    registering.register(session, place.member, row.id)
    with pytest.raises(NotAllowed, match="ask the host"):
        service.change_draft(session, place.member, row.id, draft())
    session.delete(session.get_one(HubZone, place.room.id))  # the room is no zone any more: it stays where it is
    session.flush()
    moved = draft(zone_id=place.room.id, starts=builders.at(9, 13), ends=builders.at(9, 14))
    service.change_draft(session, place.host, row.id, moved)
    held = session.exec(select(Claim).where(Claim.source == ClaimSource.ACTIVITY, Claim.released_at == None)).all()  # noqa: E711
    assert [each.during.lower for each in held] == [builders.at(9, 13)]
    assert [member for member, _ in told(session, "activity_changed")] == [place.member.member_id]


def test_there_are_never_fewer_seats_than_are_taken(session: Session, place: Place) -> None:
    row = is_set(session, place)
    registering.register(session, place.member, row.id, 3)
    for seats in (2, None):
        with pytest.raises(BadInput, match="3 are taken"):
            service.change_draft(session, place.host, row.id, draft(seats=seats))
    service.change_draft(session, place.host, row.id, draft(seats=3))
    assert queries.activity_view(session, place.member, row.id).free == 0


def test_a_group_in_line_waits_for_no_more_seats_than_there_are_by_now(session: Session, place: Place) -> None:
    row = is_set(session, place, **OPEN)  # eight seats
    registering.register(session, place.host, row.id, 4)
    group = registering.register(session, place.member, row.id, 6)
    registering.answer(session, place.member, row.id, registering.SeatAnswer.WAIT)
    with pytest.raises(BadInput, match="4 are taken"):
        service.change_draft(session, place.host, row.id, draft(**OPEN | {"seats": None}))
    service.change_draft(session, place.host, row.id, draft(**OPEN | {"seats": 5}))
    assert (group.state, group.seats) == (Standing.WAITING, 5)
    fewer = [(member, facts["to"], facts["seats"]) for member, facts in told(session, "activity_changed")]
    assert fewer == [(place.member.member_id, "fewer", 5)]
    registering.answer(session, place.host, row.id, registering.SeatAnswer.DECLINE)
    assert (group.state, group.offered) == (Standing.OFFERED, 5)


def test_there_is_a_number_of_seats_as_long_as_somebody_waits(session: Session, place: Place) -> None:
    row = is_set(session, place, **OPEN | {"seats": 1})
    group = registering.register(session, place.host, row.id)
    registering.register(session, place.member, row.id)
    group.state, group.taken = Standing.DECLINED, 0  # before the next was asked
    session.flush()
    with pytest.raises(BadInput, match="in line"):
        service.change_draft(session, place.host, row.id, draft(**OPEN | {"seats": None}))


def test_at_a_hub_that_is_closed_nothing_new_is_on(session: Session, place: Place) -> None:
    (row,) = service.initiate(session, place.member, place.hub.id, draft())
    service.propose(session, place.member, row.id)
    place.hub.phase = HubPhase.CLOSED
    with pytest.raises(Conflict, match="closed"):
        service.set_(session, place.host, row.id)
    with pytest.raises(Conflict, match="closed"):
        service.initiate(session, place.member, place.hub.id, draft())


def test_an_organisation_leaves_in_the_middle_of_what_it_holds(session: Session, place: Place) -> None:
    """It stands, with its room and who has registered, and is the host's; drafts are nobody's any more."""
    row = is_set(session, place, zone_id=place.room.id)
    registering.register(session, place.member, row.id)
    (only_draft,) = service.initiate(session, place.member, place.hub.id, draft())
    with clock.frozen(row.starts + timedelta(minutes=30)):
        session.get_one(Organisation, place.member.organisation_id).left_at = clock.now()
        session.flush()
        registering.give_back_of_left(session)
        service.take_over_of_left(session)
    assert (row.state, row.organisation_id, row.member_id) == (ActivityState.SET, place.hub.organisation_id, None)
    assert len(row.claim_ids) == 1
    assert len(queries.registered(session, row.id)) == 1
    assert only_draft.state is ActivityState.CANCELLED
    assert [facts["activity"] for _, facts in told(session, "activity_taken_over")] == ["Hur gör ni?"]
    service.take_over_of_left(session)
    assert len(told(session, "activity_taken_over")) == 1


def test_what_is_over_was_held_and_is_changed_no_more(session: Session, place: Place) -> None:
    row = is_set(session, place)
    service.end_due(session, row.ends - timedelta(minutes=1))
    assert row.state is ActivityState.SET
    service.end_due(session, row.ends)
    assert row.state is ActivityState.HELD
    with pytest.raises(StateChanged):
        service.cancel(session, place.host, row.id)
    with pytest.raises(Conflict, match="over"):
        service.change_draft(session, place.host, row.id, draft())


def test_a_proposal_is_sent_back_with_words(session: Session, place: Place) -> None:
    (row,) = service.initiate(session, place.member, place.hub.id, draft())
    service.propose(session, place.member, row.id)
    service.send_back(session, place.host, row.id, "Gör den kortare")
    assert row.state is ActivityState.DRAFT
    expected = {"activity": "Hur gör ni?", "to": "draft", "words": "Gör den kortare"}
    assert told(session, "activity_decided") == [(place.member.member_id, expected)]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"title": ""}, "title"),
        ({"seats": 0}, "seats"),
        ({"ends": builders.at(8, 13)}, "ends"),
        ({"ends": builders.at(10, 13)}, "ends"),
        ({"form": ActivityForm.OPEN_HOUSE, "ends": builders.at(80, 13)}, "ends"),
    ],
)
def test_what_an_activity_cannot_be(values: dict[str, Any], field: str) -> None:
    with pytest.raises(BadInput) as refused:
        draft(**values)
    assert [each.property for each in refused.value.parameters] == [field]


def test_what_has_begun_is_changed_but_begins_at_no_time_that_is_over(session: Session, place: Place) -> None:
    """A workshop of weeks is prolonged by one; its room is taken for as long."""
    weeks = {"form": ActivityForm.ASYNCHRONOUS_WORKSHOP, "zone_id": place.room.id}
    row = is_set(session, place, **weeks, ends=builders.at(15, 13))
    with pytest.raises(BadInput):
        service.initiate(
            session, place.member, place.hub.id, draft(starts=builders.at(-1, 13), ends=builders.at(-1, 14))
        )
    longer = draft(**weeks, ends=builders.at(22, 13))
    anew = draft(**weeks, starts=builders.at(9, 13), ends=builders.at(22, 13))
    with clock.frozen(builders.at(10, 9)):
        service.change_draft(session, place.host, row.id, longer)
        with pytest.raises(BadInput, match="starts"):
            service.change_draft(session, place.host, row.id, anew)
    (held,) = session.exec(select(Claim).where(Claim.source == ClaimSource.ACTIVITY, Claim.released_at == None)).all()  # noqa: E711
    assert (held.during.lower, held.during.upper) == (builders.at(8, 13), builders.at(22, 13))


@pytest.mark.parametrize("address", ["http://example.se", "javascript:alert(1)", "https://a b", ""])
def test_documents_are_at_an_address_of_the_web(session: Session, place: Place, address: str) -> None:
    row = is_set(session, place)
    with clock.frozen(row.starts), pytest.raises(BadInput):
        service.document(session, place.host, row.id, address)


@pytest.mark.parametrize("audience", ActivityAudience)
def test_who_leaves_the_hub_leaves_what_is_for_its_members(
    session: Session, place: Place, audience: ActivityAudience
) -> None:
    """The organisation and the person stay in the product: only the agreement with the hub ends."""
    row = is_set(session, place, audience=audience)
    registering.register(session, place.member, row.id)
    (own_draft,) = service.initiate(session, place.host, place.hub.id, draft())
    (agreed,) = session.exec(select(HubMembership)).all()
    agreements.end(session, place.host, agreed.id)
    registering.give_back_of_left(session)
    service.take_over_of_left(session)
    assert (row.member_id, own_draft.state) == (None, ActivityState.DRAFT)
    for_members = audience is ActivityAudience.MEMBERS
    assert len(queries.registered(session, row.id)) == (not for_members)
    assert ("declined" in {facts["to"] for _, facts in told(session, "registration")}) == for_members


def test_what_is_set_does_not_become_a_breakfast_beside_another(session: Session, place: Place) -> None:
    is_set(session, place)
    row = is_set(session, place)
    with pytest.raises(Conflict, match="breakfast"):
        service.change_draft(session, place.host, row.id, draft(form=ActivityForm.BREAKFAST))
