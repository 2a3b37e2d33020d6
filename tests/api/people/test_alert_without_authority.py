"""Whoever does not coordinate who is in need raises no alert, is told so, and nothing of it is written."""

from datetime import timedelta
from typing import Any

import msgspec
from litestar.testing import TestClient
from sqlmodel import Session, func, select

from api.schemas.surges.alerts import SurgeIn
from core.time import clock
from marketplace.requests.models import Request
from marketplace.surges.models import Surge, SurgeState
from tests import builders
from tests.api.conftest import HTML, Bearer, SignIn, post_form, text_of

SWEDISH = "Bara en samordnare för organisationen som behöver hjälp larmar för den, eller avslutar insatsen."
IN_SWEDISH = {"accept-language": "sv"}


def test_an_alert_without_authority_is_refused_by_the_api_and_on_the_page(
    client: TestClient[Any], rows: Session, bearer: Bearer, signed_in: SignIn
) -> None:
    home = builders.organisation(rows)
    everything_else = ["hr", "lister", "requester", "admin", "manager", "approver", "auditor"]
    member = builders.member(rows, home, roles=everything_else)
    area = {"coordinator": {"organisationIds": [str(builders.organisation(rows).id)]}}
    elsewhere = builders.member(rows, roles=["coordinator"], grants=area)
    surge = builders.surge(rows, home)
    rows.commit()

    said = msgspec.to_builtins(SurgeIn.example()) | {"organisationId": str(home.id)}
    for each in (member, elsewhere):
        told = client.post("/api/v1/surges", headers=bearer(each) | IN_SWEDISH, json=said)
        assert (told.status_code, told.json()["detail"]) == (403, SWEDISH)
        assert told.json()["type"].endswith("alert-without-authority")
    ended = client.post(f"/api/v1/surges/{surge.id}/stand-down", headers=bearer(member) | IN_SWEDISH, json={})
    assert (ended.status_code, ended.json()["detail"]) == (403, SWEDISH)

    signed_in(client, member)
    assert 'href="/surges/new"' not in client.get("/surges", headers=HTML).text
    day = clock.today() + timedelta(days=3)
    form = {"organisationId": str(home.id), "occasion": "reception", "title": "Många söker skydd", "what": "Kö."}
    form |= {"answerHours": "4", "first": str(day), "last": str(day + timedelta(days=9)), "rows": "1"}
    form |= {"roles.0.title": "Handläggare", "roles.0.number": "3", "roles.0.percent": "100"}
    form |= {"roles.0.municipality": "2380", "roles.0.km": "50", "roles.0.skill": "procurement", "roles.0.level": "2"}
    page = post_form(client, "/surges/new", form)
    assert page.status_code == 403
    assert SWEDISH in text_of(page.text)

    rows.expire_all()
    assert rows.exec(select(func.count()).select_from(Surge)).one() == 1
    assert rows.exec(select(func.count()).select_from(Request)).one() == 0
    assert rows.get_one(Surge, surge.id).state is SurgeState.OPEN
