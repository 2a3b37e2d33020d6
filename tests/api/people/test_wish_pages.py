"""The pages and the API of wishes to try another employer: for their owner, from the first word to asking HR."""

from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlmodel import Session, select

from core.time import clock
from marketplace.mobility.models import MobilityInterest, MobilityWish, WishState
from marketplace.organisations.models import Member, Organisation
from tests import builders
from tests.api.conftest import HTML, Bearer, SignIn, post_form, text_of
from tests.marketplace.mobility import wishing

SAID = {
    "skills.0.code": "procurement",
    "skills.0.level": "4",
    "extentPercent": "50",
    "months": "3",
    "earliest": clock.today().isoformat(),
    "countyCodes": ["23"],
    "languages": "svenska",
    "words": "Vill lära mig mer",
}


@pytest.fixture
def employee(rows: Session) -> Member:
    builders.skill(rows)
    home = builders.organisation(rows, name="Hemmamyndigheten")
    builders.member(rows, home, roles=["hr"])
    person = builders.member(rows, home, roles=[])
    rows.commit()
    return person


def test_an_employee_writes_a_wish_sees_what_fits_and_asks_hr(
    client: TestClient[Litestar], rows: Session, signed_in: SignIn, employee: Member
) -> None:
    asked = wishing.need(rows, builders.organisation(rows, name="Regionen"), title="Upphandlare")
    other = wishing.need(rows, title="Jurist")
    rows.commit()
    signed_in(client, employee)
    assert (
        "skriv ett önskemål"
        in text_of(client.get("/my-wishes", headers={**HTML, "accept-language": "sv"}).text).lower()
    )
    wrong = post_form(client, "/my-wishes/new", {**SAID, "extentPercent": "101", "countyCodes": [], "do": "open"})
    assert wrong.status_code == 422
    assert all(each in wrong.text for each in ("f-extentPercent-error", "f-countyCodes-error", "Vill lära mig mer"))
    post_form(client, "/my-wishes/new", {**SAID, "do": "open"})
    wish = rows.exec(select(MobilityWish)).one()
    assert wish.state is WishState.OPEN
    page = text_of(client.get(f"/my-wishes/{wish.id}", headers=HTML).text)
    assert all(each in page for each in ("Upphandlare", "Regionen", "Jurist", "högst 50", "Vill lära mig mer"))
    post_form(client, f"/my-wishes/{wish.id}/interests", {"need": str(asked.id)})
    post_form(client, f"/my-wishes/{wish.id}/dismissals", {"need": str(other.id)})
    page = text_of(client.get(f"/my-wishes/{wish.id}", headers=HTML).text)
    assert "HR är tillfrågad" in page
    assert "Inget passar just nu" in page
    assert "Upphandlare" in text_of(client.get("/my-card", headers=HTML).text)
    states = rows.exec(select(MobilityInterest.need_id, MobilityInterest.state)).all()
    assert dict(states) == {asked.id: "asked", other.id: "dismissed"}


def test_what_cannot_be_asked_is_said_and_the_page_stands(
    client: TestClient[Litestar], rows: Session, signed_in: SignIn, employee: Member
) -> None:
    signed_in(client, employee)
    post_form(client, "/my-wishes/new", {**SAID, "do": "draft"})
    wish = rows.exec(select(MobilityWish)).one()
    need = wishing.need(rows)
    rows.commit()
    for form, status in (({"need": str(need.id)}, 409), ({"need": "nonsense"}, 422), ({}, 422)):
        answer = post_form(client, f"/my-wishes/{wish.id}/interests", form)
        assert answer.status_code == status
        assert "Inte öppet än" in text_of(answer.text)
    changed = post_form(client, f"/my-wishes/{wish.id}/change", {**SAID, "months": "6", "version": "7"})
    assert changed.status_code == 412
    post_form(client, f"/my-wishes/{wish.id}/change", {**SAID, "months": "6", "version": "1"})
    rows.expire_all()
    assert rows.get_one(MobilityWish, wish.id).months == 6


def test_the_api_does_what_the_pages_do(
    client: TestClient[Litestar], rows: Session, bearer: Bearer, employee: Member
) -> None:
    need = wishing.need(rows, builders.organisation(rows, name="Regionen"))
    rows.commit()
    root, token = "/api/v1/mobility-wishes", bearer(employee)
    body: dict[str, Any] = {"skills": {"procurement": 4}, "extentPercent": 50, "months": 3, "countyCodes": ["23"]}
    wrong = client.post(root, headers=token, json={**body, "earliest": "2020-01-01", "skills": {"no-such": 9}})
    assert {each["property"] for each in wrong.json()["invalid-parameters"]} == {"skills.no-such"}
    made = client.post(root, headers=token, json={**body, "earliest": clock.today().isoformat()}).json()
    here = f"{root}/{made['id']}"
    assert client.get(f"{here}/fits", headers=token).json() == {"items": []}
    assert client.post(f"{here}/opening", headers=token).json()["state"] == "open"
    [fit] = client.get(f"{here}/fits", headers=token).json()["items"]
    assert (fit["needId"], fit["organisation"], fit["percent"], fit["asLoan"]) == (str(need.id), "Regionen", 40, True)
    about = {"needId": fit["needId"]}
    for what, state in (
        ("dismissals", "dismissed"),
        ("dismissals/removal", "withdrawn"),
        ("interests", "asked"),
        ("withdrawals", "withdrawn"),
    ):
        answer = client.post(f"{here}/{what}", headers=token, json=about)
        assert [each["state"] for each in answer.json()["interests"]] == [state], answer.text
    changed = client.put(here, headers={**token, "if-match": '"99"'}, json={**body, "earliest": "2099-01-01"})
    assert changed.status_code in {400, 412}
    assert client.post(f"{here}/pause", headers=token).json()["state"] == "paused"
    assert client.post(f"{here}/ending", headers=token).json()["state"] == "ended"
    assert client.post(f"{here}/ending", headers=token).status_code == 409
    assert client.get(root, headers=token).json()["items"][0]["interests"] is None
    home = rows.get_one(Organisation, employee.organisation_id)
    hr = builders.member(rows, home, roles=["hr", "admin", "manager", "auditor", "lister"])
    rows.commit()
    assert client.get(root, headers=bearer(hr)).json()["items"] == []
    assert client.get(here, headers=bearer(hr)).status_code == 404
