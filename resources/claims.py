"""Taking units, giving them back, and saying what stands in the way.

PostgreSQL refuses what does not fit (see `resources.models.Claim`); this module asks it in the right order and turns
its refusal into words. Everything here locks its units first, in the order of their ids: two writers of the same units
wait for each other. A caller who takes, releases and takes again other units in one transaction may still meet another
who does so in another order; PostgreSQL then ends one of them, which sees it as `Conflict("busy")` and may try again.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, insert, update
from sqlmodel import Session, col

from core.database import db
from core.database.tables import any_of
from core.errors import CapacityExceeded, Conflict
from core.time import clock
from core.time.interval import Interval, to_range
from resources import clashes, queries
from resources.clashes import Clash, Wanted
from resources.models import Claim, ClaimSource, Unit

__all__ = ["Wanted", "change_period", "release", "set_capacities", "set_capacity", "take"]


def take(
    session: Session,
    wanted: Sequence[Wanted],
    source: ClaimSource,
    booking_id: UUID | None = None,
    note: str = "",
) -> list[Claim]:
    """Claim all that is wanted, in that order, or nothing of it.

    Raises
    ------
    CapacityExceeded
        Something does not fit. Its details have under ``clashes``, for each wanted thing that does not fit: resource,
        unit, period, capacity, what is wanted, what is taken and by which claims. Nothing was written.
    NotFound
        There is no such unit.
    Conflict
        ``busy``: another writer was in the way for too long. Nothing was written; try the whole transaction again.
    """
    if not wanted:
        return []
    with db.translated():
        capacities = queries.lock_units(session, [each.unit_id for each in wanted])
    rows = [
        {
            "unit_id": each.unit_id,
            "unit_capacity": capacities[each.unit_id],
            "amount": each.amount,
            "during": to_range(each.during),
            "source": source,
            "booking_id": booking_id,
            "note": note,
        }
        for each in wanted
    ]
    with _all_or_nothing(session, lambda: clashes.among(session, wanted)):
        return list(session.scalars(insert(Claim).returning(Claim, sort_by_parameter_order=True), rows))


def change_period(session: Session, claim_id: UUID, during: Interval, amount: int | None = None) -> Claim:
    """Move a claim to another time, with another amount if one is given.

    Raises
    ------
    CapacityExceeded
        As from `take`; the claim stays as it was.
    Conflict
        ``released``: the claim no longer counts.
    """
    claim = queries.claim(session, claim_id)
    with db.translated():
        queries.lock_units(session, [claim.unit_id])
        session.refresh(claim)
    if claim.released_at is not None:
        raise Conflict("released", "The claim has been released and no longer counts.", {"claim": str(claim_id)})
    wanted = Wanted(claim.unit_id, claim.amount if amount is None else amount, during)
    with _all_or_nothing(session, lambda: clashes.among(session, [wanted], instead_of=claim)):
        claim.during, claim.amount = to_range(during), wanted.amount
    return claim


def release(session: Session, held: Sequence[Claim] = (), *, booking_id: UUID | None = None) -> None:
    """Let others take what some claims, or those of a booking, hold. Doing it twice is no harm."""
    if booking_id is None:
        unit_ids = [claim.unit_id for claim in held]
        these: ColumnElement[bool] = col(Claim.id).in_([claim.id for claim in held])
    else:
        unit_ids = queries.units_claimed(session, booking_id)
        these = col(Claim.booking_id) == booking_id
    with db.translated():
        queries.lock_units(session, unit_ids)
        _release(session, these)


def set_capacity(session: Session, unit_id: UUID, capacity: int) -> None:
    """Let a unit hold more or less; raises as `set_capacities`."""
    set_capacities(session, {unit_id: capacity})


def set_capacities(session: Session, capacities: Mapping[UUID, int]) -> None:
    """Let units hold more or less, all or none of them. Claims that have ended are released first, as no hindrance.

    Raises
    ------
    CapacityExceeded
        More is claimed in some moment to come. Its details name that moment and its claims. Nothing was written.
    """
    with db.translated():
        queries.lock_units(session, capacities, to_change=True)
        _release(session, any_of(col(Claim.unit_id), capacities) & (func.upper(Claim.during) <= clock.now()))
    with _all_or_nothing(session, lambda: _clashes_with(session, capacities)):
        session.execute(
            update(Unit)
            .where(any_of(col(Unit.id), capacities))
            .values(capacity=case(dict(capacities), value=col(Unit.id)), updated_at=clock.now())
            .execution_options(synchronize_session="fetch")
        )


def _clashes_with(session: Session, capacities: Mapping[UUID, int]) -> list[Clash]:
    """Return why one unit cannot hold less; of several, whoever asks finds out by one."""
    if len(capacities) > 1:
        return []
    [(unit_id, capacity)] = capacities.items()
    return clashes.with_capacity(session, unit_id, capacity)


def _release(session: Session, these: ColumnElement[bool]) -> None:
    now = clock.now()
    session.execute(
        update(Claim)
        .where(these, col(Claim.released_at).is_(None))
        .values(released_at=now, updated_at=now)
        .execution_options(synchronize_session="fetch")
    )


@contextmanager
def _all_or_nothing(session: Session, clashes_of: Callable[[], list[Clash]]) -> Iterator[None]:
    """Write what the block changes, or nothing of it and say what stands in the way. The units are locked already."""
    try:
        with db.translated(), session.begin_nested():
            yield
    except CapacityExceeded as error:
        found = clashes_of()
        if not found:
            raise
        raise CapacityExceeded(found[0].words(), {"clashes": [each.to_json() for each in found]}) from error
