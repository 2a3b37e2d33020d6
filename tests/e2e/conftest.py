"""The product as a user meets it: the real web server in a process of its own, and a real browser.

::

    def test_somebody_signs_in(server, rows, browser_page):
        member = builders.member(rows)
        rows.commit()
        browser_page.goto(f"{server}/sign-in")
        ...
        assert_accessible(browser_page)
"""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest
from axe_playwright_python.base import AxeResults
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Error, Page, expect, sync_playwright
from sqlalchemy import Engine
from sqlmodel import Session

from marketplace.organisations.models import Member

T = TypeVar("T")
CHROMIUMS = ("chromium-headless-shell", "chromium")
"""The first that is installed is taken: the whole browser takes twice the time for what it does beside the pages."""
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
UNDRAWN = "--disable-threaded-compositing"
"""No frames beside what is asked of a page, a fifth of what looking at one takes; nothing can be clicked so, as a click
waits for frames."""
PATIENCE_S = 120
"""How long a busy machine may take; every wait ends as soon as it has what it waits for."""

WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 320, "height": 640}

AXE = Axe()
# WCAG 2.2 AA and axe's own best practices: everything but what is experimental.
EVERYTHING = {"resultTypes": ["violations"]}
COLOURS = {**EVERYTHING, "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
PLACES = {**EVERYTHING, "runOnly": {"type": "rule", "values": ["target-size", "scrollable-region-focusable"]}}
"""What the width of the window may change, as all else is in the document."""


SECRET_KEY = "only-for-tests-" * 3
"""The web server's."""


@pytest.fixture(scope="session")
def server(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a web server that runs on the test database."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {"PLATSVERKET_DATABASE_URL": database_url, "PLATSVERKET_SECRET_KEY": SECRET_KEY}
    with served(port, tmp_path_factory.mktemp("server"), environment) as address:
        yield address


@contextmanager
def served(port: int, folder: Path, environment: Mapping[str, str]) -> Iterator[str]:
    """Run a web server on a port, and yield its address."""
    environment = {**os.environ, "PLATSVERKET_DATA_DIR": str(folder), **environment}
    command = [sys.executable, "-m", "api.cli.main", "serve", "--port", str(port)]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        try:
            _wait_until_ready(f"http://127.0.0.1:{port}", process, folder / "log")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(PATIENCE_S)


def _wait_until_ready(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + PATIENCE_S
    while process.poll() is None and time.monotonic() < end:
        with suppress(httpx.TransportError):
            if httpx.get(f"{address}/health/ready", timeout=PATIENCE_S).status_code == 200:
                return
        time.sleep(0.1)
    pytest.fail(f"The web server did not start:\n{log.read_text()}")


@pytest.fixture(scope="session")
def launch() -> Iterator[Callable[..., Browser]]:
    """What starts Debian's chromium; Playwright's own browsers cannot be downloaded everywhere."""
    path = next(filter(None, map(shutil.which, CHROMIUMS)), None)
    if not path:
        pytest.fail("The browser tests need a chromium. On Debian: apt-get install chromium-headless-shell")
    if not (static_folder() / "vendor" / "designsystemet.css").exists():
        pytest.fail("The web assets are missing. Run: python scripts/vendor_assets.py")
    expect.set_options(timeout=PATIENCE_S * 1000)
    with sync_playwright() as playwright:
        yield lambda *further: playwright.chromium.launch(executable_path=path, args=[*QUIET, *further])


@pytest.fixture(scope="session")
def browser(launch: Callable[..., Browser]) -> Iterator[Browser]:
    """The browser of most tests."""
    with launch() as browser:
        yield browser


def static_folder() -> Path:
    """Where the web assets lie."""
    return Path(__file__).parents[2] / "api" / "static"


@pytest.fixture
def rows(engine: Engine) -> Iterator[Session]:
    """A session to build rows with; commit so that the server sees them. Every table is emptied afterwards."""
    with Session(engine, expire_on_commit=False) as session:
        yield session


@pytest.fixture
def browser_page(browser: Browser) -> Iterator[Page]:
    """A page of a Swedish reader's browser. Errors of scripts and refused contents fail the test."""
    with watched(browser) as page:
        yield page


@contextmanager
def watched(browser: Browser, **settings: Any) -> Iterator[Page]:
    """Open a page as `browser_page` is, as somebody who has not been here before; `settings` are Playwright's."""
    usual = {"locale": "sv-SE", "viewport": WIDE, "timezone_id": "Europe/Stockholm"}
    context = browser.new_context(**(usual | settings))
    page = context.new_page()
    page.set_default_timeout(PATIENCE_S * 1000)
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(f"{page.url}: {error}"))
    page.on("console", lambda said: troubles.append(f"{page.url}: {said.text}") if _is_trouble(said) else None)
    yield page
    context.close()
    assert not troubles, troubles


def _is_trouble(said) -> bool:
    expected = "the server responded with a status of 4" in said.text  # a test asked for it
    return said.type == "error" and not expected


def sign_in(page: Page, server: str, member: Member) -> None:
    """Sign in as a committed member, the way a user does."""
    page.goto(f"{server}/sign-in")
    page.locator(f"button[name=member][value='{member.id}']").click()
    expect(page.get_by_role("button", name="Logga ut")).to_be_visible()


def signed_in_as(page: Page, server: str, member: Member) -> None:
    """Let a browser be a committed member from now on, without the way through the pages."""
    page.context.clear_cookies()
    asking = page.context.request
    asking.get(f"{server}/accessibility")  # gives the cookie that a form is checked by
    token = next(each["value"] for each in page.context.cookies() if each["name"] == "platsverket_form")
    answer = asking.post(f"{server}/sign-in", form={"member": str(member.id), "_csrf_token": token}, max_redirects=0)
    assert answer.status == 303, answer.text()


def assert_accessible(page: Page) -> None:
    """Fail on anything that axe-core finds, and on a page that scrolls sideways, wide or narrow.

    For what a page shows only after something was done; as it comes, `test_every_page` looks at it in every way.
    """
    before = page.viewport_size
    for size in (NARROW, WIDE):
        page.set_viewport_size(size)
        assert_no_sideways_scroll(page)
    assert_axe_finds_nothing(page)
    if before:
        page.set_viewport_size(before)


def assert_axe_finds_nothing(page: Page, rules: Mapping[str, object] = EVERYTHING) -> None:
    """Fail on anything that axe-core finds."""
    result = _settled(page, lambda: _checked(page, rules))
    assert result.violations_count == 0, f"{page.url} at {page.viewport_size}\n{result.generate_report()}"


def _checked(page: Page, rules: Mapping[str, object]) -> AxeResults:
    """Run axe-core, which a document has to be given only once."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.axe_script)
    return AxeResults(page.evaluate("rules => axe.run(rules)", rules))


def _settled(page: Page, look: Callable[[], T]) -> T:
    """Look at a page, again where it has renewed itself meanwhile."""
    for _ in range(20):
        try:
            return look()
        except Error as error:
            if "context was destroyed" not in error.message:
                raise
            page.wait_for_timeout(250)  # until the next document is there, in which it may be too early again
            page.wait_for_load_state()
    pytest.fail(f"{page.url} renews itself all the time")


_TOO_WIDE = """() => [
    document.documentElement.scrollWidth - document.documentElement.clientWidth,
    [...document.body.querySelectorAll("*")]
        .filter(e => e.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
        .slice(0, 3).map(e => e.outerHTML.slice(0, 120)),
]"""


def assert_no_sideways_scroll(page: Page) -> None:
    """Fail where a page is wider than the window."""
    wide, widest = _settled(page, lambda: page.evaluate(_TOO_WIDE))
    assert wide <= 0, f"{page.url} is {wide} px wider than the window: {widest}"
