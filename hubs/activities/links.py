"""The address by which seats are given back from a mail: signed, so that whoever has the mail needs not sign in."""

from uuid import UUID

from core.secret import links
from core.settings import settings

PURPOSE = "declining"


def declining_address(registration_id: UUID) -> str:
    """Return where a registration is given back."""
    return f"{settings().address}/declining/{links.signed(PURPOSE, registration_id)}"


def registration_meant(secret: str) -> UUID | None:
    """Return the registration that an address ends for; None where it is none of ours."""
    return links.meant(PURPOSE, secret)
