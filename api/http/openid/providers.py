"""The identity providers that this installation trusts, from the file that the setting `sign_in_providers` names."""

import tomllib
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from core.errors import BadInput, InvalidParameter, NotFound
from core.settings import settings
from marketplace.organisations.rules import organisation_number

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
"""What tokens may be signed with: with a private key only. No `none`, and no secret that both sides hold."""
SCOPES = ("openid", "profile", "email", "https://id.oidc.se/scope/naturalPersonOrgId")
CALLBACK = "/sign-in/callback"
"""Where they send back whoever has signed in."""
LOOPBACK = ("127.0.0.1", "::1", "localhost")


class IdentityProvider(BaseModel):
    """One provider, what it knows us as, and for which organisations its word is taken."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$", description="Its name in our addresses.")
    name: str = Field(min_length=1, max_length=80, description="What its button says.")
    issuer: str
    client_id: str = Field(min_length=1)
    client_secret_file: Path | None = Field(None, description="Left out where the provider asks for PKCE alone.")
    organisations: tuple[str, ...] | Literal["any"] = Field(
        description="Organisation numbers that it may vouch for; `any` for a federation that checks its members."
    )
    organisation_from: Literal["claims", "provider"] = "claims"
    scopes: tuple[str, ...] = SCOPES
    algorithms: tuple[str, ...] = ALGORITHMS
    api_audience: str | None = Field(
        None, min_length=1, description="What `aud` names in access tokens for this API; left out: none are taken."
    )
    sure_acr: tuple[str, ...] = Field((), description="Values of `acr` that make a passkey needless.")
    sure_amr: tuple[str, ...] = Field((), description="The same of `amr`: one of them is enough.")
    sure_only: bool = Field(False, description="Whether nobody else is let in at all.")

    @field_validator("issuer")
    @classmethod
    def encrypted(cls, issuer: str) -> str:
        """Refuse a provider that anybody on the way could pretend to be."""
        address = urlsplit(issuer)
        if address.scheme != "https" and not (address.scheme == "http" and address.hostname in LOOPBACK):
            raise ValueError("it has to begin with https://")
        return issuer.rstrip("/")

    @field_validator("organisations", mode="before")
    @classmethod
    def numbers(cls, organisations: Any) -> Any:
        """Write organisation numbers as we keep them."""
        if organisations != "any" and not (
            isinstance(organisations, list) and all(isinstance(n, str) for n in organisations)
        ):
            raise ValueError('write "any", or a list of organisation numbers')
        try:
            return organisations if organisations == "any" else tuple(map(organisation_number, organisations))
        except BadInput as error:
            raise ValueError(f"{error.parameters[0].value}: {error.parameters[0].reason}") from error

    @field_validator("algorithms")
    @classmethod
    def asymmetric(cls, algorithms: tuple[str, ...]) -> tuple[str, ...]:
        """Refuse what does not prove that the provider itself has signed."""
        if wrong := set(algorithms) - set(ALGORITHMS):
            raise ValueError(f"{', '.join(sorted(wrong))} is not allowed: use {', '.join(ALGORITHMS)}")
        return algorithms

    @model_validator(mode="after")
    def one_to_vouch_for(self) -> Self:
        """See to it that a provider which claims no organisation stands for a single one."""
        if self.organisation_from == "provider" and (self.organisations == "any" or len(self.organisations) != 1):
            raise ValueError("organisations has to name exactly one where organisation_from is `provider`")
        return self

    @model_validator(mode="after")
    def sure_of_somebody(self) -> Self:
        """Refuse a provider that could let in nobody."""
        if self.sure_only and not (self.sure_acr or self.sure_amr):
            raise ValueError("sure_only needs sure_acr or sure_amr, or nobody could sign in")
        return self

    @property
    def client_secret(self) -> str | None:
        """What the provider knows us by, read anew, so that it can be changed under way."""
        return self.client_secret_file.read_text().strip() if self.client_secret_file else None

    def is_sure(self, assurance: str | None, methods: Collection[str]) -> bool:
        """Tell whether the provider was sure enough of who somebody is, by what it said at the sign-in."""
        return assurance in self.sure_acr or not set(self.sure_amr).isdisjoint(methods)

    def vouches_for(self, claims: Mapping[str, Any]) -> tuple[str, ...]:
        """Return the numbers of the organisations that the claims name, as far as the provider's word is taken."""
        if self.organisation_from == "provider":
            return tuple(self.organisations)
        return tuple(n for n in claimed_organisations(claims) if self.organisations == "any" or n in self.organisations)

    def vouches_for_client(self, claims: Mapping[str, Any], number: str | None) -> bool:
        """Tell whether the provider's word is taken for a program of an organisation.

        It is where the organisation is named for it; one that may vouch for any has to say whose its client is.
        """
        named = claimed_organisations(claims) if self.organisations == "any" else self.organisations
        return number is not None and number in named


def claimed_organisations(claims: Mapping[str, Any]) -> list[str]:
    """Return the organisation numbers in the claims of the Swedish profile, `orgNumber` and `orgAffiliation`.

    An affiliation is `<id>@<orgnr>` (OIDC Sweden, Claims and Scopes 1.0); a proxy may give several as a list. What is
    no organisation number is left out.
    """
    found: list[str] = []
    for name in ("https://id.oidc.se/claim/orgNumber", "https://id.oidc.se/claim/orgAffiliation"):
        said = claims.get(name)
        for each in said if isinstance(said, list) else [said]:
            with suppress(BadInput):
                found += [organisation_number(each.rpartition("@")[2])] if isinstance(each, str) else []
    return list(dict.fromkeys(found))


@cache
def providers() -> tuple[IdentityProvider, ...]:
    """Return the providers of this installation, in the order of the file.

    Raises
    ------
    BadInput
        Naming every fault of the file.
    """
    path = settings().sign_in_providers
    return () if path is None else read_providers(path)


def provider(key: str) -> IdentityProvider:
    """Return the provider with a key.

    Raises
    ------
    NotFound
        There is none.
    """
    found = next((each for each in providers() if each.key == key), None)
    if found is None:
        raise NotFound("identity provider", key)
    return found


def issuing_for(number: str | None) -> list[IdentityProvider]:
    """Return the providers whose access tokens may let in programs of an organisation."""
    return [
        each
        for each in providers()
        if each.api_audience and number and (each.organisations == "any" or number in each.organisations)
    ]


def check_issues_for(number: str | None, issuer: str) -> None:
    """Refuse an issuer that lets in no programs of an organisation.

    Raises
    ------
    BadInput
        With those that do.
    """
    known = [each.issuer for each in issuing_for(number)]
    if not known:
        raise BadInput(
            "issuer", issuer[:200], "no provider of your organisation lets programs in here: ask the operator"
        )
    if issuer not in known:
        raise BadInput("issuer", issuer[:200], f"it lets no programs of yours in: write one of {', '.join(known)}")


def is_sure(issuer: str | None, assurance: str | None, methods: Collection[str]) -> bool:
    """Tell whether the provider of a sign-in was sure enough of who it was to need no passkey."""
    return any(each.issuer == issuer and each.is_sure(assurance, methods) for each in providers())


def read_providers(path: Path) -> tuple[IdentityProvider, ...]:
    """Return the providers that a TOML file describes, each a table `[[provider]]`.

    Raises
    ------
    BadInput
        With every fault of the file, named by its provider and field.
    """
    try:
        tables = tomllib.loads(path.read_text()).get("provider", [])
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadInput("sign_in_providers", str(path), f"it cannot be read: {error}") from error
    if not isinstance(tables, list) or not tables:
        raise BadInput("sign_in_providers", str(path), "it names no provider: write a table [[provider]] for each")
    found: list[IdentityProvider] = []
    faults: list[InvalidParameter] = []
    for place, table in enumerate(tables):
        try:
            found.append(IdentityProvider.model_validate(table))
        except ValidationError as error:
            faults += _faults(place, error)
    faults += [
        InvalidParameter("sign_in_providers", value, f"two providers have the same {field}")
        for field in ("key", "issuer")
        for value in _twice([getattr(each, field) for each in found])
    ]
    if faults:
        raise BadInput.of(faults)
    return tuple(found)


def _faults(place: int, error: ValidationError) -> list[InvalidParameter]:
    return [
        InvalidParameter(
            f"sign_in_providers.provider[{place}].{'.'.join(map(str, each['loc']))}".rstrip("."),
            each["input"] if isinstance(each["input"], str) else None,
            each["msg"].removeprefix("Value error, "),
        )
        for each in error.errors()
    ]


def _twice(values: Sequence[str]) -> list[str]:
    return sorted({value for value in values if values.count(value) > 1})
