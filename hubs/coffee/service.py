"""Use cases of rounds of coffee: take part or not, say how often there is one, make one, and forget who has left."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, or_
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col

from core.actor import Actor
from core.database.audit import record
from core.errors import Conflict
from core.time import clock
from hubs.coffee import queries
from hubs.coffee.models import CoffeeGuest, CoffeePair, CoffeeRound, CoffeeSchedule
from hubs.coffee.rules import ENTITY, ScheduleDraft
from hubs.membership.agreements import lock_hubs
from hubs.pairing.people import Round
from hubs.pairing.rounds import plan_round
from hubs.places.models import Hub, HubPhase
from hubs.places.queries import hosted_hub
from hubs.places.rules import check_open
from hubs.profiles.queries import check_member
from hubs.profiles.service import has_left
from marketplace.notices.rules import NoticeCode
from marketplace.notices.service import notify
from marketplace.organisations.models import Member

FEWEST = 2


def take_part(session: Session, actor: Actor, hub_id: UUID, *, takes_part: bool) -> None:
    """Take part in the rounds to come, or no more. Who was to have coffee with whoever stops is told so at once.

    Raises
    ------
    NotFound
        The actor is no member.
    """
    check_member(session, actor, hub_id)
    lock_hubs(session, [hub_id])  # a round that is made meanwhile has it or has it not
    its = {"hub_id": hub_id, "member_id": actor.member_id}
    row = session.get(CoffeeGuest, (hub_id, actor.member_id))
    if takes_part and row is None:
        session.execute(insert(CoffeeGuest).values(its).on_conflict_do_nothing())
    elif row is not None and not takes_part:
        session.delete(row)
        session.flush()
        _tell_partner(session, hub_id, actor.member_id)
    else:
        return
    record(session, None, ENTITY, hub_id, reason_code="joined" if takes_part else "left")


def schedule(session: Session, actor: Actor, hub_id: UUID, draft: ScheduleDraft | None) -> None:
    """Say how often there is a round, or that there is none by itself; for a host.

    Raises
    ------
    NotFound, NotAllowed
        The actor does not see the hub, or is not host there.
    """
    hosted_hub(session, actor, hub_id)
    lock_hubs(session, [hub_id])
    session.execute(delete(CoffeeSchedule).where(col(CoffeeSchedule.hub_id) == hub_id))
    if draft is not None:
        session.add(CoffeeSchedule(hub_id=hub_id, weeks=draft.weeks, next_on=draft.next_on))
        session.flush()
    record(session, actor, ENTITY, hub_id, reason_code="schedule", details={"weeks": draft.weeks if draft else None})


def make_round(session: Session, actor: Actor, hub_id: UUID, *, after: int | None = None) -> CoffeeRound:
    """Choose now who has coffee with whom, and tell each; for a host, who has seen the round of a number, 0 for none.

    The next planned round comes as many weeks later as rounds are apart, not sooner.

    Raises
    ------
    NotFound, NotAllowed
        The actor does not see the hub, or is not host there.
    Conflict
        ``hub_closed``. ``round_made``: there is a later one. ``too_few``: nobody takes part who could meet.
    """
    check_open(hosted_hub(session, actor, hub_id).hub)
    lock_hubs(session, [hub_id])
    latest = queries.latest_round(session, hub_id)
    if after is not None and after != (latest.number if latest else 0):
        raise Conflict("round_made", "A round has been made meanwhile. Make another only if there are to be two.")
    made = _make(session, actor, hub_id)
    if made is None:
        raise Conflict("too_few", "Fewer than two take part, so that nobody could meet.")
    planned = session.get(CoffeeSchedule, hub_id, populate_existing=True)
    if planned is not None:
        planned.next_on = max(planned.next_on, clock.today() + timedelta(weeks=planned.weeks))
        session.flush()
    return made


def make_due(session: Session, hub_id: UUID, today: date) -> None:
    """Make the round that is due at a hub, if it still is; with fewer than two, or in a closed hub, there is none."""
    [hub] = lock_hubs(session, [hub_id])
    row = session.get(CoffeeSchedule, hub_id, populate_existing=True)
    if row is None or row.next_on > today:
        return
    missed = (today - row.next_on).days // (7 * row.weeks)  # nobody has coffee twice as nothing ran for a while
    row.next_on += timedelta(weeks=row.weeks * (missed + 1))
    session.flush()
    if hub.phase is not HubPhase.CLOSED:
        _make(session, None, hub_id)


def forget_left(session: Session) -> None:
    """Delete that those take part who belong to a hub no more, and with whom they had coffee."""
    gone = has_left(col(CoffeeGuest.hub_id), col(CoffeeGuest.member_id))
    for hub_id, member_id in session.execute(
        delete(CoffeeGuest).where(gone).returning(col(CoffeeGuest.hub_id), col(CoffeeGuest.member_id))
    ).all():
        _tell_partner(session, hub_id, member_id)
    of_left = or_(
        has_left(col(CoffeeRound.hub_id), col(CoffeePair.one_id)),
        col(CoffeePair.other_id).is_not(None) & has_left(col(CoffeeRound.hub_id), col(CoffeePair.other_id)),
    )
    session.execute(delete(CoffeePair).where(col(CoffeePair.round_id) == col(CoffeeRound.id), of_left))


def _make(session: Session, actor: Actor | None, hub_id: UUID) -> CoffeeRound | None:
    guests = queries.guests(session, hub_id)
    if len(guests) < FEWEST:
        return None
    planned = plan_round(guests, queries.past_rounds(session, hub_id))
    latest = queries.latest_round(session, hub_id)
    row = CoffeeRound(hub_id=hub_id, number=latest.number + 1 if latest else 1, at=clock.now())
    session.add(row)
    session.flush()
    session.add_all(_pairs(row, planned))
    session.flush()
    record(session, actor, ENTITY, hub_id, reason_code="round", details={"number": row.number})
    for each in guests:
        _tell(session, hub_id, each.id, to="rest" if each.id == planned.resting else "meet")
    return row


def _pairs(row: CoffeeRound, planned: Round) -> list[CoffeePair]:
    pairs = [CoffeePair(round_id=row.id, one_id=one, other_id=other) for one, other in map(sorted, planned.pairs)]
    if planned.resting is not None:
        pairs.append(CoffeePair(round_id=row.id, one_id=planned.resting))
    return pairs


def _tell_partner(session: Session, hub_id: UUID, member_id: UUID) -> None:
    """Tell who was to have coffee with somebody in the latest round that it does not take part any more."""
    latest = queries.latest_round(session, hub_id)
    pair = queries.pair_of(session, latest.id, member_id) if latest else None
    other_id = None if pair is None else pair.other_id if pair.one_id == member_id else pair.one_id
    if other_id is not None and other_id != member_id and queries.takes_part(session, hub_id, other_id):
        _tell(session, hub_id, other_id, to="off")


def _tell(session: Session, hub_id: UUID, member_id: UUID, **facts: Any) -> None:
    """Tell one of them, and nothing of anybody else: notices and mails stay when they are read no more."""
    home = session.get_one(Member, member_id).organisation_id
    hub = session.get_one(Hub, hub_id).name
    notify(session, {home}, NoticeCode.COFFEE, "hub", hub_id, member_id=member_id, hub=hub, **facts)
