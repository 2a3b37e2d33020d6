"""Checklists: who keeps them, what is ticked as something moves, and that it is kept as it was worded then."""

from typing import Any

import pytest
from litestar.testing import TestClient
from sqlmodel import Session, select

from marketplace.bookings.models import Booking
from marketplace.checklists.models import Checklist
from marketplace.organisations.models import Member
from resources.models import Resource
from tests import builders
from tests.api.conftest import HTML, Bearer, SignIn, post_form, text_of
from tests.marketplace.proposals.deals import Deal, accept, begin, deal, told

LISTS = "/api/v1/checklists"
CAR = {"family": "furniture", "step": "hand_over"}


@pytest.fixture
def lent(rows: Session) -> tuple[Deal, Booking, Resource]:
    """Twelve of forty chairs, agreed on and begun."""
    chairs = builders.furniture(rows)
    found = deal(rows, builders.offer(rows, chairs), amount=12)
    accept(rows, found.lister, found.proposal)
    (booking,) = accept(rows, found.requester, found.proposal).bookings
    begin(rows, booking)
    rows.commit()
    return found, booking, chairs


def test_a_site_s_own_list_comes_before_its_organisation_s(
    client: TestClient[Any], rows: Session, bearer: Bearer, lent: tuple[Deal, Booking, Resource]
) -> None:
    found, _booking, chairs = lent
    lender = bearer(rows.get_one(Member, found.lister.member_id))
    assert client.post(LISTS, json=CAR | {"items": ["Räknade"]}, headers=lender).status_code == 204
    here = CAR | {"siteId": str(chairs.site_id)}
    for items in (["Hela"], ["Hela", " Torra  "]):  # the second instead of the first
        assert client.post(LISTS, json=here | {"items": items}, headers=lender).status_code == 204
    listed = client.get(LISTS, headers=lender).json()["items"]
    assert [(each["site"] is None, each["items"]) for each in listed] == [
        (True, ["Räknade"]),
        (False, ["Hela", "Torra"]),
    ]
    assert rows.scalars(select(Checklist).where(Checklist.site_id == chairs.site_id)).one().items == ["Hela", "Torra"]
    assert client.post(LISTS, json=here | {"items": []}, headers=lender).status_code == 204
    assert [each["site"] for each in client.get(LISTS, headers=lender).json()["items"]] == [None]
    assert client.get(LISTS, headers=bearer(rows.get_one(Member, found.requester.member_id))).json()["items"] == []


@pytest.mark.parametrize(
    ("sent", "wrong"),
    [
        ({"items": ["x" * 81]}, "items"),
        ({"items": [str(n) for n in range(13)]}, "items"),
        ({"items": ["Hela", "Hela"]}, "items"),
        ({"items": ["Hela"], "family": "staff"}, "family"),
    ],
)
def test_what_cannot_be_gone_through_is_told(
    client: TestClient[Any], rows: Session, bearer: Bearer, sent: dict[str, Any], wrong: str
) -> None:
    lister = builders.member(rows, roles=["lister"])
    rows.commit()
    refused = client.post(LISTS, json=CAR | sent, headers=bearer(lister))
    assert (refused.status_code, {each["property"] for each in refused.json()["invalid-parameters"]}) == (400, {wrong})


def test_who_lists_for_one_unit_keeps_no_list_and_an_administrator_does(
    client: TestClient[Any], rows: Session, bearer: Bearer
) -> None:
    home = builders.organisation(rows)
    of_a_unit = builders.member(rows, home, roles=["lister"], grants={"lister": {"departments": ["Förråd"]}})
    admin, other = builders.member(rows, home, roles=["admin"]), builders.site(rows)
    rows.commit()
    assert client.post(LISTS, json=CAR | {"items": ["Hela"]}, headers=bearer(of_a_unit)).status_code == 403
    assert client.post(LISTS, json=CAR | {"items": ["Hela"]}, headers=bearer(admin)).status_code == 204
    at_anothers = CAR | {"items": ["Hela"], "siteId": str(other.id)}
    assert client.post(LISTS, json=at_anothers, headers=bearer(admin)).status_code == 404


def test_what_is_not_ticked_stops_nothing_and_both_are_told(
    client: TestClient[Any], rows: Session, bearer: Bearer, lent: tuple[Deal, Booking, Resource]
) -> None:
    found, booking, _chairs = lent
    lender, borrower = (bearer(rows.get_one(Member, who.member_id)) for who in (found.lister, found.requester))
    path = f"/api/v1/bookings/{booking.id}/movements"
    checks = [{"item": "Räknade", "ticked": True}, {"item": "Hela", "ticked": False, "remark": "En har en repa."}]
    for wrong in ({"kind": "lost", "checks": checks}, {"kind": "out", "checks": [checks[0] | {"remark": "x" * 201}]}):
        refused = client.post(path, json=wrong, headers=lender)
        assert [each["property"] for each in refused.json()["invalid-parameters"]] == ["checks"]
    made = client.post(path, json={"kind": "out", "checks": checks}, headers=lender)
    assert (made.status_code, made.json()["checks"]) == (201, [checks[0] | {"remark": ""}, checks[1]])
    client.post(path, json={"kind": "in", "amount": 1, "checks": checks[:1]}, headers=lender)
    listed = client.get(path, headers=borrower).json()["items"]
    assert [len(each["checks"]) for each in listed] == [2, 1]
    for side in (found.lister, found.requester):
        assert told(rows, side).count("not_ticked") == 1
    notices = client.get("/api/v1/notices", headers=borrower).text
    assert "Hela" in notices
    assert "Räknade" not in notices


def test_a_page_keeps_the_words_that_it_showed(
    client: TestClient[Any], rows: Session, signed_in: SignIn, lent: tuple[Deal, Booking, Resource]
) -> None:
    """The list is changed while the page of a thing is open at a counter."""
    found, booking, chairs = lent
    signed_in(client, rows.get_one(Member, found.lister.member_id))
    form = CAR | {"site": "", "items": "Räknade\nHela\n"}
    post_form(client, "/checklists", form)
    assert "Räknade, Hela" in text_of(client.get("/checklists", headers=HTML).text)
    refused = post_form(client, "/checklists", {"family": "staff", "step": "", "items": "Hela"})
    assert (refused.status_code, refused.text.count("aria-invalid")) == (422, 2)
    assert "Hela</textarea>" in refused.text
    shown = client.get(f"/things/{chairs.id}", headers=HTML).text
    assert shown.count('name="item-out"') == 2
    again = post_form(client, "/checklists", CAR | {"items": "Torra"})
    assert (again.status_code, "Torra</textarea>" in again.text) == (409, True), "there is one, which was not shown"
    assert 'name="before" value="Räknade\nHela"' in again.text
    assert post_form(client, "/checklists", CAR | {"items": "Torra", "before": "Räknade\nHela"}).status_code == 303
    noted = {"kind": "out", "amount-out": "3", "item-out": ["Räknade", "Hela"], "tick-out": "1", "remark-out-0": "Nej"}
    post_form(client, f"/bookings/{booking.id}/movements", noted)
    said = text_of(client.get(f"/bookings/{booking.id}", headers=HTML).text)
    assert "Avprickat: Hela" in said
    assert "Inte avprickat: Räknade (Nej)" in said
    assert "Torra" in said, "the next one is gone through by the new list"
