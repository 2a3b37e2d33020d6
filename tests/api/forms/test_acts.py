"""Buttons and small forms of a page: undone, refused with what was typed kept, and what they lead to told before."""

from datetime import timedelta
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlmodel import Session, select

from core.settings import settings
from core.time import clock
from marketplace.bookings import service as bookings
from marketplace.bookings.models import BookingState, BundleDecision, BundleState
from marketplace.offers.models import Offer, OfferState
from marketplace.organisations.models import Member, Organisation
from marketplace.planning import service as planning
from marketplace.proposals.service import accept, refuse
from marketplace.requests.models import Request, RequestState
from tests import builders
from tests.api.conftest import HTML, Bearer, SignIn, post_form, text_of
from tests.api.pages.test_posted_once import FILED, hidden
from tests.marketplace.bookings.test_bundles import broken
from tests.marketplace.proposals.deals import deal

Client = TestClient[Litestar]


@pytest.fixture
def member(rows: Session, client: Client, signed_in: SignIn) -> Member:
    """A member who may do everything here, signed in."""
    both = builders.member(rows, roles=["requester", "lister"])
    signed_in(client, both)
    return both


def own_offer(rows: Session, member: Member, **values: Any) -> Offer:
    home = rows.get_one(Organisation, member.organisation_id)
    return builders.offer(rows, builders.space(rows, builders.site(rows, home)), **values)


def own_request(rows: Session, member: Member, **values: Any) -> Request:
    request = builders.request(rows, member, **values)
    builders.need(rows, request)
    rows.commit()
    return request


def press(client: Client, path: str, act: str, **fields: str):
    """Send the form of a page, as the page that is shown has it."""
    action = f"{path}/{act}"
    return client.post(action, data=hidden(client.get(path, headers=HTML).text, action) | fields, headers=HTML)


def test_a_closed_offer_and_a_withdrawn_request_are_brought_back_by_their_pages(
    client: Client, rows: Session, member: Member
):
    offer, request = own_offer(rows, member), own_request(rows, member)
    for path, act, told in (
        (f"/offers/{offer.id}", "closing", "Erbjudandet är avslutat."),
        (f"/requests/{request.id}", "withdrawal", "Behovet är tillbakadraget."),
    ):
        assert press(client, path, act, words="Fel").status_code == 303
        assert f"{told} Du kan ångra fram till" in text_of(client.get(path, headers=HTML).text)
        tabs = [hidden(client.get(path, headers=HTML).text, f"{path}/reopening") for _ in range(2)]
        for fields in tabs:
            assert client.post(f"{path}/reopening", data=fields, headers=HTML).headers["location"] == path
        text = text_of(client.get(path, headers=HTML).text)
        assert "Nu är det ångrat." in text
        assert "Du kan ångra fram till" not in text
    rows.expire_all()
    assert (offer.state, request.state) == (OfferState.OPEN, RequestState.OPEN)


def test_no_button_undoes_what_is_too_old_or_anothers(client: Client, rows: Session, member: Member, signed_in: SignIn):
    request = own_request(rows, member)
    path = f"/requests/{request.id}"
    press(client, path, "withdrawal")
    fields = hidden(client.get(path, headers=HTML).text, f"{path}/reopening")
    signed_in(client, builders.member(rows, roles=["coordinator"]))
    assert f'action="{path}/reopening"' not in client.get(path, headers=HTML).text
    signed_in(client, member)
    fields["_csrf_token"] = client.cookies["platsverket_form"]  # of this session
    with clock.frozen(clock.now() + timedelta(minutes=settings().undo_minutes)):
        assert f'action="{path}/reopening"' not in client.get(path, headers=HTML).text
        late = client.post(f"{path}/reopening", data=fields, headers=HTML)
    assert late.status_code == 409
    assert "Det gick att ångra i 10 minuter" in text_of(late.text)


@pytest.mark.parametrize("words", ["Anna, 811218-9876, flyttar", "x" * 2001])
def test_words_that_may_not_stand_are_shown_again_with_why(client: Client, rows: Session, member: Member, words: str):
    offer, request = own_offer(rows, member), own_request(rows, member)
    for path, act in ((f"/offers/{offer.id}", "closing"), (f"/requests/{request.id}", "withdrawal")):
        refused = press(client, path, act, words=words)
        assert refused.status_code == 422
        assert words in refused.text
        assert 'href="#f-words"' in refused.text
    rows.expire_all()
    assert (offer.state, request.state) == (OfferState.OPEN, RequestState.OPEN)


def test_words_are_not_lost_when_somebody_else_was_first(client: Client, rows: Session, signed_in: SignIn):
    found = deal(rows)
    agreed = deal(rows)
    accept(rows, agreed.lister, agreed.proposal.id)
    (booking,) = accept(rows, agreed.requester, agreed.proposal.id).bookings
    rows.commit()
    for actor, path, act, code, first in (
        (
            found.requester,
            f"/proposals/{found.proposal.id}",
            "refusal",
            "terms",
            lambda: refuse(rows, found.lister, found.proposal.id, "terms"),
        ),
        (
            agreed.requester,
            f"/bookings/{booking.id}",
            "cancellation",
            "no_longer_needed",
            lambda: bookings.cancel(rows, agreed.lister, booking.id, "no_longer_available"),
        ),
    ):
        signed_in(client, rows.get_one(Member, actor.member_id))
        form = hidden(client.get(path, headers=HTML).text, f"{path}/{act}")
        first()
        rows.commit()
        late = client.post(f"{path}/{act}", data=form | {"code": code, "words": "Projektet är flyttat"}, headers=HTML)
        assert late.status_code == 409
        assert "Något har hänt sedan du öppnade sidan" in text_of(late.text)
        assert '<blockquote class="pv-written">Projektet är flyttat</blockquote>' in late.text
        assert f'action="{path}/{act}"' not in late.text


def test_a_change_is_not_lost_when_the_request_has_got_a_proposal(client: Client, rows: Session, member: Member):
    filed = hidden(client.get("/requests/new?step=all", headers=HTML).text, "/requests/new") | FILED
    path = client.post("/requests/new", data=filed, headers=HTML).headers["location"] + "/change"
    form = hidden(client.get(path, headers=HTML).text, path) | {each: FILED[each] for each in FILED if each != "do"}
    request = rows.scalars(select(Request)).one()
    request.state = RequestState.PROPOSED
    rows.commit()
    late = client.post(path, data=form | {"title": "Två bilar i mars"}, headers=HTML)
    assert late.status_code == 409
    assert 'value="Två bilar i mars"' in late.text
    assert "Något har hänt sedan du öppnade sidan" in text_of(late.text)


@pytest.mark.parametrize("path", ["/requests/new", "/runs/new"])
def test_a_form_that_was_open_for_too_long_is_not_lost(client: Client, rows: Session, signed_in: SignIn, path: str):
    signed_in(client, builders.member(rows, roles=["requester", "coordinator"]))
    form = hidden(client.get(path, headers=HTML).text, path)
    client.cookies.delete("platsverket_form")
    answer = client.post(path, data=form | {"title": "Halvskrivet", "name": "Halvskrivet"}, headers=HTML)
    assert answer.status_code == 303
    page = client.get(answer.headers["location"], headers=HTML).text
    assert 'value="Halvskrivet"' in page
    assert "Inget är skickat än" in page
    forged = client.post(path, data={"title": "Av någon annan"}, headers=HTML)
    assert forged.status_code == 403
    assert rows.scalars(select(Request)).all() == []


def test_what_was_wrong_is_told_in_the_other_language_too(client: Client, rows: Session, member: Member):
    form = hidden(client.get("/requests/new?step=all", headers=HTML).text, "/requests/new") | FILED
    refused = client.post("/requests/new", data=form | {"title": "", "purpose": "Mässan"}, headers=HTML).text
    assert "ds-error-summary" in refused
    sent = hidden(refused, "/requests/new") | FILED | {"title": "", "purpose": "Mässan"}
    answer = client.post("/language/en?next=/requests/new", data=sent, headers=HTML)
    shown = client.get(answer.headers["location"], headers=HTML).text
    assert "Mässan</textarea>" in shown
    assert 'href="#f-title"' in shown
    assert "it is empty" in text_of(shown).lower() or "fill in" in text_of(shown).lower()


def test_the_one_who_asked_decides_about_the_rest_on_the_page(client: Client, rows: Session, signed_in: SignIn):
    for choice, state in (
        ("kept", BundleState.KEPT),
        ("replaced", BundleState.REPLACED),
        ("cancelled", BundleState.CANCELLED),
    ):
        found, _, (kept, _) = broken(rows)
        rows.commit()
        signed_in(client, rows.get_one(Member, found.requester.member_id))
        path = f"/requests/{found.request.id}"
        page = client.get(path, headers=HTML).text
        assert page.count(f'action="{path}/bundle-decision"') == 3
        form = hidden(page, f"{path}/bundle-decision") | {"choice": choice}
        assert client.post(f"{path}/bundle-decision", data=form, headers=HTML).status_code == 303
        text = text_of(client.get(path, headers=HTML).text)
        assert "Beslutet är antecknat" in text
        assert "En bokning avbokades" not in text
        rows.expire_all()
        assert (
            rows.scalars(select(BundleDecision).where(BundleDecision.request_id == found.request.id)).one().state
            is state
        )
        assert kept.state is (BookingState.CANCELLED if choice == "cancelled" else BookingState.AGREED)
        again = post_form(client, f"{path}/bundle-decision", {"choice": choice})
        assert again.status_code == 409
    wrong = post_form(client, f"{path}/bundle-decision", {"choice": "waiting?"})
    assert wrong.status_code == 422


def test_both_sides_see_on_the_booking_that_a_decision_is_waited_for(client: Client, rows: Session, signed_in: SignIn):
    found, _, (kept, gone) = broken(rows)
    rows.commit()
    for actor, decides in ((found.lister, False), (found.requester, True)):
        signed_in(client, rows.get_one(Member, actor.member_id))
        page = client.get(f"/bookings/{kept.id}", headers=HTML).text
        assert "Ett beslut om den här bokningen väntar" in text_of(page)
        assert (f'href="/requests/{found.request.id}"' in page) is decides
        assert "Ett beslut om den här bokningen väntar" not in client.get(f"/bookings/{gone.id}", headers=HTML).text
    planning.decide_bundle(rows, found.requester, found.request.id, BundleState.KEPT)
    rows.commit()
    assert "Ett beslut om den här" not in client.get(f"/bookings/{kept.id}", headers=HTML).text


@pytest.mark.parametrize("choice", ["keep", "replace", "cancel"])
def test_the_rest_is_decided_over_the_api(client: Client, rows: Session, bearer: Bearer, choice: str):
    found, other, _ = broken(rows)
    asker, lender = (bearer(rows.get_one(Member, who.member_id)) for who in (found.requester, other))
    address = f"/api/v1/requests/{found.request.id}"
    waiting = client.get(address, headers=asker).json()["bundleDecision"]
    assert (waiting["state"], waiting["decidedAt"]) == ("waiting", None)
    assert client.post(f"{address}/bundle-decision", json={"choice": choice}, headers=lender).status_code in {403, 404}
    assert client.post(f"{address}/bundle-decision", json={"choice": "burn"}, headers=asker).status_code == 400
    decided = client.post(f"{address}/bundle-decision", json={"choice": choice}, headers=asker)
    assert decided.status_code == 200
    assert (
        decided.json()["bundleDecision"]["state"]
        == {"keep": "kept", "replace": "replaced", "cancel": "cancelled"}[choice]
    )
    again = client.post(f"{address}/bundle-decision", json={"choice": choice}, headers=asker)
    assert (again.status_code, again.json()["code"]) == (409, "nothing_to_decide")


def test_an_undo_over_the_api_is_told_done_and_refused(client: Client, rows: Session, bearer: Bearer):
    member = builders.member(rows, roles=["requester", "lister"])
    offer, request = own_offer(rows, member), own_request(rows, member)
    headers = bearer(member)
    for address, act, state in (
        (f"/api/v1/offers/{offer.id}", "closing", "closed"),
        (f"/api/v1/requests/{request.id}", "withdrawal", "withdrawn"),
    ):
        nothing = client.post(f"{address}/reopening", headers=headers)
        assert (nothing.status_code, nothing.json()["code"]) == (409, "nothing_to_undo")
        done = client.post(f"{address}/{act}", json={}, headers=headers).json()
        assert (done["state"], done["undoUntil"] is not None) == (state, True)
        for _ in range(2):
            undone = client.post(f"{address}/reopening", headers=headers)
            assert (undone.status_code, undone.json()["state"], undone.json()["undoUntil"]) == (200, "open", None)
        client.post(f"{address}/{act}", json={}, headers=headers)
    offer.during = builders.to_range(builders.days(-9, -1))
    rows.commit()
    over = client.post(f"/api/v1/offers/{offer.id}/reopening", headers=headers)
    assert (over.status_code, over.json()["code"]) == (400, "bad_input")
