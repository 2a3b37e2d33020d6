"""Webhooks on the wire."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from msgspec import Meta

from api.schemas.base import Wire, each_limited, limited
from core.outward.addresses import LONGEST_ADDRESS
from marketplace.webhooks.models import WebhookEndpoint
from marketplace.webhooks.queries import DeliveryView
from marketplace.webhooks.rules import KINDS


class WebhookIn(Wire):
    """Where your organisation's own system is told, and of what."""

    address: Annotated[str, limited(min_length=1, max_length=LONGEST_ADDRESS, pattern=r"^https?://\S+$")]
    kinds: Annotated[
        list[Annotated[str, each_limited(pattern=f"^({'|'.join(KINDS)})$")]],
        limited("What becomes of proposals, bookings and requests; nothing else.", min_items=1, max_items=len(KINDS)),
    ]

    @classmethod
    def example(cls) -> Self:
        """Return one that is told of bookings."""
        return cls(address="https://system.example.se/platsverket", kinds=["agreed", "cancelled"])


class WebhookOut(Wire):
    """A webhook, without its address and secret."""

    id: UUID
    host: str
    kinds: list[str]
    created_at: datetime
    failing_since: Annotated[datetime | None, Meta(description="Since when it has taken nothing.")]
    disabled_at: Annotated[datetime | None, Meta(description="When it was given up, until somebody enables it.")]

    @classmethod
    def example(cls) -> Self:
        """Return one that works."""
        return cls(
            id=UUID("01980000-0000-7000-8000-0000000000a1"),
            host="system.example.se",
            kinds=["agreed", "cancelled"],
            created_at=datetime.fromisoformat("2026-11-21T08:30:00Z"),
            failing_since=None,
            disabled_at=None,
        )


class WebhookMade(Wire):
    """A webhook with its secret, which is shown here and never again."""

    secret: Annotated[str, Meta(description="As Standard Webhooks writes it: `whsec_` and base64.")]
    details: WebhookOut

    @classmethod
    def example(cls) -> Self:
        """Return one whose secret is none."""
        return cls(secret="whsec_…", details=WebhookOut.example())  # noqa: S106 (none)


class DeliveryOut(Wire):
    """What a webhook was told, or is to be told."""

    id: UUID
    kind: str
    entity: str
    entity_id: UUID
    created_at: datetime
    attempts: int
    sent_at: datetime | None
    failed_at: Annotated[datetime | None, Meta(description="When it was given up, a day after it was made.")]
    due_at: Annotated[datetime, Meta(description="When it is tried next, unless it was sent or given up.")]
    status: Annotated[int | None, Meta(description="What the endpoint answered the last time, if it did.")]
    fault: str

    @classmethod
    def example(cls) -> Self:
        """Return one that was taken."""
        return cls(
            id=UUID("01980000-0000-7000-8000-0000000000b1"),
            kind="agreed",
            entity="proposal",
            entity_id=UUID("01980000-0000-7000-8000-000000000051"),
            created_at=datetime.fromisoformat("2026-11-21T08:30:00Z"),
            attempts=1,
            sent_at=datetime.fromisoformat("2026-11-21T08:30:04Z"),
            failed_at=None,
            due_at=datetime.fromisoformat("2026-11-21T08:30:00Z"),
            status=204,
            fault="",
        )


def webhook_out(row: WebhookEndpoint) -> WebhookOut:
    """Return a webhook as an administrator reads it."""
    return WebhookOut(
        id=row.id,
        host=row.host,
        kinds=row.codes,
        created_at=row.created_at,
        failing_since=row.failing_since,
        disabled_at=row.disabled_at,
    )


def delivery_out(view: DeliveryView) -> DeliveryOut:
    """Return a delivery as an administrator reads it."""
    row = view.delivery
    return DeliveryOut(
        id=row.id,
        kind=view.notice.code,
        entity=view.notice.entity,
        entity_id=view.notice.entity_id,
        created_at=row.created_at,
        attempts=row.attempts,
        sent_at=row.sent_at,
        failed_at=row.failed_at,
        due_at=row.due_at,
        status=row.status,
        fault=row.fault,
    )
