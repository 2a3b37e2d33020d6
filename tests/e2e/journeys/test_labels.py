"""Who hands over a thing at a counter scans its label with a telephone: hand over, take some back, read what is out."""

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, Page, Route, expect
from sqlmodel import Session, col, select

from api.http.request_context import LANGUAGE_COOKIE
from api.pages.bookings.labels import code_of
from core.actor import Actor
from marketplace.bookings.ledger import MovementKind
from marketplace.bookings.models import Movement
from marketplace.bookings.movements import note
from marketplace.checklists.models import Checklist
from marketplace.damage.models import DamageReport
from marketplace.organisations.models import Member, Organisation
from tests import builders
from tests.e2e.conftest import assert_accessible, signed_in_as, watched
from tests.e2e.journeys.hands import User, Way, user
from tests.marketplace.proposals.deals import accept, begin, deal

pytestmark = pytest.mark.browser

TELEPHONE = {"width": 390, "height": 844}


@pytest.fixture
def seen(tmp_path: Path) -> Path:
    """What a telephone's camera will see: a film that a test writes before it starts the camera."""
    return tmp_path / "seen.mjpeg"


@pytest.fixture
def telephone(launch: Callable[..., Browser], seen: Path) -> Iterator[Page]:
    """A page on a telephone whose camera shows a film, and who allows it to."""
    camera = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
    shown = f"--use-file-for-fake-video-capture={seen}"
    with launch(*camera, shown) as browser, watched(browser, viewport=TELEPHONE) as page:
        yield page


def test_a_thing_is_handed_over_in_three_taps(server: str, rows: Session, telephone: Page, seen: Path) -> None:
    """One: scan. Two: start the camera, which reads the label. Three: hand over. In the second language by keyboard.

    Of what is to be gone through one thing is ticked, and the other told.
    """
    page = telephone
    chairs = builders.furniture(rows, name="Stolar i foajén")
    found = deal(rows, builders.offer(rows, chairs), amount=12)
    accept(rows, found.lister, found.proposal)
    (booking,) = accept(rows, found.requester, found.proposal).bookings
    begin(rows, booking)
    its_list = {"organisation_id": booking.lender_id, "family": "furniture", "step": "hand_over"}
    builders.added(rows, Checklist(items=["Räknade", "Hela"], **its_list))
    rows.commit()
    film(seen, chairs.id, "https://another.example")
    _be(page, server, rows, found.lister)
    page.goto(f"{server}/bookings")
    page.get_by_role("link", name="Skanna en etikett").click()
    assert_accessible(page)
    page.get_by_role("button", name="Starta kameran").click()
    page.get_by_label("Räknade", exact=True).check()
    assert_accessible(page)
    page.get_by_role("button", name="Notera utlämning: 12 stycken").click()
    expect(page.get_by_role("status")).to_contain_text("Det är noterat.")
    expect(page.get_by_role("table", name="Det som har lämnats ut")).to_contain_text("Inte avprickat: Hela")
    assert_accessible(page)
    page.context.add_cookies([{"name": LANGUAGE_COOKIE, "value": "en", "url": server}])
    clerk = User(page, server, Way("en", TELEPHONE, keyboard=True))
    clerk.go("/scan")
    clerk.press(clerk.button("Start the camera"))
    clerk.press(page.get_by_role("button", name="Note return: 12 pieces"))
    expect(page.get_by_role("status")).to_contain_text("It is noted.")
    assert page.url == f"{server}/bookings/{booking.id}", "of another's address only the key is followed"

    Image.new("RGB", (640, 480), "white").save(seen.with_name("wall.jpg"))
    page.goto(f"{server}/scan")
    page.get_by_label("Or a photo of the label").set_input_files(seen.with_name("wall.jpg"))
    expect(page.get_by_role("alert")).to_contain_text("No QR code was found")
    assert_accessible(page)
    frame(chairs.id, server).save(seen.with_name("label.png"))
    page.get_by_label("Or a photo of the label").set_input_files(seen.with_name("label.png"))
    expect(page.get_by_role("heading", name="Stolar i foajén")).to_be_visible()


def test_what_is_noted_without_a_network_is_sent_once(server: str, rows: Session, browser: Browser) -> None:
    """Of twelve chairs eight are out. In a cellar three come back and four go out; a colleague hands out two meanwhile.

    At first the browser has no room for a note. The answer to the first that is sent gets lost: it is sent once more.
    """
    found = deal(rows, builders.offer(rows, builders.furniture(rows, name="Stolar i foajén")), amount=12)
    accept(rows, found.lister, found.proposal)
    (booking,) = accept(rows, found.requester, found.proposal).bookings
    begin(rows, booking)
    colleague = builders.member(rows, rows.get_one(Organisation, booking.lender_id), roles=["lister"])
    rows.commit()
    note(rows, found.lister, booking.id, MovementKind.OUT, 8)
    rows.commit()
    with watched(browser, viewport=TELEPHONE) as page:
        _be(page, server, rows, found.lister)
        page.goto(f"{server}/bookings/{booking.id}")
        noted, away = page.get_by_role("region", name="Noterat utan nät"), page.context
        away.set_offline(True)
        _note_without_room(page)
        for kind, text, amount in (("in", "Notera återlämning", "3"), ("out", "Notera utlämning", "4")):
            page.locator("summary", has_text=text).click()
            form = page.locator(f"#{kind}-form")
            form.get_by_label("Hur många").fill(amount)
            form.get_by_label("Skick").fill(f"Sagt i källaren: {amount}")
            form.get_by_role("button", name=text).press("Enter")
        expect(noted.get_by_role("listitem")).to_have_count(2)
        expect(noted).to_contain_text("Väntar på nätet.")
        assert_accessible(page)
        rows.expire_all()
        note(rows, found.lister, booking.id, MovementKind.OUT, 2)
        rows.commit()
        page.route("**/movements", lose_the_answer, times=1)
        with page.expect_response("**/movements"):
            away.set_offline(False)
        page.evaluate("dispatchEvent(new Event('online'))")
        expect(noted).to_contain_text("Skickat.")
        expect(noted).to_contain_text("det ska vara mellan 1 och 2")
        expect(noted).to_contain_text("4, Sagt i källaren: 4")
        assert_accessible(page)
        page.goto(f"{server}/bookings")
        expect(noted.get_by_role("listitem")).to_have_count(1)
        signed_in_as(page, server, colleague)
        page.goto(f"{server}/bookings")
        expect(page.get_by_role("heading", name="Bokningar")).to_be_visible()
        expect(noted).to_be_hidden()
        _be(page, server, rows, found.lister)
        page.goto(f"{server}/bookings")
        page.once("dialog", lambda asked: asked.accept())
        page.get_by_role("button", name="Logga ut").click()
        expect(page.get_by_role("link", name="Logga in").first).to_be_visible()
        assert "källaren" not in str(page.evaluate("localStorage.getItem('platsverket-noted')"))
    rows.expire_all()
    moved = rows.scalars(select(Movement).where(Movement.booking_id == booking.id).order_by(col(Movement.sequence)))
    assert [(each.kind, each.amount) for each in moved] == [("out", 8), ("out", 2), ("in", 3)]


FILL_THE_STORAGE = """
    let filled = "", n = 2 ** 22
    while (n >= 1) {
        try { localStorage.setItem("full", filled + "x".repeat(n)); filled += "x".repeat(n) }
        catch { n = Math.floor(n / 2) }
    }
"""


def _note_without_room(page: Page) -> None:
    """Note a return on a browser's full storage; then there is room again."""
    page.evaluate(FILL_THE_STORAGE)
    page.locator("summary", has_text="Notera återlämning").click()
    page.locator("#in-form").get_by_role("button", name="Notera återlämning").press("Enter")
    expect(page.get_by_role("region", name="Noterat utan nät")).to_contain_text("Det är inte sparat")
    assert_accessible(page)
    page.evaluate("localStorage.removeItem('full')")
    page.locator("summary", has_text="Notera återlämning").click()


def lose_the_answer(route: Route) -> None:
    """Let the server have what is sent, and the browser nothing of its answer."""
    assert route.fetch(max_redirects=0).status == 303
    route.fulfill(status=429)


def film(file: Path, resource_id: UUID, root: str) -> None:
    """Write a film of a label, as Chromium takes it for a camera: pictures one after another."""
    picture = io.BytesIO()
    frame(resource_id, root).save(picture, "JPEG", quality=90)
    file.write_bytes(picture.getvalue() * 5)


def frame(resource_id: UUID, root: str) -> Image.Image:
    """Return what a camera sees of a label on a table."""
    drawn = io.BytesIO()
    code_of(resource_id, root).save(drawn, kind="png", scale=6, border=4)
    label, seen = Image.open(drawn).convert("RGB"), Image.new("RGB", (640, 480), "gray")
    seen.paste(label, ((640 - label.width) // 2, (480 - label.height) // 2))
    return seen


def test_things_are_handed_over_by_their_label(server: str, rows: Session, browser_page: Page, tmp_path) -> None:
    page = browser_page
    place = builders.site(rows, name="Regionens hus")
    chairs = builders.furniture(rows, place, name="Stolar i foajén")
    found = deal(rows, builders.offer(rows, chairs), amount=12)
    accept(rows, found.lister, found.proposal)
    (booking,) = accept(rows, found.requester, found.proposal).bookings
    begin(rows, booking)
    rows.commit()
    _be(page, server, rows, found.lister)

    page.goto(f"{server}/labels?first=3")
    assert_accessible(page)
    page.locator(".lb-label").screenshot(path=tmp_path / "label.png")
    (read,) = zxingcpp.read_barcodes(Image.open(tmp_path / "label.png"))
    page.set_viewport_size(TELEPHONE)
    page.goto(read.text)
    assert_accessible(page)
    page.get_by_role("button", name="Notera utlämning: 12 stycken").click()
    expect(page.get_by_role("status")).to_contain_text("Det är noterat.")
    assert_accessible(page)
    page.locator("summary", has_text="Notera återlämning").click()
    page.locator("#in-form").get_by_label("Hur många").fill("5")
    page.locator("#in-form").get_by_label("Skick").fill("En stol har en repa.")
    page.locator("#in-form").get_by_role("button", name="Notera återlämning").click()
    expect(page.get_by_role("table", name="Det som har lämnats ut")).to_contain_text("En stol har en repa.")
    page.locator("summary", has_text="Notera återlämning").click()
    page.locator("#in-form").get_by_label("Hur många").fill("8")
    page.locator("#in-form").evaluate("form => { form.noValidate = true }")
    page.locator("#in-form").get_by_role("button", name="Notera återlämning").click()
    expect(page.get_by_role("link", name="det ska vara mellan 1 och 7")).to_be_visible()
    assert_accessible(page)
    _count(page, server, read.text)


@pytest.mark.parametrize("way", [Way("sv", TELEPHONE), Way("en", TELEPHONE, keyboard=True)], ids=str)
def test_a_stranger_who_scans_reports_damage(
    server: str, rows: Session, browser: Browser, tmp_path: Path, way: Way
) -> None:
    chairs = builders.furniture(rows, name="Stolar i foajén")
    rows.commit()
    Image.new("RGB", (64, 48), "teal").save(tmp_path / "leg.jpg")
    with user(browser, server, way) as one:
        one.go(f"/language/{way.language}?next=/things/{chairs.id}")
        assert_accessible(one.page)
        one.press(one.link("Report damage without signing in"))
        one.press(one.button("Send the report"))
        expect(one.field("words")).to_have_attribute("aria-invalid", "true")
        assert_accessible(one.page)
        one.write("words", "Ett ben är av.")
        one.hand_in("photo", tmp_path / "leg.jpg")
        one.press(one.button("Send the report"))
        expect(one.page.get_by_role("status")).to_contain_text({"sv": "Tack!", "en": "Thank you."}[way.language])
        assert_accessible(one.page)
    (kept,) = rows.exec(select(DamageReport).where(DamageReport.resource_id == chairs.id)).all()
    assert kept.words == "Ett ben är av."
    assert kept.picture is not None


def _count(page: Page, server: str, label: str) -> None:
    """Of forty chairs seven are out: thirty are counted, and three are lost."""
    page.goto(f"{server}/stocktakes")
    assert_accessible(page)
    page.get_by_label("Plats").select_option(label="Regionens hus")
    page.get_by_role("button", name="Börja").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Inventeringen är öppen")
    page.goto(label)
    expect(page.get_by_text("33 ska finnas.")).to_be_visible()
    page.get_by_label("Hur många finns det?").fill("30")
    assert_accessible(page)
    page.get_by_role("button", name="Notera antalet").press("Enter")
    page.get_by_label("Stolar i foajén").select_option(label="Borta")
    assert_accessible(page)
    page.get_by_role("button", name="Avsluta inventeringen").press("Enter")
    expect(page.get_by_role("table", name="Vad som väntas och vad som har räknats")).to_contain_text("Borta: 3")
    assert_accessible(page)


def _be(page: Page, server: str, rows: Session, actor: Actor) -> None:
    signed_in_as(page, server, rows.get_one(Member, actor.member_id))
