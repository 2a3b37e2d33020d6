"""Use cases of webhooks: endpoints added, removed, enabled; notices queued, sent, given up."""

import base64
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

import msgspec
from sqlalchemy import and_, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col
from uuid_utils.compat import uuid7

from core.actor import Actor, Permission, check_may
from core.database.audit import record
from core.database.counting import take_turn
from core.database.tables import any_of
from core.errors import BadInput, Conflict, Faults
from core.limits import refuse_if
from core.outward.addresses import address_faults
from core.secret.sealing import sealed, unsealed
from core.time import clock
from marketplace.mail.rules import TRIED_FOR, tried_again_at
from marketplace.notices.models import Notice
from marketplace.notices.rules import NoticeCode
from marketplace.notices.service import notify
from marketplace.webhooks import queries
from marketplace.webhooks.models import WebhookDelivery, WebhookEndpoint
from marketplace.webhooks.rules import GIVEN_UP_AFTER, KINDS, LEASE, MOST_ENDPOINTS

ENTITY = "webhook"
AT_A_TIME = 500
"""Notices that are looked at in one transaction."""
_PURPOSE = "webhook"
_SECRET_BYTES = 32
GONE = 410


class Access(msgspec.Struct, frozen=True):
    """Where an endpoint is, and the secret that it knows us by, as Standard Webhooks writes it."""

    address: str
    secret: str


@dataclass(frozen=True)
class Due:
    """A delivery that is to be sent now; nobody can tell where when the installation's key is another."""

    delivery: WebhookDelivery
    notice: Notice
    access: Access | None


def add(session: Session, actor: Actor, address: str, codes: Sequence[str]) -> tuple[str, WebhookEndpoint]:
    """Let an address be told of what happens from now on; its secret is returned here and never again.

    Raises
    ------
    BadInput
        No such address may be called, or it would be told of nothing.
    Conflict
        ``too_many_webhooks``: the organisation has as many as it may have.
    NotAllowed
        The actor does not administer its organisation.
    """
    home = actor.organisation_id
    check_may(actor, Permission.ADMINISTER, home)
    faults = Faults()
    with faults.under():
        refuse_if(address_faults("address", address))
    with faults.under():
        if not codes:
            raise BadInput("kinds", None, "choose at least one of those that are told")
        if unknown := sorted(set(codes) - set(KINDS)):
            raise BadInput("kinds", unknown, f"it has to be one of {', '.join(KINDS)}")
    faults.refuse()
    take_turn(session, "webhooks", home)
    if queries.count_of(session, home) >= MOST_ENDPOINTS:
        reason = f"Your organisation has {MOST_ENDPOINTS} webhooks, as many as it may have. Remove one first."
        raise Conflict("too_many_webhooks", reason)
    secret = "whsec_" + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()
    kept = sealed(_PURPOSE, msgspec.json.encode(Access(address, secret)).decode())
    told = [each.value for each in KINDS if each in set(codes)]
    host = urlsplit(address).hostname or ""
    made = WebhookEndpoint(organisation_id=home, host=host, sealed_access=kept, codes=told)
    session.add(made)
    session.flush()
    record(session, actor, ENTITY, made.id, to_state="added", details={"host": host, "kinds": told})
    return secret, made


def remove(session: Session, actor: Actor, endpoint_id: UUID) -> None:
    """Tell an endpoint nothing more, and forget what it was told; raises as `queries.endpoint`."""
    found = queries.endpoint(session, actor, endpoint_id)
    session.delete(found)
    session.flush()
    record(session, actor, ENTITY, endpoint_id, to_state="removed", details={"host": found.host})


def enable(session: Session, actor: Actor, endpoint_id: UUID) -> WebhookEndpoint:
    """Tell an endpoint again that was given up; what it was not told meanwhile is sent when somebody says so."""
    found = queries.endpoint(session, actor, endpoint_id)
    session.refresh(found, with_for_update=True)
    if found.disabled_at is not None:
        found.disabled_at = found.failing_since = None
        session.flush()
        record(session, actor, ENTITY, found.id, to_state="enabled")
    return found


def send_again(session: Session, actor: Actor, endpoint_id: UUID, delivery_id: UUID) -> None:
    """Let a delivery be made anew, whatever became of it: its id is the same. One under way goes on.

    An endpoint that was given up is told again from now on: else it would wait for somebody to say so.
    """
    found = queries.delivery(session, queries.endpoint(session, actor, endpoint_id).id, delivery_id)
    enable(session, actor, endpoint_id)
    if found.sent_at is None and found.failed_at is None:
        found.due_at = clock.now()
    else:
        found.created_at = found.due_at = clock.now()
        found.sent_at, found.failed_at, found.attempts, found.fault, found.status = None, None, 0, "", None
    session.flush()
    record(session, actor, ENTITY, endpoint_id, reason_code="sent_again", details={"delivery": str(delivery_id)})


def queue(session: Session) -> int:
    """Make deliveries of notices, one for each endpoint that wants to know; return how many were looked at.

    They are marked in the same transaction: none is forgotten, and none is queued twice.
    """
    notices = queries.unqueued(session, AT_A_TIME)
    telling = [each for each in notices if each.code in KINDS and each.member_id is None]
    endpoints = queries.endpoints_of(session, {each.organisation_id for each in telling}) if telling else []
    now = clock.now()
    rows = [
        {"id": uuid7(), "endpoint_id": to.id, "notice_id": each.id, "created_at": now, "due_at": now}
        for each in telling
        for to in endpoints
        if to.organisation_id == each.organisation_id and each.code in to.codes and each.at >= to.created_at
    ]
    if rows:
        same = {"attempts": 0, "fault": ""}
        session.execute(insert(WebhookDelivery).on_conflict_do_nothing(), [row | same for row in rows])
    session.execute(
        update(Notice).where(any_of(col(Notice.id), [each.id for each in notices])).values(webhooks_queued_at=now)
    )
    return len(notices)


def take(session: Session) -> Due | None:
    """Take the delivery that has been due longest, for as long as sending it may take."""
    now = clock.now()
    found = queries.next_to_send(session, now)
    if found is None:
        return None
    found.attempts += 1
    found.taken_until = now + LEASE
    session.flush()
    kept = unsealed(_PURPOSE, session.get_one(WebhookEndpoint, found.endpoint_id).sealed_access)
    access = msgspec.json.decode(kept, type=Access) if kept is not None else None
    return Due(found, session.get_one(Notice, found.notice_id), access)


def note_sent(session: Session, due: Due, status: int) -> None:
    """Note that an endpoint has taken a delivery."""
    _note(session, due, sent_at=clock.now(), status=status, fault="")
    endpoint = session.get(WebhookEndpoint, due.delivery.endpoint_id, with_for_update=True)
    if endpoint is not None:
        endpoint.failing_since = None
        session.flush()


def note_failed(session: Session, due: Due, fault: str, status: int | None = None) -> None:
    """Note that an endpoint has not taken a delivery: it is tried for a day, and the endpoint for three."""
    now, row = clock.now(), due.delivery
    is_over = now - row.created_at >= TRIED_FOR
    later = tried_again_at(row.attempts, now)
    _note(session, due, status=status, fault=fault, **({"failed_at": now} if is_over else {"due_at": later}))
    if status is None:
        _let_wait(session, row.endpoint_id, later)
    endpoint = session.get(WebhookEndpoint, row.endpoint_id, with_for_update=True)
    if endpoint is None or endpoint.disabled_at is not None:
        return
    endpoint.failing_since = endpoint.failing_since or now
    # One that had nothing to take for long may have come back: it is tried for a day, too.
    if status == GONE or (is_over and now - endpoint.failing_since >= GIVEN_UP_AFTER):
        endpoint.disabled_at = now
        record(session, None, ENTITY, endpoint.id, to_state="disabled", details={"fault": fault, "status": status})
        notify(
            session,
            [endpoint.organisation_id],
            NoticeCode.WEBHOOK_DISABLED,
            ENTITY,
            endpoint.id,
            permission=Permission.ADMINISTER,
            host=endpoint.host,
        )
    session.flush()


def _let_wait(session: Session, endpoint_id: UUID, until: datetime) -> None:
    """Let all that waits for an endpoint that does not answer wait with it: to try costs others their turn."""
    waiting = (col(WebhookDelivery.sent_at).is_(None), col(WebhookDelivery.failed_at).is_(None))
    of_it = (col(WebhookDelivery.endpoint_id) == endpoint_id, col(WebhookDelivery.due_at) < until)
    session.execute(update(WebhookDelivery).where(*of_it, *waiting).values(due_at=until))


def _note(session: Session, due: Due, **values: object) -> None:
    """Note what became of an attempt, unless another worker has taken the delivery since."""
    row = due.delivery
    still = and_(col(WebhookDelivery.id) == row.id, col(WebhookDelivery.attempts) == row.attempts)
    session.execute(
        update(WebhookDelivery).where(still, col(WebhookDelivery.sent_at).is_(None)).values(taken_until=None, **values)
    )
