"""What is kept of one person, as the person may ask for it: of a member, or of somebody with a capacity card."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_
from sqlalchemy.orm import aliased
from sqlmodel import Session, SQLModel, col, func, select

from competence.approvals.models import Approver, CardApproval
from competence.approvals.queries import of_cards
from competence.approvals.rules import APPROVAL
from competence.models import Skill, StaffCapacity, StaffSkill
from core.database.audit import READ, AuditEntry, record
from core.database.kept_forms import KeptForm
from core.errors import Conflict, NotFound
from hubs.activities.models import HubActivity, HubRegistration
from hubs.coffee.models import CoffeeGuest, CoffeePair, CoffeeRound
from hubs.feedback.models import HubSurvey
from hubs.figures.models import HubInitiative
from hubs.groups.models import HubGroup, HubGroupMember
from hubs.introductions.models import Introduction, IntroductionSaid
from hubs.letters.models import HubLetterWish, NewsletterSubscriber
from hubs.letters.subscribing import end as end_subscription
from hubs.membership.models import HubMember, HubMembership, HubSignature
from hubs.places.models import HubRoleHolder
from hubs.presence.models import HubWeek
from hubs.profiles.models import HubContact, HubProfile
from hubs.questions.models import HubQuestion, HubQuestionAnswer
from hubs.visits.models import HubVisit
from marketplace.bookings.models import Movement, MovementCheck
from marketplace.calendars.models import CalendarFeed
from marketplace.cards.asking import CARD_HAS_PERSON
from marketplace.loans.models import LoanConfirmation
from marketplace.mail.models import Invitation, Mail, MailQuestion
from marketplace.mobility.models import MobilityInterest, MobilityWish
from marketplace.offers.models import Offer
from marketplace.organisations.models import (
    AccessToken,
    GroupMembership,
    MachineClient,
    Member,
    Organisation,
    Passkey,
    ProvisionedGroup,
    WebSession,
)
from marketplace.proposals.models import ProposalParty
from marketplace.questions.models import Adviser, Answer, Question
from marketplace.questions.rules import ANSWER
from marketplace.requests.models import Request
from marketplace.runs.models import MatchingRun
from marketplace.scenarios.models import Scenario
from marketplace.searches.models import SavedSearch
from marketplace.stocktakes.models import StockCount, StockDecision, Stocktake
from marketplace.surges.models import Roster, Surge, SurgeCall
from resources.models import Claim, Resource, Unit
from retention.erasing import erase_card, erase_member

ASKED_FOR = "asked_for"
CARD = "resource"
_SECRET = {"hash", "feed_hash", "link_hash", "secret", "previous", "challenge", "credential_id", "public_key"}


@dataclass(frozen=True)
class Person:
    """A member, or a capacity card, of which one knows who it is by its name alone."""

    member: Member | None = None
    card: Resource | None = None
    subscriptions: Sequence[NewsletterSubscriber] = ()


def person(session: Session, known_by: str) -> Person:
    """Return the member with an e-mail address or an id, the capacity card with an id, or who gets newsletters.

    Raises
    ------
    NotFound
        There is neither.
    Conflict
        ``several_members``: the address is of members of several organisations; each has an id.
    """
    try:
        key = UUID(known_by.strip())
    except ValueError:
        member, card = _with_address(session, known_by.strip()), None
    else:
        member = session.get(Member, key)
        card = session.get(Resource, key) if session.get(StaffCapacity, key) else None
    address = member.email if member else known_by.strip()
    same = func.lower(col(NewsletterSubscriber.address)) == address.lower()
    subscriptions = session.exec(select(NewsletterSubscriber).where(same)).all()
    if member is None and card is None and not subscriptions:
        raise NotFound("member or capacity card", known_by[:100])
    return Person(member, card, subscriptions)


def export(session: Session, known_by: str) -> dict[str, Any]:
    """Return all that is kept of a person as JSON data, without secrets; that it was asked for is in the audit."""
    found = person(session, known_by)
    newsletters = [_row(each) for each in found.subscriptions]
    if found.member is None and found.card is None:
        return {"newsletters": newsletters}
    if found.member is not None:
        data, entity, key = _of_member(session, found.member), "member", found.member.id
        of_it = _about_member(key)
    else:
        assert found.card is not None
        data, entity, key = _of_card(session, found.card), CARD, found.card.id
        of_it = and_(col(AuditEntry.entity) == CARD, col(AuditEntry.entity_id) == key)
    data["newsletters"] = newsletters
    data["readBy"] = _readers(session, of_it)
    record(session, None, entity, key, reason_code="exported")
    return data


def erase(session: Session, known_by: str) -> None:
    """Take away who somebody was, see `erasing`; raises as that does."""
    found = person(session, known_by)
    for each in found.subscriptions:
        end_subscription(session, each.id)
    if found.member is not None:
        erase_member(session, found.member.id, ASKED_FOR)
    elif found.card is not None:
        erase_card(session, found.card, ASKED_FOR)


def _with_address(session: Session, address: str) -> Member | None:
    found = session.exec(select(Member).where(func.lower(col(Member.email)) == func.lower(address))).all()
    if len(found) > 1:
        ids = ", ".join(str(each.id) for each in found)
        raise Conflict(
            "several_members", f"Several organisations have a member with that address. Name one by its id: {ids}"
        )
    return found[0] if found else None


def _of_member(session: Session, member: Member) -> dict[str, Any]:
    key = member.id
    own = {
        "accessTokens": select(AccessToken).where(AccessToken.member_id == key),
        "machineClient": select(MachineClient).where(MachineClient.member_id == key),
        "calendars": select(CalendarFeed).where(CalendarFeed.member_id == key),
        "passkeys": select(Passkey).where(Passkey.member_id == key),
        "sessions": select(WebSession).where(WebSession.member_id == key),
        "requests": select(Request).where(Request.member_id == key),
        "offers": select(Offer).where(Offer.member_id == key),
        "movements": select(Movement).where(Movement.member_id == key),
        "movementChecks": select(MovementCheck)
        .join(Movement, col(Movement.id) == col(MovementCheck.movement_id))
        .where(Movement.member_id == key),
        "stocktakes": select(Stocktake).where(Stocktake.member_id == key),
        "stockCounts": select(StockCount).where(StockCount.member_id == key),
        "stockDecisions": select(StockDecision).where(StockDecision.member_id == key),
        "answers": select(ProposalParty).where(ProposalParty.member_id == key),
        "groups": select(ProvisionedGroup)
        .join(GroupMembership, col(GroupMembership.group_id) == col(ProvisionedGroup.id))
        .where(GroupMembership.member_id == key),
        "cards": select(StaffCapacity).where(StaffCapacity.member_id == key),
        "cardApprovals": select(CardApproval).where(
            or_(
                *(
                    col(said) == key
                    for said in (CardApproval.member_id, CardApproval.asked_of_id, CardApproval.deputy_id)
                )
            )
        ),
        "loanConfirmations": select(LoanConfirmation).where(LoanConfirmation.member_id == key),
        "matchingRuns": select(MatchingRun).where(MatchingRun.member_id == key),
        "surges": select(Surge).where(Surge.member_id == key),
        "surgeCalls": select(SurgeCall).where(SurgeCall.member_id == key),
        "rosters": select(Roster).where(Roster.member_id == key),
        "mails": select(Mail).where(Mail.member_id == key),
        "invitations": select(Invitation).where(Invitation.member_id == key),
        "mailQuestions": select(MailQuestion)
        .join(Mail, col(Mail.id) == col(MailQuestion.mail_id))
        .where(Mail.member_id == key),
        "advises": select(Adviser).where(Adviser.member_id == key),
        "questions": select(Question).where(or_(col(Question.member_id) == key, col(Question.passed_to_id) == key)),
        "questionAnswers": select(Answer).where(Answer.member_id == key),
        "savedSearches": select(SavedSearch).where(SavedSearch.member_id == key),
        "mobilityWishes": select(MobilityWish).where(MobilityWish.member_id == key),
        "mobilityInterests": select(MobilityInterest)
        .join(MobilityWish, col(MobilityWish.id) == col(MobilityInterest.wish_id))
        .where(MobilityWish.member_id == key),
        "hubMembers": select(HubMember).where(HubMember.member_id == key),
        "hubSignatures": select(HubSignature)
        .join(HubMember, col(HubMember.id) == col(HubSignature.hub_member_id))
        .where(HubMember.member_id == key),
        "hubProfiles": select(HubProfile).where(HubProfile.member_id == key),
        "hubContacts": select(HubContact).where(HubContact.member_id == key),
        "hubWeeks": select(HubWeek).where(HubWeek.member_id == key),
        "hubActivities": select(HubActivity).where(HubActivity.member_id == key),
        "hubRegistrations": select(HubRegistration).where(HubRegistration.member_id == key),
        "hubSurveys": select(HubSurvey).where(HubSurvey.member_id == key),
        "hubLetterWishes": select(HubLetterWish).where(HubLetterWish.member_id == key),
        "hubQuestions": select(HubQuestion).where(HubQuestion.member_id == key),
        "hubQuestionAnswers": select(HubQuestionAnswer).where(HubQuestionAnswer.member_id == key),
        "hubInitiatives": select(HubInitiative).where(HubInitiative.member_id == key),
        "hubVisits": select(HubVisit).where(HubVisit.member_id == key),
        "hubIntroductionAnswers": select(IntroductionSaid).where(IntroductionSaid.member_id == key),
        "hubCoffee": select(CoffeeGuest).where(CoffeeGuest.member_id == key),
        "hubCoffeeRounds": select(CoffeeRound)
        .join(CoffeePair, col(CoffeePair.round_id) == col(CoffeeRound.id))
        .where(or_(col(CoffeePair.one_id) == key, col(CoffeePair.other_id) == key)),
        "hubGroupsBegun": select(HubGroup).where(HubGroup.member_id == key),
        "hubGroups": select(HubGroupMember).where(HubGroupMember.member_id == key),
        "hubRoles": select(HubRoleHolder).where(HubRoleHolder.member_id == key),
        "hubMemberships": select(HubMembership).where(HubMembership.member_id == key),
        "scenarios": select(Scenario).where(Scenario.member_id == key),
    }
    forms = select(KeptForm.page, KeptForm.at).where(KeptForm.member_id == key)
    introductions = select(Introduction.id, Introduction.state, Introduction.words).where(
        or_(col(Introduction.one_id) == key, col(Introduction.other_id) == key)
    )
    deeds = select(AuditEntry).where(
        or_(
            col(AuditEntry.actor_id) == key,
            (col(AuditEntry.entity) == "member") & (col(AuditEntry.entity_id) == key),
        )
    )
    return {
        "member": _row(member),
        "organisation": session.get_one(Organisation, member.organisation_id).name,
        **{name: [_row(row) for row in session.exec(found)] for name, found in own.items()},  # type: ignore[call-overload]
        "keptForms": [{"page": page, "at": at.isoformat()} for page, at in session.exec(forms)],
        # Without the other, who may not have said yes.
        "hubIntroductions": [
            {"id": str(each), "state": state, "words": words} for each, state, words in session.exec(introductions)
        ],
        "history": [_row(row) for row in session.exec(deeds.order_by(col(AuditEntry.sequence)))],
    }


def _of_card(session: Session, card: Resource) -> dict[str, Any]:
    skills = (
        select(Skill.code, StaffSkill.level)
        .join(StaffSkill, col(StaffSkill.skill_id) == col(Skill.id))
        .where(StaffSkill.resource_id == card.id)
    )
    away = select(Claim).join(Unit, col(Unit.id) == col(Claim.unit_id)).where(Unit.resource_id == card.id)
    said = select(AuditEntry).where(AuditEntry.entity == CARD, AuditEntry.entity_id == card.id)
    return {
        "card": _row(card),
        "capacity": _row(session.get_one(StaffCapacity, card.id)),
        "organisation": session.get_one(Organisation, card.organisation_id).name,
        "approvals": [_row(row) for row in of_cards(session, [card.id])],
        "skills": dict(session.exec(skills).all()),
        "offers": [_row(row) for row in session.exec(select(Offer).where(Offer.resource_id == card.id))],
        "calls": [_row(row) for row in session.exec(select(SurgeCall).where(SurgeCall.resource_id == card.id))],
        "taken": [_row(row) for row in session.exec(away)],
        "history": [_row(row) for row in session.exec(said.order_by(col(AuditEntry.sequence)))],
    }


def _readers(session: Session, of_it: ColumnElement[bool]) -> list[dict[str, Any]]:
    """Return the organisations whose members were shown the person, and when, by the entries that are of it."""
    found = (
        select(AuditEntry.at, Organisation.name, AuditEntry.details)
        .join(Member, col(Member.id) == col(AuditEntry.actor_id))
        .join(Organisation, col(Organisation.id) == col(Member.organisation_id))
        .where(of_it, AuditEntry.reason_code == READ)
        .order_by(col(AuditEntry.sequence))
    )
    rows = session.exec(found)
    return [{"at": at.isoformat(), "organisation": name, "what": told["what"]} for at, name, told in rows]


def _about_member(key: UUID) -> ColumnElement[bool]:
    """Tell entries of a member, or of what tells of it: cards while they are its own, what it is asked, its answers."""
    cards = select(StaffCapacity.resource_id).where(StaffCapacity.member_id == key)
    said = aliased(AuditEntry)
    became = select(func.max(said.sequence)).where(
        said.entity == CARD, said.entity_id == AuditEntry.entity_id, said.reason_code == CARD_HAS_PERSON
    )
    latest = became.correlate(AuditEntry).scalar_subquery()
    then = became.where(said.sequence < AuditEntry.sequence).correlate(AuditEntry).scalar_subquery()
    when_asked = became.where(said.at <= CardApproval.created_at).correlate(AuditEntry, CardApproval).scalar_subquery()
    was_own = exists().where(
        col(CardApproval.resource_id) == col(AuditEntry.entity_id),
        col(CardApproval.who) == Approver.EMPLOYEE,
        col(CardApproval.asked_of_id) == key,
        then == when_asked,
    )
    asked = select(CardApproval.id).where(CardApproval.asked_of_id == key)
    answers = select(Answer.id).where(Answer.member_id == key)
    entity, about = col(AuditEntry.entity), col(AuditEntry.entity_id)
    of_it = or_(
        and_(entity == "member", about == key),
        and_(entity == CARD, about.in_(cards), col(AuditEntry.sequence) > func.coalesce(latest, 0)),
        and_(entity == CARD, was_own),
        and_(entity == APPROVAL.entity, about.in_(asked)),
        and_(entity == ANSWER.entity, about.in_(answers)),
    )
    return and_(of_it, col(AuditEntry.actor_id) != key)


def _row(row: SQLModel) -> dict[str, Any]:
    """Return a row as JSON data, but for what is secret."""
    return {name: _value(value) for name, value in row.model_dump(exclude=_SECRET).items()}


def _value(value: Any) -> Any:
    match value:
        case dict():
            return {key: _value(each) for key, each in value.items()}
        case list():
            return [_value(each) for each in value]
    return value if isinstance(value, (str, int, float)) or value is None else str(value)
