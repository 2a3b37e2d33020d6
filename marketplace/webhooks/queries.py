"""Every question about webhooks. They are their organisation's administrators' alone."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlmodel import Session, col

from core.actor import Actor, Permission, check_may
from core.database.page import DEFAULT_LIMIT, Page, read_page, read_rows
from core.database.tables import run_out
from core.errors import NotFound
from marketplace.notices.models import Notice
from marketplace.webhooks.models import WebhookDelivery, WebhookEndpoint
from marketplace.webhooks.rules import LEASE, SENDERS


@dataclass(frozen=True)
class DeliveryView:
    """A delivery with what it tells of."""

    delivery: WebhookDelivery
    notice: Notice


def endpoints_page(session: Session, actor: Actor, page: int = 1, limit: int = DEFAULT_LIMIT) -> Page[WebhookEndpoint]:
    """Return the endpoints of the actor's organisation, the last added first.

    Raises
    ------
    NotAllowed
        The actor administers nobody there.
    """
    check_may(actor, Permission.ADMINISTER, actor.organisation_id)
    found = select(WebhookEndpoint).where(col(WebhookEndpoint.organisation_id) == actor.organisation_id)
    return read_page(session, found.order_by(col(WebhookEndpoint.id).desc()), page, limit)


def endpoint(session: Session, actor: Actor, endpoint_id: UUID) -> WebhookEndpoint:
    """Return an endpoint of the actor's organisation.

    Raises
    ------
    NotFound, NotAllowed
        There is none such there; the actor administers nobody there.
    """
    its = (col(WebhookEndpoint.id) == endpoint_id, col(WebhookEndpoint.organisation_id) == actor.organisation_id)
    found = session.scalars(select(WebhookEndpoint).where(*its)).one_or_none()
    if found is None:
        raise NotFound("webhook", endpoint_id)
    check_may(actor, Permission.ADMINISTER, found.organisation_id)
    return found


def count_of(session: Session, organisation_id: UUID) -> int:
    """Return how many endpoints an organisation has."""
    its = col(WebhookEndpoint.organisation_id) == organisation_id
    return session.scalars(select(func.count()).select_from(WebhookEndpoint).where(its)).one()


def deliveries_page(
    session: Session, actor: Actor, endpoint_id: UUID, page: int = 1, limit: int = DEFAULT_LIMIT
) -> Page[DeliveryView]:
    """Return what an endpoint was told, or is to be told, the last first; raises as `endpoint`."""
    its = endpoint(session, actor, endpoint_id)
    found = (
        select(WebhookDelivery, Notice)
        .join(Notice, col(Notice.id) == col(WebhookDelivery.notice_id))
        .where(col(WebhookDelivery.endpoint_id) == its.id)
        .order_by(col(WebhookDelivery.created_at).desc(), col(WebhookDelivery.id).desc())
    )
    views = read_rows(session, found, page, limit)
    return views.of(lambda rows: [DeliveryView(row.WebhookDelivery, row.Notice) for row in rows])


def delivery(session: Session, endpoint_id: UUID, delivery_id: UUID) -> WebhookDelivery:
    """Return a delivery to an endpoint, locked, or NotFound."""
    found = session.get(WebhookDelivery, delivery_id, with_for_update=True)
    if found is None or found.endpoint_id != endpoint_id:
        raise NotFound("webhook_delivery", delivery_id)
    return found


def unqueued(session: Session, most: int) -> Collection[Notice]:
    """Return the first notices that nobody has looked at for webhooks, locked: two workers never take the same."""
    found = select(Notice).where(col(Notice.webhooks_queued_at).is_(None)).order_by(col(Notice.sequence))
    return session.scalars(found.limit(most).with_for_update(skip_locked=True)).all()


def endpoints_of(session: Session, organisation_ids: Collection[UUID]) -> Collection[WebhookEndpoint]:
    """Return the endpoints of some organisations that are told something."""
    its = (col(WebhookEndpoint.organisation_id).in_(organisation_ids), col(WebhookEndpoint.disabled_at).is_(None))
    return session.scalars(select(WebhookEndpoint).where(*its)).all()


def next_to_send(session: Session, now: datetime) -> WebhookDelivery | None:
    """Return the delivery that has been due longest, locked; None where enough workers send already."""
    died = run_out(col(WebhookDelivery.taken_until), LEASE)
    sending = select(func.count()).where(_to_send(), col(WebhookDelivery.taken_until).is_not(None), ~died)
    if session.scalars(sending).one() >= SENDERS:
        return None
    open_to = and_(
        col(WebhookEndpoint.id) == col(WebhookDelivery.endpoint_id), col(WebhookEndpoint.disabled_at).is_(None)
    )
    found = (
        select(WebhookDelivery)
        .join(WebhookEndpoint, open_to)
        .where(_to_send(), col(WebhookDelivery.due_at) <= now, or_(col(WebhookDelivery.taken_until).is_(None), died))
        .order_by(col(WebhookDelivery.due_at), col(WebhookDelivery.id))
        .limit(1)
        .with_for_update(skip_locked=True, of=WebhookDelivery)
    )
    return session.scalars(found).one_or_none()


def _to_send() -> ColumnElement[bool]:
    return and_(col(WebhookDelivery.sent_at).is_(None), col(WebhookDelivery.failed_at).is_(None))
