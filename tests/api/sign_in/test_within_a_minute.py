"""What ends while somebody is at work: an organisation's time here, a role in the middle of a form, a yes."""

import re
from datetime import timedelta

from litestar import Litestar
from litestar.testing import TestClient
from sqlmodel import Session

from core.database.audit import history
from core.time import clock
from marketplace.organisations.models import Organisation
from marketplace.proposals.models import Proposal
from tests import builders
from tests.api.conftest import HTML, Bearer, SignIn, text_of
from tests.api.pages.test_members_pages import SWEDISH
from tests.api.pages.test_posted_once import hidden
from tests.api.sign_in.conftest import ONE, SampleProvider, Trust, started

OFFERS = "/api/v1/offers"


def test_whose_organisation_has_left_is_out_at_once_and_told_so(
    client: TestClient[Litestar],
    rows: Session,
    bearer: Bearer,
    sample_provider: SampleProvider,
    trusted: Trust,
) -> None:
    trusted(sample_provider.issuer)
    home = builders.organisation(rows, number=ONE)
    member = builders.member(rows, home, email="one@example.se")
    token, decides = bearer(member), bearer(builders.member(rows, roles=["coordinator"]))
    answer = sample_provider.sign_in(started(client), "one")
    assert client.get(answer.path, headers=HTML).headers["location"] == "/"
    assert client.get("/sessions", headers=HTML).status_code == 200
    assert client.get(OFFERS, headers=token).status_code == 200
    address = f"/api/v1/organisations/{home.id}"
    left = client.post(f"{address}/leaving", json={"reason": "Avtalet har upphört"}, headers=decides)
    assert (left.status_code, left.json()["leftAt"] is None) == (200, False), left.text
    assert client.get("/sessions", headers=HTML).status_code == 303
    assert client.get(OFFERS, headers=token).status_code == 401
    told = client.get(sample_provider.sign_in(started(client), "one").path, headers=SWEDISH)
    assert (told.status_code, "deltar inte längre här" in text_of(told.text)) == (403, True)
    back = client.post(f"{address}/return", json={"reason": "Nytt avtal"}, headers=decides)
    assert back.json()["leftAt"] is None
    assert client.get(OFFERS, headers=token).status_code == 200


def test_a_role_that_ends_in_the_middle_of_a_form_loses_nothing(
    client: TestClient[Litestar], rows: Session, signed_in: SignIn
) -> None:
    today = clock.today()
    until = {"lister": {"until": today.isoformat()}}
    member = builders.member(rows, roles=["lister"], grants=until)
    builders.site(rows, rows.get_one(Organisation, member.organisation_id), name="Huset")
    signed_in(client, member)
    page = client.get("/offers/new/space", headers=SWEDISH)
    form = hidden(page.text, "/offers/new/space?sent") | {"name": "Rummet med det långa namnet"}
    with clock.frozen(clock.now() + timedelta(days=1)):
        signed_in(client, member)
        form["_csrf_token"] = client.cookies["platsverket_form"]
        told = client.post("/offers/new/space?sent", data=form, headers=SWEDISH)
        words = text_of(told.text)
        assert (told.status_code, f"gällde till och med {today}" in words) == (403, True), words
        kept = re.search(r'href="(/offers/new/space\?kept=[^"]+)"', told.text)
        assert kept, words
        still = client.get(kept[1], headers=SWEDISH)
        assert (still.status_code, kept[1] in still.text) == (403, True), text_of(still.text)
        member.grants = {}
        rows.add(member)
        rows.commit()
        again = client.get(kept[1], headers=SWEDISH)
        assert (again.status_code, "Rummet med det långa namnet" in again.text) == (200, True)


def test_a_yes_that_is_taken_back_ends_what_was_proposed(
    client: TestClient[Litestar], rows: Session, bearer: Bearer
) -> None:
    home = builders.organisation(rows)
    offer = builders.offer(rows, builders.staff(rows, home))
    asker = builders.member(rows)
    need = builders.need(rows, builders.request(rows, asker), family="staff")
    proposal: Proposal = builders.approved(rows, (need, offer))
    hr = bearer(builders.member(rows, home, roles=["hr"]))
    answer = client.post(
        f"/api/v1/resources/{offer.resource_id}/consent-withdrawals", json={"who": "employee"}, headers=hr
    )
    assert answer.status_code == 200, answer.text
    yes = client.post(f"/api/v1/proposals/{proposal.id}/acceptance", json={}, headers=bearer(asker))
    assert yes.status_code == 409
    rows.refresh(proposal)
    assert proposal.state == "superseded", "at once: no sweep has come by yet"
    assert [each.reason_code for each in history(rows, "proposal", proposal.id)] == ["approval_ended"]
    request = client.get(f"/api/v1/requests/{proposal.request_id}", headers=bearer(asker)).json()
    assert request["state"] == "open"
