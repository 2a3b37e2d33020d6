"""Answers of a certified provider that are not taken: each is wrong in one thing, on its way or as it was issued."""

from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlmodel import Session

from api.http.openid.metadata import metadata_of
from api.http.openid.providers import provider
from core.time import clock
from tests import builders
from tests.api.conftest import HTML, post_form, text_of
from tests.api.sign_in.conftest import (
    BY_SECRET,
    ONE,
    PROGRAM,
    SampleProvider,
    Trust,
    is_in,
    refusals,
    started,
    state_of,
)

Client = TestClient[Litestar]
Way = Callable[[Client, SampleProvider], str]
"""How a sign-in begins that is wrong in one thing, up to the address by which the browser comes back."""
LANGUAGES = ("sv", "en")
WORDS = {
    "not_started": (
        "Inloggningen tog för lång tid, eller påbörjades i en annan",
        "The sign-in took too long, or was begun",
    ),
    "not_trusted": (
        "Svaret från Inloggningen gick inte att lita på",
        "The answer from Inloggningen could not be trusted",
    ),
    "not_sure": ("inte på ett sätt som är säkert nog här", "not in a way that is secure enough here"),
    "clock": ("Klockan hos Inloggningen eller hos oss går fel", "The clock of Inloggningen or ours is wrong"),
}
HOUR = 3600
NOW = int(clock.now().timestamp())
ELSEWHERE = "https://other.example"


def issued(*, signed: str = "own", header: dict[str, Any] | None = None, **claims: Any) -> Way:
    """Return the way on which the ID token that the provider issues is changed, and signed anew."""

    def way(client: Client, there: SampleProvider) -> str:
        there.alters_next({"header": header or {}, "claims": claims, "signed": signed})
        return there.sign_in(started(client), "one").path

    return way


def sent(**changed: str) -> Way:
    """Return the way on which the browser is sent with something else to the provider."""
    return lambda client, there: there.sign_in(str(httpx2.URL(started(client)).copy_merge_params(changed)), "one").path


def back(**changed: str) -> Way:
    """Return the way on which the browser comes back with something else."""

    def way(client: Client, there: SampleProvider) -> str:
        return str(httpx2.URL(there.sign_in(started(client), "one").path).copy_merge_params(changed))

    return way


def replayed(client: Client, there: SampleProvider) -> str:
    """Use a code, and come with it once more, with the browser's cookie from before: the provider refuses it."""
    first = there.sign_in(started(client), "one").path
    before = client.cookies["platsverket_session"]
    assert client.get(first).status_code == 303
    post_form(client, "/sign-out")
    client.cookies.set("platsverket_session", before, domain="testserver.local")
    return first


def spent(client: Client, there: SampleProvider) -> str:
    """Come once more with an answer that has let somebody in."""
    first = there.sign_in(started(client), "one").path
    assert client.get(first).status_code == 303
    post_form(client, "/sign-out")
    return first


def followed(client: Client, there: SampleProvider) -> str:
    """Come by the link of another browser: nobody is signed in as another so (RFC 6749, 10.12)."""
    theirs = there.sign_in(started(client), "one").path
    client.cookies.clear()
    return theirs


def swapped(client: Client, there: SampleProvider) -> str:
    """Come with the code of another browser, to which it belongs (RFC 7636)."""
    theirs = there.sign_in(started(client), "one").query
    client.cookies.clear()
    return f"/sign-in/callback?{httpx2.QueryParams({**theirs, 'state': state_of(started(client))['state']})}"


REFUSED: dict[str, tuple[Way, str]] = {
    "wrong state": (back(state="of another sign-in"), "not_started"),
    "wrong state there": (sent(state="of another sign-in"), "not_started"),
    "used state": (spent, "not_started"),
    "another browser's state": (followed, "not_started"),
    "wrong nonce": (issued(nonce="of another sign-in"), "not_trusted"),
    "wrong nonce there": (sent(nonce="of another sign-in"), "not_trusted"),
    "wrong iss": (issued(iss=ELSEWHERE), "not_trusted"),
    "wrong iss beside the code": (back(iss=ELSEWHERE), "not_trusted"),
    "wrong aud": (issued(aud=PROGRAM), "not_trusted"),
    "two auds, and for neither": (issued(aud=["platsverket", PROGRAM]), "not_trusted"),
    "made for another client": (issued(azp=PROGRAM), "not_trusted"),
    "a code of another client": (sent(client_id=BY_SECRET), "not_trusted"),
    "run out": (issued(exp=NOW - HOUR), "clock"),
    "without an end": (issued(exp=None), "not_trusted"),
    "issued in an hour": (issued(iat=NOW + HOUR), "clock"),
    "issued at no time": (issued(iat="now"), "not_trusted"),
    "of nobody": (issued(sub=""), "not_trusted"),
    "of a number": (issued(sub=7), "not_trusted"),
    "of somebody endless": (issued(sub="x" * 256), "not_trusted"),
    "alg none": (issued(header={"alg": "none"}, signed="nothing"), "not_trusted"),
    "alg HS, by the public key": (issued(header={"alg": "HS256"}, signed="public"), "not_trusted"),
    "two algs": (issued(header={"alg": ["RS256"]}), "not_trusted"),
    "alg null": (issued(header={"alg": None}), "not_trusted"),
    "unknown kid": (issued(header={"kid": "unknown"}), "not_trusted"),
    "kid a number": (issued(header={"kid": 7}), "not_trusted"),
    "two kids": (issued(header={"kid": ["its own"]}), "not_trusted"),
    "another key by a known kid": (issued(signed="another"), "not_trusted"),
    "not signed": (issued(signed="nothing"), "not_trusted"),
    "replayed code": (replayed, "not_trusted"),
    "wrong code": (back(code="of another sign-in"), "not_trusted"),
    "another browser's code": (swapped, "not_trusted"),
}


@pytest.fixture(autouse=True)
def one(rows: Session) -> None:
    """A member whom the provider lets in, as long as nothing is changed."""
    builders.member(rows, builders.organisation(rows, number=ONE), email="one@example.se")
    rows.commit()


@pytest.mark.parametrize("wrong", REFUSED)
def test_what_is_wrong_in_one_thing_is_refused(
    client: Client, sample_provider: SampleProvider, trusted: Trust, wrong: str
) -> None:
    trusted(sample_provider.issuer)
    way, why = REFUSED[wrong]
    for language, words in zip(LANGUAGES, WORDS[why], strict=True):
        answer = client.get(way(client, sample_provider), headers=HTML | {"accept-language": language})
        assert (answer.status_code, words in text_of(answer.text), is_in(client)) == (403, True, False), answer.text
    assert refusals() == [why, why]


def test_what_is_only_signed_anew_is_taken(client: Client, sample_provider: SampleProvider, trusted: Trust) -> None:
    """So that the refusals are those of what was changed."""
    trusted(sample_provider.issuer)
    assert client.get(issued()(client, sample_provider)).status_code == 303
    assert (is_in(client), refusals()) == (True, [])


def test_a_signature_by_a_secret_is_none(client: Client, sample_provider: SampleProvider, trusted: Trust) -> None:
    """Although both sides know it, and the provider itself has signed so."""
    trusted(sample_provider.issuer, client_id=BY_SECRET)
    answer = client.get(sample_provider.sign_in(started(client), "one").path, headers=HTML)
    assert (answer.status_code, is_in(client), refusals()) == (403, False, ["not_trusted"])


@pytest.mark.parametrize("said", [{"acr": "loa2", "amr": ["pwd"]}, {"acr": ["loa3"], "amr": "mfa"}, {}], ids=str)
def test_of_whom_the_provider_is_not_sure_stays_out_where_it_has_to_be(
    client: Client, sample_provider: SampleProvider, trusted: Trust, said: dict[str, Any]
) -> None:
    trusted(sample_provider.issuer, sure_only=True, sure_acr=["loa3", "loa4"], sure_amr=["mfa"])
    assert state_of(started(client))["acr_values"] == "loa3 loa4"
    for language, words in zip(LANGUAGES, WORDS["not_sure"], strict=True):
        answer = client.get(issued(**said)(client, sample_provider), headers=HTML | {"accept-language": language})
        assert (answer.status_code, words in text_of(answer.text), is_in(client)) == (403, True, False), answer.text
    assert refusals() == ["not_sure", "not_sure"]
    assert client.get(issued(amr=["pwd", "mfa"])(client, sample_provider)).status_code == 303


def test_a_flood_of_unknown_keys_fetches_the_keys_once_a_minute(
    client: Client, sample_provider: SampleProvider, trusted: Trust
) -> None:
    trusted(sample_provider.issuer)
    now, before = [1000.0], sample_provider.keys_fetched()
    metadata_of(provider("p")).clock = lambda: now[0]
    unknown = issued(header={"kid": "unknown"})
    fetched = []
    for passed in (0.0, 30.0, 29.0, 2.0, 0.0):
        now[0] += passed
        assert client.get(unknown(client, sample_provider), headers=HTML).status_code == 403
        fetched.append(sample_provider.keys_fetched() - before)
    assert fetched == [1, 1, 1, 2, 2]  # 0, 30, 59, 61 and 61 seconds after the first
