"""WebAuthn Level 3 as the relying party: what is asked of an authenticator, and whether its answer holds.

The library checks; here it is said what is demanded: our own origin, this very challenge, and that the authenticator
has made sure of who holds it (user verification).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import webauthn
from litestar import Request
from webauthn.helpers import parse_authentication_credential_json
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from core.actor import Actor
from core.settings import is_loopback, settings
from marketplace.organisations.models import Passkey
from marketplace.organisations.passkeys import PasskeyRefused, Refusal

LONGEST_ANSWER = 20_000
LONGEST_DETAILS = 200
NAME = "Platsverket"
_USUAL_PORTS = {"https": ":443", "http": ":80"}
"""Which browsers leave out of an origin."""


@dataclass(frozen=True)
class Registered:
    """A passkey that an authenticator has made."""

    credential_id: bytes
    public_key: bytes
    sign_count: int


@dataclass(frozen=True)
class RelyingParty:
    """Who asks: the origin that users see, and the host of it that passkeys belong to."""

    origin: str

    @property
    def host(self) -> str:
        """What passkeys belong to."""
        return urlsplit(self.origin).hostname or ""

    @property
    def has_a_name(self) -> bool:
        """Whether there can be passkeys here: they belong to a name, and never to a numeric address."""
        return self.host == "localhost" or not is_loopback(self.host)

    def registration_options(self, actor: Actor, challenge: bytes, known: Sequence[Passkey]) -> str:
        """Return what a browser is asked to make a passkey by, as JSON."""
        options = webauthn.generate_registration_options(
            rp_id=self.host,
            rp_name=NAME,
            user_id=actor.member_id.bytes,
            user_name=actor.name,
            challenge=challenge,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.PREFERRED, user_verification=UserVerificationRequirement.REQUIRED
            ),
            exclude_credentials=[PublicKeyCredentialDescriptor(id=each.credential_id) for each in known],
        )
        return webauthn.options_to_json(options)

    def confirmation_options(self, challenge: bytes, known: Sequence[Passkey]) -> str:
        """Return what a browser is asked to sign by one of some passkeys, as JSON."""
        options = webauthn.generate_authentication_options(
            rp_id=self.host,
            challenge=challenge,
            allow_credentials=[PublicKeyCredentialDescriptor(id=each.credential_id) for each in known],
            user_verification=UserVerificationRequirement.REQUIRED,
        )
        return webauthn.options_to_json(options)

    def registered(self, answer: str, challenge: bytes) -> Registered:
        """Return the passkey that an authenticator says it has made.

        Raises
        ------
        PasskeyRefused
            The answer is not to our question.
        """
        _check_size(answer)
        try:
            found = webauthn.verify_registration_response(
                credential=answer,
                expected_challenge=challenge,
                expected_rp_id=self.host,
                expected_origin=self.origin,
                require_user_verification=True,
            )
        except Exception as error:  # whatever it trips over in what anybody may send
            raise _not_trusted(error) from error
        return Registered(found.credential_id, found.credential_public_key, found.sign_count)

    def signed_count(self, answer: str, challenge: bytes, passkey: Passkey) -> int:
        """Return how often a passkey has signed by its own count, where its signature holds.

        Raises
        ------
        PasskeyRefused
            It does not, or it is of something else.
        """
        try:
            found = webauthn.verify_authentication_response(
                credential=answer,
                expected_challenge=challenge,
                expected_rp_id=self.host,
                expected_origin=self.origin,
                credential_public_key=passkey.public_key,
                credential_current_sign_count=0,  # the count is a rule of our own
                require_user_verification=True,
            )
        except Exception as error:  # as above
            raise _not_trusted(error) from error
        return found.new_sign_count


def relying_party(request: Request[Any, Any, Any]) -> RelyingParty:
    """Return who asks: by the setting; in development without one, as the browser itself has called it."""
    if settings().public_url is None and settings().environment == "development":
        return RelyingParty(f"{request.url.scheme}://{request.url.netloc}")
    address = urlsplit(settings().address.lower())
    return RelyingParty(f"{address.scheme}://{address.netloc.removesuffix(_USUAL_PORTS.get(address.scheme, ''))}")


def named_credential(answer: str) -> bytes:
    """Return the id of the passkey that an answer says it comes from.

    Raises
    ------
    PasskeyRefused
        It is no such answer.
    """
    _check_size(answer)
    try:
        return parse_authentication_credential_json(answer).raw_id
    except Exception as error:  # as above
        raise _not_trusted(error) from error


def _check_size(answer: str) -> None:
    if not answer:
        raise PasskeyRefused(Refusal.NO_ANSWER)
    if len(answer) > LONGEST_ANSWER:
        raise PasskeyRefused(Refusal.NOT_TRUSTED, f"{len(answer)} characters")


def _not_trusted(error: Exception) -> PasskeyRefused:
    return PasskeyRefused(Refusal.NOT_TRUSTED, f"{type(error).__name__}: {error}"[:LONGEST_DETAILS])
