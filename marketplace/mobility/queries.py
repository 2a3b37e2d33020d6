"""Every question about wishes. One is seen by its owner, and by nobody else."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlmodel import Session, col

from core.actor import Actor
from core.database.page import DEFAULT_LIMIT, Page, read_page
from core.database.tables import any_of, quiet
from core.errors import NotFound
from core.time import clock
from marketplace.mobility.models import InterestState, MobilityInterest, MobilityWish, WishState
from marketplace.mobility.rules import OVER, REMINDED_BEFORE, UNDER_WAY
from marketplace.organisations.models import Member, Organisation
from marketplace.organisations.queries import takes_part
from marketplace.requests.models import Need, Request
from marketplace.requests.queries import LIVE, WAITING


@dataclass(frozen=True)
class InterestView:
    """What the owner of a wish has said of a need, with what the need is called and whose it is."""

    interest: MobilityInterest
    need: Need
    organisation: Organisation


def wishes_page(session: Session, actor: Actor, page: int = 1, limit: int = DEFAULT_LIMIT) -> Page[MobilityWish]:
    """Return the actor's own wishes, the last first."""
    return read_page(session, _of(actor).order_by(col(MobilityWish.id).desc()), page, limit)


def wish(session: Session, actor: Actor, wish_id: UUID, *, lock: bool = False) -> MobilityWish:
    """Return one of the actor's own wishes; NotFound where there is none such."""
    found = _of(actor).where(col(MobilityWish.id) == wish_id)
    if lock:
        found = found.with_for_update().execution_options(populate_existing=True)
    row = session.scalars(found).one_or_none()
    if row is None:
        raise NotFound("wish", wish_id)
    return row


def count_of(session: Session, actor: Actor) -> int:
    """Return how many of the actor's wishes are neither taken nor ended."""
    live = col(MobilityWish.member_id) == actor.member_id, col(MobilityWish.state).not_in(OVER)
    return session.scalars(select(func.count()).where(*live)).one()


def interests_of(session: Session, wish_id: UUID) -> list[InterestView]:
    """Return what the owner of a wish has said of needs, the last first."""
    rows = session.execute(
        select(MobilityInterest, Need, Organisation)
        .join(Need, col(Need.id) == col(MobilityInterest.need_id))
        .join(Request, col(Request.id) == col(Need.request_id))
        .join(Organisation, col(Organisation.id) == col(Request.organisation_id))
        .where(col(MobilityInterest.wish_id) == wish_id)
        .order_by(col(MobilityInterest.updated_at).desc(), col(MobilityInterest.id))
    )
    return [InterestView(*row) for row in rows]


def interest(session: Session, wish_id: UUID, need_id: UUID) -> MobilityInterest | None:
    """Return what the owner of a wish, which is locked, has said of a need."""
    found = select(MobilityInterest).where(
        col(MobilityInterest.wish_id) == wish_id, col(MobilityInterest.need_id) == need_id
    )
    return session.scalars(found.execution_options(populate_existing=True)).one_or_none()


def under_way(session: Session, *wish_ids: UUID) -> list[MobilityInterest]:
    """Return of which of some wishes' interests something may still come."""
    found = select(MobilityInterest).where(
        any_of(col(MobilityInterest.wish_id), wish_ids), col(MobilityInterest.state).in_(UNDER_WAY)
    )
    return list(session.scalars(found.order_by(col(MobilityInterest.id))))


def needs_that_welcome(session: Session, but_for: UUID) -> list[UUID]:
    """Return the needs that wait and welcome somebody who wants to try, but for those of one organisation."""
    found = (
        select(col(Need.id))
        .join(Request, col(Request.id) == col(Need.request_id))
        .where(
            col(Need.requirements).contains({"openToMobility": True}),
            col(Need.state).in_(WAITING),
            col(Request.state).in_(LIVE),
            col(Request.surge_role_id).is_(None),
            col(Request.organisation_id) != but_for,
        )
    )
    return list(session.scalars(found.order_by(col(Need.id))))


def asked_for(session: Session, need_ids: Collection[UUID]) -> set[UUID]:
    """Return which of some needs still wait for something."""
    found = select(col(Need.id)).join(Request, col(Request.id) == col(Need.request_id))
    live = col(Need.state).in_(WAITING), col(Request.state).in_(LIVE), _lies_ahead()
    return set(session.scalars(found.where(any_of(col(Need.id), need_ids), *live)))


def _lies_ahead() -> ColumnElement[bool]:
    return or_(col(Need.ends_at).is_(None), col(Need.ends_at) > clock.now())


def names_of(session: Session, keys: Collection[UUID]) -> dict[UUID, Organisation]:
    """Return organisations by their keys."""
    found = select(Organisation).where(any_of(col(Organisation.id), keys))
    return {each.id: each for each in session.scalars(found)}


def to_look_at(before: datetime, most: int) -> Select[UUID]:
    """Return the SELECT of open wishes that nobody has held against needs since, of members who take part; locked."""
    return (
        select(col(MobilityWish.id))
        .join(Member, col(Member.id) == col(MobilityWish.member_id))
        .join(Organisation, col(Organisation.id) == col(Member.organisation_id))
        .where(
            col(MobilityWish.state) == WishState.OPEN,
            quiet(col(MobilityWish.looked_at), before),
            col(Member.active),
            takes_part(),
        )
        .order_by(col(MobilityWish.looked_at), col(MobilityWish.id))
        .limit(most)
        .with_for_update(of=MobilityWish, skip_locked=True)
    )


def out_of_time(session: Session, now: datetime) -> list[MobilityWish]:
    """Return wishes whose time is over; those that somebody else is at are left out."""
    lives = col(MobilityWish.state).in_([WishState.DRAFT, WishState.OPEN, WishState.PAUSED])
    return _locked(session, and_(lives, col(MobilityWish.expires_at) <= now))


def to_remind(session: Session, now: datetime) -> list[MobilityWish]:
    """Return wishes that are soon over, of which nobody was reminded yet."""
    soon = col(MobilityWish.expires_at) <= now + REMINDED_BEFORE, col(MobilityWish.reminded_at).is_(None)
    return _locked(session, and_(col(MobilityWish.state).in_([WishState.OPEN, WishState.PAUSED]), *soon))


def left_behind(session: Session) -> list[MobilityWish]:
    """Return wishes of members who take part no more."""
    away = select(col(Member.id)).join(Organisation, col(Organisation.id) == col(Member.organisation_id))
    away = away.where(or_(~col(Member.active), ~takes_part()))
    return _locked(session, and_(col(MobilityWish.state).not_in(OVER), col(MobilityWish.member_id).in_(away)))


def to_follow(session: Session) -> list[tuple[MobilityInterest, MobilityWish]]:
    """Return what something may still come of, with whose it is, locked; what somebody else is at is left out."""
    found = (
        select(MobilityInterest, MobilityWish)
        .join(MobilityWish, col(MobilityWish.id) == col(MobilityInterest.wish_id))
        .where(col(MobilityInterest.state).in_(UNDER_WAY))
        .order_by(col(MobilityInterest.id))
        .with_for_update(of=MobilityWish, skip_locked=True)
        .execution_options(populate_existing=True)
    )
    return [(interest, wish) for interest, wish in session.execute(found)]


def states_by_need(session: Session, wish_id: UUID) -> dict[UUID, InterestState]:
    """Return what the owner of a wish has said of which needs."""
    rows = session.execute(
        select(col(MobilityInterest.need_id), col(MobilityInterest.state)).where(
            col(MobilityInterest.wish_id) == wish_id
        )
    )
    return {need_id: state for need_id, state in rows}  # noqa: C416 (rows are no pairs to mypy)


def _locked(session: Session, wanted: ColumnElement[bool]) -> list[MobilityWish]:
    found = select(MobilityWish).where(wanted).order_by(col(MobilityWish.id))
    return list(session.scalars(found.with_for_update(skip_locked=True)))


def _of(actor: Actor) -> Select[MobilityWish]:
    return select(MobilityWish).where(col(MobilityWish.member_id) == actor.member_id)
