"""Labels that are printed and scanned: what they say, and where they lead."""

import io
import re
from typing import Any

import pytest
import zxingcpp
from litestar.testing import TestClient
from PIL import Image
from sqlmodel import Session

from api.pages.bookings.labels import ON_A_SHEET, code_of
from marketplace.bookings.ledger import MovementKind
from marketplace.bookings.models import Booking
from marketplace.bookings.movements import note
from marketplace.offers.models import OfferState, Visibility
from marketplace.organisations.models import Member, Organisation
from resources.models import Resource
from tests import builders
from tests.api.conftest import HTML, SignIn, post_form, text_of
from tests.marketplace.proposals.deals import Deal, accept, begin, deal

PRINTED = 177
"""Dots on 15 millimetres at 300 to the inch."""


@pytest.fixture
def lent(rows: Session) -> tuple[Deal, Booking, Resource]:
    """Twelve of forty chairs, agreed on and begun."""
    chairs = builders.furniture(rows, name="Stolar i foajén")
    found = deal(rows, builders.offer(rows, chairs), amount=12)
    accept(rows, found.lister, found.proposal)
    (booking,) = accept(rows, found.requester, found.proposal).bookings
    begin(rows, booking)
    rows.commit()
    return found, booking, chairs


def sign_in(client: TestClient[Any], rows: Session, signed_in: SignIn, actor: Any) -> None:
    signed_in(client, rows.get_one(Member, actor.member_id))


def test_a_label_of_15_millimetres_is_read_and_leads_to_the_thing(
    client: TestClient[Any], rows: Session, signed_in: SignIn, lent: tuple[Deal, Booking, Resource]
) -> None:
    found, _booking, chairs = lent
    drawn = io.BytesIO()
    code_of(chairs.id, "https://platsverket.en-lang-adress.example.se/").save(drawn, kind="png", scale=10, border=4)
    small = Image.open(drawn).convert("L").resize((PRINTED, PRINTED), Image.Resampling.BILINEAR)
    (read,) = zxingcpp.read_barcodes(small)
    assert read.text == f"https://platsverket.en-lang-adress.example.se/things/{chairs.id}"
    sign_in(client, rows, signed_in, found.lister)
    assert "Stolar i foajén" in text_of(client.get(f"/things/{chairs.id}", headers=HTML).text)


def test_a_sheet_begins_where_the_last_ended(
    client: TestClient[Any], rows: Session, signed_in: SignIn, lent: tuple[Deal, Booking, Resource]
) -> None:
    found, _booking, chairs = lent
    sign_in(client, rows, signed_in, found.lister)
    text = client.get(f"/labels?site={chairs.site_id}&first=24", headers=HTML).text
    (sheet,) = re.findall(r'<ul class="lb-sheet".*?</ul>', text, re.DOTALL)
    assert (sheet.count("lb-blank"), sheet.count("<svg")) == (ON_A_SHEET - 1, 1)
    assert "Stolar i foajén" in sheet
    others = client.get(f"/labels?site={builders.site(rows).id}", headers=HTML)
    assert "lb-blank" not in others.text, "another's site is not looked at"
    sign_in(client, rows, signed_in, found.requester)
    assert "Stolar i foajén" not in client.get(f"/labels?site={chairs.site_id}", headers=HTML).text


def test_the_borrower_who_may_see_the_thing_no_more_comes_to_the_booking(
    client: TestClient[Any], rows: Session, signed_in: SignIn, lent: tuple[Deal, Booking, Resource]
) -> None:
    found, booking, chairs = lent
    for offer in found.offers:
        offer.visibility = Visibility.ORGANISATION
    stranger = builders.member(rows, roles=["requester"])
    rows.commit()
    sign_in(client, rows, signed_in, found.requester)
    answer = client.get(f"/things/{chairs.id}", headers=HTML, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/bookings/{booking.id}")
    signed_in(client, stranger)
    assert client.get(f"/things/{chairs.id}", headers=HTML, follow_redirects=False).status_code == 404


def test_who_scans_a_label_hands_over_and_takes_back(
    client: TestClient[Any], rows: Session, signed_in: SignIn, lent: tuple[Deal, Booking, Resource]
) -> None:
    """Scan, press: it is out. Scan, press: it is back, and nobody has it."""
    found, booking, chairs = lent
    sign_in(client, rows, signed_in, found.lister)
    none_said = {"kind": "out", "amount-out": "", "condition-out": ""}  # as the booking's own form asks
    assert post_form(client, f"/bookings/{booking.id}/movements", none_said).status_code == 422
    for kind, told in (("out", "Notera utlämning: 12 stycken"), ("in", "Notera återlämning: 12 stycken")):
        text = client.get(f"/things/{chairs.id}", headers=HTML).text
        assert told in text_of(text).replace("\u00a0", " ")
        assert f'action="/bookings/{booking.id}/movements"' in text
        assert post_form(client, f"/bookings/{booking.id}/movements", {"kind": kind}).status_code == 303
    post_form(client, f"/bookings/{booking.id}/closing")
    rows.expire_all()
    found.offers[0].state = OfferState.CLOSED
    rows.commit()
    text = text_of(client.get(f"/things/{chairs.id}", headers=HTML).text)
    assert "Ingen har den" in text
    assert "Etiketten kan tas bort" in text


def test_movements_are_paged_and_nothing_out_is_not_called_returned_while_some_may_go_out(
    client: TestClient[Any], rows: Session, signed_in: SignIn, lent: tuple[Deal, Booking, Resource]
) -> None:
    """Of twelve chairs five go out and come back, one of them is damaged and mended ten times: 22 movements."""
    found, booking, chairs = lent
    wanted = [(MovementKind.OUT, 5), (MovementKind.BACK, 5)]
    wanted += [(MovementKind.DAMAGED, 1), (MovementKind.REPAIRED, 1)] * 10
    for kind, amount in wanted:
        note(rows, found.lister, booking.id, kind, amount)
    rows.commit()
    sign_in(client, rows, signed_in, found.lister)
    first, second = (client.get(f"/bookings/{booking.id}?page={number}", headers=HTML).text for number in (1, 2))
    assert [(page.count(">Lagat<"), page.count(">Utlämnat<")) for page in (first, second)] == [(10, 0), (0, 1)]
    assert f'href="/bookings/{booking.id}?page=2#moved"' in first
    for page in (first, *(client.get(path, headers=HTML).text for path in ("/bookings", f"/things/{chairs.id}"))):
        assert state_shown(page) == "← Inget är ute, 7 kan lämnas ut"
    post_form(client, f"/bookings/{booking.id}/movements", {"kind": "out"})
    post_form(client, f"/bookings/{booking.id}/movements", {"kind": "in"})
    assert state_shown(client.get(f"/bookings/{booking.id}", headers=HTML).text) == "← Återlämnad"


def test_a_photo_is_sent_with_what_moves(
    client: TestClient[Any], rows: Session, signed_in: SignIn, lent: tuple[Deal, Booking, Resource]
) -> None:
    found, booking, _chairs = lent
    sign_in(client, rows, signed_in, found.lister)
    page, picture = f"/bookings/{booking.id}", io.BytesIO()
    Image.new("RGB", (64, 48), "teal").save(picture, "JPEG")
    sent = {"kind": "out", "amount-out": "8", "condition-out": "En repa", "_csrf_token": _token(client)}
    refused = client.post(f"{page}/movements", data=sent, files={"photo": ("a.jpg", b"GIF89a")}, headers=HTML)
    assert refused.status_code == 422
    assert "inget foto" in text_of(refused.text)
    assert "En repa</textarea>" in refused.text
    photo = {"photo": ("a.jpg", picture.getvalue())}
    assert client.post(f"{page}/movements", data=sent, files=photo, headers=HTML).status_code == 303
    (first,) = photos_on(client, page)
    more, form = first.removesuffix("/1"), {"_csrf_token": sent["_csrf_token"]}
    none = client.post(more, data=form, files={"photo": ("a.jpg", b"GIF89a")}, headers=HTML)
    assert (none.status_code, "inget foto" in text_of(none.text)) == (422, True)
    assert client.post(more, data=form, files=photo, headers=HTML).status_code == 303
    assert photos_on(client, page) == [first, f"{more}/2"]
    assert [client.get(each).headers["content-type"] for each in photos_on(client, page)] == ["image/webp"] * 2
    sign_in(client, rows, signed_in, found.requester)
    assert (len(photos_on(client, page)), "Lägg till ett foto" in client.get(page, headers=HTML).text) == (2, False)
    sent["_csrf_token"] = _token(client)
    may_not = client.post(f"{page}/movements", data=sent, files={"photo": ("a.jpg", b"GIF89a")}, headers=HTML)
    assert may_not.status_code == 403, "before anybody looks at the photo"


def photos_on(client: TestClient[Any], page: str) -> list[str]:
    return re.findall(r'href="(/bookings/[^"]+/photos/\d+)"', client.get(page, headers=HTML).text)


def _token(client: TestClient[Any]) -> str:
    """Return what a form is checked by."""
    client.get("/accessibility")
    return client.cookies["platsverket_form"]


def state_shown(page: str) -> str:
    """Return what a page says of the state of its booking."""
    (tag,) = re.findall(r'<span class="ds-tag pv-state".*', page)
    return text_of(tag).strip()


def test_who_has_no_camera_types_what_stands_on_the_label(
    client: TestClient[Any], rows: Session, signed_in: SignIn, lent: tuple[Deal, Booking, Resource]
) -> None:
    found, _booking, chairs = lent
    person = builders.staff(rows, rows.get_one(Organisation, chairs.organisation_id))
    rows.commit()
    sign_in(client, rows, signed_in, found.lister)
    for typed in (str(chairs.id), f"https://another.example/things/{str(chairs.id).upper()}"):
        answer = client.get("/scan", params={"label": typed}, headers=HTML)
        assert (answer.status_code, answer.headers["location"]) == (303, f"/things/{chairs.id}")
    assert f'href="/things/{chairs.id}"' in client.get("/scan?label=I FOAJ", headers=HTML).text
    assert f'href="/things/{person.id}"' not in client.get(f"/scan?label={person.name}", headers=HTML).text
    for nothing in ("bord", "%", "_"):
        assert "Inget i din organisation heter så" in client.get(f"/scan?label={nothing}", headers=HTML).text
    assert "Inget i din organisation" not in client.get("/scan", headers=HTML).text
    assert "för långt" in client.get("/scan", params={"label": "å" * 201}, headers=HTML).text
    sign_in(client, rows, signed_in, found.requester)
    assert f'href="/things/{chairs.id}"' not in client.get("/scan?label=foajén", headers=HTML).text


def test_a_label_tells_a_stranger_nothing(
    client: TestClient[Any], rows: Session, signed_in: SignIn, lent: tuple[Deal, Booking, Resource]
) -> None:
    _found, _booking, chairs = lent
    assert "/sign-in" in client.get(f"/things/{chairs.id}", headers=HTML, follow_redirects=False).headers["location"]
    signed_in(client, builders.member(rows))
    rows.commit()
    assert client.get(f"/things/{chairs.id}", headers=HTML).status_code == 404
