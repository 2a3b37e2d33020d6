"""What an endpoint is told: a CloudEvents 1.0 body, signed as Standard Webhooks says. Ids and links, nobody's name."""

import base64
import hashlib
import hmac
from typing import Any

import msgspec

from api.language.notices import link_of
from core.settings import settings
from marketplace.notices.models import Notice
from marketplace.webhooks.models import WebhookDelivery

MEDIA_TYPE = "application/cloudevents+json"
_PREFIX = "whsec_"


def event_of(notice: Notice) -> dict[str, Any]:
    """Return what a notice is as an event."""
    return {
        "specversion": "1.0",
        "id": str(notice.id),
        "source": settings().address,
        "type": f"se.platsverket.{notice.code}.v1",
        "time": notice.at.isoformat(),
        "subject": f"{notice.entity}/{notice.entity_id}",
        "datacontenttype": "application/json",
        "data": {
            "organisationId": str(notice.organisation_id),
            "entity": notice.entity,
            "entityId": str(notice.entity_id),
            "link": settings().address + link_of(notice),
        },
    }


def message(delivery: WebhookDelivery, notice: Notice, secret: str, at: int) -> tuple[bytes, dict[str, str]]:
    """Return body and headers of a delivery, sent at a second since 1970."""
    body, name = msgspec.json.encode(event_of(notice)), f"msg_{delivery.id.hex}"
    signed = hmac.new(base64.b64decode(secret.removeprefix(_PREFIX)), f"{name}.{at}.".encode() + body, hashlib.sha256)
    return body, {
        "content-type": MEDIA_TYPE,
        "webhook-id": name,
        "webhook-timestamp": str(at),
        "webhook-signature": f"v1,{base64.b64encode(signed.digest()).decode()}",
    }
