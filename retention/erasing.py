"""Taking away who somebody was, of members and of capacity cards. What they decided or lent stands, without a name."""

from uuid import UUID

from sqlalchemy import ColumnElement, delete, or_, update
from sqlmodel import Session, col, select

from competence.approvals.models import Approver, CardApproval
from competence.models import StaffCapacity, StaffSkill
from core.database.audit import record
from core.database.idempotency import IdempotentAnswer
from core.database.kept_forms import KeptForm
from core.errors import Conflict
from hubs.coffee.models import CoffeeGuest, CoffeePair
from hubs.feedback.models import HubSurvey
from hubs.groups.models import HubGroupMember
from hubs.introductions.models import Introduction, IntroductionSaid
from hubs.letters.models import HubLetterWish
from hubs.membership.models import HubMember, HubSignature
from hubs.places.models import HubRoleHolder
from hubs.presence.models import HubWeek
from hubs.profiles.models import HubContact, HubProfile
from hubs.questions.models import HubQuestion, HubQuestionAnswer
from hubs.visits.models import HubVisit
from marketplace.bookings.models import Booking
from marketplace.bookings.rules import LIVE
from marketplace.calendars.models import CalendarFeed
from marketplace.cards.approving import take_back
from marketplace.mail.models import Invitation, Mail, MailItem
from marketplace.mobility.interests import let_go
from marketplace.mobility.models import InterestState, MobilityInterest, MobilityWish
from marketplace.notices.models import Notice
from marketplace.notices.rules import OF_HUB_PEOPLE, OF_WISHES, NoticeCode
from marketplace.offers.models import Offer, OfferState
from marketplace.offers.rules import OFFER
from marketplace.organisations import service
from marketplace.organisations.models import AccessToken, GroupMembership, MachineClient, Passkey
from marketplace.questions.models import Adviser, Answer, Question, QuestionState
from marketplace.questions.rules import QUESTION, WAITING
from marketplace.scenarios.models import Scenario, ScenarioOutcome
from marketplace.searches.models import SavedSearch
from marketplace.surges.models import RosterCard
from marketplace.uploads.models import Upload, UploadContent
from resources.models import Claim, Resource, Unit

ERASED = "erased"
NOBODY = "Tidigare medlem"
NO_CARD = "Raderat kort"
ERASED_DOMAIN = "@erased.invalid"


def erase_member(session: Session, member_id: UUID, why: str) -> None:
    """Keep a member out and take away its name, addresses and what it had typed; decisions keep its id.

    Raises
    ------
    NotFound, Conflict
        There is none; it is needed, as the last who administers is.
    """
    row = service.deactivate_member(session, None, member_id)
    row.name, row.email, row.department = NOBODY, _address(row.id), None
    row.issuer = row.subject = row.user_name = row.external_id = None
    session.execute(delete(GroupMembership).where(col(GroupMembership.member_id) == row.id))
    row.roles, row.grants, row.mail_choices = [], {}, {}
    session.execute(delete(MailItem).where(col(MailItem.member_id) == row.id))
    session.execute(delete(Mail).where(col(Mail.member_id) == row.id))
    session.execute(delete(Invitation).where(col(Invitation.member_id) == row.id))
    row.version += 1
    session.execute(update(AccessToken).where(col(AccessToken.member_id) == row.id).values(name=""))
    session.execute(delete(MachineClient).where(col(MachineClient.member_id) == row.id))
    session.execute(delete(Passkey).where(col(Passkey.member_id) == row.id))
    session.execute(delete(IdempotentAnswer).where(col(IdempotentAnswer.member_id) == row.id))
    sent = select(Upload.id).where(Upload.member_id == row.id)
    session.execute(delete(UploadContent).where(col(UploadContent.upload_id).in_(sent)))
    session.execute(delete(Upload).where(col(Upload.member_id) == row.id))
    session.execute(delete(CalendarFeed).where(col(CalendarFeed.member_id) == row.id))
    session.execute(delete(SavedSearch).where(col(SavedSearch.member_id) == row.id))
    for wish in session.exec(select(MobilityWish.id).where(MobilityWish.member_id == row.id)).all():
        let_go(session, wish, InterestState.WITHDRAWN)
    forget_wishes(session, col(MobilityWish.member_id) == row.id)
    # A search is told of by the name that the member gave it, and of a wish nobody else ever learns.
    told = col(Notice.code).in_([NoticeCode.SEARCH_FOUND, *OF_HUB_PEOPLE, *OF_WISHES])
    session.execute(delete(Notice).where(col(Notice.member_id) == row.id, told))
    session.execute(delete(Adviser).where(col(Adviser.member_id) == row.id))
    session.execute(update(Answer).where(col(Answer.member_id) == row.id).values(named=False))
    session.execute(update(HubQuestion).where(col(HubQuestion.member_id) == row.id).values(named=False))
    session.execute(update(HubQuestionAnswer).where(col(HubQuestionAnswer.member_id) == row.id).values(named=False))
    session.execute(delete(HubLetterWish).where(col(HubLetterWish.member_id) == row.id))
    forget_presence(session, row.id)
    forget_hub_members(session, col(HubMember.member_id) == row.id)
    session.execute(update(HubVisit).where(col(HubVisit.member_id) == row.id).values(member_id=None))
    session.execute(update(HubRoleHolder).where(col(HubRoleHolder.member_id) == row.id).values(member_id=None))
    tried = select(Scenario.id).where(Scenario.member_id == row.id)
    session.execute(delete(ScenarioOutcome).where(col(ScenarioOutcome.scenario_id).in_(tried)))
    session.execute(delete(Scenario).where(col(Scenario.member_id) == row.id))
    own = col(KeptForm.organisation_id).is_(None)
    session.execute(delete(KeptForm).where(col(KeptForm.member_id) == row.id, own))
    said = col(CardApproval.member_id) == row.id
    session.execute(update(CardApproval).where(said).values(noted_by=NOBODY))
    own_cards = select(Resource).join(StaffCapacity, col(StaffCapacity.resource_id) == col(Resource.id))
    for card in session.exec(own_cards.where(StaffCapacity.member_id == row.id).order_by(col(Resource.id))).all():
        take_back(
            session, None, card, Approver.EMPLOYEE
        )  # nobody is there any more who says yes, or could take it back
    session.execute(update(StaffCapacity).where(col(StaffCapacity.member_id) == row.id).values(member_id=None))
    session.flush()
    record(session, None, "member", row.id, to_state=ERASED, reason_code=why)


def forget_wishes(session: Session, which: ColumnElement[bool]) -> None:
    """Delete wishes to try another employer, and what was said by them; the cards that were made of them stand."""
    ids = select(MobilityWish.id).where(which)
    session.execute(delete(MobilityInterest).where(col(MobilityInterest.wish_id).in_(ids)))
    session.execute(delete(MobilityWish).where(which))


def forget_presence(session: Session, member_id: UUID) -> None:
    """Delete what a member says of itself and its days at hubs, who chose or met it, groups, and what it is asked."""
    session.execute(delete(HubSurvey).where(col(HubSurvey.member_id) == member_id))
    session.execute(delete(HubGroupMember).where(col(HubGroupMember.member_id) == member_id))
    introduced = or_(col(Introduction.one_id) == member_id, col(Introduction.other_id) == member_id)
    forget_introductions(session, introduced)
    session.execute(delete(CoffeeGuest).where(col(CoffeeGuest.member_id) == member_id))
    met = or_(col(CoffeePair.one_id) == member_id, col(CoffeePair.other_id) == member_id)
    session.execute(delete(CoffeePair).where(met))
    session.execute(delete(HubWeek).where(col(HubWeek.member_id) == member_id))
    about = or_(col(HubContact.member_id) == member_id, col(HubContact.other_id) == member_id)
    session.execute(delete(HubContact).where(about))
    session.execute(delete(HubProfile).where(col(HubProfile.member_id) == member_id))


def forget_introductions(session: Session, which: ColumnElement[bool]) -> None:
    """Delete introductions, with what was answered."""
    ids = select(Introduction.id).where(which)
    session.execute(delete(IntroductionSaid).where(col(IntroductionSaid.introduction_id).in_(ids)))
    session.execute(delete(Introduction).where(which))


def forget_hub_members(session: Session, which: ColumnElement[bool]) -> None:
    """Delete who belonged to a hub, with what was signed there."""
    ids = select(HubMember.id).where(which)
    session.execute(delete(HubSignature).where(col(HubSignature.hub_member_id).in_(ids)))
    session.execute(delete(HubMember).where(which))


def erase_card(session: Session, resource: Resource, why: str) -> None:
    """Empty a capacity card: no name, no words, no skills, no yeses; its offers close, and what was proposed ends.

    Raises
    ------
    Conflict
        ``in_use``: the person's time is lent, or agreed to be.
    """
    offers = session.exec(select(Offer).where(Offer.resource_id == resource.id).with_for_update()).all()
    ids = [each.id for each in offers]
    lent = select(Booking.id).where(col(Booking.offer_id).in_(ids), col(Booking.state).in_(LIVE)).limit(1)
    if session.exec(lent).first() is not None:
        raise Conflict("in_use", "What the card offers is lent, or agreed to be. Cancel or close the booking first.")
    open_ = [each.id for each in offers if each.state in OFFER.sources(OfferState.CLOSED)]
    OFFER.move_all(session, None, open_, OfferState.CLOSED, reason_code=ERASED)
    about = col(Question.offer_id).in_(ids)
    waiting = session.exec(
        select(Question.id).where(about, col(Question.state).in_(WAITING)).order_by(col(Question.id))
    )
    QUESTION.move_all(session, None, waiting.all(), QuestionState.DECLINED, reason_code=ERASED)
    session.execute(update(Question).where(about).values(passed_to_id=None))
    resource.name, resource.description = f"{NO_CARD} {resource.id}", ""
    resource.version += 1
    emptied = {"remote": False, "municipality_codes": [], "languages": [], "extent_changes": {}}
    emptied |= {"clearance_may_be_needed": False, "people_meant": None, "approved_during": None, "member_id": None}
    emptied |= {"network": "", "network_hours": None}
    session.execute(update(StaffCapacity).where(col(StaffCapacity.resource_id) == resource.id).values(**emptied))
    session.execute(delete(CardApproval).where(col(CardApproval.resource_id) == resource.id))
    session.execute(delete(RosterCard).where(col(RosterCard.resource_id) == resource.id))
    session.execute(delete(StaffSkill).where(col(StaffSkill.resource_id) == resource.id))
    units = select(Unit.id).where(Unit.resource_id == resource.id)
    session.execute(update(Claim).where(col(Claim.unit_id).in_(units), col(Claim.note) != "").values(note=""))
    session.flush()
    session.expire_all()
    record(session, None, "resource", resource.id, to_state=ERASED, reason_code=why)


def _address(member_id: UUID) -> str:
    return f"{member_id}{ERASED_DOMAIN}"
