"""The needs that a run may serve, as values with all that decides what may be proposed for them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import ColumnElement, Row, and_, false, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from core import serialization
from core.database.tables import any_of
from core.time import clock, timing
from core.time.timing import Fixed, Flexible, Period, Timing, Weekly
from marketplace.organisations.models import Member, Organisation, OrganisationKind
from marketplace.organisations.queries import takes_part
from marketplace.proposals.models import Proposal, ProposalLine
from marketplace.proposals.queries import is_kept
from marketplace.requests.models import Need, Priority, Request
from marketplace.requests.queries import LIVE, WAITING
from marketplace.runs.set_aside import Fault, SetAside
from marketplace.surges.models import SurgeRole
from resources.families import family_of

log = structlog.get_logger()

LOOKS_AHEAD = timedelta(days=100 * 365)
"""How far ahead a run looks: what ends later, or begins later and has no end, takes part when it has come so near."""


@dataclass(frozen=True)
class OpenNeed:
    """A need that a matching run may serve, with what decides which offers its requester may see."""

    need_id: UUID
    request_id: UUID
    organisation_id: UUID
    organisation_kind: OrganisationKind
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
    aside: list[SetAside] | None = None,
    surge_id: UUID | None = None,
) -> list[OpenNeed]:
    """Return the needs that a run may serve, in the order in which their requests were opened; one query.

    What is stored of a need and cannot be read, or lies too far ahead, sets it aside, and with it those that it
    belongs together with: `aside` gets it.

    Left out are needs of an organisation that has left, that are agreed, whose proposal (or an alternative's) the
    coordinator approved or locked, or whose time, or that of one they belong together with, has passed. With a county:
    those placed there, or placed nowhere by an organisation from there; a request that belongs together comes whole,
    and so do alternatives. With ids: only those needs, or those of these requests. What an alert asks for is served by
    its own runs (`surge_id`) and by no other.
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
            takes_part(),
            ~_is_settled(),
            ~_has_passed(clock.now()),
            _asked_by(surge_id),
        )
        .order_by(col(Request.opened_at), col(Request.id), col(Need.position))
    )
    if county_code is not None:
        statement = statement.where(_concerns(county_code))
    if need_ids is not None:
        statement = statement.where(any_of(col(Need.id), need_ids))
    if request_ids is not None:
        statement = statement.where(any_of(col(Request.id), request_ids))
    now = clock.now()
    read = [(row, _open_need(row, now)) for row in session.execute(statement)]
    strange = [each for _, each in read if isinstance(each, SetAside)]
    if aside is not None:
        aside += strange
    broken = {each.request_id for each in strange}
    return [
        each for row, each in read if isinstance(each, OpenNeed) and not (row.together and row.request_id in broken)
    ]


def _asked_by(surge_id: UUID | None) -> ColumnElement[bool]:
    role = col(Request.surge_role_id)
    if surge_id is None:
        return role.is_(None)
    return role.in_(select(col(SurgeRole.id)).where(col(SurgeRole.surge_id) == surge_id))


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
    col(Organisation.kind).label("organisation_kind"),
    col(Member.department),
)
"""The fields of an open need. Columns and not rows: there are tens of thousands."""


def _open_need(row: Row[Any], now: datetime) -> OpenNeed | SetAside:
    values = row._asdict()
    fault = Fault.TIMING
    try:
        wanted = timing.from_json(values.pop("timing"))
        if is_far(wanted, now):
            return _set_aside(row, Fault.TOO_FAR)
        fault = Fault.REQUIREMENTS
        requirements = serialization.from_stored(family_of(row.family).requirements, values.pop("requirements"))
    except Exception:  # whatever it is, it is this row's, and not to be everybody's
        log.warning("need_set_aside", need=str(row.need_id), fault=fault.value, exc_info=True)
        return _set_aside(row, fault)
    several = 1 if isinstance(wanted, Flexible) else row.parts  # several lots would have to start together
    return OpenNeed(**{**values, "timing": wanted, "parts": several, "requirements": requirements})


def _set_aside(row: Row[Any], fault: Fault) -> SetAside:
    return SetAside(fault, row.organisation_id, row.request_id, row.need_id)


def is_far(wanted: Timing, now: datetime) -> bool:
    """Tell whether a need lies so far ahead that it is left for later."""
    return (timing.end_of(wanted) or begin_of(wanted)) > now + LOOKS_AHEAD


def begin_of(wanted: Timing) -> datetime:
    """Return the earliest instant that a timing asks for."""
    match wanted:
        case Fixed():
            return wanted.start
        case Flexible():
            return wanted.earliest
        case Weekly() | Period():
            return datetime.combine(wanted.first, time.min, clock.STOCKHOLM)
