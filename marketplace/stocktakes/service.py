"""Use cases of stocktakes: opening one, counting, and closing it, which decides what becomes of each difference."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from core.actor import Actor, Permission, check_may
from core.database import audit
from core.errors import BadInput, Conflict, InvalidParameter, StateChanged
from core.limits import LONGEST_NAME, count_faults, refuse_if, whole_faults
from core.text import check_text
from core.time import clock
from marketplace.stocktakes import holding, queries
from marketplace.stocktakes.models import StockCount, StockDecision, StockDecisionKind, Stocktake, StocktakeState
from marketplace.stocktakes.queries import ThingCounted
from marketplace.stocktakes.rules import COUNTED, GREATEST_COUNT, MOST_COUNTS, STOCKTAKE, choices
from resources.queries import lock_units, resource, site, units_of

MOST_TOLD = 20


@dataclass(frozen=True, slots=True)
class Scope:
    """What is counted: what stands at a site, belongs to a unit, is one thing, or all of that together."""

    site_id: UUID | None = None
    department: str | None = None
    resource_id: UUID | None = None


def begin(session: Session, actor: Actor, scope: Scope) -> Stocktake:
    """Open a stocktake, for whoever lists what is counted.

    Raises
    ------
    NotFound, NotAllowed
        As their names say.
    BadInput
        It is of nothing, of what is not carried away, or of a unit to which nothing belongs.
    """
    home, department = actor.organisation_id, scope.department or None
    check_may(actor, Permission.OFFER)
    if scope == Scope():
        raise BadInput("siteId", None, "say what is counted: a site, a unit or a thing")
    if scope.resource_id is not None:
        thing = resource(session, actor, scope.resource_id)
        home, department = thing.organisation_id, thing.department
        if thing.family not in COUNTED:
            raise BadInput("resourceId", str(thing.id), "it is no thing that is carried away, so it is not counted")
    if scope.site_id is not None:
        home = site(session, actor, scope.site_id).organisation_id
    check_may(actor, Permission.OFFER, home, department)
    check_text("department", department or "", most=LONGEST_NAME)
    made = Stocktake(
        organisation_id=home,
        site_id=scope.site_id,
        department=department,
        resource_id=scope.resource_id,
        member_id=actor.member_id,
    )
    if department and not queries.things(session, made, limit=1).items:
        raise BadInput("department", department, "nothing that is counted belongs to it: look how it is written")
    session.add(made)
    session.flush()
    audit.record(session, actor, STOCKTAKE.entity, made.id, to_state=made.state)
    return made


def count(
    session: Session,
    actor: Actor,
    key: UUID,
    resource_id: UUID,
    amount: int,
    *,
    adds: bool = False,
    seen: int = 0,
    expected: int | None = None,
) -> StockCount:
    """Note how many somebody found of a thing: on top of what was counted, or all there are.

    `seen` is how many entries of the thing the one who counts knew of: all there are is not said over the head of
    somebody else who counted meanwhile. What is expected is reckoned now, so that what is handed over before or
    after makes no difference;
    `expected` is what it was as the one who counts began: a count is noted later than it was made, without a network
    much later.

    Raises
    ------
    NotFound
        There is no such stocktake.
    BadInput
        The stocktake is not of this thing, or nobody counts so many.
    Conflict
        ``counted_meanwhile``, ``moved_meanwhile``, ``too_many_counts``; ``state_changed``: it is closed.
    """
    row = queries.locked(session, actor, key, to_close=False)
    if row.state is not StocktakeState.OPEN:
        raise StateChanged(STOCKTAKE.entity, key, row.state.value, "counted")
    if queries.thing_of(session, row, resource_id) is None:
        raise BadInput("resourceId", str(resource_id), "it is not part of what is counted here")
    refuse_if(whole_faults("amount", amount, 0, GREATEST_COUNT))
    lock_units(session, [unit.id for unit, _ in units_of(session, [resource_id])[resource_id]])
    before = queries.counts(session, key, [resource_id])[resource_id]
    if len(before) > seen and not adds:
        last = before[-1]
        raise Conflict(
            "counted_meanwhile",
            f"Somebody else has counted {last.amount} of it meanwhile: add yours to it, or look at the page anew.",
        )
    if queries.count_of(session, key) >= MOST_COUNTS:
        raise Conflict("too_many_counts", f"A stocktake has {MOST_COUNTS} entries at most: close it and open another.")
    now = queries.stock_of(session, [resource_id])[resource_id].expected
    if expected not in {None, now}:
        raise Conflict(
            "moved_meanwhile",
            f"Something went out or came back since you began to count it, so {now} are to be there: count it anew.",
        )
    made = StockCount(
        stocktake_id=key,
        resource_id=resource_id,
        amount=amount,
        adds=adds,
        expected=now,
        member_id=actor.member_id,
        at=clock.now(),
    )
    session.add(made)
    session.flush()
    details = {"resource": str(resource_id), "amount": amount, "expected": now}
    audit.record(session, actor, STOCKTAKE.entity, key, reason_code="counted", details=details)
    return made


def close(session: Session, actor: Actor, key: UUID, decisions: Mapping[UUID, StockDecisionKind]) -> Stocktake:
    """Decide what becomes of every difference, and count no more.

    What is lost or written off nobody can be lent from now on, as far as it is not promised: there the borrower is
    asked, see `shortfalls`. What is found is had again, as far as it was lost at a count before.

    Raises
    ------
    BadInput
        Nothing is said of a difference, or what cannot become of it; all of these at once.
    Conflict
        ``count_anew``; ``state_changed``: it is closed already.
    """
    refuse_if(count_faults("decisions", decisions, 0, MOST_COUNTS))
    row = queries.locked(session, actor, key, to_close=True)
    if row.state is not StocktakeState.OPEN:
        raise StateChanged(STOCKTAKE.entity, key, row.state.value, StocktakeState.CLOSED.value)
    units = [unit.id for each in units_of(session, decisions).values() for unit, _ in each]
    lock_units(session, units)
    found = queries.differing(session, row)
    idle = decisions.keys() - {each.thing.id for each in found}
    refuse_if(
        [
            *(fault for each in found for fault in _faults(each, decisions.get(each.thing.id))),
            *(InvalidParameter("decisions", str(key), "nothing differs of it") for key in sorted(idle)[:MOST_TOLD]),
        ]
    )
    for each in found:
        _decide(session, actor, row, each, decisions[each.thing.id])
    STOCKTAKE.move(session, actor, key, StocktakeState.CLOSED, closed_at=clock.now())
    return row


def _faults(each: ThingCounted, decided: StockDecisionKind | None) -> list[InvalidParameter]:
    if each.tally.is_stale and decided is not StockDecisionKind.LEFT:
        return [InvalidParameter("decisions", each.thing.name, "it has changed while it was counted: count it anew")]
    may = choices(each.tally, each.stock.missing)
    if decided in may:
        return []
    return [InvalidParameter("decisions", each.thing.name, f"it has to be one of {', '.join(may)}")]


def _decide(session: Session, actor: Actor, row: Stocktake, each: ThingCounted, kind: StockDecisionKind) -> None:
    amount = abs(each.tally.difference)
    after = each.stock.after(kind, amount)
    if kind is StockDecisionKind.FOUND:
        amount = each.stock.missing - after.missing
    if amount:
        its = {"stocktake_id": row.id, "resource_id": each.thing.id}
        session.add(StockDecision(**its, kind=kind, amount=amount, member_id=actor.member_id, at=clock.now()))
        session.flush()
        details = {"resource": str(each.thing.id), "amount": amount}
        audit.record(session, actor, STOCKTAKE.entity, row.id, reason_code=f"stock_{kind}", details=details)
    if after != each.stock:
        holding.hold(session, each.thing.id, after.gone)
