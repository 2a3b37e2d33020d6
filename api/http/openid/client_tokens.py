"""Programs that show an access token of their organisation's identity provider (RFC 9068) instead of one of ours."""

from dataclasses import dataclass

from api.http.openid.failures import SignInFailed, Why
from api.http.openid.metadata import metadata_of
from api.http.openid.providers import IdentityProvider, providers
from api.http.openid.tokens import access_token_claims, issuer_of
from marketplace.organisations.rules import Scope

LONGEST_TOKEN = 8000
SCOPES = (Scope.READ, Scope.WRITE)
"""What a provider may let a program do; a directory provisions with a token of ours."""


@dataclass(frozen=True)
class ClientToken:
    """A token that holds: whose client it lets in, what for, and the organisations that the provider's word covers."""

    provider: IdentityProvider
    client_id: str
    token_id: str
    scopes: frozenset[str]
    claims: dict[str, object]

    def is_of(self, number: str | None) -> bool:
        """Tell whether the client may be of the organisation with a number."""
        return self.provider.vouches_for_client(self.claims, number)


def is_of_provider(token: str) -> bool:
    """Tell whether a token has the form of a provider's: ours have no points."""
    return token.count(".") == 2


async def checked(token: str) -> ClientToken:
    """Return what a token of a provider's says.

    Raises
    ------
    SignInFailed
        With why it is not taken.
    """
    if len(token) > LONGEST_TOKEN:
        raise SignInFailed(Why.BAD_ANSWER, "the token is too long")
    issuer = issuer_of(token).rstrip("/")
    found = next((each for each in providers() if each.issuer == issuer and each.api_audience), None)
    if found is None:
        raise SignInFailed(Why.NOT_TRUSTED, f"no access tokens are taken from {issuer[:200]!r} (iss)")
    claims = await access_token_claims(metadata_of(found), token)
    scopes = str(claims.get("scope", "")).split()
    return ClientToken(
        found, claims["sub"], claims["jti"][:200], frozenset(each for each in SCOPES if each in scopes), dict(claims)
    )
