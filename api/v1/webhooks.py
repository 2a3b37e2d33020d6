"""`/api/v1/webhooks`: your organisation's own systems are told of what happens."""

from typing import Any
from uuid import UUID

from litestar import Controller, Request, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from sqlmodel import Session

from api.http.paging import Paging, listing
from api.schemas.agreements.webhooks import (
    DeliveryOut,
    WebhookIn,
    WebhookMade,
    WebhookOut,
    delivery_out,
    webhook_out,
)
from api.schemas.base import Listing
from core.actor import Actor
from marketplace.webhooks import queries, service


class Webhooks(Controller):
    """Be told instead of asking again and again."""

    path = "/webhooks"
    tags = ("webhooks",)

    @get("/", operation_id="listWebhooks", sync_to_thread=True, summary="List webhooks / Lista webhookar")
    def search(
        self,
        *,
        request: Request[Any, Any, Any],
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        paging: NamedDependency[Paging],
    ) -> Listing[WebhookOut]:
        """List your organisation's webhooks, the last added first."""
        return listing(request, queries.endpoints_page(session, actor, paging.page, paging.limit), webhook_out)

    # Not 201, as of tokens: an answer that may be asked for again would have to be kept, and a secret never is.
    @post(
        "/",
        operation_id="addWebhook",
        sync_to_thread=True,
        status_code=200,
        summary="Add a webhook / Lägg till en webhook",
    )
    def add(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], data: JSONBody[WebhookIn]
    ) -> WebhookMade:
        """Let an address be told from now on. The secret that signs is in this answer and never shown again."""
        secret, made = service.add(session, actor, data.address, data.kinds)
        return WebhookMade(secret=secret, details=webhook_out(made))

    @get("/{key:uuid}", operation_id="readWebhook", sync_to_thread=True, summary="Read a webhook / Läs en webhook")
    def read(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: FromPath[UUID]
    ) -> WebhookOut:
        """Read what a webhook is told of, and since when it takes nothing."""
        return webhook_out(queries.endpoint(session, actor, key))

    @delete(
        "/{key:uuid}",
        operation_id="removeWebhook",
        sync_to_thread=True,
        summary="Remove it / Ta bort den",
    )
    def remove(self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: FromPath[UUID]) -> None:
        """Tell it nothing more, and forget what it was told."""
        service.remove(session, actor, key)

    @post(
        "/{key:uuid}/enabling",
        operation_id="enableWebhook",
        sync_to_thread=True,
        status_code=200,
        summary="Enable a webhook / Slå på en webhook",
    )
    def enable(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: FromPath[UUID]
    ) -> WebhookOut:
        """Tell a webhook again that was given up after three days without an answer."""
        return webhook_out(service.enable(session, actor, key))

    @get(
        "/{key:uuid}/deliveries",
        operation_id="listWebhookDeliveries",
        sync_to_thread=True,
        summary="List deliveries / Lista leveranser",
    )
    def deliveries(
        self,
        *,
        request: Request[Any, Any, Any],
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[UUID],
        paging: NamedDependency[Paging],
    ) -> Listing[DeliveryOut]:
        """List what a webhook was told, or is to be told, the last first."""
        found = queries.deliveries_page(session, actor, key, paging.page, paging.limit)
        return listing(request, found, delivery_out)

    @post(
        "/{key:uuid}/deliveries/{delivery:uuid}/repetition",
        operation_id="repeatWebhookDelivery",
        sync_to_thread=True,
        status_code=204,
        summary="Send again / Skicka igen",
    )
    def send_again(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[UUID],
        delivery: FromPath[UUID],
    ) -> None:
        """Send a delivery again within a minute, with the same id. A webhook that was given up is begun again."""
        service.send_again(session, actor, key, delivery)
