"""Who tells the members of all hubs something is found by any of them, and by nobody else."""

from typing import Any

import pytest
from sqlmodel import Session

from hubs.membership.models import HubMembershipState
from hubs.places.models import Hub, HubPhase
from hubs.profiles import queries
from hubs.profiles.directory import people_of_all_hubs
from hubs.profiles.models import ProfileAudience, ProfilePart
from marketplace.organisations.models import Organisation
from tests import builders
from tests.hubs import rows
from tests.hubs.presence.community import ALL, joined
from tests.hubs.profiles.test_profiles import SAID, shown

EVERYWHERE = dict.fromkeys(ALL, ProfileAudience.ALL_HUBS.value)


@pytest.mark.parametrize("part", list(ProfilePart))
@pytest.mark.parametrize("audience", list(ProfileAudience))
def test_each_part_is_told_elsewhere_where_it_is_for_all_hubs(
    session: Session, part: ProfilePart, audience: ProfileAudience
):
    hub = rows.hub(session)
    joined(session, hub, "Alva", **SAID, told_to=EVERYWHERE | {part.value: audience.value})
    _, asking = joined(session, rows.hub(session))
    found = people_of_all_hubs(session, asking).items
    told = audience is ProfileAudience.ALL_HUBS
    if part is ProfilePart.NAME and not told:
        assert found == []
    else:
        assert [(shown(each.person), each.hubs) for each in found] == [
            (set(ProfilePart) if told else set(ProfilePart) - {part}, (hub,))
        ]


def test_somebody_is_found_once_with_all_hubs_of_which_others_may_know(session: Session):
    hubs = [rows.hub(session, name=name) for name in ("Ås", "Berg")]
    prepared = rows.hub(session, phase=HubPhase.PREPARE)
    owner, actor = joined(session, hubs[0], "Alva", **SAID, told_to=EVERYWHERE)
    for hub in (hubs[1], prepared):
        rows.hub_member(session, hub, owner, rows.membership(session, [hub], owner), first_name="Alva B.")
    _, asking = joined(session, rows.hub(session))
    home = session.get_one(Organisation, owner.organisation_id).name

    def found(**wanted: str) -> list[Any]:
        return [(each.person.first_name, each.hubs) for each in people_of_all_hubs(session, asking, **wanted).items]

    assert found(knows="FACILITER", organisation=home[:8]) == [("Alva", (hubs[1], hubs[0]))]
    assert found(knows="upphandling") == []  # what Alva wants to learn is not what she knows
    assert people_of_all_hubs(session, actor).items == [], "oneself is not looked for"


@pytest.mark.parametrize("fault", ["prepared", "ended", "left"])
def test_who_belongs_to_no_hub_that_is_open_to_others_is_not_found(session: Session, fault: str):
    hub = rows.hub(session, phase=HubPhase.PREPARE if fault == "prepared" else HubPhase.RUN)
    owner = builders.member(session)
    state = HubMembershipState.ENDED if fault == "ended" else HubMembershipState.AGREED
    agreed = rows.membership(session, [hub], owner, state=state)
    _seated(session, hub, owner, agreed)
    if fault == "left":
        session.get_one(Organisation, owner.organisation_id).left_at = builders.at(0)
    _, asking = joined(session, rows.hub(session))
    assert people_of_all_hubs(session, asking).items == []


def test_who_is_no_member_of_any_hub_finds_nobody(session: Session):
    joined(session, rows.hub(session), told_to=EVERYWHERE)
    host = builders.actor_of(session, builders.member(session, roles=["hub_host"]))
    assert people_of_all_hubs(session, host).items == []


def test_what_is_said_at_one_hub_is_said_at_all_of_ones_own(session: Session):
    hubs = [rows.hub(session) for _ in range(2)]
    owner, actor = joined(session, hubs[0], "Alva", **SAID)
    rows.hub_member(session, hubs[1], owner, rows.membership(session, [hubs[1]], owner), first_name="Alva")
    _, asking = joined(session, hubs[1])
    (found,) = queries.people_page(session, asking, hubs[1].id).items
    assert shown(found) == set(ProfilePart)
    assert queries.own_profile(session, actor, hubs[1].id).can == SAID["can"]


def _seated(session: Session, hub: Hub, owner: Any, agreed: Any) -> None:
    rows.hub_member(session, hub, owner, agreed)
    builders.added(session, queries.HubProfile(member_id=owner.id, told_to=EVERYWHERE))
