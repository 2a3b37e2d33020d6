"""Every question about requests and their needs."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, String, and_, cast, exists, false, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Session, col

from competence.models import Skill
from competence.taxonomies.releases import ConceptKind
from core.actor import Actor
from core.database.audit import AuditEntry, latest_moves
from core.database.full_text import words_of
from core.database.page import DEFAULT_LIMIT, Listed, Page, Paged, read_rows
from core.database.statements import made_once
from core.database.tables import among, any_of, coordinated
from core.errors import NotFound
from marketplace.organisations.models import Organisation
from marketplace.requests.excerpts import COLUMNS, RequestExcerpt, excerpt
from marketplace.requests.models import REQUEST_WORDS, Need, NeedState, Priority, Request, RequestState
from marketplace.requests.rules import NEED, WITHDRAWN

LIVE = (RequestState.OPEN, RequestState.PROPOSED, RequestState.PARTLY_AGREED)
"""States in which some need may still be served."""

WAITING = (NeedState.OPEN, NeedState.PROPOSED)
"""States of needs that nothing is agreed on."""
_SKILL_FIELDS = ("skillsMust", "skillsShould")


@dataclass(frozen=True)
class RequestSearch:
    """What a list of requests is narrowed to; nothing: all that the actor may see."""

    state: RequestState | None = None
    family: str | None = None
    priority: Priority | None = None
    organisation_id: UUID | None = None
    text: str = ""


def visible_to(actor: Actor) -> Select[Request]:
    """Return the SELECT of the requests that an actor may see: its organisation's, and its area's but for drafts.

    Everything else about requests that is shown to somebody starts from here.
    """
    own = col(Request.organisation_id) == actor.organisation_id
    decides = and_(col(Request.state) != RequestState.DRAFT, coordinated(actor, col(Request.organisation_id)))
    return select(Request).where(or_(own, decides))


def requests_page(
    session: Session, actor: Actor, search: RequestSearch, page: int = 1, limit: int = DEFAULT_LIMIT
) -> Page[RequestExcerpt]:
    """Return one page of requests, newest first, with one query however many there are."""
    wanted: Listed = _listed(actor, search)
    if search.text.strip():
        mentioning = _mentioning(session, visible_to(actor), search.text)
        wanted = _in_short(_narrowed(visible_to(actor), search).where(mentioning))
    return read_rows(session, wanted, page, limit).of(lambda rows: list(map(excerpt, rows)))


@made_once
def _listed(actor: Actor, search: RequestSearch) -> Paged:
    return Paged(_in_short(_narrowed(visible_to(actor), search)))


def _in_short(found: Select[Request]) -> Select[*tuple[Any, ...]]:
    """Return a SELECT of requests with what lists show, in their order."""
    ordered = found.order_by(col(Request.created_at).desc(), col(Request.id))
    joined = ordered.join(Organisation, col(Organisation.id) == col(Request.organisation_id))
    return joined.with_only_columns(*COLUMNS, maintain_column_froms=True)


def needs_of(session: Session, request_ids: Collection[UUID]) -> dict[UUID, list[Need]]:
    """Return the needs of each request in order, as they now are."""
    found: dict[UUID, list[Need]] = {request_id: [] for request_id in request_ids}
    for need in session.scalars(_NEEDS, {"requests": list(request_ids)}):
        found[need.request_id].append(need)
    return found


_NEEDS = (
    select(Need)
    .where(among(col(Need.request_id), "requests"))
    .order_by(col(Need.position))
    .execution_options(populate_existing=True)
)


def locked(session: Session, request_ids: Iterable[UUID]) -> list[Request]:
    """Lock requests until the transaction ends, in the order of their ids, and return them as they now are."""
    found = select(Request).where(any_of(col(Request.id), set(request_ids))).order_by(col(Request.id))
    return list(session.scalars(found.with_for_update().execution_options(populate_existing=True)))


def locked_visible(session: Session, actor: Actor, request_id: UUID) -> Request:
    """Lock a request that the actor may see and return it as it now is.

    Raises
    ------
    NotFound
        Something in it is wrong.
    """
    statement = visible_to(actor).where(col(Request.id) == request_id).with_for_update()
    found = session.scalars(statement.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise NotFound("request", request_id)
    return found


def locked_seen(session: Session, actor: Actor, need_ids: Collection[UUID]) -> list[Request]:
    """Lock the requests of needs that the actor may see, in the order of their ids, and return them as they now are."""
    its = select(col(Need.request_id)).where(any_of(col(Need.id), need_ids))
    found = visible_to(actor).where(col(Request.id).in_(its)).order_by(col(Request.id)).with_for_update()
    return list(session.scalars(found.execution_options(populate_existing=True)))


def last_changed(session: Session, request_ids: Collection[UUID]) -> dict[UUID, datetime]:
    """Return when somebody last changed what each of some requests asks for, of those that somebody has changed."""
    rows = session.execute(_CHANGED, {"requests": list(request_ids)})
    return {key: at for key, at in rows}  # noqa: C416


_CHANGED = (
    select(col(AuditEntry.entity_id), func.max(col(AuditEntry.at)))
    .where(
        col(AuditEntry.entity) == "request",
        among(col(AuditEntry.entity_id), "requests"),
        col(AuditEntry.reason_code) == "changed",
    )
    .group_by(col(AuditEntry.entity_id))
)


@dataclass(frozen=True)
class Withdrawal:
    """When a request was withdrawn, and what each need was that was dropped by it."""

    at: datetime
    needs: Mapping[UUID, NeedState]


def withdrawal_of(session: Session, needs: Iterable[Need]) -> Withdrawal | None:
    """Return how the needs of a request were last withdrawn, if any of them is withdrawn still."""
    dropped = [need.id for need in needs if need.state is NeedState.DROPPED]
    moves = {key: each for key, each in latest_moves(session, NEED.entity, dropped).items() if _withdrew(each)}
    if not moves:
        return None
    at = max(each.at for each in moves.values())
    return Withdrawal(at, {key: NeedState(str(each.from_state)) for key, each in moves.items() if each.at == at})


def _withdrew(move: AuditEntry) -> bool:
    return move.reason_code == WITHDRAWN


def request_ids_of(session: Session, need_ids: Collection[UUID]) -> set[UUID]:
    """Return the requests that needs belong to."""
    return set(session.scalars(select(col(Need.request_id)).where(any_of(col(Need.id), need_ids))))


def organisations_of(session: Session, request_ids: Collection[UUID]) -> set[UUID]:
    """Return the organisations that requests are of."""
    return set(session.scalars(select(col(Request.organisation_id)).where(any_of(col(Request.id), request_ids))))


def bundle_of(session: Session, need_id: UUID) -> list[UUID]:
    """Return a need, with those that it goes together with."""
    own = session.get_one(Need, need_id)
    if not session.get_one(Request, own.request_id).together:
        return [need_id]
    return list(session.scalars(select(col(Need.id)).where(col(Need.request_id) == own.request_id)))


def waiting_timings(session: Session, organisation_id: UUID, but_for: UUID | None = None) -> list[dict[str, Any]]:
    """Return when the needs of an organisation are wanted that take part in matching, but for those of one request."""
    found = (
        select(col(Need.timing))
        .join(Request, col(Request.id) == col(Need.request_id))
        .where(
            col(Request.organisation_id) == organisation_id,
            col(Request.state).in_(LIVE),
            col(Need.state).in_(WAITING),
        )
    )
    if but_for is not None:
        found = found.where(col(Request.id) != but_for)
    return list(session.scalars(found))


def needs_asking_for(session: Session, codes: Collection[str]) -> int:
    """Return how many waiting needs ask for any of these skills, must or nice to have."""
    if not codes:
        return 0
    asked = [col(Need.requirements)[field].has_any(cast(sorted(codes), ARRAY(String))) for field in _SKILL_FIELDS]
    return int(session.execute(select(func.count()).where(col(Need.state).in_(WAITING), or_(*asked))).scalar_one())


def known_skills(session: Session, codes: Collection[str]) -> set[str]:
    """Return those of the codes that a vocabulary has as a skill or a group of skills."""
    found = select(col(Skill.code)).where(col(Skill.code).in_(codes), col(Skill.kind) != ConceptKind.OCCUPATION)
    return set(session.scalars(found)) if codes else set()


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
    return statement.where(*conditions)


def _mentioning(session: Session, visible: Select[Request], text: str) -> ColumnElement[bool]:
    """Say that all words of a text stand in what a request is called or for; unless some does, its title is like it."""
    words = words_of(session, text)
    has = [or_(word.within(col(Request.title)), word.is_in(REQUEST_WORDS)) for word in words]
    if not words or session.scalar(select(exists(visible.where(*has)))):
        return and_(*has) if words else false()
    return and_(*(or_(each, word.resembles(col(Request.title))) for word, each in zip(words, has, strict=True)))


def requested(session: Session, request_id: UUID) -> Request:
    """Return the request that a booking is for, whoever may see it."""
    return session.scalars(select(Request).where(col(Request.id) == request_id)).one()
