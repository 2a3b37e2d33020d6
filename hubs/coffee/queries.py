"""Every question about rounds of coffee: by who takes part, and by hosts, who learn how many do and not who."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlmodel import Session, col

from core.actor import Actor
from hubs.coffee.models import CoffeeGuest, CoffeePair, CoffeeRound, CoffeeSchedule
from hubs.membership.models import ONE_AT_A_TIME, HubMember
from hubs.membership.queries import member_ids
from hubs.pairing.people import Guest, Round
from hubs.presence.meetings import Reason, reasons
from hubs.profiles import queries as profiles
from hubs.profiles.models import HubProfile, ProfilePart
from hubs.profiles.queries import Person, check_member
from hubs.profiles.rules import topic_key
from marketplace.organisations.models import Member

AT_A_TIME = 100


@dataclass(frozen=True)
class Partner:
    """With whom one has coffee: the name and address that it tells by taking part, and what else it tells one."""

    member: Member
    first_name: str
    person: Person | None
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class OwnCoffee:
    """How one stands with a hub's rounds of coffee.

    Without a partner one rests in the latest round, or was not in it, or the other takes part no more.
    """

    takes_part: bool
    round: CoffeeRound | None
    rests: bool
    partner: Partner | None


@dataclass(frozen=True)
class HostedCoffee:
    """A hub's rounds of coffee by its host."""

    guests: int
    round: CoffeeRound | None
    schedule: CoffeeSchedule | None


def own_coffee(session: Session, actor: Actor, hub_id: UUID) -> OwnCoffee:
    """Return how the actor stands with the rounds of coffee, and with whom it has coffee in the latest.

    Raises
    ------
    NotFound
        The actor is no member.
    """
    check_member(session, actor, hub_id)
    takes_part = session.get(CoffeeGuest, (hub_id, actor.member_id)) is not None
    latest = latest_round(session, hub_id)
    pair = pair_of(session, latest.id, actor.member_id) if latest and takes_part else None
    rests = pair is not None and pair.other_id is None
    return OwnCoffee(takes_part, latest if pair else None, rests, _partner(session, actor, hub_id, pair))


def hosted_coffee(session: Session, hub_id: UUID) -> HostedCoffee:
    """Return how rounds of coffee stand; for hosts of the hub: see the callers."""
    count = select(func.count()).where(*_takes_part(hub_id))
    schedule = session.get(CoffeeSchedule, hub_id)
    return HostedCoffee(session.scalars(count).one(), latest_round(session, hub_id), schedule)


def latest_round(session: Session, hub_id: UUID) -> CoffeeRound | None:
    """Return the latest round of a hub."""
    found = select(CoffeeRound).where(col(CoffeeRound.hub_id) == hub_id)
    return session.scalars(found.order_by(col(CoffeeRound.number).desc()).limit(1)).one_or_none()


def pair_of(session: Session, round_id: UUID, member_id: UUID) -> CoffeePair | None:
    """Return in which pair of a round somebody is."""
    found = select(CoffeePair).where(
        col(CoffeePair.round_id) == round_id,
        or_(col(CoffeePair.one_id) == member_id, col(CoffeePair.other_id) == member_id),
    )
    return session.scalars(found).one_or_none()


def guests(session: Session, hub_id: UUID) -> list[Guest]:
    """Return who takes part now, with what each tells all members: what it tells fewer is not used."""
    found = (
        select(Member, HubProfile)
        .join(CoffeeGuest, col(CoffeeGuest.member_id) == col(Member.id))
        .outerjoin(HubProfile, col(HubProfile.member_id) == col(Member.id))
        .where(*_takes_part(hub_id))
        .order_by(col(Member.id))
    )
    return [_guest(member, profile) for member, profile in session.execute(found)]


def past_rounds(session: Session, hub_id: UUID) -> list[Round]:
    """Return the rounds that have been, the first first, as far as those who took part still belong to the hub."""
    found = (
        select(col(CoffeeRound.number), col(CoffeePair.one_id), col(CoffeePair.other_id))
        .join(CoffeePair, col(CoffeePair.round_id) == col(CoffeeRound.id))
        .where(col(CoffeeRound.hub_id) == hub_id)
        .order_by(col(CoffeeRound.number), col(CoffeePair.one_id))
    )
    pairs: dict[int, list[frozenset[UUID]]] = defaultdict(list)
    resting: dict[int, UUID] = {}
    for number, one_id, other_id in session.execute(found):
        if other_id is None:
            resting[number] = one_id
        else:
            pairs[number].append(frozenset({one_id, other_id}))
    return [Round(tuple(pairs[each]), resting.get(each)) for each in sorted(pairs.keys() | resting.keys())]


def takes_part(session: Session, hub_id: UUID, member_id: UUID) -> bool:
    """Tell whether somebody takes part now."""
    found = select(col(CoffeeGuest.member_id)).where(*_takes_part(hub_id), col(CoffeeGuest.member_id) == member_id)
    return session.scalars(found).one_or_none() is not None


def due(session: Session, today: date) -> Sequence[UUID]:
    """Return the hubs that are to have a round."""
    found = select(col(CoffeeSchedule.hub_id)).where(col(CoffeeSchedule.next_on) <= today)
    return session.scalars(found.order_by(col(CoffeeSchedule.hub_id)).limit(AT_A_TIME)).all()


def _takes_part(hub_id: UUID) -> tuple[ColumnElement[bool], ...]:
    return col(CoffeeGuest.hub_id) == hub_id, col(CoffeeGuest.member_id).in_(member_ids(hub_id))


def _partner(session: Session, actor: Actor, hub_id: UUID, pair: CoffeePair | None) -> Partner | None:
    if pair is None or pair.other_id is None:
        return None
    other_id = pair.other_id if pair.one_id == actor.member_id else pair.one_id
    if not takes_part(session, hub_id, other_id):
        return None
    seat = select(col(HubMember.first_name)).where(
        col(HubMember.hub_id) == hub_id,
        col(HubMember.member_id) == other_id,
        col(HubMember.state).in_(ONE_AT_A_TIME),
    )
    person = profiles.people(session, actor, hub_id).get(other_id)
    own = profiles.own_profile(session, actor, hub_id)
    why = tuple(reasons(own, person)) if person else ()
    return Partner(session.get_one(Member, other_id), session.scalars(seat).one(), person, why)


def _guest(member: Member, profile: HubProfile | None) -> Guest:
    if profile is None or not profile.audience(ProfilePart.NAME).is_all_members:
        return Guest(member.id, member.organisation_id)
    can, learns = (
        frozenset(map(topic_key, topics)) if profile.audience(part).is_all_members else frozenset()
        for part, topics in ((ProfilePart.CAN, profile.can), (ProfilePart.LEARNS, profile.learns))
    )
    return Guest(member.id, member.organisation_id, knows=can, wonders=learns, likes=learns)
