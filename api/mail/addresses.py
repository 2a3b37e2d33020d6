"""The addresses at which mail comes in: each of one mail that went out, or one invitation, for one purpose, and signed.

The signature is what an address proves: whoever writes to it has seen that mail. It says nothing of who that is.
"""

import hmac
from base64 import b32decode, b32encode
from enum import StrEnum
from hashlib import blake2b
from uuid import UUID

from core.secret.key import key_for
from core.settings import settings

_SIGNATURE_BYTES = 16
_KEY_BYTES = 16


class Purpose(StrEnum):
    """What comes to an address, by its first letters. What stands in a mail that was sent never changes."""

    REPLY = "svar"
    BOUNCE = "retur"
    INVITATION = "inbjudan"


def address_for(purpose: Purpose, mail_id: UUID) -> str | None:
    """Return the address of a mail, or invitation, for a purpose; None where no mail comes in."""
    domain = settings().mail_in_domain
    if domain is None:
        return None
    # Without capitals, as a server may change those; 52 letters, of the 64 that may stand before the @ with the name.
    signed = b32encode(mail_id.bytes + _signature(purpose, mail_id)).decode().rstrip("=").lower()
    return f"{purpose}+{signed}@{domain}"


def meant_by(address: str) -> tuple[Purpose, UUID] | None:
    """Return the purpose and the mail that an address is of; None where it is none of ours."""
    local, _at, domain = address.rpartition("@")
    name, _plus, signed = local.lower().partition("+")
    if domain.lower() != (settings().mail_in_domain or "").lower() or name not in list(Purpose):
        return None
    try:
        found = b32decode(signed.upper() + "=" * (-len(signed) % 8))
    except ValueError:
        return None
    if len(found) != _KEY_BYTES + _SIGNATURE_BYTES:
        return None
    purpose, mail_id = Purpose(name), UUID(bytes=found[:_KEY_BYTES])
    is_ours = hmac.compare_digest(found[_KEY_BYTES:], _signature(purpose, mail_id))
    return (purpose, mail_id) if is_ours else None


def _signature(purpose: Purpose, mail_id: UUID) -> bytes:
    key = key_for("mail addresses")
    return blake2b(f"{purpose}{mail_id}".encode(), key=key, digest_size=_SIGNATURE_BYTES).digest()
