"""Members of any hub are in groups, are named there if they want to be, and may come to what the group has on."""

from datetime import timedelta

import pytest
from sqlmodel import Session, select

from core.actor import Actor
from core.errors import BadInput, Conflict, NotAllowed, NotFound
from core.time import clock
from hubs.activities import queries as activities
from hubs.activities import registering
from hubs.activities import service as activity_service
from hubs.activities.models import ActivityAudience, ActivityForm, HubActivity
from hubs.activities.queries import ActivitySearch
from hubs.activities.rules import ActivityDraft
from hubs.groups import queries, service
from hubs.groups.models import HubGroup, HubGroupKind, HubGroupMember
from hubs.groups.queries import GroupPerson
from hubs.groups.rules import GroupDraft
from hubs.membership.models import HubMember, HubMemberState
from hubs.places.models import Hub
from hubs.presence import service as presence
from marketplace.organisations.models import Organisation
from tests import builders
from tests.hubs import rows
from tests.hubs.presence.community import joined

DRAFT = GroupDraft(kind=HubGroupKind.NETWORK, name="Facilitatorer")


@pytest.fixture
def hub(session: Session) -> Hub:
    return rows.hub(session)


def begun(session: Session, hub: Hub) -> tuple[HubGroup, Actor]:
    _, member = joined(session, hub, "Alva")
    return service.begin(session, member, hub.id, DRAFT), member


def test_a_member_of_another_hub_joins_and_who_is_in_it_reads_those_who_tell_so(session: Session, hub: Hub):
    group, first = begun(session, hub)
    other, elsewhere = joined(session, rows.hub(session), "Bo")
    home = session.get_one(Organisation, other.organisation_id).name
    service.join(session, elsewhere, group.id, named=True)
    assert queries.people(session, first, group.id) == [GroupPerson("Bo", home)], "Alva has not told so"
    _, outside = joined(session, hub)
    assert queries.people(session, outside, group.id) == []
    service.join(session, elsewhere, group.id, named=False)
    assert queries.people(session, first, group.id) == []


def test_who_is_a_member_of_no_hub_sees_no_group(session: Session, hub: Hub):
    group, _ = begun(session, hub)
    stranger = builders.actor(session)
    for do in (
        lambda: queries.group_view(session, stranger, group.id),
        lambda: queries.groups_page(session, stranger, hub.id),
        lambda: service.join(session, stranger, group.id, named=True),
        lambda: service.begin(session, stranger, hub.id, DRAFT),
    ):
        with pytest.raises(NotFound):
            do()


def test_members_and_hosts_begin_groups_at_a_hub_and_members_of_others_do_not(session: Session, hub: Hub):
    host = builders.actor(session, session.get_one(Organisation, hub.organisation_id), roles=["hub_host"])
    row = service.begin(session, host, hub.id, DRAFT)
    assert not queries.is_in(session, row.id, host.member_id), "the host is no member"
    _, elsewhere = joined(session, rows.hub(session))
    with pytest.raises(NotAllowed):
        service.begin(session, elsewhere, hub.id, GroupDraft(kind=HubGroupKind.WORKING_GROUP, name="Festival"))
    with pytest.raises(Conflict):
        service.begin(session, host, hub.id, DRAFT)


def test_who_began_it_or_the_host_closes_it_and_nobody_joins_then(session: Session, hub: Hub):
    group, first = begun(session, hub)
    _, other = joined(session, hub)
    with pytest.raises(NotAllowed):
        service.close(session, other, group.id)
    service.close(session, first, group.id)
    with pytest.raises(Conflict):
        service.join(session, other, group.id, named=True)
    assert queries.groups_page(session, other, hub.id).items == []


def test_what_a_group_has_on_is_for_those_in_it_from_whichever_hub(session: Session, hub: Hub):
    group, first = begun(session, hub)
    _, elsewhere = joined(session, rows.hub(session))
    _, outside = joined(session, rows.hub(session))
    said = {"form": ActivityForm.HOW_DO_YOU, "audience": ActivityAudience.MEMBERS, "title": "Hur gör ni?", "seats": 5}
    draft = ActivityDraft(starts=builders.at(8, 13), ends=builders.at(8, 14), group_id=group.id, **said)
    with pytest.raises(BadInput) as caught:
        activity_service.initiate(session, joined(session, hub)[1], hub.id, draft)
    assert caught.value.parameters[0].property == "groupId"
    (row,) = activity_service.initiate(session, first, hub.id, draft)
    host = builders.actor(session, session.get_one(Organisation, hub.organisation_id), roles=["hub_host"])
    activity_service.propose(session, first, row.id)
    activity_service.set_(session, host, row.id)
    for who in (elsewhere, outside):
        with pytest.raises(NotFound):
            activities.activity_view(session, who, row.id)
    service.join(session, elsewhere, group.id, named=False)
    of_group = activities.activities_page(session, elsewhere, ActivitySearch(group_id=group.id))
    assert [(each.activity.id, each.group) for each in of_group.items] == [(row.id, "Facilitatorer")]
    registering.register(session, elsewhere, row.id)
    service.leave(session, elsewhere, group.id)
    assert activities.own_registration(session, row.id, elsewhere.member_id) is not None
    same = ActivityDraft(starts=builders.at(8, 15), ends=builders.at(8, 16), group_id=group.id, **said)
    activity_service.change_draft(session, host, row.id, same)  # the host is in no group, and need not be
    assert session.get_one(HubActivity, row.id).group_id == group.id


def test_who_belongs_to_no_hub_any_more_is_in_no_group(session: Session, hub: Hub):
    group, first = begun(session, hub)
    _, stays = joined(session, hub)
    service.join(session, stays, group.id, named=True)
    seat = session.exec(select(HubMember).where(HubMember.member_id == first.member_id)).one()
    seat.state = HubMemberState.LEFT
    session.flush()
    presence.forget(session, clock.today() + timedelta(days=0))
    left = session.exec(select(HubGroupMember.member_id).where(HubGroupMember.group_id == group.id)).all()
    assert left == [stays.member_id]


def test_a_telephone_number_is_no_name():
    with pytest.raises(BadInput) as caught:
        GroupDraft(kind=HubGroupKind.NETWORK, name="", about="Ring 070-123 45 67")
    assert [each.property for each in caught.value.parameters] == ["name", "about"]
