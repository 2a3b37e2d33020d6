"""Emptying a building, by pages and by programs: looked through, offered, taken back."""

import re

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlmodel import Session, select

from marketplace.offers.models import Offer, OfferState
from marketplace.organisations.models import Member, Organisation
from resources.models import Resource, Site
from tests import builders
from tests.api.conftest import HTML, Bearer, SignIn, post_form

Client = TestClient[Litestar]


@pytest.fixture
def lister(rows: Session) -> Member:
    member = builders.member(rows, roles=["lister"])
    house = builders.site(rows, rows.get_one(Organisation, member.organisation_id), name="Huset")
    for name in ("Stolar", "Bord"):
        builders.furniture(rows, house, name=name)
    rows.commit()
    return member


def states(rows: Session) -> list[OfferState]:
    rows.rollback()
    return sorted(rows.exec(select(Offer.state)))


def test_a_page_offers_just_what_was_looked_through(
    client: Client, rows: Session, lister: Member, signed_in: SignIn
) -> None:
    signed_in(client, lister)
    house, chairs = rows.exec(select(Site)).one(), rows.exec(select(Resource).where(Resource.name == "Stolar")).one()
    path = f"/emptying/{house.id}"
    assert path in client.get("/emptying", headers=HTML).text
    said = {"first": "2032-01-01", "last": "2032-03-01", "visibility": "region", "take": str(chairs.id)}
    wrong = post_form(client, path, said | {"last": "2031-01-01", f"first-{chairs.id}": "i maj"})
    assert wrong.status_code == 422
    assert re.search(rf'id="f-first-{chairs.id}-error"', wrong.text)
    told = post_form(client, path, said | {"do": "preview"})
    assert (told.status_code, states(rows)) == (200, [])
    [seal] = re.findall(r'name="seal" value="(\w+)"', told.text)
    other = post_form(client, path, said | {"do": "open", "seal": seal, "visibility": "all"})
    assert (other.status_code, states(rows)) == (200, [])  # not what was looked through
    done = post_form(client, path, said | {"do": "open", "seal": seal})
    assert (done.status_code, states(rows)) == (303, [OfferState.OPEN])
    shown = client.get(done.headers["location"], headers=HTML).text
    [made] = re.findall(r'name="made" value="([^"]+)"', shown)
    post_form(client, f"{path}/undoing", {"made": made})
    assert states(rows) == [OfferState.CLOSED]


@pytest.mark.parametrize("made", ["2026-11-30T08:00", "9999-12-31T23:59:59Z", "i dag"])
def test_a_time_that_was_made_up_takes_nothing_back(
    client: Client, rows: Session, lister: Member, signed_in: SignIn, bearer: Bearer, made: str
) -> None:
    house = rows.exec(select(Site)).one()
    undoing = client.post(f"/api/v1/sites/{house.id}/emptying/undoing", json={"madeAt": made}, headers=bearer(lister))
    assert undoing.status_code in {400, 409}
    signed_in(client, lister)
    assert client.get(f"/emptying/{house.id}", params={"made": made}, headers=HTML).status_code == 200
    assert post_form(client, f"/emptying/{house.id}/undoing", {"made": made}).status_code in {409, 422}


def test_a_program_does_the_same(client: Client, rows: Session, lister: Member, bearer: Bearer) -> None:
    house = rows.exec(select(Site)).one()
    path, head = f"/api/v1/sites/{house.id}/emptying", bearer(lister)
    body = {"start": "2032-01-01T00:00:00+01:00", "visibility": "region"}
    told = client.post(path, json=body | {"dryRun": True}, headers=head).json()
    assert (told["offered"], told["madeAt"], states(rows)) == (2, None, [])
    elsewhere = [{"resourceId": str(builders.furniture(rows).id), "leftOut": True}]
    rows.commit()
    assert client.post(path, json=body | {"exceptions": elsewhere}, headers=head).status_code == 400
    assert client.post(path, json=body | {"seal": "another"}, headers=head).json()["code"] == "plan_changed"
    done = client.post(path, json=body | {"seal": told["seal"], "open": False}, headers=head).json()
    assert (done["offered"], states(rows)) == (2, [OfferState.DRAFT] * 2)
    again = client.post(path, json=body, headers=head)
    assert (again.status_code, again.json()["code"]) == (409, "nothing_to_offer")
    assert client.post(f"{path}/undoing", json={"madeAt": done["madeAt"]}, headers=head).json() == {"closed": 2}
    assert client.post(f"{path}/undoing", json={"madeAt": done["madeAt"]}, headers=head).json() == {"closed": 0}
