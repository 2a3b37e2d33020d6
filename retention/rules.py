"""What is forgotten when its time is out: one rule for each kind, done in the order in which they stand."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import String, cast, delete, func, literal, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from core.database.tables import any_of
from core.settings import settings
from hubs.activities.models import HubActivity, HubRegistration
from hubs.introductions.models import GOING_ON, Introduction
from hubs.membership.models import ONE_AT_A_TIME, HubMember
from hubs.questions.models import HubQuestion
from marketplace.bookings.models import Booking, Movement, MovementPhoto
from marketplace.bookings.rules import LIVE
from marketplace.bookings.rules import OVER as NO_MORE
from marketplace.calendars.models import CalendarFeed
from marketplace.damage.models import DamageReport
from marketplace.mail.models import Mail
from marketplace.mobility.models import MobilityInterest, MobilityWish, WishState
from marketplace.mobility.rules import OVER, UNDER_WAY
from marketplace.notices.models import Notice
from marketplace.offers.models import Offer, OfferState
from marketplace.organisations.models import AccessToken, Member
from marketplace.questions.models import Answer, Question
from marketplace.questions.rules import WAITING
from marketplace.scenarios.models import Scenario, ScenarioOutcome
from marketplace.uploads.models import Upload, UploadContent
from resources.models import Claim, Resource
from resources.queries import anonymous_families
from retention.erasing import (
    ERASED_DOMAIN,
    NO_CARD,
    erase_card,
    erase_member,
    forget_hub_members,
    forget_introductions,
    forget_wishes,
)

WHY = "retention"
AT_A_TIME = 500


@dataclass(frozen=True)
class Rule:
    """What is forgotten of one kind, which rows that is before an instant, and how."""

    name: str
    does: str
    setting: str
    due: Callable[[datetime], SelectOfScalar[UUID]]
    forget: Callable[[Session, Sequence[UUID]], None]

    def found(self, session: Session, now: datetime) -> list[UUID]:
        """Return whose time is out, so many as are done at a time."""
        days: int = getattr(settings(), self.setting)
        return list(session.exec(self.due(now - timedelta(days=days)).limit(AT_A_TIME)))


def _tokens(before: datetime) -> SelectOfScalar[UUID]:
    made_by_it = aliased(AccessToken)
    has_made = select(made_by_it.id).where(made_by_it.parent_id == AccessToken.id).exists()
    ended = func.least(col(AccessToken.expires_at), col(AccessToken.revoked_at))
    return select(AccessToken.id).where(ended < before, ~has_made)


def _calendars(before: datetime) -> SelectOfScalar[UUID]:
    return select(CalendarFeed.id).where(col(CalendarFeed.revoked_at) < before)


def _notices(before: datetime) -> SelectOfScalar[UUID]:
    return select(Notice.id).where(Notice.at < before)


def _damage(before: datetime) -> SelectOfScalar[UUID]:
    return select(DamageReport.id).where(DamageReport.at < before)


def _movement_photos(before: datetime) -> SelectOfScalar[UUID]:
    moved = select(MovementPhoto.movement_id).join(Movement, col(Movement.id) == col(MovementPhoto.movement_id))
    of_it = moved.join(Booking, col(Booking.id) == col(Movement.booking_id))
    return of_it.where(Movement.at < before, col(Booking.state).in_(NO_MORE))


def _mails(before: datetime) -> SelectOfScalar[UUID]:
    # One that is tried is due again and again, until it has failed for being as old; else nobody sends mail any more.
    return select(Mail.id).where(func.coalesce(col(Mail.failed_at), col(Mail.sent_at), col(Mail.due_at)) < before)


def _uploads(before: datetime) -> SelectOfScalar[UUID]:
    return select(Upload.id).where(Upload.updated_at < before)


def _scenarios(before: datetime) -> SelectOfScalar[UUID]:
    return select(Scenario.id).where(Scenario.updated_at < before)


def _questions(before: datetime) -> SelectOfScalar[UUID]:
    return select(Question.id).where(Question.updated_at < before, col(Question.state).not_in(WAITING))


def _hub_questions(before: datetime) -> SelectOfScalar[UUID]:
    return select(HubQuestion.id).where(HubQuestion.updated_at < before)


def _hub_members(before: datetime) -> SelectOfScalar[UUID]:
    return select(HubMember.id).where(HubMember.updated_at < before, col(HubMember.state).not_in(ONE_AT_A_TIME))


def _introductions(before: datetime) -> SelectOfScalar[UUID]:
    return select(Introduction.id).where(Introduction.updated_at < before, col(Introduction.state).not_in(GOING_ON))


def _registrations(before: datetime) -> SelectOfScalar[UUID]:
    over = select(HubActivity.id).where(HubActivity.ends < before)
    return select(HubRegistration.id).where(col(HubRegistration.activity_id).in_(over))


def _notes(before: datetime) -> SelectOfScalar[UUID]:
    return select(Claim.id).where(col(Claim.note) != "", func.upper(col(Claim.during)) < before)


def _wishes(before: datetime) -> SelectOfScalar[UUID]:
    over = [*OVER, WishState.EXPIRED]
    # Of what HR is asked about something comes yet, after its wish has expired too.
    goes_on = select(MobilityInterest.id).where(
        MobilityInterest.wish_id == MobilityWish.id, col(MobilityInterest.state).in_(UNDER_WAY)
    )
    return select(MobilityWish.id).where(
        col(MobilityWish.state).in_(over), MobilityWish.updated_at < before, ~goes_on.exists()
    )


def _cards(before: datetime) -> SelectOfScalar[UUID]:
    offered = select(Offer.id).where(Offer.resource_id == Resource.id, col(Offer.state) != OfferState.CLOSED)
    closed_lately = select(Offer.id).where(Offer.resource_id == Resource.id, Offer.updated_at >= before)
    lent = (
        select(Booking.id)
        .join(Offer, col(Offer.id) == col(Booking.offer_id))
        .where(Offer.resource_id == Resource.id)
        .where(col(Booking.state).in_(LIVE) | (col(Booking.updated_at) >= before))
    )
    return (
        select(Resource.id)
        .where(col(Resource.family).in_(anonymous_families()), Resource.updated_at < before)
        .where(col(Resource.name) != literal(f"{NO_CARD} ") + cast(col(Resource.id), String))
        .where(~offered.exists(), ~closed_lately.exists(), ~lent.exists())
    )


def _members(before: datetime) -> SelectOfScalar[UUID]:
    return select(Member.id).where(
        ~col(Member.active), col(Member.kept_out_at) < before, ~col(Member.email).endswith(ERASED_DOMAIN)
    )


def _delete(
    table: type[AccessToken | CalendarFeed | Notice | DamageReport | HubQuestion | HubRegistration | Mail],
) -> Callable[[Session, Sequence[UUID]], None]:
    def forget(session: Session, ids: Sequence[UUID]) -> None:
        session.execute(delete(table).where(any_of(col(table.id), ids)))

    return forget


def _delete_movement_photos(session: Session, ids: Sequence[UUID]) -> None:
    session.execute(delete(MovementPhoto).where(any_of(col(MovementPhoto.movement_id), ids)))


def _delete_uploads(session: Session, ids: Sequence[UUID]) -> None:
    session.execute(delete(UploadContent).where(any_of(col(UploadContent.upload_id), ids)))
    session.execute(delete(Upload).where(any_of(col(Upload.id), ids)))


def _delete_scenarios(session: Session, ids: Sequence[UUID]) -> None:
    session.execute(delete(ScenarioOutcome).where(any_of(col(ScenarioOutcome.scenario_id), ids)))
    session.execute(delete(Scenario).where(any_of(col(Scenario.id), ids)))


def _delete_wishes(session: Session, ids: Sequence[UUID]) -> None:
    forget_wishes(session, any_of(col(MobilityWish.id), ids))


def _delete_hub_members(session: Session, ids: Sequence[UUID]) -> None:
    forget_hub_members(session, any_of(col(HubMember.id), ids))


def _delete_introductions(session: Session, ids: Sequence[UUID]) -> None:
    forget_introductions(session, any_of(col(Introduction.id), ids))


def _delete_questions(session: Session, ids: Sequence[UUID]) -> None:
    session.execute(delete(Answer).where(any_of(col(Answer.question_id), ids)))
    session.execute(delete(Question).where(any_of(col(Question.id), ids)))


def _empty_notes(session: Session, ids: Sequence[UUID]) -> None:
    session.execute(update(Claim).where(any_of(col(Claim.id), ids)).values(note=""))


def _erase_cards(session: Session, ids: Sequence[UUID]) -> None:
    for key in ids:
        erase_card(session, session.get_one(Resource, key), WHY)


def _erase_members(session: Session, ids: Sequence[UUID]) -> None:
    for key in ids:
        erase_member(session, key, WHY)


RULES = (
    Rule("access_token", "deleted", "keep_token_days", _tokens, _delete(AccessToken)),
    Rule("calendar_feed", "deleted", "keep_token_days", _calendars, _delete(CalendarFeed)),
    Rule("notice", "deleted", "keep_notice_days", _notices, _delete(Notice)),
    Rule("damage_report", "deleted", "keep_notice_days", _damage, _delete(DamageReport)),
    Rule("movement_photo", "deleted", "keep_notice_days", _movement_photos, _delete_movement_photos),
    Rule("mail", "deleted", "keep_mail_days", _mails, _delete(Mail)),
    Rule("claim_note", "emptied", "keep_note_days", _notes, _empty_notes),
    Rule("upload", "deleted", "keep_upload_days", _uploads, _delete_uploads),
    Rule("scenario", "deleted", "keep_scenario_days", _scenarios, _delete_scenarios),
    Rule("mobility_wish", "deleted", "keep_wish_days", _wishes, _delete_wishes),
    Rule("question", "deleted", "keep_question_days", _questions, _delete_questions),
    Rule("hub_question", "deleted", "keep_question_days", _hub_questions, _delete(HubQuestion)),
    Rule("hub_registration", "deleted", "keep_notice_days", _registrations, _delete(HubRegistration)),
    Rule("hub_introduction", "deleted", "keep_notice_days", _introductions, _delete_introductions),
    Rule("hub_member", "deleted", "keep_member_days", _hub_members, _delete_hub_members),
    Rule("capacity_card", "emptied", "keep_card_days", _cards, _erase_cards),
    Rule("member", "made nameless", "keep_member_days", _members, _erase_members),
)


@dataclass(frozen=True)
class Done:
    """How many of a kind were forgotten, or would be."""

    rule: Rule
    count: int


def apply(session: Session, now: datetime, *, dry_run: bool = False) -> list[Done]:
    """Forget what is past its time, or only say what that is; what was done to cards and members is in the audit."""
    done = []
    for rule in RULES:
        ids = rule.found(session, now)
        if ids and not dry_run:
            rule.forget(session, ids)
        done.append(Done(rule, len(ids)))
    return done
