"""The pages of bookings."""

from typing import Any

import pytest
from litestar.testing import TestClient
from sqlmodel import Session

from marketplace.organisations.models import Member
from tests import builders
from tests.api.conftest import HTML, SignIn, post_form, text_of
from tests.marketplace.proposals.deals import Deal, accept, begin, deal


@pytest.fixture
def agreed(rows: Session) -> tuple[Deal, str]:
    """A deal that was agreed, and the address of its booking."""
    place = builders.site(rows, name="Regionens hus", address="Kyrkgatan 12")
    found = deal(rows, builders.offer(rows, builders.space(rows, place, name="Storsjön")))
    accept(rows, found.lister, found.proposal)
    (booking,) = accept(rows, found.requester, found.proposal).bookings
    begin(rows, booking)
    rows.commit()
    return found, f"/bookings/{booking.id}"


def sign_in(client: TestClient[Any], rows: Session, signed_in: SignIn, actor: Any) -> None:
    signed_in(client, rows.get_one(Member, actor.member_id))


def test_a_booking_shows_its_facts_dates_and_moves(
    client: TestClient[Any], rows: Session, signed_in: SignIn, agreed: tuple[Deal, str]
) -> None:
    found, path = agreed
    sign_in(client, rows, signed_in, found.requester)
    text = text_of(client.get(path, headers=HTML).text).replace("\u00a0", " ")
    assert f"{builders.at(14, 9):%Y-%m-%d} 09:00–11:00" in text
    for shown in ("Storsjön", "Regionens hus, Kyrkgatan 12, Östersund", "Avboka", "Förslaget som blev överenskommet"):
        assert shown in text, shown
    assert "Notera att det har börjat" not in text  # that is the lender's


def test_what_is_taken_is_told_in_words(client: TestClient[Any], rows: Session, signed_in: SignIn) -> None:
    found = deal(rows, builders.offer(rows, builders.staff(rows)), amount=50)
    accept(rows, found.lister, found.proposal)
    (booking,) = accept(rows, found.requester, found.proposal).bookings
    rows.commit()
    sign_in(client, rows, signed_in, found.lister)
    text = client.get(f"/bookings/{booking.id}", headers=HTML).text.replace("\u00a0", " ")
    assert '<td data-label="Mängd" class="pv-number">50 % av heltid</td>' in text


def test_the_lender_goes_all_the_way(
    client: TestClient[Any], rows: Session, signed_in: SignIn, agreed: tuple[Deal, str]
) -> None:
    found, path = agreed
    sign_in(client, rows, signed_in, found.lister)
    for action, told in (("hand-over", "Påbörjad"), ("return", "Avslutad"), ("closing", "Klar")):
        assert post_form(client, f"{path}/{action}").status_code == 303
        assert told in text_of(client.get(path).text)
    assert "Det finns inget för dig att göra nu." in text_of(client.get(path).text)
    assert post_form(client, f"{path}/hand-over").status_code == 409


def test_cancelling_and_disputing_need_a_reason(
    client: TestClient[Any], rows: Session, signed_in: SignIn, agreed: tuple[Deal, str]
) -> None:
    found, path = agreed
    sign_in(client, rows, signed_in, found.lister)
    assert post_form(client, f"{path}/cancellation").status_code == 422
    post_form(client, f"{path}/hand-over")
    answer = post_form(client, f"{path}/dispute", {"code": "other"})
    assert answer.status_code == 422
    assert "skriv varför med egna ord" in text_of(answer.text)
    assert post_form(client, f"{path}/dispute", {"code": "damaged", "words": "Repa"}).status_code == 303
    assert "Skadat: Repa" in text_of(client.get(path).text)


def test_cancelling_releases_the_dates(
    client: TestClient[Any], rows: Session, signed_in: SignIn, agreed: tuple[Deal, str]
) -> None:
    found, path = agreed
    sign_in(client, rows, signed_in, found.requester)
    assert post_form(client, f"{path}/cancellation", {"code": "no_longer_needed"}).status_code == 303
    text = text_of(client.get(path).text)
    assert "Behövs inte längre" in text
    assert "Ledigt igen" in text


def test_the_list_narrows_to_our_part(
    client: TestClient[Any], rows: Session, signed_in: SignIn, agreed: tuple[Deal, str]
) -> None:
    found, _ = agreed
    sign_in(client, rows, signed_in, found.lister)
    assert "Storsjön" in text_of(client.get("/bookings?part=lender", headers=HTML).text)
    assert "inga sådana bokningar" in text_of(client.get("/bookings?part=borrower", headers=HTML).text)
    assert "Storsjön" in text_of(client.get(f"/bookings?request={found.request.id}", headers=HTML).text)
