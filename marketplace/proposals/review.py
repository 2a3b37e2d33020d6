"""The coordinator's queue: what is proposed and waits for a decision, one after the other or several at once."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlmodel import Session, col

from core.actor import Actor, Permission, refusal
from core.database import db
from core.database.tables import any_of, coordinated
from core.errors import Conflict, NotFound, PlatsverketError
from marketplace.proposals import queries, service
from marketplace.proposals.models import LineClaim, Proposal, ProposalLine, ProposalState
from marketplace.proposals.queries import ProposalSearch, review_order
from marketplace.proposals.undoing import reopen
from marketplace.requests.models import Request
from marketplace.requests.queries import locked as lock_requests
from resources.queries import lock_units

MOST_AT_ONCE = 100


class Verdict(StrEnum):
    """What is done with several proposals at once."""

    APPROVE = "approve"
    REFUSE = "refuse"
    LOCK = "lock"
    UNLOCK = "unlock"
    REOPEN = "reopen"


@dataclass(frozen=True)
class Decision:
    """A verdict; on a refusal with its reason, by its code and in words."""

    verdict: Verdict
    code: str = ""
    words: str = ""


@dataclass(frozen=True)
class Place:
    """Where a proposal stands in the queue, which of them come before and after it, and how many wait in all."""

    number: int
    before: UUID | None
    after: UUID | None
    waiting: int


class NotDecided(Exception):
    """Some of several proposals cannot be decided on so, by their ids; nothing was done with any."""

    def __init__(self, faults: Mapping[UUID, PlatsverketError]) -> None:
        self.faults = dict(faults)
        super().__init__(f"{len(self.faults)} proposals cannot be decided on so.")


def first(session: Session, actor: Actor, search: ProposalSearch) -> UUID | None:
    """Return the proposal that is to be looked at first, if any waits."""
    found = select(col(Proposal.id)).join(Request, col(Request.id) == col(Proposal.request_id))
    waiting = found.where(*_waits(actor, search)).order_by(*review_order()).limit(1)
    return session.scalars(waiting).one_or_none()


def place(session: Session, actor: Actor, search: ProposalSearch, key: UUID) -> Place:
    """Return where a proposal stands among those that wait, or would stand if it still did.

    Raises
    ------
    NotFound
        There is none.
    """
    order = review_order()
    here = col(Proposal.id) == key
    ordered = (
        select(
            col(Proposal.id),
            func.row_number().over(order_by=order).label("number"),
            func.lag(col(Proposal.id)).over(order_by=order).label("before"),
            func.lead(col(Proposal.id)).over(order_by=order).label("after"),
            func.count().filter(and_(*_waits(actor, search))).over().label("waiting"),
        )
        .join(Request, col(Request.id) == col(Proposal.request_id))
        .where(or_(and_(*_waits(actor, search)), here))
        .subquery()
    )
    row = session.execute(select(ordered).where(ordered.c.id == key)).one_or_none()
    if row is None:
        raise NotFound("proposal", key)
    return Place(row.number, row.before, row.after, row.waiting)


def decide_all(session: Session, actor: Actor, chosen: Mapping[UUID, int | None], decision: Decision) -> None:
    """Do the same with several proposals, given with the versions that were read, or with none of them.

    Raises
    ------
    NotAllowed
        The actor is no coordinator.
    BadInput
        A refusal has no right reason.
    NotDecided
        Some cannot be decided on so. What was tried is to be rolled back.
    """
    if not actor.may(Permission.DECIDE):
        raise refusal(actor, Permission.DECIDE)
    _lock(session, actor, chosen)
    faults: dict[UUID, PlatsverketError] = {}
    for key in sorted(chosen):
        try:
            with db.translated(), session.begin_nested():
                _decide(session, actor, key, chosen[key], decision)
        except (Conflict, NotFound) as error:
            faults[key] = error
    if faults:
        raise NotDecided(faults)


def _decide(session: Session, actor: Actor, key: UUID, version: int | None, decision: Decision) -> None:
    match decision.verdict:
        case Verdict.APPROVE:
            service.approve(session, actor, key, version)
        case Verdict.REFUSE:
            service.refuse(session, actor, key, decision.code, decision.words, if_version=version)
        case Verdict.LOCK:
            service.lock(session, actor, key, version)
        case Verdict.UNLOCK:
            service.unlock(session, actor, key, version)
        case Verdict.REOPEN:
            reopen(session, actor, key)


def _lock(session: Session, actor: Actor, keys: Collection[UUID]) -> None:
    """Lock proposals, their requests and the units that they would take, all in order: two never wait in a ring."""
    found = queries.visible_to(actor).where(any_of(col(Proposal.id), keys)).order_by(col(Proposal.id))
    rows = session.scalars(found.with_for_update(of=Proposal).execution_options(populate_existing=True)).all()
    lock_requests(session, {row.request_id for row in rows})
    lock_units(session, session.scalars(_units(keys)).all())


def _units(keys: Collection[UUID]) -> Select[UUID]:
    return (
        select(col(LineClaim.unit_id))
        .join(ProposalLine, col(ProposalLine.id) == col(LineClaim.line_id))
        .where(any_of(col(ProposalLine.proposal_id), keys))
        .distinct()
    )


def _waits(actor: Actor, search: ProposalSearch) -> list[ColumnElement[bool]]:
    wanted = replace(search, state=ProposalState.PROPOSED)
    return [coordinated(actor, col(Request.organisation_id)), *queries.conditions(wanted)]
