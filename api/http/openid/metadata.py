"""What a provider says of itself: its addresses and its keys, kept while they hold.

A provider that is away for a while is used with what it said before. Whoever floods us with tokens of unknown keys
makes us fetch keys once a minute and no more.
"""

import asyncio
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, cast
from urllib.parse import urlsplit

import httpx2
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from api.http.openid.failures import SignInFailed, Why
from api.http.openid.providers import LOOPBACK, IdentityProvider

KEPT_S = 3600
LEFT_ALONE_S = 5
"""How long a provider that does not answer is not asked again, so that one who waits does not wait for all before."""
KEYS_AT_MOST_EVERY_S = 60
PATIENCE_S = 8
LARGEST_ANSWER = 300_000
_ADDRESSES = ("authorization_endpoint", "token_endpoint", "jwks_uri")
_MAY_HAVE = ("userinfo_endpoint", "end_session_endpoint")


@dataclass
class ProviderMetadata:
    """One provider's answers, and when they were fetched (seconds of a clock that only goes forward)."""

    provider: IdentityProvider
    clock: Callable[[], float] = time.monotonic
    _said: Mapping[str, Any] | None = None
    _said_at: float = 0.0
    _away: tuple[float, SignInFailed] | None = None
    _keys: KeySet | None = None
    _keys_at: float = 0.0
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def addresses(self) -> Mapping[str, Any]:
        """Return the provider's metadata (OpenID Connect Discovery 1.0).

        Raises
        ------
        SignInFailed
            It is away and never was here, or says of itself what cannot be.
        """
        async with self._lock:
            if self._said is None and self._away and self.clock() - self._away[0] < LEFT_ALONE_S:
                raise self._away[1]
            if self._said is None or self.clock() - self._said_at > KEPT_S:
                try:
                    self._said = self._checked(
                        await get_json(f"{self.provider.issuer}/.well-known/openid-configuration")
                    )
                except SignInFailed as failure:
                    self._away = self.clock(), failure
                    if self._said is None:
                        raise
                self._said_at = self.clock()
            return self._said

    async def keys(self, key_id: str | None) -> KeySet:
        """Return the provider's keys, fetched anew where none has this id: keys are changed now and then.

        Raises
        ------
        SignInFailed
            They cannot be had.
        """
        address = (await self.addresses())["jwks_uri"]
        async with self._lock:
            age = self.clock() - self._keys_at
            known = self._keys is not None and (key_id is None or key_id in {key.kid for key in self._keys.keys})
            if self._keys is None or age > KEPT_S or (not known and age > KEYS_AT_MOST_EVERY_S):
                await self._fetch_keys(address)
            if self._keys is None:
                raise SignInFailed(Why.PROVIDER_AWAY, "its keys could not be fetched")
            return self._keys

    async def _fetch_keys(self, address: str) -> None:
        self._keys_at = self.clock()  # also where it fails, so that it is not asked again at once
        try:
            self._keys = KeySet.import_key_set(cast("Any", await get_json(address)))
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise SignInFailed(Why.BAD_ANSWER, f"its keys make no sense: {error}") from error
        except SignInFailed:
            if self._keys is None:
                raise

    def _checked(self, said: Mapping[str, Any]) -> Mapping[str, Any]:
        if said.get("issuer") != self.provider.issuer and said.get("issuer") != f"{self.provider.issuer}/":
            raise SignInFailed(Why.BAD_ANSWER, f"it says that it is {said.get('issuer')!r}")
        for name in (*_ADDRESSES, *(each for each in _MAY_HAVE if each in said)):
            if not _is_safe(said.get(name), self.provider.issuer):
                raise SignInFailed(Why.BAD_ANSWER, f"its {name} is {said.get(name)!r}")
        return said


@cache
def metadata_of(provider: IdentityProvider) -> ProviderMetadata:
    """Return what this process knows of a provider."""
    return ProviderMetadata(provider)


async def get_json(address: str, token: str | None = None) -> dict[str, Any]:
    """Return the JSON object at a provider's address, if it comes soon and is of a sane size.

    Raises
    ------
    SignInFailed
        It does not.
    """
    headers = {"accept": "application/json"} | ({"authorization": f"Bearer {token}"} if token else {})
    body = b""
    try:
        async with (
            asyncio.timeout(PATIENCE_S),
            http_client() as client,
            client.stream("GET", address, headers=headers) as answer,
        ):
            answer.raise_for_status()
            async for part in answer.aiter_bytes():
                body += part
                if len(body) > LARGEST_ANSWER:
                    raise SignInFailed(Why.BAD_ANSWER, f"{address} answers with more than {LARGEST_ANSWER} bytes")
    except (httpx2.HTTPError, TimeoutError) as error:
        raise SignInFailed(Why.PROVIDER_AWAY, f"{address}: {type(error).__name__} {error}") from error
    try:
        said = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise SignInFailed(Why.BAD_ANSWER, f"{address} answers with no JSON") from error
    if not isinstance(said, dict):
        raise SignInFailed(Why.BAD_ANSWER, f"{address} answers with no JSON object")
    return said


def http_client() -> httpx2.AsyncClient:
    """Return a client that waits no longer than we do, and goes where it was told only."""
    return httpx2.AsyncClient(timeout=PATIENCE_S, follow_redirects=False)


def _is_safe(address: object, issuer: str) -> bool:
    if not isinstance(address, str):
        return False
    parts = urlsplit(address)
    local = urlsplit(issuer).scheme == "http" and parts.scheme == "http" and parts.hostname in LOOPBACK
    return bool(parts.hostname) and (parts.scheme == "https" or local)
