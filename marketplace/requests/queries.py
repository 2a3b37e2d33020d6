"""Every question about requests and their needs."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, false, func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from competence.models import Skill
from core import plain
from core.actor import Actor
from core.database.page import DEFAULT_LIMIT, Page, read_page
from core.database.tables import any_of
from core.errors import NotFound
from core.time import clock, timing
from core.time.timing import Flexible, Timing
from marketplace.bookings.models import Booking, BookingState
from marketplace.organisations.models import Member, Organisation
from marketplace.planning.rules import reasons_told_to
from marketplace.proposals import queries as proposals
from marketplace.proposals.models import Proposal, ProposalLine, ProposalState
from marketplace.requests.models import Need, NeedState, Priority, Request, RequestState
from marketplace.requests.rules import REQUIREMENTS, Requirements
from marketplace.runs.models import MatchingRun, NeedOutcome, RunState
from resources.models import Family

LIVE = (RequestState.OPEN, RequestState.PROPOSED, RequestState.PARTLY_AGREED)
"""States in which some need may still be served."""

WAITING = (NeedState.OPEN, NeedState.PROPOSED)
"""States of needs that nothing is agreed on."""


@dataclass(frozen=True)
class RequestSearch:
    """What a list of requests is narrowed to; nothing: all that the actor may see."""

    state: RequestState | None = None
    family: Family | None = None
    priority: Priority | None = None
    organisation_id: UUID | None = None
    text: str = ""


@dataclass(frozen=True)
class RequestSummary:
    """A request in a list, with its needs in order."""

    request: Request
    organisation: Organisation
    needs: tuple[Need, ...]


@dataclass(frozen=True)
class Outcome:
    """What the latest run that looked at a need did with it, and when."""

    run_id: UUID
    at: datetime
    served: bool
    code: str
    reasons: dict[str, Any]


@dataclass(frozen=True)
class Suggestion:
    """A proposal that serves a need and that the actor may see."""

    proposal_id: UUID
    state: ProposalState


@dataclass(frozen=True)
class NeedView:
    """A need with its stored JSON read, and what happened to it."""

    need: Need
    timing: Timing
    requirements: Requirements
    outcome: Outcome | None
    suggestions: tuple[Suggestion, ...]


@dataclass(frozen=True)
class RequestView:
    """A request as its page shows it."""

    request: Request
    organisation: Organisation
    member_name: str
    needs: tuple[NeedView, ...]

    @property
    def live_needs(self) -> tuple[NeedView, ...]:
        """Those that have not been dropped."""
        return tuple(each for each in self.needs if each.need.state is not NeedState.DROPPED)


@dataclass(frozen=True)
class PooledNeed:
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
    family: Family
    kind: str | None
    amount: int
    parts: int
    timing: Timing
    requirements: Requirements
    municipality_code: str | None
    latitude: float | None
    longitude: float | None
    max_distance_km: float | None
    alternative_group: int | None


def visible_to(actor: Actor) -> Select[Request]:
    """Return the SELECT of the requests that an actor may see: its organisation's, and to coordinators all but drafts.

    Everything else about requests that is shown to somebody starts from here.
    """
    own = col(Request.organisation_id) == actor.organisation_id
    if actor.coordinates:
        return select(Request).where(or_(own, col(Request.state) != RequestState.DRAFT))
    return select(Request).where(own)


def requests_page(
    session: Session, actor: Actor, search: RequestSearch, page: int = 1, limit: int = DEFAULT_LIMIT
) -> Page[RequestSummary]:
    """Return one page of requests, newest first, with four queries however many there are."""
    statement = _narrowed(visible_to(actor), search).order_by(col(Request.created_at).desc(), col(Request.id))
    return read_page(session, statement, page, limit).of(lambda rows: _summaries(session, rows))


def request_view(session: Session, actor: Actor, request_id: UUID) -> RequestView:
    """Return a request with its needs, their latest outcomes and the proposals the actor may see; else NotFound."""
    statement = (
        visible_to(actor)
        .add_columns(Organisation, col(Member.name))
        .join(Organisation, col(Organisation.id) == col(Request.organisation_id))
        .join(Member, col(Member.id) == col(Request.member_id))
        .where(col(Request.id) == request_id)
    )
    found = session.execute(statement).one_or_none()
    if found is None:
        raise NotFound("request", request_id)
    request, organisation, member_name = found
    needs = needs_of(session, [request_id])[request_id]
    ids = [need.id for need in needs]
    outcomes, suggestions = _latest_outcomes(session, actor, ids), _suggestions(session, actor, ids)
    views = (
        NeedView(
            need,
            timing.from_json(need.timing),
            plain.from_json(REQUIREMENTS[need.family], need.requirements),
            outcomes.get(need.id),
            tuple(suggestions[need.id]),
        )
        for need in needs
    )
    return RequestView(request, organisation, member_name, tuple(views))


def needs_of(session: Session, request_ids: Collection[UUID]) -> dict[UUID, list[Need]]:
    """Return the needs of each request in order, as they now are."""
    statement = select(Need).where(any_of(col(Need.request_id), request_ids)).order_by(col(Need.position))
    statement = statement.execution_options(populate_existing=True)
    found: dict[UUID, list[Need]] = {request_id: [] for request_id in request_ids}
    for need in session.scalars(statement):
        found[need.request_id].append(need)
    return found


def locked(session: Session, request_ids: Iterable[UUID]) -> list[Request]:
    """Lock requests until the transaction ends, in the order of their ids, and return them as they now are."""
    found = select(Request).where(any_of(col(Request.id), set(request_ids))).order_by(col(Request.id))
    return list(session.scalars(found.with_for_update().execution_options(populate_existing=True)))


def locked_visible(session: Session, actor: Actor, request_id: UUID) -> Request:
    """Lock a request that the actor may see and return it as it now is; else NotFound."""
    statement = visible_to(actor).where(col(Request.id) == request_id).with_for_update()
    found = session.scalars(statement.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise NotFound("request", request_id)
    return found


def request_ids_of(session: Session, need_ids: Collection[UUID]) -> set[UUID]:
    """Return the requests that needs belong to."""
    return set(session.scalars(select(col(Need.request_id)).where(any_of(col(Need.id), need_ids))))


def known_skills(session: Session, codes: Collection[str]) -> set[str]:
    """Return those of the codes that the vocabulary of skills has."""
    return set(session.scalars(select(col(Skill.code)).where(col(Skill.code).in_(codes)))) if codes else set()


def ended_request_ids(session: Session, now: datetime) -> set[UUID]:
    """Return live requests whose needs' times have all passed, and agreed ones whose bookings are all closed."""
    ahead = select(col(Need.id)).where(
        col(Need.request_id) == col(Request.id),
        col(Need.state) != NeedState.DROPPED,
        or_(col(Need.ends_at).is_(None), col(Need.ends_at) > now),
    )
    booked = select(col(Booking.id)).where(col(Booking.request_id) == col(Request.id))
    unclosed = booked.where(col(Booking.state).not_in((BookingState.CLOSED, BookingState.CANCELLED)))
    closed = and_(col(Request.state) == RequestState.AGREED, booked.exists(), ~unclosed.exists())
    statement = select(col(Request.id)).where(
        col(Request.state).in_((*LIVE, RequestState.AGREED)), or_(~ahead.exists(), closed)
    )
    return set(session.scalars(statement))


def open_pool(
    session: Session, county_code: str | None = None, need_ids: Collection[UUID] | None = None
) -> list[PooledNeed]:
    """Return the needs that a run may serve, in the order in which their requests were opened; one query.

    Left out are needs that are agreed, whose proposal (or an alternative's) the coordinator approved or locked, or
    whose time, or that of one they belong together with, has passed. With a county: those placed there, or placed
    nowhere by an organisation from there; a request that belongs together comes whole, and so do alternatives. With
    ids: only those needs.
    """
    statement = (
        select(*_POOLED)
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
    return [_pooled(row) for row in session.execute(statement)]


def _narrowed(statement: Select[Request], search: RequestSearch) -> Select[Request]:
    wanted = (
        (col(Request.state), search.state),
        (col(Request.priority), search.priority),
        (col(Request.organisation_id), search.organisation_id),
    )
    conditions = [column == value for column, value in wanted if value is not None]
    if search.family is not None:
        of_family = select(col(Need.id)).where(
            col(Need.request_id) == col(Request.id), col(Need.family) == search.family
        )
        conditions.append(of_family.exists())
    if search.text.strip():
        text = search.text.strip()
        conditions.append(or_(*(column.icontains(text, autoescape=True) for column in _SEARCHED)))
    return statement.where(*conditions)


_SEARCHED = (col(Request.title), col(Request.purpose))


def _summaries(session: Session, requests: Sequence[Request]) -> list[RequestSummary]:
    needs = needs_of(session, [request.id for request in requests])
    homes = {request.organisation_id for request in requests}
    found = session.scalars(select(Organisation).where(col(Organisation.id).in_(homes)))
    by_id = {organisation.id: organisation for organisation in found}
    return [RequestSummary(each, by_id[each.organisation_id], tuple(needs[each.id])) for each in requests]


def _latest_outcomes(session: Session, actor: Actor, need_ids: Collection[UUID]) -> dict[UUID, Outcome]:
    statement = (
        select(NeedOutcome, col(MatchingRun.finished_at))
        .join(MatchingRun, col(MatchingRun.id) == col(NeedOutcome.run_id))
        .where(col(NeedOutcome.need_id).in_(need_ids), col(MatchingRun.state) == RunState.DONE)
        .ext(distinct_on(col(NeedOutcome.need_id)))
        .order_by(col(NeedOutcome.need_id), col(MatchingRun.finished_at).desc(), col(MatchingRun.id).desc())
    )
    return {
        row.need_id: Outcome(row.run_id, finished_at, row.served, row.code, reasons_told_to(actor, row.reasons))
        for row, finished_at in session.execute(statement)
    }


def _suggestions(session: Session, actor: Actor, need_ids: Collection[UUID]) -> dict[UUID, list[Suggestion]]:
    visible = proposals.visible_to(actor).subquery()
    statement = (
        select(col(ProposalLine.need_id), visible.c.id, visible.c.state)
        .join(visible, visible.c.id == col(ProposalLine.proposal_id))
        .where(col(ProposalLine.need_id).in_(need_ids))
        .distinct()
        .order_by(visible.c.id.desc())
    )
    found: dict[UUID, list[Suggestion]] = defaultdict(list)
    for need_id, proposal_id, state in session.execute(statement):
        found[need_id].append(Suggestion(proposal_id, state))
    return found


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
        .where(proposals.is_kept(), or_(col(served.id) == col(Need.id), alternative))
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


_POOLED = (
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
"""The fields of a pooled need. Columns and not rows: there are tens of thousands."""


def _pooled(row: Row[Any]) -> PooledNeed:
    values = row._asdict()
    wanted = timing.from_json(values.pop("timing"))
    several = 1 if isinstance(wanted, Flexible) else values.pop("parts")  # several lots would have to start together
    requirements = plain.from_json(REQUIREMENTS[row.family], values.pop("requirements"))
    return PooledNeed(**{**values, "timing": wanted, "parts": several, "requirements": requirements})
