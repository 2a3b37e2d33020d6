"""Every question about introductions: by one of the two, who learns of the other only once both have said yes; and by
hosts, who never learn what anybody has answered."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from core.actor import Actor
from core.database.page import DEFAULT_LIMIT, Page, read_rows
from core.database.tables import any_of
from core.errors import NotFound
from hubs.introductions.models import (
    GOING_ON,
    Introduction,
    IntroductionAnswer,
    IntroductionSaid,
    IntroductionState,
)
from hubs.membership.models import HubMember, HubMemberState
from hubs.membership.queries import member_ids
from hubs.places.models import Hub
from hubs.presence.meetings import Reason, Why, reasons
from hubs.presence.rules import LEAST_COUNTED
from hubs.profiles import queries as profiles
from hubs.profiles.models import HubProfile
from hubs.profiles.queries import Person
from hubs.profiles.rules import topic_key
from marketplace.organisations.models import Member, Organisation

AT_A_TIME = 100


@dataclass(frozen=True)
class Introduced:
    """Whom one is introduced to, once both have said yes."""

    member: Member
    first_name: str
    organisation: str


@dataclass(frozen=True)
class IntroductionView:
    """An introduction by one of the two: what it has answered itself, and who the other is, once it may know."""

    row: Introduction
    hub: Hub
    answer: IntroductionAnswer | None
    other: Introduced | None


@dataclass(frozen=True)
class HostedIntroduction:
    """An introduction by a host: the two by their first names, as long as it goes on."""

    row: Introduction
    one: str
    other: str


def introduction(session: Session, actor: Actor, introduction_id: UUID, *, lock: bool = False) -> Introduction:
    """Return an introduction of the actor's; NotFound for all others, the hosts too."""
    found = select(Introduction).where(col(Introduction.id) == introduction_id, _own(actor))
    found = found.with_for_update().execution_options(populate_existing=True) if lock else found
    row = session.scalars(found).one_or_none()
    if row is None:
        raise NotFound("hub_introduction", introduction_id)
    return row


def introduction_view(session: Session, actor: Actor, introduction_id: UUID) -> IntroductionView:
    """Return an introduction of the actor's as it may read it; NotFound for all others, the hosts too."""
    row = introduction(session, actor, introduction_id)
    [view] = _views(session, actor, [(row, session.get_one(Hub, row.hub_id))])
    return view


def own_page(session: Session, actor: Actor, page: int = 1, limit: int = DEFAULT_LIMIT) -> Page[IntroductionView]:
    """Return the actor's introductions at all hubs, the latest first."""
    found = select(Introduction, Hub).join(Hub, col(Hub.id) == col(Introduction.hub_id)).where(_own(actor))
    return read_rows(session, found.order_by(col(Introduction.id).desc()), page, limit).of(
        lambda rows: _views(session, actor, [(row.Introduction, row.Hub) for row in rows])
    )


def reasons_to_meet(session: Session, actor: Actor, view: IntroductionView) -> list[Reason]:
    """Return what the two could talk about while it goes on, by what the other tells the actor now: never who it is,
    nor that one has wanted to meet it.

    Who does not tell the actor its name, or belongs to the hub no more, is not spoken of. Before both have said yes a
    topic is told that so many tell the actor that none of them can be looked up by it.
    """
    row = view.row
    if row.state is not IntroductionState.ASKED and view.other is None:
        return []
    people = profiles.people(session, actor, row.hub_id)
    other = people.get(row.partner_of(actor.member_id))
    if other is None:
        return []
    own = profiles.own_profile(session, actor, row.hub_id)
    found = [each for each in reasons(own, other) if each.why is not Why.WANTED]
    return found if row.state is IntroductionState.MADE else _of_many(found, own, people.values())


def hosted_page(session: Session, hub_id: UUID, page: int = 1, limit: int = DEFAULT_LIMIT) -> Page[HostedIntroduction]:
    """Return the introductions that go on at a hub, the latest first; for its hosts: see the callers."""
    one, other = aliased(HubMember), aliased(HubMember)
    found: Select[*tuple[Any, ...]] = (
        select(Introduction, col(one.first_name).label("one"), col(other.first_name).label("other"))
        .join(one, _seat(one, col(Introduction.one_id)))
        .join(other, _seat(other, col(Introduction.other_id)))
        .where(col(Introduction.hub_id) == hub_id, col(Introduction.state).in_(GOING_ON))
        .order_by(col(Introduction.id).desc())
    )
    return read_rows(session, found, page, limit).of(
        lambda rows: [HostedIntroduction(row.Introduction, row.one, row.other) for row in rows]
    )


def hosted(session: Session, row: Introduction) -> HostedIntroduction:
    """Return one that has just been proposed, by its host."""
    first_names = select(col(HubMember.member_id), col(HubMember.first_name)).where(
        col(HubMember.hub_id) == row.hub_id,
        col(HubMember.member_id).in_([row.one_id, row.other_id]),
        col(HubMember.state) == HubMemberState.ACTIVE,
    )
    of = {member_id: first_name for member_id, first_name in session.execute(first_names)}  # noqa: C416 (rows)
    return HostedIntroduction(row, of[row.one_id], of[row.other_id])


def pairs_since(session: Session, hub_id: UUID, since: datetime) -> set[frozenset[UUID]]:
    """Return the pairs whom somebody has proposed to meet: those that go on, and those of whom it was lately."""
    found = select(col(Introduction.one_id), col(Introduction.other_id)).where(
        col(Introduction.hub_id) == hub_id,
        or_(col(Introduction.state).in_(GOING_ON), col(Introduction.updated_at) >= since),
    )
    return {frozenset({one, other}) for one, other in session.execute(found)}


def pairs_made(session: Session, hub_id: UUID) -> list[frozenset[UUID]]:
    """Return the pairs that are introduced to each other."""
    found = select(col(Introduction.one_id), col(Introduction.other_id)).where(
        col(Introduction.hub_id) == hub_id, col(Introduction.state) == IntroductionState.MADE
    )
    return [frozenset({one, other}) for one, other in session.execute(found)]


def answers(session: Session, introduction_id: UUID) -> dict[UUID, IntroductionAnswer]:
    """Return what both have answered, to make the introduction: nobody else is told."""
    found = select(IntroductionSaid).where(col(IntroductionSaid.introduction_id) == introduction_id)
    return {each.member_id: each.answer for each in session.scalars(found)}


def over(session: Session, passed: datetime) -> Sequence[UUID]:
    """Return the introductions for which the time to answer is over, or one of whom belongs to the hub no more."""
    waits_no_more = and_(col(Introduction.state) == IntroductionState.ASKED, col(Introduction.answer_by) <= passed)
    of_left = and_(col(Introduction.state).in_(GOING_ON), ~_both_belong())
    found = select(col(Introduction.id)).where(or_(waits_no_more, of_left))
    return session.scalars(found.order_by(col(Introduction.id)).limit(AT_A_TIME)).all()


def both_belong(session: Session, row: Introduction) -> bool:
    """Tell whether both are members of the hub now."""
    return belonging(session, row.hub_id, (row.one_id, row.other_id)) == {row.one_id, row.other_id}


def belonging(session: Session, hub_id: UUID, members: Collection[UUID]) -> set[UUID]:
    """Return those of some members who belong to a hub now."""
    found = select(col(Member.id)).where(col(Member.id).in_(members), col(Member.id).in_(member_ids(hub_id)))
    return set(session.scalars(found))


def _of_many(found: Sequence[Reason], own: HubProfile, people: Collection[Person]) -> list[Reason]:
    """Return those of some reasons that, taken together, the least number of people that is told of would give, too."""
    told, giving = [], [{_key(reason) for reason in reasons(own, person)} for person in people]
    for each in found:
        with_it = [keys for keys in giving if _key(each) in keys]
        if len(with_it) >= LEAST_COUNTED:
            told.append(each)
            giving = with_it
    return told


def _key(reason: Reason) -> tuple[Why, str]:
    return reason.why, topic_key(reason.topic)


def _own(actor: Actor) -> ColumnElement[bool]:
    return or_(col(Introduction.one_id) == actor.member_id, col(Introduction.other_id) == actor.member_id)


def _seat(seat: type[HubMember], member_id: Any) -> ColumnElement[bool]:
    return and_(
        col(seat.hub_id) == col(Introduction.hub_id),
        col(seat.member_id) == member_id,
        col(seat.state) == HubMemberState.ACTIVE,
    )


def _both_belong() -> ColumnElement[bool]:
    belong = member_ids(col(Introduction.hub_id))
    return and_(col(Introduction.one_id).in_(belong), col(Introduction.other_id).in_(belong))


def _views(session: Session, actor: Actor, rows: Sequence[tuple[Introduction, Hub]]) -> list[IntroductionView]:
    ids = [row.id for row, _hub in rows]
    said = select(IntroductionSaid).where(
        any_of(col(IntroductionSaid.introduction_id), ids), col(IntroductionSaid.member_id) == actor.member_id
    )
    own = {each.introduction_id: each.answer for each in session.scalars(said)}
    told = {row.Introduction.id: row for row in session.execute(_introduced(actor, ids))}
    return [
        IntroductionView(
            row,
            hub,
            own.get(row.id),
            Introduced(told[row.id].Member, told[row.id].first_name, told[row.id].organisation)
            if row.id in told
            else None,
        )
        for row, hub in rows
    ]


def _introduced(actor: Actor, ids: Sequence[UUID]) -> Select[*tuple[Any, ...]]:
    """Find the others of some introductions that are made, while both belong to the hub."""
    partner = case(
        (col(Introduction.one_id) == actor.member_id, col(Introduction.other_id)), else_=col(Introduction.one_id)
    )
    return (
        select(Introduction, Member, col(HubMember.first_name), col(Organisation.name).label("organisation"))
        .join(Member, col(Member.id) == partner)
        .join(HubMember, _seat(HubMember, partner))
        .join(Organisation, col(Organisation.id) == col(Member.organisation_id))
        .where(any_of(col(Introduction.id), ids), col(Introduction.state) == IntroductionState.MADE, _both_belong())
    )
