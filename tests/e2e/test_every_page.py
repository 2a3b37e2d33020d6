"""Every page there is, enumerated from the routes: accessible, no wider than the window, nothing refused by the policy.

Each is looked at as somebody who may, in both languages, wide and narrow, in light and dark colours. What pages show
only after something was done, other tests look at.
"""

from collections.abc import Callable, Iterator

import pytest
from litestar import Litestar
from playwright.sync_api import Browser, Page, expect
from sqlmodel import Session

from api.access import ACCESS
from api.app import create_app
from api.http.request_context import LANGUAGE_COOKIE
from core.settings import settings
from marketplace.organisations.models import Member
from tests.api.access.addresses import DOORS, routes
from tests.api.access.market import ALL, Market, market
from tests.api.access.test_every_address import address_of
from tests.api.access.test_statements import more
from tests.e2e.conftest import (
    COLOURS,
    EVERYTHING,
    NARROW,
    PLACES,
    SECRET_KEY,
    UNDRAWN,
    WIDE,
    assert_axe_finds_nothing,
    assert_no_sideways_scroll,
    signed_in_as,
    watched,
)

pytestmark = pytest.mark.browser

VIEWERS = [("lender", "coordinator"), ("lender", ALL), ("borrower", ALL)]
"""Who looks, beside nobody and whose the things are: a page is shown to the first who may see it."""
STRANGER = ("foreign", "lister")
EMPTY = ("/requests", "/proposals", "/bookings", "/notices", "/saved-searches", "/uploads", "/sent-mail")
"""Lists in which there is nothing for the stranger, who looks at them last."""
ONLY_DRAWN = """() => [...document.querySelectorAll("main svg:not([data-map] svg)")].filter(picture => {
    const beside = picture.closest("tr, li")?.cloneNode(true);
    beside?.querySelectorAll("svg").forEach(each => each.remove());
    const told = [...picture.querySelectorAll("title")].map(each => each.textContent);
    const named = picture.getAttribute("aria-hidden") === "true" || picture.hasAttribute("aria-label");
    return !named || told.some(text => !beside?.textContent.includes(text));
}).map(picture => picture.outerHTML.slice(0, 200))"""
"""Pictures that tell something which does not stand in words beside them; maps are drawn from their tables."""
LED_ASTRAY = """() => [...document.forms].filter(form =>
    [...form.elements].find(each => each.type === "submit")?.hasAttribute("formaction")
).map(form => form.outerHTML.slice(0, 200))"""
"""Forms in which Enter, which presses the first button, changes the language instead of sending them."""
COLOURED = """() => [...new Set([...document.querySelectorAll("body *")].map(each => {
    const style = getComputedStyle(each);
    let behind = each;
    while (behind.parentElement && getComputedStyle(behind).backgroundColor === "rgba(0, 0, 0, 0)")
        behind = behind.parentElement;
    const drawn = getComputedStyle(behind).backgroundColor;
    return [style.color, drawn, style.fontSize, style.fontWeight, style.opacity, style.textDecorationLine].join();
}))]"""
"""In which colours things are written, on which, how large."""
OF_PROVIDERS = "/sign-in/"
"""On the way to and from an identity provider, of which there is none here."""


@pytest.fixture
def reader(launch: Callable[..., Browser]) -> Iterator[Browser]:
    """A browser in which nothing is done but read."""
    with launch(UNDRAWN) as browser:
        yield browser


def test_every_page_is_accessible_in_every_way_that_it_is_shown(server: str, rows: Session, reader: Browser) -> None:
    made = market(rows)
    more(rows, made)
    rows.commit()
    addresses = {"/no/such/page": "/no/such/page"} | _addresses(create_app(), made)
    left, seen = set(addresses), set[str]()
    viewers = [None, *(made.members[each] for each in VIEWERS), rows.get_one(Member, made.things["member"])]
    for viewer in (*viewers, stranger := made.members[STRANGER]):
        with watched(reader) as page:
            if viewer:
                signed_in_as(page, server, viewer)
            for path, address in addresses.items():
                wanted = path in left or path == "/" or (viewer is stranger and path in EMPTY)
                shown = wanted and _is_shown(page, server + address)
                if shown is not False:
                    left.discard(path)
                if shown:
                    _look_at(page, server + address, seen)
    assert not left, "nobody sees them: somebody who may has to be among the viewers"


def _addresses(app: Litestar, made: Market) -> dict[str, str]:
    """Return them all; those that are signed, as the web server signs them."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("PLATSVERKET_SECRET_KEY", SECRET_KEY)
        settings.cache_clear()
        found = {
            path: address_of(path, ACCESS[f"GET {path}"], made)
            for method, path, _handler in routes(app)
            if method == "GET" and not path.startswith((*DOORS, OF_PROVIDERS, "/language"))
        }
    settings.cache_clear()
    return found


def _is_shown(page: Page, address: str) -> bool | None:
    """Tell whether an address is a page for who looks; None where it is none, but a file, a part or the way to one."""
    answer = page.request.get(address, max_redirects=0, headers={"accept": "text/html"})
    leads_to = answer.headers.get("location", "")
    if answer.status == 404 and address.endswith("/no/such/page"):
        return True
    if answer.status in {403, 404} or leads_to.startswith("/sign-in"):
        return False
    assert answer.status in {200, 303}, f"{address} {answer.status}"
    return True if "<html" in answer.text() else None


def _look_at(page: Page, address: str, seen: set[str]) -> None:
    """Check in Swedish all that may be wrong, and in English what depends on how long words are.

    Dark colours are the same things in other colours, so only those that were on no page before are looked at.
    """
    _open(page, address, "sv")
    assert page.evaluate(ONLY_DRAWN) == [], address
    assert page.evaluate(LED_ASTRAY) == [], address
    for size, rules in ((WIDE, EVERYTHING), (NARROW, PLACES)):
        page.set_viewport_size(size)
        assert_no_sideways_scroll(page)
        assert_axe_finds_nothing(page, rules)
    page.emulate_media(color_scheme="dark")
    colours = set(page.evaluate(COLOURED))
    if not colours <= seen:
        assert_axe_finds_nothing(page, COLOURS)  # the rest is the same as in light ones
        seen |= colours
    page.emulate_media(color_scheme="light")
    _open(page, address, "en")
    for size in (NARROW, WIDE):
        page.set_viewport_size(size)
        assert_no_sideways_scroll(page)


def _open(page: Page, address: str, language: str) -> None:
    page.context.add_cookies([{"name": LANGUAGE_COOKIE, "value": language, "url": address}])
    page.goto(address)
    expect(page.locator("html")).to_have_attribute("lang", language)
