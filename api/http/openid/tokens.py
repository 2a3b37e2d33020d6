"""What a provider has signed: whether it is what we asked for, from whom we asked, for us, and now.

ID tokens: OpenID Connect Core 1.0, section 3.1.3.7. Logout tokens: OpenID Connect Back-Channel Logout 1.0, section 2.6.
Access tokens: RFC 9068, section 4.
"""

import binascii
import json
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from api.http.openid.failures import SignInFailed, Why
from api.http.openid.metadata import ProviderMetadata
from core.time import clock

LEEWAY_S = 120
"""How far a provider's clock may be from ours."""
LONGEST_LOGOUT_AGE_S = 600
LONGEST_SUBJECT = 255
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"


async def id_token_claims(metadata: ProviderMetadata, token: str, nonce: str) -> Mapping[str, Any]:
    """Return what an ID token says.

    Raises
    ------
    SignInFailed
        With what is wrong with it.
    """
    claims = await _signed(metadata, token)
    _check_common(metadata, claims)
    _check(claims.get("nonce") == nonce, "it is the answer to another sign-in (nonce)")
    _check_subject(claims.get("sub"))
    _check_time(claims, "exp", must_come=True)
    return claims


async def logout_claims(metadata: ProviderMetadata, token: str) -> Mapping[str, Any]:
    """Return what a logout token says.

    Raises
    ------
    SignInFailed
        With what is wrong with it.
    """
    claims = await _signed(metadata, token)
    _check_common(metadata, claims)
    events = claims.get("events")
    _check(isinstance(events, dict) and LOGOUT_EVENT in events, "it is no logout token (events)")
    _check("nonce" not in claims, "it is no logout token (nonce)")
    _check(any(isinstance(claims.get(name), str) for name in ("sub", "sid")), "it says of nobody (sub, sid)")
    _check(clock.now().timestamp() - claims["iat"] <= LONGEST_LOGOUT_AGE_S, "it is old (iat)")
    if "exp" in claims:
        _check_time(claims, "exp", must_come=True)
    return claims


async def access_token_claims(metadata: ProviderMetadata, token: str) -> Mapping[str, Any]:
    """Return what an access token says that a provider has issued to a program for this API.

    Raises
    ------
    SignInFailed
        With what is wrong with it.
    """
    kind = str(header_of(token).get("typ")).lower().removeprefix("application/")
    _check(kind == "at+jwt", f"it is no access token (typ {kind[:40]!r})")
    claims = await _signed(metadata, token)
    _check_issuer(metadata, claims)
    audience = claims.get("aud")
    named = audience if isinstance(audience, list) else [audience]
    _check(metadata.provider.api_audience in named, f"it is for {audience!r} (aud)")
    _check_subject(claims.get("sub"))
    _check(claims.get("client_id") == claims["sub"], "it was issued for a person, not to a program (sub, client_id)")
    _check(isinstance(claims.get("jti"), str), "it has no name (jti)")
    _check_time(claims, "iat", must_come=False)
    _check_time(claims, "exp", must_come=True)
    if "nbf" in claims:
        _check_time(claims, "nbf", must_come=False)
    return claims


async def _signed(metadata: ProviderMetadata, token: str) -> dict[str, Any]:
    """Return the claims of a token whose signature is the provider's."""
    header = header_of(token)
    algorithm, key_id = header.get("alg"), header.get("kid")
    _check(isinstance(algorithm, str), "its alg is no text")
    _check(algorithm in metadata.provider.algorithms, f"it is signed with {algorithm!r} (alg)")
    _check(key_id is None or isinstance(key_id, str), "its kid is no text")
    keys = await metadata.keys(key_id)
    _check(key_id is None or key_id in {key.kid for key in keys.keys}, "it is signed with an unknown key (kid)")
    return _verified(token, keys, metadata)


def header_of(token: str) -> dict[str, Any]:
    """Return what a token says of itself, which nobody has checked."""
    return _part(token, 0)


def issuer_of(token: str) -> str:
    """Return who a token says that it is from, which nobody has checked."""
    return str(_part(token, 1).get("iss"))


def _part(token: str, place: int) -> dict[str, Any]:
    try:
        encoded = token.split(".")[place]
        part = json.loads(urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)))
    except (IndexError, ValueError, binascii.Error, RecursionError) as error:
        raise SignInFailed(Why.BAD_ANSWER, "its token is no JWT") from error
    _check(isinstance(part, dict), "its token is no JWT")
    found: dict[str, Any] = part
    return found


def _verified(token: str, keys: KeySet, metadata: ProviderMetadata) -> dict[str, Any]:
    try:
        return jwt.decode(token, keys, algorithms=list(metadata.provider.algorithms)).claims
    except (JoseError, ValueError, TypeError) as error:
        raise SignInFailed(Why.NOT_TRUSTED, f"its signature does not hold: {error}") from error


def _check_common(metadata: ProviderMetadata, claims: Mapping[str, Any]) -> None:
    provider = metadata.provider
    _check_issuer(metadata, claims)
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    _check(provider.client_id in audiences, f"it is for {audience!r} (aud)")
    _check(
        claims.get("azp", provider.client_id) == provider.client_id and (len(audiences) == 1 or "azp" in claims),
        "it was made for somebody else (azp)",
    )
    _check_time(claims, "iat", must_come=False)


def _check_issuer(metadata: ProviderMetadata, claims: Mapping[str, Any]) -> None:
    issuer = metadata.provider.issuer
    _check(claims.get("iss") in (issuer, f"{issuer}/"), f"it comes from {claims.get('iss')!r} (iss)")


def _check_time(claims: Mapping[str, Any], name: str, *, must_come: bool) -> None:
    """Check that an instant is to come yet (``must_come``), or that it is not."""
    at = claims.get(name)
    if isinstance(at, bool) or not isinstance(at, int | float):
        raise SignInFailed(Why.NOT_TRUSTED, f"its {name} is no instant")
    ahead = at - clock.now().timestamp()
    if (ahead < -LEEWAY_S) if must_come else (ahead > LEEWAY_S):
        raise SignInFailed(Why.CLOCK, f"its {name} is {ahead:+.0f} s from now")


def _check_subject(subject: object) -> None:
    _check(isinstance(subject, str) and 0 < len(subject) <= LONGEST_SUBJECT, "it says of nobody (sub)")


def _check(holds: bool, otherwise: str) -> None:
    if not holds:
        raise SignInFailed(Why.NOT_TRUSTED, otherwise)
