"""Networks and working groups on pages and by the API."""

from litestar import Litestar
from litestar.testing import TestClient
from sqlmodel import Session

from tests.api.conftest import HTML, Bearer, SignIn, post_form
from tests.hubs import rows as hubs
from tests.hubs.presence.community import joined

Client = TestClient[Litestar]


def test_a_group_is_begun_on_the_page_and_joined_by_the_api_from_another_hub(
    client: Client, rows: Session, signed_in: SignIn, bearer: Bearer
) -> None:
    hub = hubs.hub(rows)
    first, _ = joined(rows, hub, "Alva")
    other, _ = joined(rows, hubs.hub(rows), "Fjällripa")
    rows.commit()
    signed_in(client, first)
    wrong = post_form(client, f"/hubs/{hub.id}/groups/new", {"kind": "network", "name": "", "about": "Det jag skrev"})
    assert wrong.status_code == 422
    assert "Det jag skrev" in wrong.text
    said = {"kind": "network", "name": "Facilitatorer", "about": ""}
    begun = post_form(client, f"/hubs/{hub.id}/groups/new", said)
    assert begun.status_code == 303
    again = post_form(client, f"/hubs/{hub.id}/groups/new", said)
    assert again.status_code == 409
    here = begun.headers["location"].partition("?")[0]
    joining = client.post(f"/api/v1{here}/joining", json={"named": True}, headers=bearer(other))
    assert (joining.status_code, joining.json()["isIn"]) == (200, True)
    assert [each["firstName"] for each in joining.json()["people"]] == ["Fjällripa"]
    assert "Fjällripa" in client.get(here, headers=HTML).text
    assert "är med" in client.get(f"/hubs/{hub.id}/groups", headers=HTML).text
    assert post_form(client, f"{here}/change", said | {"name": "Nyanställda", "version": "1"}).status_code == 303
    assert post_form(client, f"{here}/change", said | {"version": "1"}).status_code == 412
    assert client.post(f"/api/v1{here}/closing", headers=bearer(other)).status_code == 403
    assert post_form(client, f"{here}/leaving").status_code == 303
    assert "Fjällripa" not in client.get(here, headers=HTML).text
    assert post_form(client, f"{here}/closing").status_code == 303
    assert post_form(client, f"{here}/joining", {"named": "yes"}).status_code == 409
