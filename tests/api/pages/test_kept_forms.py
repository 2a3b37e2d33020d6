"""What was typed is kept when the session has ended, the language changes or the form was sent before."""

import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlmodel import Session, func, select

from core.database import kept_forms
from core.database.kept_forms import KEPT_FOR, LARGEST_BYTES, MOST_OF_A_MEMBER, Content, KeptForm
from core.time import clock
from marketplace.offers.models import Offer, OfferState
from marketplace.organisations.models import Member, Organisation
from marketplace.requests.models import Request
from resources.models import Resource
from tests import builders
from tests.api.conftest import HTML, SignIn
from tests.api.pages.test_posted_once import FILED, OFFERED, hidden

Client = TestClient[Litestar]
SESSION = "platsverket_session"


@pytest.fixture
def member(rows: Session, client: Client, signed_in: SignIn) -> Member:
    """A member who may do everything here, signed in."""
    both = builders.member(rows, roles=["requester", "lister", "coordinator"])
    signed_in(client, both)
    return both


def own_offer(rows: Session, member: Member) -> Offer:
    return builders.offer(
        rows, builders.space(rows, builders.site(rows, rows.get_one(Organisation, member.organisation_id)))
    )


def form_of(client: Client, path: str, action: str | None = None) -> dict[str, str]:
    return hidden(client.get(path, headers=HTML).text, action or path)


def sent_to(answer) -> dict[str, str]:
    """Return the query of the sign-in page that an answer leads to."""
    assert answer.status_code == 303
    address = urlsplit(answer.headers["location"])
    assert address.path == "/sign-in"
    return {name: texts[0] for name, texts in parse_qs(address.query).items()}


def sign_in(client: Client, member: Member, wanted: str) -> str:
    """Sign in on the page where one is sent to, and return where one goes on to."""
    fields = hidden(client.get(f"/sign-in?next={wanted}", headers=HTML).text, "/sign-in") | {
        "member": str(member.id),
        "next": wanted,
    }
    return client.post("/sign-in", data=fields, headers=HTML).headers["location"]


@pytest.mark.parametrize(
    ("path", "fields", "typed"),
    [
        ("/requests/new", FILED, ['value="Översyn av e-tjänster"', 'value="2035-05-31"', 'value="5"']),
        ("/offers/new/vehicle", OFFERED, ['value="Grå Kia"', 'value="Garaget"', 'value="2035-01-01"']),
        ("/runs/new", {"name": "Höst", "timeLimitS": "tolv"}, ['value="Höst"', 'value="tolv"']),
    ],
)
def test_a_form_sent_after_the_session_stands_there_again(client: Client, rows, member: Member, path, fields, typed):
    sent = form_of(client, path) | fields
    client.cookies.delete(SESSION)
    query = sent_to(client.post(path, data=sent, headers=HTML))
    assert query["why"] == "session_ended_and_kept"
    assert "en timme" in client.get(f"/sign-in?why={query['why']}", headers=HTML).text
    wanted = sign_in(client, member, query["next"])
    page = client.get(wanted, headers=HTML)
    assert page.status_code == 200
    assert urlsplit(wanted).path == path
    assert [text for text in typed if text not in page.text] == []
    assert "Här står det du hade skrivit." in page.text
    again = client.post(path, data=fields | hidden(page.text, path), headers=HTML)
    assert again.status_code == (422 if "timeLimitS" in fields else 303), again.text


def test_what_is_said_of_one_photo_of_several_stands_there_again(client: Client, rows: Session, member: Member):
    offer = own_offer(rows, member)
    room = rows.get_one(Resource, offer.resource_id)
    _first, second = (builders.photo(rows, room, f"Foto {name}").id for name in "ab")
    rows.commit()
    page = f"/offers/{offer.id}/photos"
    path = f"{page}/{second}/change"
    sent = form_of(client, page, path) | {f"alt-{second}": "Dörren", f"place-{second}": "1"}
    client.cookies.delete(SESSION)
    wanted = sign_in(client, member, sent_to(client.post(path, data=sent, headers=HTML))["next"])
    shown = client.get(wanted, headers=HTML).text
    assert [text in shown for text in ('value="Foto a"', 'value="Dörren"', 'value="Foto b"')] == [True, True, False]


def test_a_change_sent_after_the_session_keeps_its_version_too(client: Client, rows: Session, member: Member):
    offer = own_offer(rows, member)
    rows.commit()
    path = f"/offers/{offer.id}/change"
    sent = form_of(client, path) | {"conditions": "Lämnas städad", "first": "2035-01-01"}
    client.cookies.delete(SESSION)
    wanted = sign_in(client, member, sent_to(client.post(path, data=sent, headers=HTML))["next"])
    page = client.get(wanted, headers=HTML).text
    assert "Lämnas städad</textarea>" in page
    assert hidden(page, path)["version"] == str(offer.version)


def test_words_of_a_form_in_the_middle_of_a_page_are_kept(client: Client, rows: Session, member: Member):
    request = builders.request(rows, member)
    builders.need(rows, request)
    rows.commit()
    path = f"/requests/{request.id}"
    sent = form_of(client, path, f"{path}/withdrawal") | {"words": "Projektet är nedlagt"}
    client.cookies.delete(SESSION)
    wanted = sign_in(client, member, sent_to(client.post(f"{path}/withdrawal", data=sent, headers=HTML))["next"])
    assert urlsplit(wanted).path == path
    assert "Projektet är nedlagt</textarea>" in client.get(wanted, headers=HTML).text


def test_a_button_pressed_after_the_session_leads_back_to_its_page(client: Client, rows: Session, member: Member):
    request = builders.request(rows, member, state="draft")
    builders.need(rows, request)
    rows.commit()
    path = f"/requests/{request.id}"
    sent = form_of(client, path, f"{path}/opening")
    client.cookies.delete(SESSION)
    query = sent_to(client.post(f"{path}/opening", data=sent, headers=HTML))
    assert query == {"next": path, "why": "session_ended"}
    assert rows.scalar(select(func.count()).select_from(KeptForm)) == 0


def test_somebody_else_never_gets_it(client: Client, rows: Session, member: Member):
    colleague = builders.member(rows, rows.get_one(Organisation, member.organisation_id), roles=["requester"])
    rows.commit()
    sent = form_of(client, "/requests/new?step=all", "/requests/new") | FILED
    client.cookies.delete(SESSION)
    wanted = sent_to(client.post("/requests/new", data=sent, headers=HTML))["next"]
    page = client.get(sign_in(client, colleague, wanted), headers=HTML).text
    assert FILED["title"] not in page
    assert "sparas inte längre" in page
    assert FILED["title"] in client.get(sign_in(client, member, wanted), headers=HTML).text


def test_another_browser_of_the_same_member_does_not_get_it(
    client: Client, rows: Session, member: Member, signed_in: SignIn
):
    sent = form_of(client, "/requests/new?step=all", "/requests/new") | FILED
    client.cookies.delete(SESSION)
    wanted = sent_to(client.post("/requests/new", data=sent, headers=HTML))["next"]
    client.cookies.clear()
    signed_in(client, member)
    assert FILED["title"] not in client.get(wanted, headers=HTML).text


def test_a_form_opened_by_one_and_sent_by_another_is_not_handled(
    client: Client, rows: Session, member: Member, signed_in: SignIn
):
    sent = form_of(client, "/requests/new?step=all", "/requests/new") | FILED
    other = builders.member(rows, roles=["requester"])
    signed_in(client, other)
    query = sent_to(client.post("/requests/new", data=sent, headers=HTML))
    assert query["why"] == "somebody_else_and_kept"
    assert rows.scalar(select(func.count()).select_from(Request)) == 0
    assert FILED["title"] not in client.get(query["next"], headers=HTML).text
    assert FILED["title"] in client.get(sign_in(client, member, query["next"]), headers=HTML).text


def test_without_our_token_nothing_is_kept_of_a_stranger(client: Client, rows: Session):
    fields = hidden(client.get("/sign-in", headers=HTML).text, "/sign-in") | FILED
    query = sent_to(client.post("/requests/new", data=fields, headers=HTML))
    assert query == {"next": "/requests/new", "why": "session_ended"}
    assert rows.scalar(select(func.count()).select_from(KeptForm)) == 0


@pytest.mark.parametrize("path", ["/requests/new", "/offers/new/vehicle", "/runs/new"])
def test_a_change_of_language_keeps_what_was_typed(client: Client, rows: Session, member: Member, path: str):
    page = client.get(path, headers=HTML).text
    button = re.search(r'<button[^>]*formaction="(/language/en[^"]*)"', page)
    assert button
    sent = hidden(page, path) | {"title": "Halvskrivet", "name": "Halvskrivet"}
    answer = client.post(button[1], data=sent, headers=HTML)
    assert answer.status_code == 303
    shown = client.get(answer.headers["location"], headers=HTML).text
    assert 'lang="en"' in shown
    assert 'value="Halvskrivet"' in shown
    assert "What you have written is kept." in shown


def test_a_form_sent_before_with_something_else_in_it_asks_first(client: Client, rows: Session, member: Member):
    sent = form_of(client, "/requests/new?step=all", "/requests/new") | FILED
    first = client.post("/requests/new", data=sent, headers=HTML).headers["location"]
    answer = client.post("/requests/new", data=sent | {"title": "En annan"}, headers=HTML)
    page = client.get(answer.headers["location"], headers=HTML).text
    assert 'value="En annan"' in page
    assert "har redan skickats" in page
    assert f'href="{first}"' in page
    assert rows.scalar(select(func.count()).select_from(Request)) == 1
    client.post("/requests/new", data=sent | {"title": "En annan"} | hidden(page, "/requests/new"), headers=HTML)
    rows.rollback()
    assert rows.scalar(select(func.count()).select_from(Request)) == 2


def test_kept_forms_have_a_size_a_number_and_an_end(session: Session):
    member = builders.member(session)
    keep = [kept_forms.keep(session, member.id, "secret", "/x", Content({"n": [str(n)]}, "why")) for n in range(30)]
    assert session.scalar(select(func.count()).select_from(KeptForm)) == MOST_OF_A_MEMBER
    latest = keep[-1]
    assert latest
    assert kept_forms.find(session, latest, member.id, "secret", "/x") == Content({"n": ["29"]}, "why")
    assert kept_forms.find(session, latest, member.id, "secret", "/y") is None
    assert kept_forms.keep(session, member.id, "s", "/x", Content({"n": ["x" * LARGEST_BYTES]}, "why")) is None
    with clock.frozen(clock.now() + KEPT_FOR + timedelta(seconds=1)):
        assert kept_forms.find(session, latest, member.id, "secret", "/x") is None
        kept_forms.forget_old(session)
    assert session.scalar(select(func.count()).select_from(KeptForm)) == 0


def test_an_offer_is_still_open_after_a_closing_that_was_not_handled(client: Client, rows: Session, member: Member):
    offer = own_offer(rows, member)
    rows.commit()
    sent = form_of(client, f"/offers/{offer.id}", f"/offers/{offer.id}/closing") | {"words": "Såld"}
    client.cookies.delete(SESSION)
    sent_to(client.post(f"/offers/{offer.id}/closing", data=sent, headers=HTML))
    rows.expire_all()
    assert rows.get_one(Offer, offer.id).state is OfferState.OPEN


def test_a_role_that_ends_in_the_middle_of_a_form_loses_nothing(client: Client, rows: Session, member: Member) -> None:
    sent = form_of(client, "/requests/new?step=all", "/requests/new") | FILED
    yesterday = (clock.today() - timedelta(days=1)).isoformat()
    member.grants = {"requester": {"reason": "Vikarie", "until": yesterday}}
    rows.commit()
    answer = client.post("/requests/new?sent", data=sent, headers=HTML)
    assert answer.status_code == 403
    assert yesterday in answer.text
    address = re.search(r'href="(/requests/new[?]kept=[^"]+)"', answer.text)[1]
    assert client.get(address, headers=HTML).status_code == 403, "until the role is there again"
    member.grants = {"requester": {"reason": "Fortsätter"}}
    rows.commit()
    assert 'value="Översyn av e-tjänster"' in client.get(address, headers=HTML).text
    assert rows.scalars(select(func.count()).select_from(Request)).one() == 0
