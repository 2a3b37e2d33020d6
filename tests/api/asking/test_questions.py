"""Questions and one's own card over the API: the same rules as on pages, and no more told."""

from litestar import Litestar
from litestar.testing import TestClient
from sqlmodel import Session

from competence.models import StaffCapacity
from core.time import clock
from tests import builders
from tests.api.conftest import Bearer
from tests.marketplace.loans.agreeing import agreed, lent

Client = TestClient[Litestar]
URL = "/api/v1/questions"


def test_a_card_is_asked_about_answered_and_nothing_else_is_told(client: Client, rows: Session, bearer: Bearer) -> None:
    home = builders.organisation(rows)
    card = builders.staff(rows, home, people_meant=2)
    person, hr = builders.member(rows, home, roles=[]), builders.member(rows, home, roles=["hr"])
    rows.get_one(StaffCapacity, card.id).member_id = person.id
    offer = builders.offer(rows, card)
    rows.commit()
    asker, keeper, knows = bearer(builders.member(rows)), bearer(hr), bearer(person)
    said = {"skillCode": "procurement", "title": "Hur frågar ni?", "words": "Vi vill veta.", "offerId": str(offer.id)}
    asked = client.post(URL, headers=asker, json=said | {"until": clock.today().isoformat()})
    assert asked.status_code == 201, asked.text
    one = asked.headers["location"]
    assert asked.json()["asked"] == {
        "offerId": str(offer.id),
        "organisationId": None,
        "organisationGroup": "state",
        "countyCodes": ["23"],
    }
    before = client.get(one, headers=asker).text
    assert client.post(f"{one}/passing", headers=keeper).json()["state"] == "passed"
    assert client.get(one, headers=asker).text == before, "nothing tells that it was passed on"
    assert client.post(f"{one}/refusal", headers=knows, json={}).status_code == 204
    assert client.get(one, headers=asker).text == before, "nor that the person has said no"
    assert client.post(f"{one}/passing", headers=keeper).status_code == 200
    assert client.post(f"{one}/answers", headers=asker, json={"words": "Jag."}).json()["code"] == "not_asked"
    assert client.post(f"{one}/answers", headers=knows, json={"words": "Vi ringer tre."}).status_code == 200
    [answer] = client.get(one, headers=asker).json()["answers"]
    assert (answer["organisationId"], answer["by"]) == (None, None)
    client.post(f"{one}/answers", headers=knows, json={"words": "Ring.", "named": True})
    told = client.get(one, headers=asker).json()
    assert (told["asked"]["organisationId"], told["answers"][1]["by"]["name"]) == (str(home.id), person.name)
    assert client.post(f"{one}/ending", headers=asker, json={"to": "answered"}).json()["state"] == "answered"
    [listed] = client.get(f"{URL}?whose=mine&skill=procurement&state=answered", headers=asker).json()["items"]
    assert (listed["answerCount"], listed["answers"]) == (2, None)


def test_a_panel_is_joined_paused_and_left(client: Client, rows: Session, bearer: Bearer) -> None:
    builders.skill(rows)
    rows.commit()
    token, other = bearer(builders.member(rows)), bearer(builders.member(rows))
    made = client.post("/api/v1/advisers", headers=token, json={"skillCode": "procurement", "audience": "partners"})
    one = made.headers["location"]
    assert client.post(f"{one}/pause", headers=token).json()["state"] == "paused"
    assert client.post(f"{one}/resumption", headers=token).json()["state"] == "active"
    assert client.get(one, headers=other).status_code == 404
    assert client.delete(one, headers=token).status_code == 204
    assert client.get("/api/v1/advisers", headers=token).json()["items"] == []
    wrong = client.post("/api/v1/advisers", headers=token, json={"skillCode": "nothing"})
    assert (wrong.status_code, wrong.json()["invalid-parameters"][0]["property"]) == (400, "skillCode")


def test_ones_own_card_is_read_agreed_to_paused_and_taken_back(client: Client, rows: Session, bearer: Bearer) -> None:
    home = builders.organisation(rows)
    card = builders.staff(rows, home, consented=False, name="Upphandlare A")
    builders.offer(rows, card)
    person = builders.member(rows, home, roles=[])
    rows.get_one(StaffCapacity, card.id).member_id = person.id
    rows.commit()
    token, url = bearer(person), f"/api/v1/my-cards/{card.id}"
    [mine] = client.get("/api/v1/my-cards", headers=token).json()["items"]
    assert (mine["name"], mine["asked"]) == ("Upphandlare A", True)
    stale = client.post(f"{url}/agreement", headers=token, json={"reading": "annat"})
    assert stale.json()["code"] == "card_changed"
    assert client.post(f"{url}/agreement", headers=token, json={"reading": mine["reading"]}).status_code == 204
    for what, state in (("pause", "paused"), ("resumption", "open")):
        assert client.post(f"{url}/{what}", headers=token).status_code == 204
        [mine] = client.get("/api/v1/my-cards", headers=token).json()["items"]
        assert mine["offers"][0]["state"] == state
    assert client.post(f"{url}/withdrawal", headers=token, json={}).status_code == 204
    assert client.get("/api/v1/my-cards", headers=token).json()["items"][0]["asked"]
    assert client.get("/api/v1/my-cards", headers=bearer(builders.member(rows, home))).json()["items"] == []
    assert client.post(f"{url}/pause", headers=bearer(builders.member(rows, home))).status_code == 404


def test_hr_decides_over_the_api_after_a_yes_was_taken_back(client: Client, rows: Session, bearer: Bearer) -> None:
    home = builders.organisation(rows)
    card = builders.staff(rows, home)
    person, hr = builders.member(rows, home, roles=[]), builders.member(rows, home, roles=["hr"])
    rows.get_one(StaffCapacity, card.id).member_id = person.id
    booking = agreed(rows, lent(rows, person=builders.offer(rows, card)))
    rows.commit()
    url, keeper = f"/api/v1/bookings/{booking.id}/withdrawal-decision", bearer(hr)
    too_early = client.post(url, headers=keeper, json={"to": "cancelled"})
    assert too_early.json()["code"] == "nothing_to_decide"
    client.post(f"/api/v1/my-cards/{card.id}/withdrawal", headers=bearer(person), json={})
    decided = client.post(url, headers=keeper, json={"to": "cancelled"})
    assert (decided.status_code, decided.json()["state"]) == (200, "cancelled"), decided.text
