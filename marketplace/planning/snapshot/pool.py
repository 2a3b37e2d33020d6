"""What an alert asks for beside those who may be called for it, with the floors of their rosters as capacity.

A roster is a unit that nobody can claim: what may be away of its cards' time at once. Each of its cards takes its
percent of it too, so that no plan breaks the floor, whatever is planned. What is taken of any of its cards, lent,
proposed or closed, is away already.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time
from uuid import UUID

from sqlmodel import Session

from core.time import clock
from core.time.interval import Interval, intersect
from marketplace.planning.snapshot import queries
from marketplace.planning.snapshot.calendar import Calendar
from marketplace.planning.snapshot.load import PARTS, calendar_for, relations, replaced_by, snapshot_of
from marketplace.planning.snapshot.open_needs import OpenNeed, open_needs
from marketplace.planning.snapshot.snapshot import OpenOffer, Snapshot, Taken
from marketplace.planning.snapshot.supply import Supply, supply
from marketplace.runs.set_aside import SetAside
from marketplace.surges.pool import PooledCard, shares_of
from resources.queries import minutes_taken


def load_surge(
    session: Session, surge_id: UUID, pool: Mapping[UUID, PooledCard], watch: Callable[[int, int], None]
) -> Snapshot:
    """Return what an alert asks for and has not agreed yet, beside the cards of a pool."""
    aside: list[SetAside] = []
    watch(0, PARTS)
    needs = open_needs(session, aside=aside, surge_id=surge_id)
    watch(1, PARTS)
    found = _pooled(session, needs, pool)
    watch(PARTS, PARTS)
    return replace(found, set_aside=(*aside, *found.set_aside))


def _pooled(session: Session, needs: Sequence[OpenNeed], pool: Mapping[UUID, PooledCard]) -> Snapshot:
    """Return needs beside the offers of a pool of cards, and the floors of these cards' rosters."""
    now = clock.now()
    calendar = calendar_for(needs, now)
    offered = supply(session, now, calendar.instant(calendar.horizon), pool)
    lines, refused = replaced_by(session, needs)
    found = snapshot_of(offered, relations(session), needs, lines, refused)
    rosters = {each.roster_id for each in pool.values()}
    floors = floors_of(session, found.calendar, rosters, {line.proposal_id for line in lines})
    return replace(
        found,
        offers=list(_callable(found.offers, pool, floors.capacities)),
        capacities={**found.capacities, **floors.capacities},
        taken={**found.taken, **floors.taken},
        set_aside=offered.set_aside,
        alike=True,
    )


def _callable(
    offers: Sequence[OpenOffer], pool: Mapping[UUID, PooledCard], rosters: Collection[UUID]
) -> Iterator[OpenOffer]:
    """Yield the offers as they may be called: from when the notice allows, within what their roster leaves."""
    for offer in offers:
        card = pool[offer.offer_id]
        begins = datetime.combine(card.begins, time.min, clock.STOCKHOLM)
        during = next(iter(intersect([offer.during], [Interval(begins, None)])), None)
        if during is not None and card.roster_id in rosters:
            yield replace(offer, during=during, shared=((card.roster_id, 1),), said_yes=card.said_yes)


@dataclass(frozen=True)
class Floors:
    """What of rosters' time may be away at once, and what is."""

    capacities: dict[UUID, int]
    taken: dict[UUID, list[Taken]]


def floors_of(session: Session, calendar: Calendar, rosters: Collection[UUID], replaced: Collection[UUID]) -> Floors:
    """Return the floors of rosters: what is taken of all their cards, but for what replaced proposals hold, is away."""
    shares = shares_of(session, rosters)
    units = [unit for share in shares.values() for unit in share.unit_ids]
    now = clock.now()
    claims, proposed = minutes_taken(session, units, Interval(now, None)), queries.proposal_claims(session, units)
    held = Supply(now, (), {}, claims, proposed).taken(calendar, replaced)
    return Floors(
        {key: share.percent for key, share in shares.items()},
        {key: [each for unit in share.unit_ids for each in held.get(unit, ())] for key, share in shares.items()},
    )
