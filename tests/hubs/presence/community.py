"""A hub with members for tests: each of an organisation of its own, who tell whom the test says."""

from typing import Any

from sqlmodel import Session

from core.actor import Actor
from hubs.places.models import Hub
from hubs.profiles.models import HubContact, HubProfile, ProfileAudience, ProfilePart
from marketplace.organisations.models import Member
from tests import builders
from tests.builders import added
from tests.hubs import rows

ALL = {part.value: ProfileAudience.MEMBERS.value for part in ProfilePart}


def joined(session: Session, hub: Hub, first_name: str = "Medlem", **profile: Any) -> tuple[Member, Actor]:
    """Let somebody new be a member of a hub, who tells all members everything unless the test says otherwise."""
    member = builders.member(session)
    rows.hub_member(session, hub, member, rows.membership(session, [hub], member), first_name=first_name)
    values = {"told_to": ALL} | profile
    added(session, HubProfile(member_id=member.id, **values))
    return member, builders.actor_of(session, member)


def contact(session: Session, hub: Hub, member: Member, other: Member, *, chosen: bool = False, wanted: bool = False):
    """Let a member have chosen another, or want to meet it."""
    added(
        session,
        HubContact(hub_id=hub.id, member_id=member.id, other_id=other.id, chosen=chosen, wanted=wanted),
    )
