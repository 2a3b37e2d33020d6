"""The pages of bookings."""

from typing import Any

import pytest
from litestar.testing import TestClient
from sqlmodel import Session, col, select

from competence.loans.packs import packs
from core.time.interval import to_range
from marketplace.organisations.models import Member
from marketplace.proposals.models import LineClaim, ProposalLine
from tests import builders
from tests.api.conftest import HTML, SignIn, post_form, text_of
from tests.marketplace.loans.agreeing import agreed as agree_on
from tests.marketplace.loans.agreeing import day, lent
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
    for kind, told in (("out", "Påbörjad"), ("in", "Avslutad")):
        assert post_form(client, f"{path}/movements", {"kind": kind}).status_code == 303
        assert told in text_of(client.get(path).text)
    assert post_form(client, f"{path}/closing").status_code == 303
    assert "Klar" in text_of(client.get(path).text)
    assert "Det finns inget för dig att göra nu." in text_of(client.get(path).text)
    assert post_form(client, f"{path}/movements", {"kind": "out"}).status_code == 409


def test_cancelling_and_disputing_need_a_reason(
    client: TestClient[Any], rows: Session, signed_in: SignIn, agreed: tuple[Deal, str]
) -> None:
    found, path = agreed
    sign_in(client, rows, signed_in, found.lister)
    assert post_form(client, f"{path}/cancellation").status_code == 422
    post_form(client, f"{path}/movements", {"kind": "out"})
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


def test_a_loan_of_a_person_has_papers_for_the_two_sides_alone(
    client: TestClient[Any], rows: Session, signed_in: SignIn
) -> None:
    """One of a company and a municipality, half time for 30 days at 1 000 SEK a day."""
    person = builders.staff(rows, builders.organisation(rows, kind="public_company"), name="Berit Exempelsson")
    offer = builders.offer(rows, person, builders.days(0, 365), price_basis="day", price_sek=1000)
    found = lent(rows, kinds=("public_company", "municipality"), person=offer, amount=50)
    booking = agree_on(rows, found)
    rows.commit()
    for actor in (found.lister, found.requester):
        sign_in(client, rows, signed_in, actor)
        assert f"/bookings/{booking.id}/papers" in client.get(f"/bookings/{booking.id}", headers=HTML).text
        text = text_of(client.get(f"/bookings/{booking.id}/papers", headers=HTML).text).replace("\u00a0", " ")
        for shown in (
            "Överenskommelse om personallån",
            f"{day(14)}–{day(43)}",
            "50 % av heltid",
            "1 000 kr (per dag)",
            "30 000 kr",
            "Låntagaren leder och fördelar arbetet.",
            "1 månad, skriftligt",
            "Det är frivilligt: den anställda har gått med på just det här lånet.",
            "Lagen (2016:1145) om offentlig upphandling",
            f"reglerna i version {packs().version}",
            "För den ordinarie arbetsgivaren",
            "För låntagaren",
        ):
            assert shown in text, shown
        assert "Berit" not in text
    sign_in(client, rows, signed_in, found.coordinator)
    assert client.get(f"/bookings/{booking.id}", headers=HTML).status_code == 200
    assert client.get(f"/bookings/{booking.id}/papers", headers=HTML).status_code == 404


def test_papers_of_one_date_of_a_series_do_not_say_that_it_ends_early(
    client: TestClient[Any], rows: Session, signed_in: SignIn
) -> None:
    """One offer serves two dates of a need, each with a booking of its own."""
    found = lent(rows, 7, 2)
    served = (found.needs[0], found.offers[0])
    both = builders.approved(rows, served, served, amount=50)
    claims = select(LineClaim).join(ProposalLine).where(ProposalLine.proposal_id == both.id)
    later = rows.exec(claims.order_by(col(LineClaim.id).desc())).first()
    later.during = to_range(builders.days(21, 23))
    rows.flush()
    accept(rows, found.lister, both)
    bookings = accept(rows, found.requester, both).bookings
    rows.commit()
    sign_in(client, rows, signed_in, found.requester)
    papers = [text_of(client.get(f"/bookings/{each.id}/papers", headers=HTML).text) for each in bookings]
    assert {any(str(day(21)) in each for each in papers), any(str(day(7)) in each for each in papers)} == {True}
    assert not any("Slutar i förtid" in each for each in papers)


def test_a_loan_is_ended_early_and_asked_to_go_on(client: TestClient[Any], rows: Session, signed_in: SignIn) -> None:
    found = lent(rows, 7, 150)
    booking = agree_on(rows, found)
    rows.commit()
    path = f"/bookings/{booking.id}"
    sign_in(client, rows, signed_in, found.requester)
    refused = post_form(client, f"{path}/extension", {"through": day(100).isoformat()})
    assert refused.status_code == 422
    assert f"välj {day(157)} eller en senare dag" in text_of(refused.text)
    asked = post_form(client, f"{path}/extension", {"through": day(180).isoformat()})
    assert asked.headers["location"].startswith("/requests/")
    assert "Det är frågat om det får fortsätta" in text_of(client.get(path, headers=HTML).text)
    sign_in(client, rows, signed_in, found.lister)
    soon = post_form(client, f"{path}/early-end", {"lastDay": day(9).isoformat(), "ending": "staff_declined"})
    assert soon.status_code == 422
    assert "med varseltiden blir det tidigast" in text_of(soon.text)
    without_words = {"lastDay": day(60).isoformat(), "ending": "other", "endingWords": ""}
    why = text_of(post_form(client, f"{path}/early-end", without_words).text)
    assert "Med egna ord: skriv varför med egna ord" in why, "it is told of this form's field"
    assert why.count("skriv varför med egna ord") == 2, "in its summary and beside it"
    ended = post_form(client, f"{path}/early-end", {"lastDay": day(60).isoformat(), "ending": "staff_declined"})
    assert ended.status_code == 303
    text = text_of(client.get(path, headers=HTML).text)
    assert "Slutar i förtid" in text
    papers = text_of(client.get(f"{path}/papers", headers=HTML).text)
    assert "Från början överenskommet till och med" in papers
