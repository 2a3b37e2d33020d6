"""What stands in the database sealed with the installation's key: nobody reads or changes it without that."""

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from core.secret.key import key_for

_NONCE = 12


def sealed(purpose: str, text: str) -> bytes:
    """Return a text as it may stand in the database: nobody reads it, or changes it unseen, without the key."""
    nonce = secrets.token_bytes(_NONCE)
    return nonce + AESGCM(key_for(purpose)).encrypt(nonce, text.encode(), None)


def unsealed(purpose: str, kept: bytes) -> str | None:
    """Return a text that `sealed` has made; nothing where the key is another by now."""
    try:
        return AESGCM(key_for(purpose)).decrypt(kept[:_NONCE], kept[_NONCE:], None).decode()
    except (InvalidTag, ValueError):
        return None
