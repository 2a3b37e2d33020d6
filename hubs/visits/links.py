"""The address by which somebody says that it comes to a hub, or does not: signed, as visitors have no account."""

from uuid import UUID

from core.secret import links
from core.settings import settings

PURPOSE = "visit"


def visit_address(visit_id: UUID) -> str:
    """Return where a visit is confirmed or cancelled."""
    return f"{settings().address}/visits/{links.signed(PURPOSE, visit_id)}"


def visit_meant(secret: str) -> UUID | None:
    """Return the visit that an address ends for; None where it is none of ours."""
    return links.meant(PURPOSE, secret)
