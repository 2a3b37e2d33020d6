"""The needs that a run may serve, as values with all that decides what may be proposed for them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, false, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from core import serialization
from core.database.tables import any_of
from core.time import clock, timing
from core.time.timing import Flexible, Timing
from marketplace.organisations.models import Member, Organisation
from marketplace.proposals.models import Proposal, ProposalLine
from marketplace.proposals.queries import is_kept
from marketplace.requests.models import Need, Priority, Request
from marketplace.requests.queries import LIVE, WAITING
from resources.families import family_of


@dataclass(frozen=True)
class OpenNeed:
    """A need that a matching run may serve, with what decides which offers its requester may see."""

    need_id: UUID
    request_id: UUID
    organisation_id: UUID
    department: str | None
    county_code: str
    priority: Priority
    together: bool
    opened_at: datetime
    position: int
    title: str
    family: str
    kind: str | None
    amount: int
    parts: int
    timing: Timing
    requirements: serialization.Dataclass
    municipality_code: str | None
    latitude: float | None
    longitude: float | None
    max_distance_km: float | None
    alternative_group: int | None


def open_needs(
    session: Session,
    county_code: str | None = None,
    need_ids: Collection[UUID] | None = None,
    *,
    request_ids: Collection[UUID] | None = None,
) -> list[OpenNeed]:
    """Return the needs that a run may serve, in the order in which their requests were opened; one query.

    Left out are needs that are agreed, whose proposal (or an alternative's) the coordinator approved or locked, or
    whose time, or that of one they belong together with, has passed. With a county: those placed there, or placed
    nowhere by an organisation from there; a request that belongs together comes whole, and so do alternatives. With
    ids: only those needs, or those of these requests.
    """
    statement = (
        select(*_COLUMNS)
        .select_from(Need)
        .join(Request, col(Request.id) == col(Need.request_id))
        .join(Organisation, col(Organisation.id) == col(Request.organisation_id))
        .join(Member, col(Member.id) == col(Request.member_id))
        .where(
            col(Request.state).in_(LIVE),
            col(Need.state).in_(WAITING),
            ~_is_settled(),
            ~_has_passed(clock.now()),
        )
        .order_by(col(Request.opened_at), col(Request.id), col(Need.position))
    )
    if county_code is not None:
        statement = statement.where(_concerns(county_code))
    if need_ids is not None:
        statement = statement.where(any_of(col(Need.id), need_ids))
    if request_ids is not None:
        statement = statement.where(any_of(col(Need.request_id), request_ids))
    return [_open_need(row) for row in session.execute(statement)]


def _is_settled() -> ColumnElement[bool]:
    """The condition for needs that a kept proposal serves, or an alternative of which is served in that way."""
    served = aliased(Need)
    alternative = and_(
        col(served.request_id) == col(Need.request_id), col(served.alternative_group) == col(Need.alternative_group)
    )
    statement = (
        select(col(ProposalLine.id))
        .join(Proposal, col(Proposal.id) == col(ProposalLine.proposal_id))
        .join(served, col(served.id) == col(ProposalLine.need_id))
        .where(is_kept(), or_(col(served.id) == col(Need.id), alternative))
    )
    return statement.exists()


def _has_passed(now: datetime) -> ColumnElement[bool]:
    """The condition for needs whose time is over, and for those that belong together with one."""
    fellow = aliased(Need)
    statement = select(col(fellow.id)).where(
        col(fellow.request_id) == col(Request.id), col(fellow.state).in_(WAITING), col(fellow.ends_at) <= now
    )
    return or_(func.coalesce(col(Need.ends_at) <= now, false()), and_(col(Request.together), statement.exists()))


def _concerns(county_code: str) -> ColumnElement[bool]:
    """The condition for needs placed in a county, and for those that belong together with one or are alternatives."""
    fellow = aliased(Need)
    comes_along = or_(col(Request.together), col(fellow.alternative_group) == col(Need.alternative_group))
    statement = select(col(fellow.id)).where(
        col(fellow.request_id) == col(Request.id), _county_of(fellow) == county_code, comes_along
    )
    return or_(_county_of(Need) == county_code, statement.exists())


def _county_of(need: type[Need]) -> ColumnElement[str]:
    return func.coalesce(func.left(col(need.municipality_code), 2), col(Organisation.county_code))


_COLUMNS = (
    *(
        col(getattr(Need, name))
        for name in (
            "request_id",
            "position",
            "title",
            "family",
            "kind",
            "amount",
            "parts",
            "timing",
            "requirements",
            "municipality_code",
            "latitude",
            "longitude",
            "max_distance_km",
            "alternative_group",
        )
    ),
    col(Need.id).label("need_id"),
    col(Request.organisation_id),
    col(Request.priority),
    col(Request.together),
    func.coalesce(col(Request.opened_at), col(Request.created_at)).label("opened_at"),
    col(Organisation.county_code),
    col(Member.department),
)
"""The fields of an open need. Columns and not rows: there are tens of thousands."""


def _open_need(row: Row[Any]) -> OpenNeed:
    values = row._asdict()
    wanted = timing.from_json(values.pop("timing"))
    several = 1 if isinstance(wanted, Flexible) else values.pop("parts")  # several lots would have to start together
    requirements = serialization.from_stored(family_of(row.family).requirements, values.pop("requirements"))
    return OpenNeed(**{**values, "timing": wanted, "parts": several, "requirements": requirements})
