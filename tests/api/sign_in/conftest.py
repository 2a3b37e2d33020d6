"""Identity providers to sign in through: a certified one, and one that says whatever a test wants."""

import json
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote_plus, urlsplit

import httpx2
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import select
from sqlmodel import col

from api.cli.sample_provider import node
from api.http.openid import metadata, providers
from core.database import db
from core.database.audit import AuditEntry
from core.settings import settings
from core.time import clock
from tests.api.conftest import HTML
from tests.api.sign_in import saml_proxy
from tests.processes.conftest import free_port

ORG_NUMBER = "https://id.oidc.se/claim/orgNumber"
AFFILIATION = "https://id.oidc.se/claim/orgAffiliation"
CALLBACK = "http://127.0.0.1:8000/sign-in/callback"
SECRET = "known to both sides"
BY_SECRET = "signed by a secret"
"""A client to which the certified provider signs ID tokens with the secret that both know."""
PROGRAM, AUDIENCE = "fastighetssystemet", "http://127.0.0.1:8000/api"
# Numbers with a right check digit: the first is Tillväxtverket's, the others are municipalities'.
ONE, OTHER, FOREIGN = "202100-6164", "212000-2627", "212000-0142"


@dataclass(frozen=True)
class Answered:
    """Where the provider sent the browser."""

    path: str

    @property
    def query(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}


@dataclass(frozen=True)
class SampleProvider:
    """The certified provider (npm oidc-provider), as a browser sees it."""

    issuer: str

    def sign_in(self, address: str, sub: str, browser: httpx2.Client | None = None) -> Answered:
        """Follow the way from our redirect through the choice of a person, back to us."""
        with browser or httpx2.Client(follow_redirects=False) as browsing:
            answer = browsing.get(address)
            while answer.is_redirect:
                location = str(httpx2.URL(address).join(answer.headers["location"]))
                if location.startswith(CALLBACK):
                    return Answered(location.removeprefix("http://127.0.0.1:8000"))
                if "/choose/" in location:
                    location += "?cancel=1" if not sub else f"?sub={sub}"
                answer = browsing.get(location)
        raise AssertionError(answer.text)

    def alters_next(self, said: Mapping[str, Any]) -> None:
        """Let the ID token that it issues next be another: see `altering_provider.mjs`."""
        assert httpx2.get(f"{self.issuer}/alter", params={"next": json.dumps(said)}).status_code == 204

    def keys_fetched(self) -> int:
        """Return how often somebody has asked for its keys."""
        return int(httpx2.get(f"{self.issuer}/keys-fetched").text)

    def token(self, scope: str) -> dict[str, str]:
        """Return the headers of a program that the provider has given an access token."""
        asked = {"grant_type": "client_credentials", "scope": scope}
        answer = httpx2.post(f"{self.issuer}/token", data=asked, auth=(PROGRAM, quote_plus(SECRET)))
        assert answer.status_code == 200, answer.text
        return {"Authorization": f"Bearer {answer.json()['access_token']}"}


@pytest.fixture(scope="session")
def sample_provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SampleProvider]:
    """The certified provider, which alters what it is told to.

    Its people are of two organisations: `one`, `both` (of both), `stranger`, `unverified`; and of SAML.
    """
    port = free_port()
    people = {
        "one": {ORG_NUMBER: ONE.replace("-", ""), "email": "one@example.se"},
        "both": {AFFILIATION: [f"a1@{ONE.replace('-', '')}", f"b2@{OTHER}"], "email": "both@example.se"},
        "stranger": {AFFILIATION: f"x@{FOREIGN}", "email": "one@example.se"},
        "unverified": {ORG_NUMBER: ONE, "email": "one@example.se", "email_verified": False},
        **saml_proxy.people(),
    }
    product = {
        "client_id": "platsverket",
        "client_secret": SECRET,
        "redirect_uris": [CALLBACK],
        "post_logout_redirect_uris": ["http://127.0.0.1:8000/"],
        "backchannel_logout_uri": "http://127.0.0.1:8000/sign-in/providers/p/logout",
        "backchannel_logout_session_required": True,
        "response_types": ["code"],
        "grant_types": ["authorization_code"],
    }
    config = {
        "port": port,
        "algorithms": ["RS256", "HS256"],
        "jwks": KeySet([RSAKey.generate_key(2048, {"kid": "its own"})]).as_dict(private=True),
        "clients": [
            product,
            product | {"client_id": BY_SECRET, "id_token_signed_response_alg": "HS256"},
            {
                "client_id": PROGRAM,
                "client_secret": SECRET,
                "redirect_uris": [],
                "response_types": [],
                "grant_types": ["client_credentials"],
            },
        ],
        "api": AUDIENCE,
        "accounts": [
            {"sub": sub, "label": sub, "name": sub, "email_verified": True, **said} for sub, said in people.items()
        ],
    }
    path = tmp_path_factory.mktemp("provider") / "config.json"
    path.write_text(json.dumps(config))
    with subprocess.Popen(
        [node(), str(Path(__file__).with_name("altering_provider.mjs")), str(path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert "listens at" in process.stdout.readline()
        yield SampleProvider(f"http://127.0.0.1:{port}")
        process.terminate()


@dataclass
class FalseProvider:
    """A provider whose every word is the test's: its keys, its metadata, its ID token."""

    issuer: str
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "k1"}))
    said: dict[str, Any] = field(default_factory=dict)
    keys: Any = None
    token: Callable[[dict[str, Any]], str] | None = None
    asked: list[str] = field(default_factory=list)
    claims: dict[str, Any] = field(default_factory=dict)
    status: int = 200

    def answer(self, path: str) -> Any:
        self.asked.append(path)
        addresses = {"authorization_endpoint": "/auth", "token_endpoint": "/token", "jwks_uri": "/keys"}
        if path == "/.well-known/openid-configuration":
            return {"issuer": self.issuer, **{n: self.issuer + p for n, p in addresses.items()}, **self.said}
        if path == "/keys":
            return KeySet([self.key]).as_dict(private=False) if self.keys is None else self.keys
        claims = self.right_claims() | self.claims
        token = self.token(claims) if self.token else self.signed(claims)
        return {"access_token": "a", "token_type": "Bearer", "id_token": token}

    def right_claims(self) -> dict[str, Any]:
        now = int(clock.now().timestamp())
        return {
            "iss": self.issuer,
            "sub": "one",
            "aud": "platsverket",
            "iat": now,
            "exp": now + 300,
            ORG_NUMBER: ONE,
            "email": "one@example.se",
            "email_verified": True,
        }

    def signed(self, claims: dict[str, Any], **header: Any) -> str:
        return jwt.encode({"alg": "RS256", "kid": "k1", **header}, claims, self.key, algorithms=["RS256"])


@pytest.fixture
def false_provider() -> Iterator[FalseProvider]:
    """A provider that lies, listening on this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = said.answer(urlsplit(self.path).path)
            self.send_response(said.status)
            self.end_headers()
            self.wfile.write(body if isinstance(body, bytes) else json.dumps(body).encode())

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("content-length", "0")))
            self.do_GET()

        def log_message(self, *_args: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        said = FalseProvider(f"http://127.0.0.1:{server.server_address[1]}")
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield said
        server.shutdown()


Trust = Callable[..., None]


@pytest.fixture
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Trust:
    """Let the installation trust a provider, under the key `p`, for two organisations."""

    def trust(issuer: str, **said: Any) -> None:
        secret = tmp_path / "secret"
        secret.write_text(SECRET + "\n")
        values: dict[str, Any] = {
            "key": "p",
            "name": "Inloggningen",
            "issuer": issuer,
            "client_id": "platsverket",
            "client_secret_file": str(secret),
            "organisations": [ONE, OTHER],
            **said,
        }
        path = tmp_path / "providers.toml"
        path.write_text("[[provider]]\n" + "\n".join(f"{name} = {json.dumps(value)}" for name, value in values.items()))
        monkeypatch.setenv("PLATSVERKET_SIGN_IN_PROVIDERS", str(path))
        forget()

    yield trust
    monkeypatch.undo()
    forget()


def forget() -> None:
    settings.cache_clear()
    providers.providers.cache_clear()
    metadata.metadata_of.cache_clear()


def started(client: TestClient[Litestar], wanted: str = "") -> str:
    """Return where signing in through the provider sends the browser."""
    answer = client.get(f"/sign-in/providers/p{wanted}")
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def is_in(client: TestClient[Litestar]) -> bool:
    return client.get("/sessions", headers=HTML).status_code == 200


def refusals() -> list[str]:
    """Return why sign-ins were refused, as the audit has it."""
    with db.unit_of_work() as session:
        refused = select(AuditEntry.reason_code).where(col(AuditEntry.entity) == "sign_in")
        return list(session.scalars(refused.order_by(col(AuditEntry.sequence))))


def state_of(address: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
