"""How networks stand: how many are in each, what they may be asked for and have lent, and how evenly.

Counted are all that somebody at another organisation may see, also those that whoever reads may not, so that numbers
are told in steps, rounded down, as in `offers.finding`: who joins or leaves is not told of by what changes.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, func, or_, select
from sqlmodel import Session, col

from competence.models import Skill, StaffCapacity, StaffSkill
from core.actor import Actor
from core.time import clock
from marketplace.bookings.models import Booking, BookingState
from marketplace.networks.queries import by_unit, lent
from marketplace.networks.rules import gini
from marketplace.offers.finding import STEP
from marketplace.offers.models import Offer, OfferState
from marketplace.offers.queries import is_shown_outside
from marketplace.organisations.models import Organisation
from marketplace.requests.models import Need
from resources.families.staff import EXPERIENCED
from resources.models import Resource, ResourceUnit

HOURS_STEP = 10


@dataclass(frozen=True)
class Standing:
    """A skill's network, of five people or more, else None; `own_hours` is what the reader's people lent.

    People are told in steps of five and hours in steps of ten, rounded down. `unevenness` is the Gini coefficient of
    the hours that each has been lent in a year, and will be.
    """

    skill: str
    experienced: int | None
    learning: int | None
    hours_a_month: int | None
    lent_hours: int | None
    unevenness: float | None
    own_hours: int
    own_thanks: int


def standings(session: Session, actor: Actor) -> list[Standing]:
    """Return how each network stands, those with most people first as far as that is told; three statements."""
    of_skill: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in session.execute(_cards(actor)):
        of_skill[row.network].append(row)
    hours = {
        unit: sum((each.limit - each.start).total_seconds() for each in during) / 3600
        for unit, during in by_unit(lent(session), None).items()
    }
    thanked = _thanked(session, actor)
    found = [_standing(actor, skill, rows, hours, thanked) for skill, rows in of_skill.items()]
    return sorted(found, key=lambda each: (-_steps(len(of_skill[each.skill])), each.skill))


def _standing(
    actor: Actor, skill: str, rows: Sequence[Row[Any]], hours: dict[UUID, float], thanked: dict[str, int]
) -> Standing:
    learning = sum(row.level < EXPERIENCED for row in rows)
    loads = [hours.get(row.unit_id, 0.0) for row in rows]
    own = sum(load for row, load in zip(rows, loads, strict=True) if row.organisation_id == actor.organisation_id)
    told = _steps(len(rows)) > 0
    return Standing(
        skill=skill,
        experienced=_steps(len(rows) - learning) or None,
        learning=_steps(learning) or None,
        hours_a_month=_steps(sum(row.network_hours for row in rows), HOURS_STEP) if told else None,
        lent_hours=_steps(round(sum(loads)), HOURS_STEP) if told else None,
        unevenness=round(gini(loads), 2) if told else None,
        own_hours=round(own),
        own_thanks=thanked.get(skill, 0),
    )


def _steps(count: int, step: int = STEP) -> int:
    return count // step * step


def _cards(actor: Actor) -> Any:
    """Return the SELECT of the cards that networks may lend now: the reader's own, and those shown to others."""
    shown = (
        select(col(Offer.id))
        .join(Organisation, col(Organisation.id) == col(Offer.organisation_id))
        .where(col(Offer.resource_id) == col(Resource.id), is_shown_outside())
        .correlate(Resource, StaffCapacity)
    )
    own = col(Offer.state) == OfferState.OPEN, col(Offer.organisation_id) == actor.organisation_id
    offered = select(col(Offer.id)).where(col(Offer.resource_id) == col(Resource.id), *own)
    named = and_(
        col(StaffSkill.resource_id) == col(StaffCapacity.resource_id), col(StaffSkill.skill_id) == col(Skill.id)
    )
    return (
        select(
            col(StaffCapacity.network),
            col(StaffCapacity.network_hours),
            col(StaffSkill.level),
            col(Resource.organisation_id),
            col(ResourceUnit.unit_id),
        )
        .join(Skill, col(Skill.code) == col(StaffCapacity.network))
        .join(StaffSkill, named)
        .join(Resource, col(Resource.id) == col(StaffCapacity.resource_id))
        .join(ResourceUnit, col(ResourceUnit.resource_id) == col(Resource.id))
        .where(col(StaffCapacity.approved_during).op("@>")(clock.now()), or_(shown.exists(), offered.exists()))
    )


def _thanked(session: Session, actor: Actor) -> dict[str, int]:
    """Return how often the actor's organisation was thanked for what each network lent."""
    network = col(Need.requirements)["network"].astext
    found = (
        select(network, func.count())
        .select_from(Booking)
        .join(Need, col(Need.id) == col(Booking.need_id))
        .where(
            col(Booking.lender_id) == actor.organisation_id,
            col(Booking.thanks).is_not(None),
            col(Booking.state) != BookingState.CANCELLED,
            network != "",
        )
        .group_by(network)
    )
    return {skill: count for skill, count in session.execute(found)}  # noqa: C416
