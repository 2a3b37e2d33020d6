"""Choosing what comes by mail, seeing what did not arrive, and what was sent: pages and API."""

from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlmodel import Session

from api.app import create_app
from core.settings import settings
from core.time import clock
from marketplace.mail import service
from marketplace.mail.models import Mail, MailItem
from marketplace.notices.models import Notice
from marketplace.organisations.models import Member
from tests import builders
from tests.api.conftest import HTML, Bearer, SignIn, post_form, text_of

CHOICES = "/notices/mail-choices"
API = "/api/v1/notices/mail-choices"
USUAL = {"answers": "at_once", "outcomes": "daily", "searches": "daily", "wishes": "never", "hubs": "at_once"}
USUAL |= {"operations": "daily", "invitations": "never"}
UNDELIVERED = "/members/undelivered-mail"


def test_a_member_chooses_on_the_page_and_reads_it_in_the_api(
    client: TestClient[Litestar], rows: Session, signed_in: SignIn, bearer: Bearer
) -> None:
    member = builders.member(rows)
    rows.commit()
    signed_in(client, member)
    token = bearer(member)
    assert client.get(API, headers=token).json() == USUAL
    chosen = {"answers": "daily", "outcomes": "never", "searches": "at_once", "wishes": "daily", "hubs": "never"}
    chosen |= {"operations": "never", "invitations": "at_once"}
    answer = post_form(client, CHOICES, chosen)
    assert answer.status_code == 303, text_of(answer.text)
    assert "Ditt val är sparat." in text_of(client.get(CHOICES, headers=HTML).text)
    assert client.get(API, headers=token).json() == chosen
    page = client.get(CHOICES, headers=HTML).text
    checked = [each for each in page.split("<input") if " checked" in each]
    assert [each.split('id="f-')[1].split('"')[0] for each in checked] == [f"{k}-{v}" for k, v in chosen.items()]


@pytest.mark.parametrize("wrong", ["never", "hourly", ""])
def test_what_waits_for_an_answer_cannot_be_turned_off(
    client: TestClient[Litestar], rows: Session, signed_in: SignIn, bearer: Bearer, wrong: str
) -> None:
    member = builders.member(rows)
    rows.commit()
    signed_in(client, member)
    answer = post_form(client, CHOICES, USUAL | {"answers": wrong})
    assert answer.status_code == 422
    refused = client.post(API, headers=bearer(member), json=USUAL | {"answers": wrong})
    assert refused.status_code == 400
    assert refused.json()["invalid-parameters"][0]["property"] == "answers"
    assert "MailFrequency" not in refused.text
    assert client.get(API, headers=bearer(member)).json() == USUAL


def undelivered(rows: Session, member: Member, **values: Any) -> Mail:
    return builders.added(rows, Mail(member_id=member.id, attempts=1, **values))


def test_an_admin_sees_what_did_not_arrive_and_has_it_sent_again(
    client: TestClient[Litestar], rows: Session, signed_in: SignIn
) -> None:
    home = builders.organisation(rows)
    admin, member = builders.member(rows, home, roles=["admin"]), builders.member(rows, home)
    failed = undelivered(rows, member, failed_at=clock.now(), fault="550 No such user <here>")
    undelivered(rows, member, fault="451 Busy")
    undelivered(rows, member, failed_at=clock.now(), data_at=clock.now())
    undelivered(rows, member, sent_at=clock.now())
    undelivered(rows, builders.member(rows), failed_at=clock.now(), fault="550 Somebody else's")
    rows.commit()
    signed_in(client, admin)
    page = text_of(client.get(UNDELIVERED, headers=HTML).text)
    assert page.count("Det är okänt om mejlet kom fram") == 1
    for told in ("3 mejl", member.email, "550 No such user &lt;here&gt;", "451 Busy", "Försöks igen"):
        assert told in page
    assert "Somebody else" not in page
    assert "har inte anslutit någon e-postserver" in page, "so in production, where nobody would miss it"
    assert "i högst 30 dagar" in page
    post_form(client, f"{UNDELIVERED}/{failed.id}/repetition", {})
    rows.expire_all()
    again = rows.get_one(Mail, failed.id)
    assert (again.failed_at, again.attempts, again.due_at <= clock.now()) == (None, 0, True)
    taken = service.take(rows)
    assert taken is not None


def test_a_mail_that_was_sent_is_shown_where_one_develops_and_nowhere_else(
    client: TestClient[Litestar], rows: Session, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    member = builders.member(rows, language="en")
    told = {"code": "expired", "entity": "proposal", "entity_id": member.id, "facts": {"request": "<b>Sal</b>"}}
    notice = builders.added(rows, Notice(organisation_id=member.organisation_id, at=clock.now(), **told))
    mail = undelivered(rows, member, sent_at=clock.now())
    its = {"notice_id": notice.id, "member_id": member.id, "mail_id": mail.id}
    builders.added(rows, MailItem(due_at=clock.now(), **its))
    rows.commit()
    signed_in(client, builders.member(rows))
    page = client.get("/sent-mail", headers=HTML).text
    assert "The proposal for “&lt;b&gt;Sal&lt;/b&gt;” has expired" in page
    assert f'href="{settings().address}/proposals/{member.id}"' in page
    member.email = "ingen adress"  # since then
    rows.commit()
    assert "ingen adress" in client.get("/sent-mail", headers=HTML).text
    monkeypatch.setenv("PLATSVERKET_DEVELOPMENT_SIGN_IN", "false")
    settings.cache_clear()
    try:
        assert "/sent-mail" not in {route.path for route in create_app().routes}
    finally:
        monkeypatch.undo()
        settings.cache_clear()
