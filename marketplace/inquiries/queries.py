"""Every question about inquiries."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, and_, or_, select
from sqlmodel import Session, col

from core.actor import Actor
from core.database.page import DEFAULT_LIMIT, Page, Paged, read_rows
from core.database.statements import made_once
from core.database.tables import among
from core.errors import NotFound
from marketplace.inquiries.models import Inquiry, InquiryState
from marketplace.organisations.models import Organisation
from marketplace.requests import queries as requests
from marketplace.requests.models import Need, NeedState, Request
from marketplace.requests.queries import LIVE
from marketplace.runs.changes import AnyChange


@dataclass(frozen=True)
class InquirySearch:
    """What a list of inquiries is narrowed to; nothing: all that the actor may see."""

    state: InquiryState | None = None
    request_id: UUID | None = None
    organisation_id: UUID | None = None


@dataclass(frozen=True)
class InquiryView:
    """An inquiry with the need that it is about, and whose that is."""

    inquiry: Inquiry
    need: Need
    request: Request
    organisation: Organisation


def visible_to(actor: Actor) -> Select[Inquiry]:
    """Return the SELECT of the inquiries about requests that an actor may see."""
    seen = requests.visible_to(actor).with_only_columns(col(Request.id))
    return select(Inquiry).where(col(Inquiry.request_id).in_(seen))


def inquiries_page(
    session: Session, actor: Actor, search: InquirySearch, page: int = 1, limit: int = DEFAULT_LIMIT
) -> Page[InquiryView]:
    """Return one page of inquiries, those to be answered first before those to be answered later."""
    return read_rows(session, _listed(actor, search), page, limit).of(lambda rows: [_view(row) for row in rows])


@made_once
def _listed(actor: Actor, search: InquirySearch) -> Paged:
    found = _views(actor)
    if search.state is not None:
        found = found.where(col(Inquiry.state) == search.state)
    if search.request_id is not None:
        found = found.where(col(Inquiry.request_id) == search.request_id)
    if search.organisation_id is not None:
        found = found.where(col(Request.organisation_id) == search.organisation_id)
    return Paged(found.order_by(col(Inquiry.answer_by), col(Inquiry.id)))


def inquiry_view(session: Session, actor: Actor, inquiry_id: UUID) -> InquiryView:
    """Return one inquiry.

    Raises
    ------
    NotFound
        There is none, or none that the actor may see.
    """
    row = session.execute(_views(actor).where(col(Inquiry.id) == inquiry_id)).one_or_none()
    if row is None:
        raise NotFound("inquiry", inquiry_id)
    return _view(row)


def of_needs(session: Session, need_ids: Collection[UUID]) -> dict[UUID, list[Inquiry]]:
    """Return what was asked about each of some needs, the latest first."""
    found: dict[UUID, list[Inquiry]] = defaultdict(list)
    if not need_ids:
        return found
    for each in session.scalars(_OF_NEEDS, {"needs": list(need_ids)}):
        found[each.need_id].append(each)
    return found


_OF_NEEDS = select(Inquiry).where(among(col(Inquiry.need_id), "needs")).order_by(col(Inquiry.id).desc())


def refused(inquiries: Collection[Inquiry]) -> list[AnyChange]:
    """Return the changes that a requester has said no to, of what it was asked."""
    return [each.change for each in inquiries if each.state is InquiryState.REFUSED]


def waiting_of_request(session: Session, request_id: UUID) -> list[Inquiry]:
    """Return what somebody waits for an answer to about a request."""
    found = select(Inquiry).where(col(Inquiry.request_id) == request_id, col(Inquiry.state) == InquiryState.WAITING)
    return list(session.scalars(found))


def to_lapse(session: Session, now: datetime) -> list[tuple[Inquiry, Need, Request]]:
    """Return waiting inquiries whose time is out, or of which something has changed since; their requests locked.

    What somebody else is at is left out.
    """
    still_asked = and_(col(Need.state) == NeedState.OPEN, col(Request.state).in_(LIVE))
    changed = col(Request.updated_at) > col(Inquiry.created_at)
    found = (
        select(Inquiry, Need, Request)
        .join(Need, col(Need.id) == col(Inquiry.need_id))
        .join(Request, col(Request.id) == col(Inquiry.request_id))
        .where(col(Inquiry.state) == InquiryState.WAITING, or_(col(Inquiry.answer_by) <= now, ~still_asked, changed))
        .order_by(col(Request.id), col(Inquiry.id))
        .with_for_update(of=Request, skip_locked=True)
        .execution_options(populate_existing=True)
    )
    return [(inquiry, need, request) for inquiry, need, request in session.execute(found)]


def _view(row: Row[Any]) -> InquiryView:
    return InquiryView(row.Inquiry, row.Need, row.Request, row.Organisation)


def _views(actor: Actor) -> Select[Inquiry]:
    return (
        visible_to(actor)
        .join(Need, col(Need.id) == col(Inquiry.need_id))
        .join(Request, col(Request.id) == col(Inquiry.request_id))
        .join(Organisation, col(Organisation.id) == col(Request.organisation_id))
        .add_columns(Need, Request, Organisation)
    )
