"""The desk lists whom to welcome and who has not been seen, by what these have told the host and nothing else."""

from datetime import timedelta

import pytest
from sqlmodel import Session

from core.actor import Actor
from core.errors import NotAllowed
from core.time import clock
from hubs.desk.queries import UNSEEN_WEEKS, desk
from hubs.membership.rules import WELCOME
from hubs.places.models import Hub
from hubs.presence.models import Audience, HubWeek
from hubs.presence.rules import monday_of
from hubs.profiles.models import ProfileAudience, ProfilePart
from hubs.profiles.queries import told_to_hosts
from marketplace.organisations.models import Member, Organisation
from tests import builders
from tests.hubs import rows
from tests.hubs.presence.community import ALL, joined

SAID = {"can": ["juridik"], "learns": ["bim"], "wonders": "Hur?"}


def host_of(session: Session, hub: Hub) -> Actor:
    home = session.get_one(Organisation, hub.organisation_id)
    return builders.actor_of(session, builders.member(session, home, roles=["hub_host"]))


def old(session: Session, hub: Hub, name: str) -> Member:
    """Add somebody who has been a member for longer than it takes to be missed, and is welcomed."""
    member = builders.member(session)
    since = clock.now() - timedelta(weeks=UNSEEN_WEEKS, minutes=1)
    agreed = rows.membership(session, [hub], member)
    rows.hub_member(session, hub, member, agreed, first_name=name, joined_at=since, welcomed=list(WELCOME))
    return member


def unseen(session: Session, hub: Hub) -> set[str]:
    return {each.row.first_name for each in desk(session, host_of(session, hub), hub.id).unseen.items}


def test_who_is_new_has_not_been_missed_and_is_to_be_welcomed(session: Session) -> None:
    hub = rows.hub(session)
    member = builders.member(session)
    agreed = rows.membership(session, [hub], member)
    rows.hub_member(session, hub, member, agreed, first_name="Ny", joined_at=clock.now(), welcomed=["mail"])
    old(session, hub, "Gammal")
    found = desk(session, host_of(session, hub), hub.id)
    assert [each.row.first_name for each in found.to_welcome.items] == ["Ny"]
    assert [each.row.first_name for each in found.unseen.items] == ["Gammal"]


@pytest.mark.parametrize(
    ("ends", "is_missed"), [(-timedelta(weeks=UNSEEN_WEEKS, hours=1), True), (-timedelta(days=1), False)]
)
def test_who_has_registered_lately_is_not_missed(session: Session, ends: timedelta, is_missed: bool) -> None:
    hub = rows.hub(session)
    at = clock.now() + ends
    activity = rows.activity(session, hub, starts=at - timedelta(hours=1), ends=at)
    rows.registration(session, activity, old(session, hub, "Alva"))
    assert unseen(session, hub) == ({"Alva"} if is_missed else set())


@pytest.mark.parametrize(
    ("told_to", "days", "is_missed"),
    [(Audience.HOSTS, 0, False), (Audience.HOSTS, -1, True), (Audience.MEMBERS, 0, True), (Audience.NOBODY, 0, True)],
)
def test_a_planned_day_counts_where_the_hosts_are_told_and_it_is_not_over(
    session: Session, told_to: Audience, days: int, is_missed: bool
) -> None:
    hub = rows.hub(session)
    member, day = old(session, hub, "Alva"), clock.today() + timedelta(days=days)
    its = {"hub_id": hub.id, "member_id": member.id, "monday": monday_of(clock.today())}
    builders.added(session, HubWeek(**its, plans=[day], told_to=told_to))
    assert unseen(session, hub) == ({"Alva"} if is_missed else set())


@pytest.mark.parametrize("part", list(ProfilePart))
@pytest.mark.parametrize("audience", list(ProfileAudience))
def test_hosts_read_of_a_profile_what_it_tells_them_alone(
    session: Session, part: ProfilePart, audience: ProfileAudience
) -> None:
    hub = rows.hub(session)
    joined(session, hub, "Alva", **SAID, told_to=dict.fromkeys(ALL, "hosts") | {part.value: audience.value})
    found = told_to_hosts(session, hub.id)
    told = audience in {ProfileAudience.HOSTS, ProfileAudience.ALL_HUBS}
    assert bool(found) is (told or part is not ProfilePart.NAME)
    if found and part is not ProfilePart.NAME:
        assert bool(getattr(found[0], part.value)) is told


def test_the_desk_is_for_hosts(session: Session) -> None:
    hub = rows.hub(session)
    _, actor = joined(session, hub)
    with pytest.raises(NotAllowed):
        desk(session, actor, hub.id)


def test_who_is_kept_out_is_on_no_list(session: Session) -> None:
    hub = rows.hub(session)
    old(session, hub, "Alva").active = False
    session.flush()
    assert unseen(session, hub) == set()
