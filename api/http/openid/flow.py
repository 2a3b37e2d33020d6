"""The authorization code flow with PKCE: sent to the provider with a question of our own, back with its answer to it.

What belongs to a question (state, nonce, PKCE's verifier) is kept in the browser's own encrypted session, for the last
few of them and for some minutes, and is used once.
"""

import asyncio
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any

import httpx2
import msgspec
from authlib.integrations.httpx_client import AsyncOAuth2Client, OAuthError

from api.http.openid.failures import SignInFailed, Why
from api.http.openid.metadata import PATIENCE_S, ProviderMetadata, get_json, metadata_of
from api.http.openid.providers import CALLBACK, IdentityProvider
from api.http.openid.tokens import id_token_claims
from core.settings import settings
from core.time import clock
from marketplace.organisations.sessions import Proof
from marketplace.organisations.sign_in import Identity

TIME_TO_ANSWER = timedelta(minutes=15)
MOST_ATTEMPTS = 5
LONGEST_WANTED = 500
MOST_METHODS = 20
"""That a provider may name as how it made sure (`amr`)."""
_KEY = "sign_in_attempts"

BrowserSession = dict[str, Any]


@dataclass(frozen=True)
class Attempt:
    """One question to a provider, and where its asker wanted to go."""

    provider: str
    state: str
    nonce: str
    verifier: str
    wanted: str
    at: Annotated[datetime, msgspec.Meta(tz=True)]

    @property
    def is_current(self) -> bool:
        """Whether it may be answered still."""
        return clock.now() - self.at <= TIME_TO_ANSWER


def begin(session: BrowserSession, provider: IdentityProvider, wanted: str) -> Attempt:
    """Remember a new question in the browser's session, with the latest others only."""
    wanted = wanted if len(wanted) <= LONGEST_WANTED else "/"  # a cookie has to hold it
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    attempt = Attempt(provider.key, state, nonce, verifier, wanted, clock.now())
    session[_KEY] = msgspec.to_builtins([*_kept(session)[1 - MOST_ATTEMPTS :], attempt])
    return attempt


def take(session: BrowserSession, state: str) -> Attempt:
    """Return the question that an answer's state belongs to, and forget it.

    Raises
    ------
    SignInFailed
        This browser asked no such question, or too long ago.
    """
    kept = _kept(session)
    session.pop(_KEY, None)
    others = [each for each in kept if each.state != state]
    if others:
        session[_KEY] = msgspec.to_builtins(others)
    found = next((each for each in kept if secrets.compare_digest(each.state.encode(), state.encode())), None)
    if found is None or not found.is_current:
        raise SignInFailed(Why.NOT_STARTED, "no sign-in with this state was begun in this browser, or too long ago")
    return found


def _kept(session: BrowserSession) -> list[Attempt]:
    """Return the questions that a browser has asked; none where another version of ours has written them."""
    try:
        return msgspec.convert(session.get(_KEY, []), list[Attempt])
    except msgspec.ValidationError:
        return []


async def authorization_address(provider: IdentityProvider, attempt: Attempt) -> str:
    """Return where the browser has to go to be asked who it is.

    Raises
    ------
    SignInFailed
        The provider is away.
    """
    said = await metadata_of(provider).addresses()
    client = _client(provider)
    wanted = {"acr_values": " ".join(provider.sure_acr)} if provider.sure_only and provider.sure_acr else {}
    address, _state = client.create_authorization_url(
        said["authorization_endpoint"],
        state=attempt.state,
        nonce=attempt.nonce,
        code_verifier=attempt.verifier,
        **wanted,
    )
    return str(address)


async def finish(provider: IdentityProvider, attempt: Attempt, answer: Mapping[str, str]) -> tuple[Identity, Proof]:
    """Return whom the provider's answer is about, and what that is founded on.

    Raises
    ------
    SignInFailed
        With why it cannot be taken.
    """
    metadata = metadata_of(provider)
    said = await metadata.addresses()
    expected = answer.get("iss", provider.issuer if not said.get(_SAYS_WHO) else None)
    if expected not in (provider.issuer, f"{provider.issuer}/"):
        raise SignInFailed(Why.NOT_TRUSTED, f"the answer comes from {answer.get('iss')!r} (iss)")
    if "error" in answer:
        raise SignInFailed(Why.REFUSED_THERE, f"{answer['error']}: {answer.get('error_description', '')}"[:500])
    tokens = await _exchange(provider, said["token_endpoint"], attempt, answer.get("code", ""))
    id_token = tokens.get("id_token")
    if not isinstance(id_token, str):
        raise SignInFailed(Why.BAD_ANSWER, "it sent no ID token")
    claims = await id_token_claims(metadata, id_token, attempt.nonce)
    proof = _proof(provider, claims)
    if provider.sure_only and not provider.is_sure(proof.assurance, proof.methods):
        raise SignInFailed(Why.NOT_SURE, f"it was not sure enough: acr {proof.assurance!r}, amr {proof.methods!r}")
    return _identity(provider, await _with_user_info(metadata, said, claims, tokens)), proof


_SAYS_WHO = "authorization_response_iss_parameter_supported"


async def _exchange(provider: IdentityProvider, endpoint: str, attempt: Attempt, code: str) -> Mapping[str, Any]:
    """Return the tokens for a code, which the provider gives once."""
    if not code:
        raise SignInFailed(Why.BAD_ANSWER, "it sent no code")
    try:
        async with asyncio.timeout(PATIENCE_S), _client(provider) as client:
            found = await client.fetch_token(endpoint, code=code, code_verifier=attempt.verifier)
    except OAuthError as error:
        raise SignInFailed(Why.NOT_TRUSTED, f"the code was refused: {error.error}") from error
    except (httpx2.HTTPError, TimeoutError) as error:
        raise SignInFailed(Why.PROVIDER_AWAY, f"{endpoint}: {type(error).__name__} {error}") from error
    except (ValueError, RecursionError) as error:
        raise SignInFailed(Why.BAD_ANSWER, f"{endpoint} answers with no JSON") from error
    if not isinstance(found, dict):
        raise SignInFailed(Why.BAD_ANSWER, f"{endpoint} answers with no JSON object")
    return found


async def _with_user_info(
    metadata: ProviderMetadata, said: Mapping[str, Any], claims: Mapping[str, Any], tokens: Mapping[str, Any]
) -> Mapping[str, Any]:
    """Return the claims with those that the provider tells by its UserInfo endpoint only."""
    endpoint, access = said.get("userinfo_endpoint"), tokens.get("access_token")
    if not isinstance(endpoint, str) or not isinstance(access, str) or metadata.provider.vouches_for(claims):
        return claims
    told = await get_json(endpoint, access)
    if told.get("sub") != claims["sub"]:
        raise SignInFailed(Why.NOT_TRUSTED, "its UserInfo endpoint tells of somebody else (sub)")
    return {**told, **claims}


def _identity(provider: IdentityProvider, claims: Mapping[str, Any]) -> Identity:
    email = claims.get("email") if claims.get("email_verified") is True else None
    return Identity(
        issuer=provider.issuer,
        subject=claims["sub"],
        organisations=provider.vouches_for(claims),
        email=email if isinstance(email, str) else None,
    )


def _proof(provider: IdentityProvider, claims: Mapping[str, Any]) -> Proof:
    methods = claims.get("amr")
    told = tuple(filter(None, map(_text, methods[:MOST_METHODS]))) if isinstance(methods, list) else ()
    return Proof(provider.issuer, claims["sub"], _text(claims.get("sid")), _text(claims.get("acr")), told)


def _text(value: object) -> str | None:
    return value[:255] if isinstance(value, str) else None


def _client(provider: IdentityProvider) -> AsyncOAuth2Client:
    secret = provider.client_secret
    return AsyncOAuth2Client(
        provider.client_id,
        secret,
        token_endpoint_auth_method="client_secret_basic" if secret else "none",
        scope=" ".join(provider.scopes),
        redirect_uri=settings().address + CALLBACK,
        code_challenge_method="S256",
        timeout=PATIENCE_S,
        follow_redirects=False,
    )
