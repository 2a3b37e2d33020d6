"""Bearer tokens of machine clients: made here, shown once, kept only as a hash."""

import hashlib
import secrets

# Recognisable, so that a token that ends up in a log or a repository can be found by a search.
PREFIX = "plats_"


def new_token() -> str:
    """Return a new token with 256 random bits."""
    return PREFIX + secrets.token_urlsafe(32)


def token_hash(text: str) -> str:
    """Return what is kept of a token. It is random and long, so a fast hash without salt is enough."""
    return hashlib.sha256(text.encode()).hexdigest()
