"""Rows of hubs for tests, as `tests.builders` makes others: each adds one thing with ordinary values."""

from datetime import timedelta
from typing import Any

from sqlmodel import Session

from core.time import clock
from hubs.activities.models import (
    ActivityAudience,
    ActivityForm,
    ActivityState,
    HubActivity,
    HubRegistration,
)
from hubs.coffee.models import CoffeeGuest, CoffeePair, CoffeeRound
from hubs.groups.models import HubGroup, HubGroupKind, HubGroupMember
from hubs.introductions.models import Introduction
from hubs.letters.models import HubLetter, LetterKind, LetterState
from hubs.membership.models import (
    HubMember,
    HubMembership,
    HubMembershipPlace,
    HubMembershipState,
    HubMemberState,
    HubSignature,
)
from hubs.places.models import Hub, HubManifesto, HubPhase, HubZone, ZoneUse
from hubs.questions.models import HubQuestion, HubQuestionAnswer, QuestionAudience
from hubs.waiting.line import Standing
from marketplace.organisations.models import Member
from resources.models import Resource, Site
from tests import builders
from tests.builders import added


def hub(session: Session, site: Site | None = None, **values: Any) -> Hub:
    """Add a hub that is open, at a new site unless one is given."""
    place = site or builders.site(session)
    defaults = {"name": f"Hubben {place.name}", "phase": HubPhase.RUN}
    return added(session, Hub(site_id=place.id, organisation_id=place.organisation_id, **(defaults | values)))


def zone(session: Session, hub_: Hub, resource: Resource, use: ZoneUse = ZoneUse.CONVERSATION) -> HubZone:
    """Let a resource be a zone of a hub."""
    return added(session, HubZone(hub_id=hub_.id, resource_id=resource.id, use=use, position=0))


def manifesto(session: Session, hub_: Hub, number: int = 1, words: str = "Vi delar med oss.") -> HubManifesto:
    """Add a version of what members of a hub sign."""
    return added(session, HubManifesto(hub_id=hub_.id, number=number, words=words, at=clock.now()))


def membership(session: Session, hubs: list[Hub], asker: Member, **values: Any) -> HubMembership:
    """Add an agreement of a member's organisation that covers hubs, from yesterday on."""
    defaults = {"state": HubMembershipState.AGREED, "starts": clock.today() - timedelta(days=1), "employees": 300}
    made = HubMembership(
        organisation_id=asker.organisation_id,
        hub_id=hubs[0].id,
        member_id=asker.id,
        **({"signatory": "Generaldirektören", **defaults} | values),
    )
    added(session, made)
    for each in hubs:
        agreed_at = clock.now() if made.state is HubMembershipState.AGREED else None
        added(session, HubMembershipPlace(membership_id=made.id, hub_id=each.id, agreed_at=agreed_at))
    return made


def hub_member(session: Session, hub_: Hub, member: Member, membership_: HubMembership, **values: Any) -> HubMember:
    """Add a member of a hub who has a seat."""
    defaults: dict[str, Any] = {"state": HubMemberState.ACTIVE, "first_name": "Medlem"}
    defaults |= {"aims": "Lära av andra", "contribution": "Facilitering"}
    keys = {"hub_id": hub_.id, "member_id": member.id, "membership_id": membership_.id}
    return added(session, HubMember(**keys, **(defaults | values)))


def signature(session: Session, hub_member_: HubMember, manifesto_: HubManifesto) -> HubSignature:
    """Let a member of a hub have signed a version of its manifesto."""
    row = HubSignature(hub_member_id=hub_member_.id, manifesto_id=manifesto_.id, at=clock.now())
    return added(session, row)


def introduction(session: Session, hub_: Hub, one: Member, other: Member, **values: Any) -> Introduction:
    """Add a proposal that two members meet, for which two weeks are left."""
    one_id, other_id = sorted((one.id, other.id))
    keys = {"hub_id": hub_.id, "one_id": one_id, "other_id": other_id}
    return added(session, Introduction(**keys, **({"answer_by": clock.now() + timedelta(days=14)} | values)))


def coffee(session: Session, hub_: Hub, one: Member, other: Member) -> CoffeeRound:
    """Let two take part in rounds of coffee, of which one has been."""
    for each in (one, other):
        added(session, CoffeeGuest(hub_id=hub_.id, member_id=each.id))
    made = added(session, CoffeeRound(hub_id=hub_.id, number=1, at=clock.now()))
    one_id, other_id = sorted((one.id, other.id))
    added(session, CoffeePair(round_id=made.id, one_id=one_id, other_id=other_id))
    return made


def activity(session: Session, hub_: Hub, **values: Any) -> HubActivity:
    """Add a talk that is set, for everybody, tomorrow in a week from 13 to 14, with ten seats."""
    defaults: dict[str, Any] = {
        "form": ActivityForm.CAMPFIRE_TALK,
        "state": ActivityState.SET,
        "title": "Vid lägerelden",
    }
    defaults |= {"audience": ActivityAudience.EVERYBODY, "starts": builders.at(8, 13), "ends": builders.at(8, 14)}
    defaults |= {"seats": 10, "set_at": clock.now(), "organisation_id": hub_.organisation_id}
    return added(session, HubActivity(hub_id=hub_.id, **(defaults | values)))


def registration(session: Session, activity_: HubActivity, member: Member, **values: Any) -> HubRegistration:
    """Add a member who has registered with one seat."""
    activity_.last_number += 1
    defaults: dict[str, Any] = {"state": Standing.REGISTERED, "seats": 1, "taken": 1}
    keys = {"activity_id": activity_.id, "member_id": member.id, "number": activity_.last_number}
    return added(session, HubRegistration(**keys, **(defaults | values)))


def group(session: Session, hub_: Hub, *members: Member, **values: Any) -> HubGroup:
    """Add a network that began at a hub, with members in it who do not tell their names."""
    defaults: dict[str, Any] = {"kind": HubGroupKind.NETWORK, "name": "Facilitatorer"}
    made = added(session, HubGroup(hub_id=hub_.id, **(defaults | values)))
    for each in members:
        added(session, HubGroupMember(group_id=made.id, member_id=each.id, named=False))
    return made


def question(session: Session, hub_: Hub, asker: Member, **values: Any) -> HubQuestion:
    """Add what somebody asks the members of a hub."""
    defaults: dict[str, Any] = {"title": "Hur gör ni med besökare?", "words": "Vem tar emot dem?"}
    defaults |= {"audience": QuestionAudience.MEMBERS}
    return added(session, HubQuestion(hub_id=hub_.id, member_id=asker.id, **(defaults | values)))


def answer(session: Session, question_: HubQuestion, member: Member, **values: Any) -> HubQuestionAnswer:
    """Add an answer without a name."""
    defaults: dict[str, Any] = {"words": "Den som bjuder in."}
    return added(session, HubQuestionAnswer(question_id=question_.id, member_id=member.id, **(defaults | values)))


def letter(session: Session, hub_: Hub, **values: Any) -> HubLetter:
    """Add a weekly letter that goes tomorrow when a host says so, and tells of a week."""
    defaults: dict[str, Any] = {"kind": LetterKind.WEEKLY, "state": LetterState.DRAFT, "language": "sv"}
    defaults |= {"subject": "Hubben vecka 3", "words": "Hej alla!", "send_at": clock.now() + timedelta(days=1)}
    defaults |= {"since": clock.now() - timedelta(days=7)}
    return added(session, HubLetter(hub_id=hub_.id, **(defaults | values)))
