"""The address by which seats are given back from a mail: signed, so that whoever has the mail needs not sign in."""

import hmac
from base64 import b32decode, b32encode
from hashlib import blake2b
from uuid import UUID

from core.secret.key import key_for
from core.settings import settings

_KEY_BYTES = _SIGNATURE_BYTES = 16


def declining_address(registration_id: UUID) -> str:
    """Return where a registration is given back."""
    signed = b32encode(registration_id.bytes + _signature(registration_id)).decode().rstrip("=").lower()
    return f"{settings().address}/declining/{signed}"


def registration_meant(secret: str) -> UUID | None:
    """Return the registration that an address ends for; None where it is none of ours."""
    try:
        found = b32decode(secret.upper() + "=" * (-len(secret) % 8))
    except ValueError:
        return None
    if len(found) != _KEY_BYTES + _SIGNATURE_BYTES:
        return None
    registration_id = UUID(bytes=found[:_KEY_BYTES])
    is_ours = hmac.compare_digest(found[_KEY_BYTES:], _signature(registration_id))
    return registration_id if is_ours else None


def _signature(registration_id: UUID) -> bytes:
    return blake2b(registration_id.bytes, key=key_for("declining"), digest_size=_SIGNATURE_BYTES).digest()
