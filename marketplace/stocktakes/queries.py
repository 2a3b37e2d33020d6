"""Every question about stocktakes. Who lists what is counted sees how it is counted."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlmodel import Session, col

from core.actor import Actor, Permission
from core.database.page import DEFAULT_LIMIT, Page, read_page, read_rows
from core.database.tables import any_of, by_swedish, one_of, within
from core.errors import NotFound
from marketplace.bookings.ledger import MovementKind
from marketplace.bookings.models import Booking, Movement
from marketplace.offers.models import Offer
from marketplace.stocktakes.models import StockCount, StockDecision, StockDecisionKind, Stocktake, StocktakeState
from marketplace.stocktakes.rules import COUNTED, Stock, Tally, tally
from resources.models import Claim, ClaimSource, Resource, ResourceUnit, Site, Unit

_K = StockDecisionKind
MOST_IN_A_FILE = 10_000


@dataclass(frozen=True)
class StocktakeView:
    """A stocktake, and what its site and its thing are called, if it is of one."""

    stocktake: Stocktake
    site: str | None
    thing: str | None


@dataclass(frozen=True)
class ThingCounted:
    """A thing that is to be counted: where it stands, how many there are, what was counted, and what became of it."""

    thing: Resource
    site: str | None
    stock: Stock
    tally: Tally
    decision: StockDecision | None = None


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Those of what the actor may list."""
    return within(actor, Permission.OFFER, col(Stocktake.organisation_id), col(Stocktake.department))


def _views() -> Select[Stocktake, str | None, str | None]:
    return (
        select(Stocktake, col(Site.name).label("site"), col(Resource.name).label("thing"))
        .outerjoin(Site, col(Site.id) == col(Stocktake.site_id))
        .outerjoin(Resource, col(Resource.id) == col(Stocktake.resource_id))
    )


def stocktakes(session: Session, actor: Actor, page: int = 1, limit: int = DEFAULT_LIMIT) -> Page[StocktakeView]:
    """Return the stocktakes that the actor may see, open ones first, then the latest."""
    is_closed = case((col(Stocktake.state) == StocktakeState.CLOSED, 1), else_=0)
    found = _views().where(visible_to(actor)).order_by(is_closed, col(Stocktake.id).desc())
    rows = read_rows(session, found, page, limit)
    return rows.of(lambda read: [StocktakeView(row.Stocktake, row.site, row.thing) for row in read])


def open_beside(session: Session, actor: Actor, thing: Resource, limit: int) -> list[StocktakeView]:
    """Return open stocktakes of a thing's organisation that the actor may count in: first those that it is part of."""
    of_it = {Stocktake.site_id: thing.site_id, Stocktake.department: thing.department, Stocktake.resource_id: thing.id}
    is_part = and_(*(or_(col(column).is_(None), col(column) == value) for column, value in of_it.items()))
    found = _views().where(
        visible_to(actor),
        col(Stocktake.organisation_id) == thing.organisation_id,
        col(Stocktake.state) == StocktakeState.OPEN,
    )
    rows = session.execute(found.order_by(case((is_part, 0), else_=1), col(Stocktake.id).desc()).limit(limit))
    return [StocktakeView(*row) for row in rows]


def stocktake(session: Session, actor: Actor, key: UUID) -> StocktakeView:
    """Return one stocktake that the actor may see, or NotFound."""
    row = session.execute(_views().where(visible_to(actor), col(Stocktake.id) == key)).one_or_none()
    if row is None:
        raise NotFound("stocktake", key)
    return StocktakeView(*row)


def locked(session: Session, actor: Actor, key: UUID, *, to_close: bool) -> Stocktake:
    """Return a stocktake as it now is; those who count wait for who closes it, and not for each other."""
    found = select(Stocktake).where(visible_to(actor), col(Stocktake.id) == key)
    row = session.scalars(
        found.with_for_update(read=not to_close).execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise NotFound("stocktake", key)
    return row


def of_it(row: Stocktake) -> ColumnElement[bool]:
    """Return the condition for the things that a stocktake is of."""
    narrowed = {Resource.site_id: row.site_id, Resource.department: row.department, Resource.id: row.resource_id}
    return and_(
        col(Resource.organisation_id) == row.organisation_id,
        one_of(col(Resource.family), COUNTED),
        *(col(column) == value for column, value in narrowed.items() if value is not None),
    )


def thing_of(session: Session, row: Stocktake, resource_id: UUID) -> Resource | None:
    """Return a thing if a stocktake is of it."""
    return session.scalars(select(Resource).where(of_it(row), col(Resource.id) == resource_id)).one_or_none()


def counted_of(session: Session, row: Stocktake, resource_id: UUID) -> ThingCounted | None:
    """Return what is known of a thing in a stocktake, if that is of it."""
    thing = thing_of(session, row, resource_id)
    return _counted(session, row, [thing])[0] if thing else None


def things(session: Session, row: Stocktake, page: int = 1, limit: int = DEFAULT_LIMIT) -> Page[ThingCounted]:
    """Return the things that a stocktake is of, by name, with what is there and what was counted."""
    return read_page(session, _things(row), page, limit).of(lambda read: _counted(session, row, read))


def all_things(session: Session, row: Stocktake) -> list[ThingCounted]:
    """Return likewise so many as go into a file."""
    return _counted(session, row, session.scalars(_things(row).limit(MOST_IN_A_FILE)).all())


def _things(row: Stocktake) -> Select[Resource]:
    return select(Resource).where(of_it(row)).order_by(by_swedish(col(Resource.name)), col(Resource.id))


def differing(session: Session, row: Stocktake) -> list[ThingCounted]:
    """Return the things that were counted and of which there are more or fewer, by name; nobody wrote them off yet."""
    counted = select(col(StockCount.resource_id)).where(col(StockCount.stocktake_id) == row.id)
    found = select(Resource).where(col(Resource.id).in_(counted))
    read = session.scalars(found.order_by(by_swedish(col(Resource.name)), col(Resource.id))).all()
    return [each for each in _counted(session, row, read) if each.tally.difference or each.tally.is_stale]


def _counted(session: Session, row: Stocktake, read: Sequence[Resource]) -> list[ThingCounted]:
    if not read:
        return []
    ids = [each.id for each in read]
    stock, entries = stock_of(session, ids), counts(session, row.id, ids)
    places = {each.site_id for each in read if each.site_id is not None}
    sites = select(col(Site.id), col(Site.name)).where(any_of(col(Site.id), places))
    names: dict[UUID | None, str] = dict(session.execute(sites).all())
    decided = {each.resource_id: each for each in _decisions(session, ids, row.id)}
    late = {} if row.state is StocktakeState.CLOSED else last_decided(session, ids)
    return [
        ThingCounted(
            each,
            names.get(each.site_id),
            stock.get(each.id, Stock(0)),
            tally(entries[each.id], late.get(each.id)),
            decided.get(each.id),
        )
        for each in read
    ]


def _decisions(session: Session, ids: Iterable[UUID], key: UUID) -> Sequence[StockDecision]:
    found = select(StockDecision).where(col(StockDecision.stocktake_id) == key)
    return session.scalars(found.where(any_of(col(StockDecision.resource_id), ids))).all()


def last_decided(session: Session, resource_ids: Iterable[UUID]) -> dict[UUID, datetime]:
    """Return when a difference of each of some things was last decided."""
    found = select(col(StockDecision.resource_id), func.max(StockDecision.at)).where(
        any_of(col(StockDecision.resource_id), resource_ids)
    )
    return dict(session.execute(found.group_by(col(StockDecision.resource_id))).all())


def counts(session: Session, key: UUID, resource_ids: Iterable[UUID]) -> dict[UUID, list[StockCount]]:
    """Return what was counted of some things, in order."""
    found = defaultdict(list)
    of_them = select(StockCount).where(
        col(StockCount.stocktake_id) == key, any_of(col(StockCount.resource_id), resource_ids)
    )
    for each in session.scalars(of_them.order_by(col(StockCount.sequence))):
        found[each.resource_id].append(each)
    return found


def count_of(session: Session, key: UUID) -> int:
    """Return how many entries a stocktake has."""
    found = select(func.count()).select_from(StockCount).where(col(StockCount.stocktake_id) == key)
    return session.scalars(found).one()


def stock_of(session: Session, resource_ids: Collection[UUID]) -> dict[UUID, Stock]:
    """Return how many there are of some things: what has gone out by all of their bookings and is not back is away."""
    owned = select(col(ResourceUnit.resource_id), func.min(col(Unit.capacity) / col(ResourceUnit.amount))).join(
        Unit, col(Unit.id) == col(ResourceUnit.unit_id)
    )
    rows = session.execute(
        owned.where(any_of(col(ResourceUnit.resource_id), resource_ids)).group_by(col(ResourceUnit.resource_id))
    ).all()
    signed = {MovementKind.OUT: col(Movement.amount), MovementKind.BACK: -col(Movement.amount)}
    out = (
        select(col(Offer.resource_id), func.sum(case(signed, value=col(Movement.kind), else_=0)))
        .join(Booking, col(Booking.offer_id) == col(Offer.id))
        .join(Movement, col(Movement.booking_id) == col(Booking.id))
        .where(any_of(col(Offer.resource_id), resource_ids))
        .group_by(col(Offer.resource_id))
    )
    away, gone = dict(session.execute(out).all()), losses(session, resource_ids)
    return {key: Stock(int(many), int(away.get(key) or 0), *gone.get(key, (0, 0))) for key, many in rows}


def losses(session: Session, resource_ids: Collection[UUID]) -> dict[UUID, tuple[int, int]]:
    """Return how many of some things are missing since a count, and how many are gone for good."""
    found = select(col(StockDecision.resource_id), func.sum(_MISSING), func.sum(_WRITTEN_OFF)).where(
        any_of(col(StockDecision.resource_id), resource_ids)
    )
    rows = session.execute(found.group_by(col(StockDecision.resource_id)))
    return {key: (int(lost), int(gone)) for key, lost, gone in rows if lost or gone}


_SIGNED = {_K.LOST: col(StockDecision.amount), _K.FOUND: -col(StockDecision.amount)}
_MISSING = case(_SIGNED, value=col(StockDecision.kind), else_=0)
_WRITTEN_OFF = case({_K.WRITTEN_OFF: col(StockDecision.amount)}, value=col(StockDecision.kind), else_=0)


def loosely_held(session: Session, now: datetime) -> list[UUID]:
    """Return the things of which not all that is gone is held from now on for good."""
    gone = func.sum(_MISSING + _WRITTEN_OFF)
    each: Select[UUID, int] = select(col(StockDecision.resource_id).label("thing"), gone.label("gone"))
    lost = each.group_by(col(StockDecision.resource_id)).having(gone > 0).subquery()
    held = held_for_good(now, ClaimSource.MISSING).where(col(Claim.unit_id) == col(ResourceUnit.unit_id))
    found = (
        select(lost.c.thing)
        .join(ResourceUnit, col(ResourceUnit.resource_id) == lost.c.thing)
        .where(held.scalar_subquery() < lost.c.gone * col(ResourceUnit.amount))
        .distinct()
        .order_by(lost.c.thing)
    )
    return list(session.scalars(found))


def held_for_good(now: datetime, source: ClaimSource) -> Select[int]:
    """Select how much is taken for such a reason both now and ever after."""
    return select(func.coalesce(func.sum(Claim.amount), 0)).where(
        col(Claim.source) == source,
        col(Claim.released_at).is_(None),
        col(Claim.during).op("@>")(now),
        func.upper_inf(Claim.during),
    )


def lost_things(session: Session, unit_ids: Collection[UUID]) -> dict[UUID, int]:
    """Return the things that take some units and of which some are gone, and how many."""
    of_them = select(col(ResourceUnit.resource_id)).where(any_of(col(ResourceUnit.unit_id), unit_ids))
    found = losses(session, session.scalars(of_them.distinct()).all())
    return {key: missing + written_off for key, (missing, written_off) in found.items()}
