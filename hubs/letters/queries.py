"""Every question about letters of hubs: who reads one, who gets it, and what there is to tell."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlmodel import Session, col

from core.actor import Actor
from core.database.page import DEFAULT_LIMIT, Page, read_page
from core.database.tables import by_swedish
from core.errors import NotFound
from core.time import clock
from hubs.activities.models import ActivityAudience, ActivityState, HubActivity
from hubs.letters.models import (
    HubLetter,
    HubLetterPlan,
    HubLetterWish,
    LetterKind,
    LetterState,
    NewsletterSubscriber,
)
from hubs.letters.rules import DRAFTED_BEFORE
from hubs.membership.models import HubMember, HubMembership, HubMembershipPlace, HubMemberState
from hubs.membership.queries import holds_on, is_member, member_ids
from hubs.places.models import Hub, HubPhase
from hubs.places.queries import HubView, hub_view
from hubs.profiles.models import HubProfile, ProfileAudience, ProfilePart
from hubs.questions.models import HubAnswerState, HubQuestion, HubQuestionAnswer, HubQuestionState, QuestionAudience
from marketplace.mail.models import Mail
from marketplace.organisations.models import Member, Organisation

MOST_TOLD = 20
"""Of one kind, in a draft."""
AHEAD = timedelta(weeks=2)
"""How far a weekly letter looks, and a newsletter until the next."""


@dataclass(frozen=True)
class LetterView:
    """A letter as somebody may read it; `keeps`: as host, `belongs`: as a member of the hub."""

    letter: HubLetter
    hub: Hub
    keeps: bool
    belongs: bool
    failed: int
    """How many could not be brought away, or came back; for hosts."""


@dataclass(frozen=True)
class AskedTold:
    """A question in a draft, and how many answers it has."""

    question: HubQuestion
    answers: int


@dataclass(frozen=True)
class LetterFacts:
    """What there is to tell in a letter."""

    hub: Hub
    held: Sequence[HubActivity]
    coming: Sequence[HubActivity]
    questions: Sequence[AskedTold]


def letters_page(
    session: Session, actor: Actor | None, hub_id: UUID, page: int = 1, limit: int = DEFAULT_LIMIT
) -> Page[HubLetter]:
    """Return a hub's letters that somebody may read, the latest first: those that were sent, and a host's all."""
    view = hub_view(session, actor, hub_id)
    found = select(HubLetter).where(col(HubLetter.hub_id) == hub_id)
    if not view.hosted_by(actor):
        read = {LetterKind.NEWSLETTER}
        if actor is not None and reads_weekly(session, hub_id, actor.member_id):
            read.add(LetterKind.WEEKLY)
        found = found.where(col(HubLetter.state) == LetterState.SENT, col(HubLetter.kind).in_(read))
    return read_page(session, found.order_by(col(HubLetter.send_at).desc(), col(HubLetter.id)), page, limit)


def letter_view(session: Session, actor: Actor | None, letter_id: UUID) -> LetterView:
    """Return a letter that somebody may read; NotFound where there is none."""
    letter = session.get(HubLetter, letter_id)
    if letter is None:
        raise NotFound("hub_letter", letter_id)
    try:
        view = hub_view(session, actor, letter.hub_id)
    except NotFound:
        raise NotFound("hub_letter", letter_id) from None
    keeps = view.hosted_by(actor)
    belongs = actor is not None and is_member(session, letter.hub_id, actor.member_id)
    if not keeps and not _is_told(session, actor, letter, belongs=belongs):
        raise NotFound("hub_letter", letter_id)
    return LetterView(letter, view.hub, keeps, belongs, _failed(session, letter) if keeps else 0)


def _is_told(session: Session, actor: Actor | None, letter: HubLetter, *, belongs: bool) -> bool:
    if letter.state is not LetterState.SENT:
        return False
    if letter.kind is LetterKind.NEWSLETTER or belongs:
        return True
    return actor is not None and reads_weekly(session, letter.hub_id, actor.member_id)


def _failed(session: Session, letter: HubLetter) -> int:
    found = select(func.count()).where(col(Mail.letter_id) == letter.id, col(Mail.failed_at).is_not(None))
    return session.scalars(found).one()


def reads_weekly(session: Session, hub_id: UUID, member_id: UUID) -> bool:
    """Tell whether somebody may read a hub's weekly letters: a member, or an employee who has asked for them."""
    if is_member(session, hub_id, member_id):
        return True
    return session.scalar(select(exists(_asking(hub_id).where(col(Member.id) == member_id)))) or False


def weekly_readers(hub_id: UUID) -> Select[UUID]:
    """Return the SELECT of who gets a hub's weekly letter: members who have not said no, employees who have asked."""
    refused = _wish(hub_id, wanted=False)
    asking = _asking(hub_id).with_only_columns(col(Member.id))
    return select(col(Member.id)).where(
        or_(and_(col(Member.id).in_(member_ids(hub_id)), ~refused), col(Member.id).in_(asking)),
    )


def wish(session: Session, hub_id: UUID, member_id: UUID) -> bool | None:
    """Tell whether somebody gets a hub's weekly letter; None: it may not have it, as its organisation is no member."""
    gets = session.scalar(select(exists(weekly_readers(hub_id).where(col(Member.id) == member_id))))
    may = session.scalar(select(exists(_employees(hub_id).where(col(Member.id) == member_id))))
    return bool(gets) if may else None


def subscribers(hub_id: UUID) -> Select[UUID]:
    """Return the SELECT of who has confirmed that it wants a hub's newsletter."""
    found = select(col(NewsletterSubscriber.id)).where(col(NewsletterSubscriber.hub_id) == hub_id)
    return found.where(col(NewsletterSubscriber.confirmed_at).is_not(None))


def readers_count(session: Session, hub_id: UUID, kind: LetterKind) -> int:
    """Return how many would get a letter now."""
    found = weekly_readers(hub_id) if kind is LetterKind.WEEKLY else subscribers(hub_id)
    return session.scalars(select(func.count()).select_from(found.subquery())).one()


def plans(session: Session, hub_id: UUID) -> dict[LetterKind, HubLetterPlan]:
    """Return when a hub's letters are drafted, by their kinds."""
    found = session.scalars(select(HubLetterPlan).where(col(HubLetterPlan.hub_id) == hub_id))
    return {each.kind: each for each in found}


def plans_due(session: Session, today: date) -> Sequence[HubLetterPlan]:
    """Return the plans of hubs that are not closed of which a draft is to be made, locked; others' are left out."""
    found = select(HubLetterPlan).join(Hub, col(Hub.id) == col(HubLetterPlan.hub_id))
    due = found.where(col(Hub.phase) != HubPhase.CLOSED, col(HubLetterPlan.next_on) <= today + DRAFTED_BEFORE)
    ordered = due.order_by(col(HubLetterPlan.hub_id), col(HubLetterPlan.kind)).limit(10)
    return session.scalars(ordered.with_for_update(of=HubLetterPlan, skip_locked=True)).all()


def to_send(session: Session, passed: datetime) -> Sequence[HubLetter]:
    """Return the letters whose time has come, locked; what another sends is left out."""
    found = select(HubLetter).where(col(HubLetter.state) == LetterState.SCHEDULED, col(HubLetter.send_at) <= passed)
    ordered = found.order_by(col(HubLetter.send_at), col(HubLetter.id))
    return session.scalars(ordered.limit(1).with_for_update(skip_locked=True)).all()


def open_count(session: Session, hub_id: UUID) -> int:
    """Return how many drafts and scheduled letters a hub has."""
    found = select(func.count()).select_from(HubLetter).where(col(HubLetter.hub_id) == hub_id)
    return session.scalars(found.where(col(HubLetter.state).in_([LetterState.DRAFT, LetterState.SCHEDULED]))).one()


def unwritten(session: Session, hub_id: UUID, kind: LetterKind) -> HubLetter | None:
    """Return the draft of a kind that is as it was made, the next to go: nobody has written in it yet."""
    its = (col(HubLetter.hub_id) == hub_id, col(HubLetter.kind) == kind, col(HubLetter.state) == LetterState.DRAFT)
    made = select(HubLetter).where(*its, col(HubLetter.version) == 1)
    return session.scalars(made.order_by(col(HubLetter.send_at), col(HubLetter.id)).limit(1)).one_or_none()


def last_sent(session: Session, hub_id: UUID, kind: LetterKind) -> datetime | None:
    """Return when the last letter of a kind went."""
    sent = (col(HubLetter.hub_id) == hub_id, col(HubLetter.kind) == kind)
    return session.scalars(select(func.max(col(HubLetter.sent_at))).where(*sent)).one()


def new_members(session: Session, letter: HubLetter, *, to_host: bool = False) -> list[str]:
    """Return the first names of who has joined in a letter's time and tells it to all members, by name.

    They are those who do so now, whenever the letter is read; `to_host`: who tells the hosts too.
    """
    told = func.coalesce(col(HubProfile.told_to)[ProfilePart.NAME.value].as_string(), "")
    found = (
        select(col(HubMember.first_name))
        .join(HubProfile, col(HubProfile.member_id) == col(HubMember.member_id))
        .where(
            col(HubMember.hub_id) == letter.hub_id,
            col(HubMember.state) == HubMemberState.ACTIVE,
            col(HubMember.joined_at) >= letter.since,
            col(HubMember.joined_at) < (letter.sent_at or clock.now()),
            col(HubMember.member_id).in_(member_ids(letter.hub_id)),
            told.in_([each.value for each in ProfileAudience if (each.is_hosts if to_host else each.is_all_members)]),
        )
    )
    ordered = found.order_by(by_swedish(col(HubMember.first_name)), col(HubMember.id))
    return list(session.scalars(ordered.limit(MOST_TOLD)))


def facts(session: Session, hub: Hub, kind: LetterKind, since: datetime, send_at: datetime) -> LetterFacts:
    """Return what there is to tell, in a newsletter what everybody may know."""
    public = kind is LetterKind.NEWSLETTER
    until = send_at + (max(AHEAD, send_at - since) if public else AHEAD)
    return LetterFacts(
        hub,
        _activities(session, hub.id, since, send_at, public=public, over=True),
        _activities(session, hub.id, send_at, until, public=public, over=False),
        _questions(session, hub.id, since, public=public),
    )


def _activities(
    session: Session, hub_id: UUID, begin: datetime, end: datetime, *, public: bool, over: bool
) -> Sequence[HubActivity]:
    when = col(HubActivity.ends) if over else col(HubActivity.starts)
    found = select(HubActivity).where(
        col(HubActivity.hub_id) == hub_id,
        col(HubActivity.state).in_((ActivityState.SET, ActivityState.HELD)),
        when >= begin,
        when < end,
    )
    if public:
        found = found.where(col(HubActivity.audience) == ActivityAudience.EVERYBODY)
    return session.scalars(found.order_by(col(HubActivity.starts), col(HubActivity.id)).limit(MOST_TOLD)).all()


def _questions(session: Session, hub_id: UUID, since: datetime, *, public: bool) -> list[AskedTold]:
    given = (
        col(HubQuestionAnswer.question_id) == col(HubQuestion.id),
        col(HubQuestionAnswer.state) == HubAnswerState.GIVEN,
    )
    count = select(func.count()).select_from(HubQuestionAnswer).where(*given).correlate(HubQuestion).scalar_subquery()
    found: Select[Any] = select(HubQuestion, count).where(
        col(HubQuestion.hub_id) == hub_id,
        col(HubQuestion.audience) != QuestionAudience.GROUP,
        col(HubQuestion.state) == HubQuestionState.ASKED,
        col(HubQuestion.updated_at) >= since,
    )
    if public:
        found = found.where(col(HubQuestion.audience) == QuestionAudience.EVERYBODY)
    rows = session.execute(found.order_by(col(HubQuestion.id).desc()).limit(MOST_TOLD))
    return [AskedTold(question, answers) for question, answers in rows]


def hosted(session: Session, actor: Actor, letter_id: UUID) -> tuple[HubLetter, HubView]:
    """Return a letter and its hub for use cases of hosts, which decide who may."""
    view = letter_view(session, actor, letter_id)
    return view.letter, hub_view(session, actor, view.letter.hub_id)


def _employees(hub_id: UUID) -> Select[Any]:
    """Return the SELECT of the people of organisations that are members of a hub today."""
    return (
        select(Member)
        .join(Organisation, col(Organisation.id) == col(Member.organisation_id))
        .join(HubMembership, col(HubMembership.organisation_id) == col(Organisation.id))
        .join(HubMembershipPlace, col(HubMembershipPlace.membership_id) == col(HubMembership.id))
        .where(col(HubMembershipPlace.hub_id) == hub_id, holds_on(clock.today()), col(Member.active))
    )


def _asking(hub_id: UUID) -> Select[Any]:
    return _employees(hub_id).where(_wish(hub_id, wanted=True))


def _wish(hub_id: UUID, *, wanted: bool) -> ColumnElement[bool]:
    said = (col(HubLetterWish.hub_id) == hub_id, col(HubLetterWish.member_id) == col(Member.id))
    return exists().where(*said, col(HubLetterWish.wanted).is_(wanted))
