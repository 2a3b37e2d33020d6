"""Addresses in mails that do one thing without signing in: the row's key, signed for that purpose alone."""

import hmac
from base64 import b32decode, b32encode
from hashlib import blake2b
from uuid import UUID

from core.secret.key import key_for

_KEY_BYTES = _SIGNATURE_BYTES = 16


def signed(purpose: str, key: UUID) -> str:
    """Return a row's key, signed, as the last part of an address."""
    return b32encode(key.bytes + _signature(purpose, key)).decode().rstrip("=").lower()


def meant(purpose: str, secret: str) -> UUID | None:
    """Return the key that was signed for a purpose; None where it was not by us."""
    try:
        found = b32decode(secret.upper() + "=" * (-len(secret) % 8))
    except ValueError:
        return None
    if len(found) != _KEY_BYTES + _SIGNATURE_BYTES:
        return None
    key = UUID(bytes=found[:_KEY_BYTES])
    return key if hmac.compare_digest(found[_KEY_BYTES:], _signature(purpose, key)) else None


def _signature(purpose: str, key: UUID) -> bytes:
    return blake2b(key.bytes, key=key_for(purpose), digest_size=_SIGNATURE_BYTES).digest()
