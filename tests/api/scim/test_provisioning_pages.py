"""The page by which a directory is connected: a token is shown once, and revoked by any admin of the organisation."""

import re

from litestar import Litestar
from litestar.testing import TestClient
from sqlmodel import Session, select

from marketplace.organisations.models import AccessToken
from tests import builders
from tests.api.conftest import HTML, SignIn, text_of
from tests.api.pages.test_members_pages import SWEDISH, sent
from tests.api.pages.test_posted_once import hidden


def test_a_token_is_shown_once_and_revoked(client: TestClient[Litestar], rows: Session, signed_in: SignIn) -> None:
    home = builders.organisation(rows)
    admin, other = (builders.member(rows, home, roles=["admin"]) for _ in range(2))
    signed_in(client, admin)
    assert "/provisioning" in client.get("/members", headers=HTML).text
    page = client.get("/provisioning", headers=SWEDISH)
    assert "/scim/v2" in page.text
    assert 'href="/members" aria-current="true"' in page.text
    form = hidden(page.text, "/provisioning/tokens") | {"name": "Entra", "days": "90"}
    wrong = client.post("/provisioning/tokens", data=form | {"name": "", "days": "9000"}, headers=SWEDISH)
    assert (wrong.status_code, 'value="9000"' in wrong.text) == (422, True)
    form |= hidden(wrong.text, "/provisioning/tokens")
    made = client.post("/provisioning/tokens", data=form, headers=SWEDISH)
    assert made.status_code == 200, text_of(made.text)
    assert made.headers["cache-control"] == "no-store"
    text = re.findall(r"plats_[\w-]{43}", made.text)
    assert len(text) == 1
    shown = {"Authorization": f"Bearer {text[0]}"}
    assert client.get("/scim/v2/Users", headers=shown).json()["totalResults"] == 2
    again = client.post("/provisioning/tokens", data=form, headers=SWEDISH)
    assert (again.status_code, again.headers["location"]) == (303, "/provisioning")
    page = client.get("/provisioning", headers=SWEDISH)
    assert "visades en gång" in text_of(page.text)
    assert "plats_" not in page.text
    token = rows.exec(select(AccessToken)).one()
    assert (token.scopes, token.member_id, token.hash in page.text) == (["provision"], admin.id, False)
    signed_in(client, other)
    revocation = f"/provisioning/tokens/{token.id}/revocation"
    assert sent(client, "/provisioning", revocation).status_code == 303
    assert client.get("/scim/v2/Users", headers=shown).status_code == 401
    assert revocation not in client.get("/provisioning", headers=HTML).text
    signed_in(client, builders.member(rows, home, roles=["lister"]))
    assert client.get("/provisioning", headers=HTML).status_code == 403
