"""Every form posts once: a second post of it, a moment later, later or at the same time, gives the first one's page."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlmodel import Session, func, select

import api
from api.http.forms.posted import FormToken
from core.database import idempotency
from core.database.audit import AuditEntry, history
from core.database.idempotency import IdempotentAnswer
from core.settings import settings
from core.time import clock
from marketplace.offers.models import Offer
from marketplace.organisations.models import Member
from marketplace.requests.models import Request
from marketplace.runs.models import MatchingRun
from tests import builders
from tests.api.conftest import HTML, SignIn

Client = TestClient[Litestar]

FILED = {
    "title": "Översyn av e-tjänster",
    "priority": "ordinary",
    "together": "no",
    "do": "file",
    "needs.0.family": "vehicle",
    "needs.0.requirements.seats": "5",
    "needs.0.timing.type": "period",
    "needs.0.timing.period.first": "2035-03-01",
    "needs.0.timing.period.last": "2035-05-31",
}
OFFERED = {
    "do": "open",
    "name": "Grå Kia",
    "kind": "car",
    "seats": "5",
    "fuel": "electric",
    "licenceClass": "B",
    "siteName": "Garaget",
    "municipalityCode": "2380",
    "first": "2035-01-01",
    "priceBasis": "none",
    "visibility": "all",
}


def test_a_form_of_something_new_is_sent_to_an_address_of_its_own() -> None:
    """Else the browser forgets the form that it keeps, and going back shows another one, which makes a second thing."""
    sources = [*Path(api.__path__[0]).glob("templates/**/*.html"), *Path(api.__path__[0]).glob("pages/**/*.py")]
    to_new = re.compile(r"""(?:method="post"[^>]* action=|"action": f?)"([^"]*/new(?:/{[^"?]*})?(?:\?sent)?)\"""")
    sent = [(each.name, to) for each in sources for to in to_new.findall(each.read_text())]
    assert len(sent) > 10, "the forms are found"
    assert [(name, to) for name, to in sent if not to.endswith("?sent")] == []


@pytest.fixture
def member(rows: Session, client: Client, signed_in: SignIn) -> Member:
    """A member who may do everything here, signed in."""
    both = builders.member(rows, roles=["requester", "lister", "coordinator"])
    signed_in(client, both)
    return both


def hidden(html: str, action: str) -> dict[str, str]:
    """Return the hidden fields of the page's form with an action."""
    form = re.search(rf'<form[^>]* action="{re.escape(action)}(?:\?sent)?".*?</form>', html, re.DOTALL)
    assert form, f"no form goes to {action}"
    fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form[0])
    return {name: unescape(value) for name, value in fields}


def count(rows: Session, table: type) -> int:
    rows.rollback()
    return rows.scalar(select(func.count()).select_from(table)) or 0


@pytest.mark.parametrize(
    ("path", "fields", "table"),
    [
        ("/requests/new", FILED, Request),
        ("/requests/new", FILED | {"do": "draft"}, Request),
        ("/offers/new/vehicle", OFFERED, Offer),
        ("/runs/new", {"policy": "balanced", "name": "Höst"}, MatchingRun),
    ],
)
def test_a_form_for_something_new_makes_it_once(client: Client, rows: Session, member: Member, path, fields, table):
    fields = hidden(client.get(f"{path}?step=all", headers=HTML).text, path) | fields
    first = client.post(path, data=fields, headers=HTML)
    second = client.post(path, data=fields, headers=HTML)
    assert (first.status_code, second.status_code) == (303, 303), first.text
    assert second.headers["location"] == first.headers["location"]
    assert count(rows, table) == 1
    assert "ds-alert pv-flash" in client.get(second.headers["location"], headers=HTML).text


def test_two_forms_that_say_the_same_are_two(client: Client, rows: Session, member: Member):
    for _ in range(2):
        fields = hidden(client.get("/requests/new?step=all", headers=HTML).text, "/requests/new") | FILED
        assert client.post("/requests/new", data=fields, headers=HTML).status_code == 303
    assert count(rows, Request) == 2


def test_a_form_that_was_refused_is_sent_again_with_what_is_mended(client: Client, rows: Session, member: Member):
    fields = hidden(client.get("/requests/new?step=all", headers=HTML).text, "/requests/new") | FILED
    refused = client.post("/requests/new", data=fields | {"title": ""}, headers=HTML)
    assert refused.status_code == 422
    again = hidden(refused.text, "/requests/new")
    assert again["form_token"] == fields["form_token"]  # it is the same form still
    answers = [client.post("/requests/new", data=FILED | again, headers=HTML) for _ in range(2)]
    assert answers[0].headers["location"] == answers[1].headers["location"]
    assert count(rows, Request) == 1


def test_a_need_is_added_as_often_as_one_likes_and_the_request_filed_once(client: Client, rows: Session, member):
    fields = hidden(client.get("/requests/new?step=all", headers=HTML).text, "/requests/new") | FILED
    for _ in range(3):
        added = client.post("/requests/new", data=fields | {"do": "add:space"}, headers=HTML)
        assert added.status_code == 200
    assert hidden(added.text, "/requests/new")["form_token"] == fields["form_token"]
    for _ in range(2):
        assert client.post("/requests/new", data=fields, headers=HTML).status_code == 303
    assert count(rows, Request) == 1


def test_an_act_is_done_once_and_then_tells_the_same(client: Client, rows: Session, member: Member):
    request = builders.request(rows, member, state="draft")
    builders.need(rows, request)
    rows.commit()
    page = client.get(f"/requests/{request.id}", headers=HTML)
    fields = hidden(page.text, f"/requests/{request.id}/opening")
    answers = [client.post(f"/requests/{request.id}/opening", data=fields, headers=HTML) for _ in range(2)]
    assert [each.status_code for each in answers] == [303, 303]
    rows.expire_all()
    assert [each.to_state for each in history(rows, "request", request.id)] == ["open"]


def test_of_posts_at_the_same_time_one_is_handled_and_the_others_tell_the_same(client: Client, rows: Session, member):
    fields = hidden(client.get("/requests/new?step=all", headers=HTML).text, "/requests/new") | FILED

    def send(_n: int) -> str:
        return client.post("/requests/new", data=fields, headers=HTML).headers["location"]

    with ThreadPoolExecutor(4) as threads:
        locations = set(threads.map(send, range(4)))
    assert len(locations) == 1
    assert count(rows, Request) == 1


def test_every_posting_form_of_a_page_has_a_token_of_its_own(client: Client, rows: Session, member: Member):
    request = builders.request(rows, member, state="draft")
    builders.need(rows, request)
    rows.commit()
    page = client.get(f"/requests/{request.id}", headers=HTML).text
    forms = re.findall(r'<form[^>]*method="post".*?</form>', page, re.DOTALL)
    tokens = [re.search(r'name="form_token" value="([^"]+)"', each) for each in forms]
    assert len(forms) > 2
    assert all(tokens)
    assert len({each[1] for each in tokens if each}) == len(forms)


@pytest.mark.parametrize("spoiled", ["", "x", "a.b.c.d", "å.1.00.ff", "page.1.{member}.0000"])
def test_a_token_that_we_did_not_sign_is_none(spoiled: str, rows: Session, app: Litestar):
    member = builders.member(rows)
    token = FormToken("page", 1, member.id)
    assert FormToken.read(str(token)) == token
    assert FormToken.read(spoiled.format(member=member.id.hex)) is None
    assert FormToken.read(str(token)[:-1]) is None


def test_outcomes_are_forgotten_after_the_hours_of_the_setting(client: Client, rows: Session, member: Member):
    fields = hidden(client.get("/requests/new?step=all", headers=HTML).text, "/requests/new") | FILED
    client.post("/requests/new", data=fields, headers=HTML)
    rows.rollback()
    kept = rows.scalars(select(IdempotentAnswer)).one()
    idempotency.forget_old(rows)
    assert count(rows, IdempotentAnswer) == 1
    kept.at = clock.now() - timedelta(hours=settings().idempotency_hours, minutes=1)
    rows.add(kept)
    rows.commit()
    idempotency.forget_old(rows)
    rows.commit()
    assert count(rows, IdempotentAnswer) == 0
    assert count(rows, AuditEntry) > 0
