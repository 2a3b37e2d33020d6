"""The installation's key: a setting, or made once and kept in the data folder."""

import hashlib
import os
import secrets
from functools import cache
from pathlib import Path

from core.settings import settings


def key_for(purpose: str) -> bytes:
    """Return 32 bytes that only this installation knows, different for each purpose."""
    secret = settings().secret_key or _kept(settings().data_dir / "secret-key")
    return hashlib.blake2b(secret.encode(), digest_size=32, person=purpose.encode()).digest()


@cache
def _kept(path: Path) -> str:
    """Return the data folder's key, read once. Of two processes that start at once, one makes it and both read it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text()
