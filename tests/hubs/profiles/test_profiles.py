"""Each part of a profile is told to its audience, and nobody is found by what it does not tell."""

from typing import Any

import pytest
from sqlmodel import Session

from core.errors import BadInput, NotFound
from hubs.membership.models import HubMemberState
from hubs.profiles import queries, service
from hubs.profiles.models import HubProfile, ProfileAudience, ProfilePart
from hubs.profiles.queries import Person
from hubs.profiles.rules import MOST_TOPICS, ProfileDraft
from marketplace.organisations.models import Organisation
from tests import builders
from tests.hubs import rows
from tests.hubs.presence.community import ALL, contact, joined

SAID = {"can": ["facilitering"], "learns": ["upphandling"], "wonders": "Hur gör ni med mallar?"}


def shown(person: Person) -> set[ProfilePart]:
    """Return what somebody tells the reader."""
    told = {
        ProfilePart.NAME: person.first_name,
        ProfilePart.ORGANISATION: person.organisation,
        ProfilePart.CAN: person.can,
        ProfilePart.LEARNS: person.learns,
        ProfilePart.WONDERS: person.wonders,
    }
    return {part for part, value in told.items() if value}


@pytest.mark.parametrize("part", [each for each in ProfilePart if each is not ProfilePart.NAME])
@pytest.mark.parametrize(
    ("audience", "chosen", "told"),
    [
        (ProfileAudience.NOBODY, True, False),
        (ProfileAudience.CHOSEN, False, False),
        (ProfileAudience.CHOSEN, True, True),
        (ProfileAudience.MEMBERS, False, True),
        (ProfileAudience.HOSTS, False, True),
        (ProfileAudience.ALL_HUBS, False, True),
    ],
)
def test_each_part_is_told_to_its_audience_alone(
    session: Session, part: ProfilePart, audience: ProfileAudience, chosen: bool, told: bool
):
    hub = rows.hub(session)
    owner, _ = joined(session, hub, "Alva", **SAID, told_to=ALL | {part.value: audience.value})
    reader, asking = joined(session, hub)
    contact(session, hub, owner, reader, chosen=chosen, wanted=True)
    (found,) = queries.people_page(session, asking, hub.id).items
    assert shown(found) == (set(ProfilePart) if told else set(ProfilePart) - {part})


@pytest.mark.parametrize(
    ("audience", "chosen", "found"),
    [
        (ProfileAudience.NOBODY, True, 0),
        (ProfileAudience.CHOSEN, False, 0),
        (ProfileAudience.CHOSEN, True, 1),
        (ProfileAudience.MEMBERS, False, 1),
        (ProfileAudience.ALL_HUBS, False, 1),
    ],
)
def test_who_does_not_tell_its_name_is_not_found(session: Session, audience: ProfileAudience, chosen: bool, found: int):
    hub = rows.hub(session)
    owner, _ = joined(session, hub, **SAID, told_to=ALL | {"name": audience.value})
    reader, asking = joined(session, hub)
    contact(session, hub, owner, reader, chosen=chosen)
    assert queries.people_page(session, asking, hub.id).total == found


def test_somebody_at_an_agency_who_knows_something_is_found(session: Session):
    hub = rows.hub(session)
    owner, _ = joined(session, hub, "Alva", **SAID)
    _, asking = joined(session, hub, "Bo", can=["upphandling"])
    home = session.get_one(Organisation, owner.organisation_id).name

    def names(**wanted: str) -> list[str]:
        return [each.first_name for each in queries.people_page(session, asking, hub.id, **wanted).items]

    assert names(knows="FACILITER", organisation=home[:8]) == ["Alva"]
    assert names(knows="upphandling") == []  # what Alva wants to learn is not what she knows
    assert names(organisation="%") == []  # a sign is looked for as it is


@pytest.mark.parametrize(("part", "by"), [(ProfilePart.CAN, "knows"), (ProfilePart.ORGANISATION, "organisation")])
def test_nobody_is_found_by_what_it_does_not_tell(session: Session, part: ProfilePart, by: str):
    hub = rows.hub(session)
    owner, _ = joined(session, hub, **SAID, told_to=ALL | {part.value: ProfileAudience.NOBODY.value})
    _, asking = joined(session, hub)
    value = "facilitering" if part is ProfilePart.CAN else session.get_one(Organisation, owner.organisation_id).name
    wanted: dict[str, Any] = {by: value}
    assert queries.people_page(session, asking, hub.id, **wanted).total == 0


@pytest.mark.parametrize("state", [HubMemberState.APPLIED, HubMemberState.LEFT])
def test_who_is_no_member_neither_finds_nor_is_found(session: Session, state: HubMemberState):
    hub = rows.hub(session)
    _, asking = joined(session, hub)
    outsider = builders.member(session)
    rows.hub_member(session, hub, outsider, rows.membership(session, [hub], outsider), state=state)
    builders.added(session, HubProfile(member_id=outsider.id, told_to=ALL))
    assert queries.people_page(session, asking, hub.id).total == 0
    with pytest.raises(NotFound):
        queries.people_page(session, builders.actor_of(session, outsider), hub.id)


def test_what_is_said_is_kept_once_and_told_as_it_is_chosen(session: Session):
    hub = rows.hub(session)
    _, actor = joined(session, hub)
    told_to = {ProfilePart.NAME: ProfileAudience.MEMBERS}
    draft = ProfileDraft(can=("Facilitering", " facilitering ", "Juridik"), told_to=told_to)
    row = service.save(session, actor, hub.id, draft)
    assert row.can == ["Facilitering", "Juridik"]
    assert [row.audience(part) for part in ProfilePart] == [ProfileAudience.MEMBERS, *[ProfileAudience.NOBODY] * 4]


def test_all_that_is_wrong_with_a_profile_is_told_at_once():
    with pytest.raises(BadInput) as refused:
        ProfileDraft(can=("x",) * (MOST_TOPICS + 1), learns=(" ",), wonders="Ring 070-123 45 67")
    assert [each.property for each in refused.value.parameters] == ["can", "learns[0]", "wonders"]


def test_who_is_chosen_or_wanted_is_noted_and_taken_away(session: Session):
    hub = rows.hub(session)
    joined(session, hub, "Alva")
    _, actor = joined(session, hub)
    (alva,) = queries.people_page(session, actor, hub.id).items
    noted = service.note_contact(session, actor, hub.id, alva.id, chosen=True, wanted=True)
    assert (noted.chosen, noted.wanted) == (True, True)
    noted = service.note_contact(session, actor, hub.id, alva.id, chosen=False, wanted=False)
    assert (noted.chosen, noted.wanted) == (False, False)
    assert queries.contacts(session, hub.id) == []


@pytest.mark.parametrize(
    ("audience", "chosen", "left"),
    [
        (ProfileAudience.MEMBERS, False, 1),
        (ProfileAudience.CHOSEN, True, 1),
        (ProfileAudience.CHOSEN, False, 0),
        (ProfileAudience.NOBODY, True, 0),
    ],
)
def test_nobody_goes_on_telling_more_to_whom_it_sees_no_more(
    session: Session, audience: ProfileAudience, chosen: bool, left: int
):
    """Where Alva hides her name from Bo he could not take back that he has chosen her: it is forgotten."""
    hub = rows.hub(session)
    alva, hers = joined(session, hub)
    bo, _ = joined(session, hub)
    contact(session, hub, bo, alva, chosen=True)
    contact(session, hub, alva, bo, chosen=chosen, wanted=True)
    service.save(session, hers, hub.id, ProfileDraft(told_to={ProfilePart.NAME: audience}))
    assert [each.other_id for each in queries.contacts(session, hub.id)].count(alva.id) == left


def test_what_those_who_have_left_said_is_forgotten(session: Session):
    hub = rows.hub(session)
    stays, actor = joined(session, hub)
    gone = builders.member(session)
    rows.hub_member(session, hub, gone, rows.membership(session, [hub], gone), state=HubMemberState.LEFT)
    builders.added(session, HubProfile(member_id=gone.id))
    contact(session, hub, stays, gone, wanted=True)
    contact(session, hub, gone, stays, chosen=True)
    service.forget_left(session)
    session.expire_all()
    assert queries.own_profile(session, actor, hub.id).told_to == ALL
    assert queries.profiles(session, [gone.id]) == {}
    assert queries.contacts(session, hub.id) == []
