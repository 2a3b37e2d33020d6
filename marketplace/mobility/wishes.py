"""Use cases of a wish: write it, say so, pause, end, and let its time pass.

What is done is in the audit by the wish alone, as the system's: who reads the audit does not learn whose it is.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session

from competence.queries import skills_by_code
from competence.service import skill_levels
from core.actor import Actor
from core.database import changes
from core.errors import Conflict
from core.limits import refuse_if
from core.settings import settings
from core.time import clock
from marketplace.cards import mine
from marketplace.mobility import interests, queries
from marketplace.mobility.models import InterestState, MobilityWish, WishState
from marketplace.mobility.rules import MOST_WISHES, OVER, WISH, WishDraft, start_faults
from marketplace.notices.rules import NoticeCode
from marketplace.notices.service import notify
from marketplace.organisations import queries as organisations
from marketplace.organisations.models import Member


def write(session: Session, actor: Actor, draft: WishDraft) -> MobilityWish:
    """Write down a wish, as a draft that is held against nothing.

    Raises
    ------
    BadInput
        Its start has passed, or it names what is no skill.
    Conflict
        ``too_many_wishes``: the member has as many as there may be.
    """
    _check(session, draft)
    refuse_if(start_faults(draft.earliest))
    session.refresh(organisations.member(session, actor.member_id), with_for_update=True)  # others wait to be counted
    if queries.count_of(session, actor) >= MOST_WISHES:
        raise Conflict("too_many_wishes", f"You have {MOST_WISHES} wishes, which is the most. End one first.")
    row = MobilityWish(member_id=actor.member_id, expires_at=_expires(), **_values(draft))
    session.add(row)
    WISH.begin(session, None, row, WishState.DRAFT)
    session.flush()
    return row


def change(
    session: Session, actor: Actor, wish_id: UUID, draft: WishDraft, *, if_version: int | None = None
) -> MobilityWish:
    """Let a wish say something else. What HR was asked for by it stays as it was asked.

    Raises
    ------
    NotFound, VersionChanged
        The actor has no such wish, or has changed it elsewhere since.
    Conflict
        ``wish_over``: it is taken or has ended.
    BadInput
        As `write`.
    """
    row = queries.wish(session, actor, wish_id, lock=True)
    _check(session, draft)
    if draft.earliest != row.earliest:
        refuse_if(start_faults(draft.earliest))
    if row.state in OVER:
        raise Conflict("wish_over", "The wish is taken or has ended. Write a new one.")
    changes.change(session, None, WISH.entity, row, _values(draft), if_version=if_version)
    return row


def open_(session: Session, actor: Actor, wish_id: UUID) -> MobilityWish:
    """Say so: needs that fit are shown to its owner; of an open one, or one that was paused or has expired, anew.

    Raises
    ------
    NotFound, StateChanged
        The actor has no such wish, or it is taken or has ended.
    """
    row = queries.wish(session, actor, wish_id, lock=True)
    _move(session, row, WishState.OPEN, expires_at=_expires(), reminded_at=None)
    for each in queries.under_way(session, wish_id):
        _of_card(session, actor, each.offer_id, mine.resume)
    return row


def pause(session: Session, actor: Actor, wish_id: UUID) -> MobilityWish:
    """Hold a wish against nothing for the time being; the cards that were made of it are paused with it.

    Raises
    ------
    NotFound, StateChanged
        The actor has no such wish, or it is not open.
    """
    row = queries.wish(session, actor, wish_id, lock=True)
    _move(session, row, WishState.PAUSED)
    for each in queries.under_way(session, wish_id):
        _of_card(session, actor, each.offer_id, mine.pause)
    return row


def end(session: Session, actor: Actor, wish_id: UUID) -> MobilityWish:
    """End a wish: what HR was asked for by it is withdrawn, and what waits for an answer ends.

    Raises
    ------
    NotFound, StateChanged
        The actor has no such wish, or it is taken or has ended.
    """
    row = queries.wish(session, actor, wish_id, lock=True)
    _move(session, row, WishState.ENDED)
    interests.let_go(session, row.id, InterestState.WITHDRAWN)
    return row


def pass_time(session: Session, passed: datetime) -> None:
    """Let wishes end whose owner takes part no more, expire, and be reminded of."""
    for row in queries.left_behind(session):
        _move(session, row, WishState.ENDED, reason_code="left")
        interests.let_go(session, row.id, InterestState.WITHDRAWN)
    for row in queries.out_of_time(session, passed):
        _move(session, row, WishState.EXPIRED, reason_code="deadline")
        tell(session, row, NoticeCode.WISH_EXPIRES, over=True)
    for row in queries.to_remind(session, passed):
        row.reminded_at = passed
        tell(session, row, NoticeCode.WISH_EXPIRES, over=False, expires=row.expires_at.isoformat())


def tell(session: Session, row: MobilityWish, code: NoticeCode, **facts: Any) -> None:
    """Tell the owner of a wish, and nobody else."""
    home = session.get_one(Member, row.member_id).organisation_id
    notify(session, {home}, code, WISH.entity, row.id, member_id=row.member_id, **facts)


def _move(session: Session, row: MobilityWish, to: WishState, **values: Any) -> None:
    WISH.move(session, None, row.id, to, **values)
    session.refresh(row)


def _of_card(session: Session, actor: Actor, offer_id: UUID | None, do: Any) -> None:
    resource_id = interests.card_of(session, offer_id)
    if resource_id is not None:
        do(session, actor, resource_id)


def _check(session: Session, draft: WishDraft) -> None:
    skill_levels(draft.skills, skills_by_code(session, draft.skills))


def _expires() -> datetime:
    return clock.now() + timedelta(days=settings().wish_days)


def _values(draft: WishDraft) -> dict[str, Any]:
    return {
        "skills": dict(draft.skills),
        "extent_percent": draft.extent_percent,
        "months": draft.months,
        "earliest": draft.earliest,
        "county_codes": list(draft.county_codes),
        "remote": draft.remote,
        "languages": sorted(draft.languages),
        "words": draft.words.strip(),
    }
