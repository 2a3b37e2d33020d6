"""What if through the doors: made, changed, read and compared on pages and in the API; what is wrong is said."""

from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlmodel import Session

from core.database import db
from marketplace.planning import attempts
from marketplace.planning.rules import RunDraft
from marketplace.scenarios import queries, service
from marketplace.scenarios.models import Scenario
from marketplace.scenarios.solving import solve
from marketplace.scenarios.solving.outcome import Outcome
from tests import builders
from tests.api.conftest import HTML, Bearer, SignIn, post_form, text_of

API = "/api/v1/scenarios"


def test_a_draft_is_made_and_read_on_pages_and_by_programs(
    client: TestClient[Litestar], rows: Session, signed_in: SignIn, bearer: Bearer
) -> None:
    room = builders.offer(rows, builders.space(rows, name="Stora salen"))
    need, other = (builders.need(rows, builders.request(rows, title=title)) for title in ("Först", "Sedan"))
    coordinator = builders.member(rows, roles=["coordinator"])
    rows.commit()
    run = attempts.run_now(RunDraft(time_limit_s=600))
    token = bearer(coordinator)
    made = client.post(API, json={"runId": str(run), "name": "Utan salen"}, headers=token)
    assert (made.status_code, made.json()["outcome"]) == (201, None)
    key = made.json()["id"]
    closed = client.post(f"{API}/{key}/changes", json={"code": "close", "offerId": str(room.id)}, headers=token)
    told = closed.json()["outcome"]
    assert (told["scope"], told["servedBefore"], told["servedAfter"], told["needs"]) == ("near", 1, 0, {"fell": 1})
    [lost] = client.get(f"{API}/{key}/differences", headers=token).json()["items"]
    assert (lost["needId"], lost["gain"] < 0, lost["offersBefore"]) == (str(need.id), True, [str(room.id)])
    wrong = client.post(f"{API}/{key}/changes", json={"code": "forbid", "offerId": str(room.id)}, headers=token)
    assert [each["property"] for each in wrong.json()["invalid-parameters"]] == ["code"]
    assert client.post(f"{API}/{key}/solving", headers=token).json()["state"] == "solving"
    assert client.post(f"{API}/{key}/cancellation", headers=token).json()["state"] == "draft"

    signed_in(client, coordinator)
    pages = [client.get(f"/scenarios{each}", headers=HTML) for each in ("", f"/{key}", f"/comparison?draft={key}")]
    assert all("Utan salen" in page.text for page in pages)
    assert all("Förlorar det som det fick" in page.text for page in pages[1:])
    fields: dict[str, object] = {"code": "lock", "need": str(other.id), "offer": str(room.id)}
    added = post_form(client, f"/scenarios/{key}/changes", fields)
    assert added.status_code == 303
    assert "Den ryms inte bredvid de andra" in client.get(f"/scenarios/{key}", headers=HTML).text
    for amount in ("många", "0", "100000"):
        more: dict[str, object] = {"code": "add", "need": str(need.id), "offer": str(room.id), "amount": amount}
        refused = post_form(client, f"/scenarios/{key}/changes", more)
        assert (refused.status_code, 'href="#f-amount"' in refused.text, f'value="{amount}"' in refused.text) == (
            422,
            True,
            True,
        )
    weights: dict[str, object] = {
        "fit": "1",
        "distance": "39999",
        "cost": "5000",
        "wishes": "5000",
        "dates": "5000",
        "climate": "4000",
    }
    weights |= {"give_and_take": "2000", "stability": "3000", "rotation": "2000"}
    refused = post_form(client, f"/scenarios/{key}/weights", weights)
    assert (refused.status_code, "sänk också en annan vikt" in refused.text) == (422, True)
    for act in ("solving", "cancellation"):  # each once in another window, and once here
        client.post(f"{API}/{key}/{act}", headers=token)
        refused = post_form(client, f"/scenarios/{key}/{act}")
        assert (refused.status_code, "Det gick inte att göra." in refused.text, "Utan salen" in refused.text) == (
            409,
            True,
            True,
        )
        assert f'action="/scenarios/{key}/changes/removal"' in refused.text, "the draft as it is by now"
    wrong_removal = post_form(client, f"/scenarios/{key}/changes/removal", {"code": "add", "amount": "många"})
    assert (wrong_removal.status_code, "Utan salen" in wrong_removal.text) == (422, True)
    gone = client.post(f"{API}/{key}/discarding", headers=token)
    assert (gone.status_code, client.get(f"{API}/{key}", headers=token).status_code) == (204, 404)


def test_working_it_out_is_told_from_its_beginning_and_may_be_cancelled_on_its_page(
    client: TestClient[Litestar], rows: Session, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    builders.need(rows, builders.request(rows))
    builders.offer(rows)
    coordinator = builders.member(rows, roles=["coordinator"])
    signed_in(client, coordinator)
    run = attempts.run_now(RunDraft(time_limit_s=600))
    with db.unit_of_work() as session:
        key = service.create(session, builders.actor_of(session, coordinator), run, "Utkast").id

    def looked_at_and_cancelled(*args: Any) -> Outcome:
        shown.append(text_of(client.get(f"/scenarios/{key}/progress", headers=HTML).text))
        assert post_form(client, f"/scenarios/{key}/cancellation").status_code == 303
        return solve.whole(*args)

    shown: list[str] = []
    post_form(client, f"/scenarios/{key}/solving")
    shown.append(text_of(client.get(f"/scenarios/{key}/progress", headers=HTML).text))
    monkeypatch.setattr(service, "whole", looked_at_and_cancelled)
    service.work_on(key)
    assert "Den börjar så snart det finns ledig kapacitet." in shown[0]
    assert "Allt räknas ut på nytt." in shown[1], "though it has no plan to tell of yet"
    with db.unit_of_work() as session:
        row = session.get_one(Scenario, key)
        assert (row.state, queries.outcomes(session, [key])) == ("draft", {}), "what came of it is not written"
