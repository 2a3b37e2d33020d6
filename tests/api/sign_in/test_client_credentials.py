"""Programs that their organisation's provider lets in: with the certified one, and with one that lies."""

from collections.abc import Callable
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from litestar import Litestar
from litestar.testing import TestClient
from sqlmodel import Session, col, select

from core.database.audit import AuditEntry
from marketplace.organisations import machine_clients
from marketplace.organisations.machine_clients import ClientDraft
from marketplace.organisations.models import Member, Organisation
from marketplace.organisations.rules import MemberDraft
from tests import builders
from tests.api.conftest import HTML, Bearer, SignIn, text_of
from tests.api.pages.test_posted_once import hidden
from tests.api.sign_in.conftest import (
    AUDIENCE,
    FOREIGN,
    ONE,
    ORG_NUMBER,
    PROGRAM,
    FalseProvider,
    SampleProvider,
    Trust,
)

OFFERS = "/api/v1/offers"
SAID = {
    "name": "Fastighetssystemet",
    "email": "system@example.se",
    "roles": ["lister"],
    "reason": "Lägger upp lokaler",
    "clientId": PROGRAM,
}


@pytest.fixture
def home(rows: Session) -> Organisation:
    return builders.organisation(rows, number=ONE)


def registered(rows: Session, home: Organisation, issuer: str) -> Member:
    draft = MemberDraft("Fastighetssystemet", "system@example.se")
    row = machine_clients.add(rows, None, home.id, draft, ClientDraft(issuer, PROGRAM), reason="")
    rows.commit()
    return row


def test_a_program_of_the_certified_provider_acts_as_itself(
    client: TestClient[Litestar],
    rows: Session,
    home: Organisation,
    bearer: Bearer,
    sample_provider: SampleProvider,
    trusted: Trust,
) -> None:
    trusted(sample_provider.issuer, api_audience=AUDIENCE)
    admin = bearer(builders.member(rows, home, roles=["admin"]))
    programs = f"/api/v1/organisations/{home.id}/machine-clients"
    unknown = client.post(programs, json=SAID | {"issuer": "https://elsewhere.example"}, headers=admin)
    assert (unknown.status_code, sample_provider.issuer in unknown.text) == (400, True), unknown.text
    assert client.get(OFFERS, headers=sample_provider.token("read")).status_code == 401
    made = client.post(programs, json=SAID | {"issuer": sample_provider.issuer}, headers=admin)
    assert made.status_code == 201, made.text
    member = made.json()["id"]
    again = client.post(
        programs, json=SAID | {"issuer": sample_provider.issuer, "email": "b@example.se"}, headers=admin
    )
    assert (again.status_code, again.json()["code"]) == (409, "client_known")

    reading, writing = sample_provider.token("read"), sample_provider.token("read write")
    assert client.get(OFFERS, headers=reading).status_code == 200
    site = {"name": "Huset", "municipalityCode": "2380", "address": "Gatan 1", "latitude": 63.17, "longitude": 14.63}
    assert client.post("/api/v1/sites", json=site, headers=reading).status_code == 403
    listed = client.post("/api/v1/sites", json=site, headers=writing)
    assert listed.status_code == 201, listed.text
    token = {"name": "t", "scopes": ["read"], "days": 90}
    assert client.post("/api/v1/access-tokens", json=token, headers=writing).status_code == 403
    assert client.get("/scim/v2/Users", headers=writing).status_code == 403
    said = rows.execute(select(AuditEntry.entity, AuditEntry.reason_code, AuditEntry.to_state, AuditEntry.actor_id))
    deeds = [(each[0], each[1] or each[2], str(each[3]) == member) for each in said]
    assert ("member", "client_registered", False) in deeds
    assert deeds.count(("member", "client_let_in", True)) == 1
    assert ("site", "listed", True) in deeds
    shown = client.get(programs, headers=admin).json()["items"]
    assert [(each["clientId"], each["lastUsedAt"] is not None) for each in shown] == [(PROGRAM, True)]

    assert client.post(f"/api/v1/members/{member}/deactivation", headers=admin).status_code == 200
    assert client.get(OFFERS, headers=reading).status_code == 401


def test_a_program_is_let_in_on_a_page(
    client: TestClient[Litestar],
    rows: Session,
    home: Organisation,
    signed_in: SignIn,
    sample_provider: SampleProvider,
    trusted: Trust,
) -> None:
    trusted(sample_provider.issuer, api_audience=AUDIENCE)
    signed_in(client, builders.member(rows, home, roles=["admin"]))
    page = client.get("/machine-clients", headers=HTML)
    form = hidden(page.text, "/machine-clients") | {"issuer": sample_provider.issuer, "client_id": "", "name": "System"}
    wrong = client.post("/machine-clients", data=form | {"email": "system"}, headers=HTML)
    assert (wrong.status_code, 'value="System"' in wrong.text) == (422, True)
    assert [name in wrong.text for name in ("f-client_id-error", "f-email-error", "f-name-error")] == [
        True,
        True,
        False,
    ]
    form |= hidden(wrong.text, "/machine-clients") | {"email": "system@example.se", "client_id": PROGRAM}
    made = client.post("/machine-clients", data=form, headers=HTML)
    assert made.status_code == 303, text_of(made.text)
    assert PROGRAM in client.get("/machine-clients", headers=HTML).text
    assert client.get(OFFERS, headers=sample_provider.token("read")).status_code == 200


Lie = Callable[[FalseProvider, dict[str, Any]], str]
KEY = RSAKey.generate_key(2048, {"kid": "k2"})
LIES: dict[str, Lie] = {
    "no access token": lambda p, claims: p.signed(claims, typ="JWT"),
    "for another API": lambda p, claims: p.signed(claims | {"aud": "platsverket"}, typ="at+jwt"),
    "run out": lambda p, claims: p.signed(claims | {"exp": claims["iat"] - 300}, typ="at+jwt"),
    "not yet": lambda p, claims: p.signed(claims | {"nbf": claims["iat"] + 300}, typ="at+jwt"),
    "a person's": lambda p, claims: p.signed(claims | {"sub": "one"}, typ="at+jwt"),
    "of another client": lambda p, claims: p.signed(claims | {"sub": "x", "client_id": "x"}, typ="at+jwt"),
    "of another provider": lambda p, claims: p.signed(claims | {"iss": "https://elsewhere.example"}, typ="at+jwt"),
    "of an unknown key": lambda _p, claims: jwt.encode({"alg": "RS256", "kid": "k2", "typ": "at+jwt"}, claims, KEY),
    "of another key": lambda _p, claims: jwt.encode({"alg": "RS256", "kid": "k1", "typ": "at+jwt"}, claims, KEY),
    "signed with what all know": lambda p, claims: jwt.encode(
        {"alg": "HS256", "kid": "k1", "typ": "at+jwt"},
        claims,
        OctKey.import_key(p.key.as_pem(private=False).hex()),
        algorithms=["HS256"],
    ),
    "not signed": lambda p, claims: "eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0." + p.signed(claims).split(".")[1] + ".",
    "rubbish": lambda *_: "a.b.c",
}


def test_what_does_not_hold_lets_nobody_in_and_is_written_down(
    client: TestClient[Litestar], rows: Session, home: Organisation, false_provider: FalseProvider, trusted: Trust
) -> None:
    trusted(false_provider.issuer, api_audience=AUDIENCE)
    registered(rows, home, false_provider.issuer)
    claims = false_provider.right_claims() | {"aud": AUDIENCE, "sub": PROGRAM, "client_id": PROGRAM, "jti": "j"}
    claims |= {"scope": "read"}
    right = client.get(OFFERS, headers=shown(false_provider.signed(claims, typ="at+jwt")))
    assert right.status_code == 200, right.text
    got = {why: client.get(OFFERS, headers=shown(lie(false_provider, claims))).status_code for why, lie in LIES.items()}
    assert got == dict.fromkeys(LIES, 401)
    refused = select(AuditEntry.reason_code).where(col(AuditEntry.entity) == "sign_in")
    assert len(rows.execute(refused).all()) == len(LIES)


def test_a_federation_has_to_say_whose_its_client_is(
    client: TestClient[Litestar], rows: Session, home: Organisation, false_provider: FalseProvider, trusted: Trust
) -> None:
    trusted(false_provider.issuer, api_audience=AUDIENCE, organisations="any")
    registered(rows, home, false_provider.issuer)
    claims = false_provider.right_claims() | {"aud": AUDIENCE, "sub": PROGRAM, "client_id": PROGRAM, "jti": "j"}
    claims |= {"scope": "read write provision"}
    got = {
        number: client.get(
            OFFERS, headers=shown(false_provider.signed(claims | {ORG_NUMBER: number}, typ="application/at+jwt"))
        ).status_code
        for number in (ONE, FOREIGN, None)
    }
    assert got == {ONE: 200, FOREIGN: 401, None: 401}


def shown(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}
