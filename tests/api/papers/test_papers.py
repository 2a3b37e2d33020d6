"""Papers of bookings: drawn up, made, numbered, added to, fetched, and seen by the two sides alone."""

import hashlib
import json
from base64 import b64decode, b64encode
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from litestar.testing import TestClient
from pypdf import PdfReader
from sqlmodel import Session, select

from api.papers.templates import ADDENDUM, NAMES, WrongTemplate, read, templates
from core.actor import Actor
from core.database.audit import history
from core.settings import settings
from core.time import clock
from marketplace.bookings.models import Booking
from marketplace.organisations.models import Member
from marketplace.papers.jobs import make_paper
from marketplace.papers.models import Paper, PaperState
from marketplace.shortfalls.models import Shortfall
from tests import builders
from tests.api.conftest import HTML, Bearer, SignIn, post_form, text_of
from tests.marketplace.loans.agreeing import agreed, day, lent
from tests.marketplace.papers.signing import Issuer, signed
from tests.marketplace.proposals.deals import Deal, accept, deal

Tokens = Callable[[Actor], dict[str, str]]
PRICED: dict[str, Any] = {"price_basis": "fixed", "price_sek": 1200}
OFFERED: dict[str, tuple[Callable[..., Any], dict[str, Any]]] = {
    "room_use": (builders.space, {}),
    "item_loan": (builders.furniture, {}),
    "vehicle_loan": (builders.vehicle, {}),
    "hand_over": (builders.furniture, {"terms": "hand_over"}),
}


@pytest.fixture
def headers(rows: Session, bearer: Bearer) -> Tokens:
    return lambda actor: bearer(rows.get_one(Member, actor.member_id))


def booked(rows: Session, kind: str = "room_use") -> tuple[Deal, Booking]:
    if kind == "staff_loan":
        found = lent(rows, 14, 30)
        return found, agreed(rows, found)
    make, values = OFFERED[kind]
    offered = make(rows, name='Storsjön #pagebreak() $x$ *"\\')
    found = deal(
        rows, builders.offer(rows, offered, price_basis="fixed", price_sek=1200, conditions="Släck.", **values)
    )
    accept(rows, found.lister, found.proposal)
    (booking,) = accept(rows, found.requester, found.proposal).bookings
    return found, booking


def drawn_up(client: TestClient[Any], booking: Booking, token: dict[str, str], **said: Any) -> dict[str, Any]:
    answer = client.post(f"/api/v1/bookings/{booking.id}/papers", json=said, headers=token)
    assert answer.status_code == 201, answer.text
    make_paper(answer.json()["id"])
    return client.get(answer.headers["location"], headers=token).json()


def added(client: TestClient[Any], booking: Booking, token: dict[str, str]) -> dict[str, Any]:
    """The addendum that a change has had made, without anybody asking for it."""
    _agreement, addendum = client.get(f"/api/v1/bookings/{booking.id}/papers", headers=token).json()["items"]
    make_paper(addendum["id"])
    return client.get(f"/api/v1/papers/{addendum['id']}", headers=token).json()


def fetched(client: TestClient[Any], paper: dict[str, Any], token: dict[str, str]) -> bytes:
    return b64decode(client.get(f"/api/v1/papers/{paper['id']}/file", headers=token).json()["content"])


def words_of(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).split())


@pytest.mark.parametrize(
    ("kind", "title", "shown"),
    [
        ("room_use", "Avtal om att använda en lokal", "Inget hyresavtal"),
        ("item_loan", "Avtal om lån av saker", "Utlämning och återlämning"),
        ("vehicle_loan", "Avtal om lån av fordon", "Körjournal"),
        ("hand_over", "Avtal om överlåtelse av saker", "Sakernas värde har bedömts till 4 000 kr."),
        ("staff_loan", "Överenskommelse om personallån", "För den ordinarie arbetsgivaren"),
    ],
)
def test_an_agreement_of_each_kind(
    client: TestClient[Any], rows: Session, headers: Tokens, kind: str, title: str, shown: str
) -> None:
    found, booking = booked(rows, kind)
    said = {"basis": "Beslut 12, 1996:1191", "valuationSek": 4000} if kind == "hand_over" else {}
    token = headers(found.lister)
    paper = drawn_up(client, booking, token, **said)
    assert (paper["state"], paper["number"], paper["template"]) == ("made", f"PV {clock.today().year}-1", f"{kind} 1")
    pdf = fetched(client, paper, token)
    assert (len(pdf), hashlib.sha256(pdf).hexdigest()) == (paper["size"], paper["sha256"])
    text = words_of(pdf).replace("\u202f", " ").replace("\u00a0", " ")
    for each in (title, paper["number"], shown, found.request.title, "Ort och datum:"):
        assert each in text, (each, text)
    if kind != "staff_loan":
        assert '#pagebreak() $x$ *"\\' in text, "what users write is no markup"
    people = rows.exec(select(Member.email)).all()
    assert not [each for each in people if each in text], "nobody is named in it"


def test_what_is_handed_over_needs_a_basis_and_a_value(client: TestClient[Any], rows: Session, headers: Tokens) -> None:
    found, booking = booked(rows, "hand_over")
    token = headers(found.lister)
    path = f"/api/v1/bookings/{booking.id}/papers"
    refused = client.post(path, json={}, headers=token).json()
    assert [each["property"] for each in refused["invalid-parameters"]] == ["basis", "valuationSek"]
    too_much = client.post(path, json={"basis": "x" * 2001, "valuationSek": -1}, headers=token).json()
    assert [each["property"] for each in too_much["invalid-parameters"]] == ["basis", "valuationSek"]
    assert client.get(path, headers=token).json()["items"] == [], "nothing is half written, and no number is used"


def test_what_is_lent_has_neither(client: TestClient[Any], rows: Session, headers: Tokens) -> None:
    found, booking = booked(rows)
    said = {"basis": "Beslut 12", "valuationSek": 0}
    refused = client.post(f"/api/v1/bookings/{booking.id}/papers", json=said, headers=headers(found.lister)).json()
    assert [each["property"] for each in refused["invalid-parameters"]] == ["basis", "valuationSek"]


def test_numbers_have_no_gaps_whatever_goes_wrong(client: TestClient[Any], rows: Session, headers: Tokens) -> None:
    lender = builders.organisation(rows)
    admin = builders.actor(rows, lender, roles=["admin"])
    deals = [deal(rows, builders.offer(rows, builders.space(rows, builders.site(rows, lender)))) for _ in range(3)]
    bookings = []
    for each in deals:
        accept(rows, each.lister, each.proposal)
        bookings += accept(rows, each.requester, each.proposal).bookings
    token, path = headers(deals[0].lister), f"/api/v1/organisations/{lender.id}/paper-series"
    first = drawn_up(client, bookings[0], token)
    wrongs = ("PV {n}", "{year}{n}", "PV {year}-1{n}", "{n}-{year}", "PV {year}-{n} {x}", "{year}-{n}" + "x" * 40)
    for wrong in (*wrongs, "{year}\n{n}", "漢{year}-{n}", "PV\u202e{year}-{n}"):
        assert client.post(path, json={"pattern": wrong}, headers=headers(admin)).status_code == 400, wrong
    changed = {"pattern": "Dnr 1.2/{year}:{n}"}
    assert client.post(path, json=changed, headers=token).status_code == 403
    assert client.post(path, json=changed, headers=headers(admin)).json() == changed
    assert client.get(path, headers=headers(admin)).json() == changed
    again = client.post(f"/api/v1/bookings/{bookings[0].id}/papers", json={}, headers=token)
    assert again.status_code == 409, again.text
    assert again.json()["code"] == "nothing_changed"
    rest = [drawn_up(client, each, headers(made.lister)) for each, made in zip(bookings[1:], deals[1:], strict=True)]
    year = clock.today().year
    assert [each["number"] for each in (first, *rest)] == [
        f"PV {year}-1", f"Dnr 1.2/{year}:2", f"Dnr 1.2/{year}:3"
    ]  # fmt: skip


def test_an_addendum_says_what_has_changed(client: TestClient[Any], rows: Session, headers: Tokens) -> None:
    """A loan of 60 days from day 14 ends on day 50 instead of day 73: 37 days for 100 kr each."""
    card = builders.staff(rows, builders.organisation(rows, kind="state_agency"))
    offer = builders.offer(rows, card, builders.days(0, 900), price_basis="day", price_sek=100)
    found = lent(rows, 14, 60, person=offer)
    booking = agreed(rows, found)
    token = headers(found.requester)
    agreement = drawn_up(client, booking, token, language="en")
    before = fetched(client, agreement, token)
    ending = {"lastDay": day(50).isoformat(), "code": "no_longer_needed"}
    assert client.post(f"/api/v1/bookings/{booking.id}/early-end", json=ending, headers=token).status_code == 200
    addendum = added(client, booking, token)
    assert (addendum["number"], addendum["addendum"]) == (agreement["number"], 1)
    assert addendum["language"] == "en", "that of its agreement"
    text = words_of(fetched(client, addendum, token))
    for each in ("Addendum to an agreement", "What is changed", f"{day(14)}–{day(73)}", f"{day(14)}–{day(50)}"):
        assert each in text, (each, text)
    period, total, early = rows.get_one(Paper, addendum["id"]).content["changes"]
    assert (period[0], early[0]) == ("Period", "Ends early")
    assert total == ["It comes to", "SEK\u00a06,000", "SEK\u00a03,700"]
    assert fetched(client, agreement, token) == before, "the earlier paper stays as it was"
    listed = client.get(f"/api/v1/bookings/{booking.id}/papers", headers=token).json()["items"]
    assert [each["addendum"] for each in listed] == [0, 1]


@pytest.mark.parametrize("kind", ["room_use", "staff_loan"])
def test_what_is_cancelled_gets_an_addendum_that_says_so(
    client: TestClient[Any], rows: Session, headers: Tokens, kind: str
) -> None:
    found, booking = booked(rows, kind)
    token = headers(found.requester)
    drawn_up(client, booking, token, language="en")
    reason = {"code": "no_longer_needed"}
    assert client.post(f"/api/v1/bookings/{booking.id}/cancellation", json=reason, headers=token).status_code == 200
    addendum = added(client, booking, token)
    assert (addendum["state"], addendum["addendum"]) == ("made", 1)
    assert rows.get_one(Paper, addendum["id"]).content["changes"] == [["Cancelled", "–", "Yes"]]


def test_what_the_borrower_takes_fewer_of_gets_an_addendum(
    client: TestClient[Any], rows: Session, headers: Tokens
) -> None:
    """Of twelve chairs two are lost."""
    found = deal(rows, builders.offer(rows, builders.furniture(rows)), amount=12)
    accept(rows, found.lister, found.proposal)
    (booking,) = accept(rows, found.requester, found.proposal).bookings
    builders.added(rows, Shortfall(booking_id=booking.id, missing=2, decide_by=builders.at(1)))
    token = headers(found.requester)
    drawn_up(client, booking, token)
    path = f"/api/v1/bookings/{booking.id}/shortfalls/decision"
    assert client.post(path, json={"to": "fewer"}, headers=token).status_code == 200
    [amount] = rows.get_one(Paper, added(client, booking, token)["id"]).content["changes"]
    assert amount == ["Mängd", "12 stycken", "10 stycken"]


def test_a_paper_that_cannot_be_made_keeps_its_number(
    client: TestClient[Any], rows: Session, headers: Tokens, monkeypatch: pytest.MonkeyPatch
) -> None:
    found, booking = booked(rows)
    token = headers(found.lister)
    monkeypatch.setattr("marketplace.papers.typesetting.LARGEST_BYTES", 10)
    failed = drawn_up(client, booking, token)
    assert (failed["state"], failed["sha256"]) == (PaperState.FAILED, None)
    assert client.get(f"/api/v1/papers/{failed['id']}/file", headers=token).status_code == 404
    monkeypatch.undo()
    mended = drawn_up(client, booking, token)
    assert (mended["id"], mended["number"], mended["state"]) == (failed["id"], failed["number"], PaperState.MADE)
    make_paper(mended["id"])  # a message that arrives twice
    states = [entry.to_state for entry in history(rows, "paper", rows.get_one(Paper, failed["id"]).id)]
    assert states == ["waiting", "failed", "waiting", "made"]


def test_papers_are_for_the_two_sides_alone(client: TestClient[Any], rows: Session, headers: Tokens) -> None:
    found, booking = booked(rows)
    paper = drawn_up(client, booking, headers(found.requester))
    path = f"/api/v1/bookings/{booking.id}/papers"
    for other in (found.coordinator, builders.actor(rows)):
        assert client.get(path, headers=headers(other)).status_code == 404
        assert client.post(path, json={}, headers=headers(other)).status_code == 404
        assert client.get(f"/api/v1/papers/{paper['id']}", headers=headers(other)).status_code == 404
        assert client.get(f"/api/v1/papers/{paper['id']}/file", headers=headers(other)).status_code == 404
    reader = builders.member(rows, roles=[])
    reader.organisation_id = booking.lender_id
    reads = headers(builders.actor_of(rows, reader))
    assert client.get(path, headers=reads).status_code == 200
    assert client.post(path, json={}, headers=reads).status_code == 403


def test_the_pages_of_a_paper(
    client: TestClient[Any], rows: Session, signed_in: SignIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the booking to a file that is signed, and taken in; a wrong one is refused in words."""
    issuer = Issuer("Utgivare", tmp_path)
    monkeypatch.setenv("PLATSVERKET_PAPER_TRUST_ROOTS", str(issuer.roots))
    settings.cache_clear()
    found, booking = booked(rows, "hand_over")
    rows.commit()
    signed_in(client, rows.get_one(Member, found.lister.member_id))
    path = f"/bookings/{booking.id}"
    assert "Upprätta avtalet" in text_of(client.get(path, headers=HTML).text)
    refused = post_form(client, f"{path}/papers", {"valuationSek": "mycket"})
    assert refused.status_code == 422
    at = post_form(client, f"{path}/papers", {"basis": "Beslut 12", "valuationSek": "4 000"}).headers["location"]
    assert "Det görs om ett ögonblick." in text_of(client.get(at, headers=HTML).text)
    make_paper(at.rpartition("/")[2])
    assert "Skicka tillbaka det undertecknat" in text_of(client.get(at, headers=HTML).text)
    pdf = client.get(f"{at}/file")
    assert pdf.headers["content-type"] == "application/pdf"
    assert f'filename="PV-{clock.today().year}-1.pdf"' in pdf.headers["content-disposition"]
    token = {"_csrf_token": client.cookies["platsverket_form"]}
    wrong = client.post(f"{at}/signed-file", data=token, files={"content": ("a.pdf", pdf.content)}, headers=HTML)
    assert wrong.status_code == 422
    assert "den har ingen underskrift som inte fanns tidigare" in text_of(wrong.text)
    sent = signed(pdf.content, issuer.signer("Anna"))
    taken = client.post(f"{at}/signed-file", data=token, files={"content": ("a.pdf", sent)}, headers=HTML)
    assert taken.status_code == 303
    assert "1 underskrift" in text_of(client.get(path, headers=HTML).text)
    assert client.get(f"{at}/file").content == sent
    assert "Undertecknat av Anna – Utgivare" in text_of(client.get(at, headers=HTML).text)
    again = {"content": ("a.pdf", signed(sent, issuer.signer("Anna"), "Borrower"))}
    twice = client.post(f"{at}/signed-file", data=token, files=again, headers=HTML)
    assert "Anna har redan skrivit under" in text_of(twice.text)
    settings.cache_clear()


def test_a_signed_file_over_the_api(
    client: TestClient[Any], rows: Session, headers: Tokens, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found, booking = booked(rows)
    token = headers(found.lister)
    paper = drawn_up(client, booking, token)
    path, issuer = f"/api/v1/papers/{paper['id']}/signed-file", Issuer("Utgivare", tmp_path)
    sent = {"content": b64encode(signed(fetched(client, paper, token), issuer.signer("Anna"))).decode()}
    assert client.post(path, json=sent, headers=token).json()["code"] == "nobody_trusted"
    monkeypatch.setenv("PLATSVERKET_PAPER_TRUST_ROOTS", str(issuer.roots))
    settings.cache_clear()
    answer = client.post(path, json=sent, headers=token)
    assert (answer.status_code, answer.json()["signatures"]) == (200, 1)
    assert answer.json()["sha256"] == paper["sha256"], "of the file as it was made"
    assert answer.json()["signers"] == [{"name": "Anna", "issuer": "Utgivare"}]
    assert client.get(f"/api/v1/papers/{paper['id']}", headers=token).json() == answer.json()
    assert client.post(path, json=sent, headers=token).status_code == 400, "it has nothing new"
    settings.cache_clear()


def test_an_administrator_numbers_papers_on_a_page(client: TestClient[Any], rows: Session, signed_in: SignIn) -> None:
    admin = builders.member(rows, roles=["admin"])
    rows.commit()
    signed_in(client, admin)
    path = f"/organisations/{admin.organisation_id}/paper-series"
    assert path in client.get(f"/organisations/{admin.organisation_id}", headers=HTML).text
    assert "PV {year}-{n}" in client.get(path, headers=HTML).text
    assert "slutar med året" in text_of(post_form(client, path, {"pattern": "nej"}).text)
    assert post_form(client, path, {"pattern": "Dnr {year}/{n}"}).status_code == 303
    assert "Dnr {year}/{n}" in client.get(path, headers=HTML).text


def test_every_template_is_whole() -> None:
    assert set(templates()) == set(NAMES)
    assert all(each.lender.sv and each.borrower.en for kind, each in templates().items() if kind != ADDENDUM)


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('version = "1"', "", "missing required field `version`"),
        ("{price}", "{prise}", "there is no fact 'prise'"),
        ('sv = "{price}."', 'sv = "Pris."', "only one language names price"),
        ('sv = "{conditions}"', 'sv = "  "', "a text is empty"),
        ("{sum}", "{sum", "point 4"),
        ('needs = ["lender"', 'asks = ["basis"]\nneeds = ["lender"', "basis"),
        ("heading =", "rubrik =", "unknown field `rubrik`"),
    ],
)
def test_a_template_with_a_fault_is_told_at_once(old: str, new: str, fault: str) -> None:
    data = Path(__file__).parents[3] / "api" / "papers" / "data"
    text = (data / "room_use.toml").read_text(encoding="utf-8")
    assert read("room_use", text) == templates()["room_use"]
    with pytest.raises(WrongTemplate, match=fault) as told:
        read("room_use", text.replace(old, new))
    assert str(told.value).startswith("room_use.toml")


def test_a_template_without_what_it_needs_fills_in_nothing() -> None:
    template = templates()["room_use"]
    whole = {each: f"<{each}>" for each in template.needs}
    [(heading, points)] = template.filled_in(whole, "sv")
    assert heading == "Vad som gäller"
    assert ("Pris", "<price>.") in points
    assert "Villkor" not in json.dumps(points), "there are none"
    with pytest.raises(Exception, match="price"):
        template.filled_in({each: text for each, text in whole.items() if each != "price"}, "sv")
