"""Somebody who goes through pages: by mouse or by keyboard alone, in a language, in a window, with scripts or without.

Whoever has only a keyboard comes to a thing by Tab and Shift+Tab, and never otherwise: what cannot be reached so fails.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, time
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from api.http.request_context import LANGUAGE_COOKIE
from api.language import i18n
from api.language.labels import label
from marketplace.organisations.models import Member
from tests.e2e.conftest import (
    EVERYTHING,
    NARROW,
    PLACES,
    WIDE,
    assert_axe_finds_nothing,
    assert_no_sideways_scroll,
    signed_in_as,
    watched,
)

MOST_TABS = 400
_WHERE = """thing => {
    const at = document.activeElement;
    const alike = at?.type === "radio" && thing.type === "radio" && at.name === thing.name && at.form === thing.form;
    if (at === thing || alike) return ["there", 0];
    const stop = each => [...(each?.type === "radio" ? document.getElementsByName(each.name) : [])]
        .find(other => other.checked && other.form === each.form) ?? each;
    const stops = [...document.querySelectorAll("a[href], button, input, select, textarea, summary")];
    const seen = each => each === at || each === thing || each.checkVisibility();
    const shown = stops.filter(each => each === stop(each) && seen(each));
    const apart = shown.indexOf(stop(thing)) - shown.indexOf(stop(at));
    return apart > 0 ? ["Tab", apart] : ["Shift+Tab", -apart];
}"""
"""Which way a thing is, and how many stops away, about: some fields are several; radio buttons are one, the chosen."""


@dataclass(frozen=True)
class Way:
    """How somebody uses the product."""

    language: str
    window: dict[str, int] = field(hash=False)
    keyboard: bool = False
    scripts: bool = True

    def __str__(self) -> str:
        hand = "keyboard" if self.keyboard else "mouse"
        scripts = "" if self.scripts else "-without-scripts"
        return f"{hand}-{self.language}-{self.window['width']}{scripts}"


WAYS = [Way("sv", WIDE), Way("en", NARROW, keyboard=True), Way("en", WIDE, scripts=False)]
in_every_way = pytest.mark.parametrize("way", WAYS, ids=str)


@dataclass
class User:
    """A reader of pages, who finds things by their words."""

    page: Page
    server: str
    way: Way
    key_ms: int = 0
    """How long each key takes."""

    def be(self, member: Member) -> None:
        """Be a committed member from now on."""
        signed_in_as(self.page, self.server, member)
        self.page.context.add_cookies([{"name": LANGUAGE_COOKIE, "value": self.way.language, "url": self.server}])

    def go(self, path: str) -> None:
        """Open an address."""
        self.page.goto(self.server + path)

    def words(self, text: str, **values: object) -> str:
        """Return a text of the product in the reader's language."""
        with i18n.speaking(self.way.language):
            said = i18n.gettext(text)
        return said % values if values else said

    def label(self, code: str, kind: str) -> str:
        """Return what a code is called in the reader's language."""
        with i18n.speaking(self.way.language):
            return label(code, kind)

    def button(self, text: str, **values: object) -> Locator:
        """Return the button that is called so."""
        return self.page.get_by_role("button", name=self.words(text, **values), exact=True)

    def link(self, text: str, **values: object) -> Locator:
        """Return the first link that is called so."""
        return self.page.get_by_role("main").get_by_role("link", name=self.words(text, **values), exact=True).first

    def field(self, name: str) -> Locator:
        """Return the field that is sent under a name."""
        return self.page.locator(f"main [name='{name}']")

    def sees(self, text: str, **values: object) -> None:
        """Fail where the page does not say a text of the product."""
        expect(self.page.get_by_role("main")).to_contain_text(self.words(text, **values))

    def sees_told(self, text: str, **values: object) -> None:
        """Fail where the page does not tell that something was done; and look whether it is too wide."""
        expect(self.page.get_by_role("status").first).to_contain_text(self.words(text, **values))
        assert_no_sideways_scroll(self.page)

    def is_accessible(self) -> None:
        """Fail on anything that axe-core finds; it is a script, so where there are none nothing is asked.

        In a narrow window on what that may change: all else was looked at in a wide one, on the same way.
        """
        if self.way.scripts:
            assert_axe_finds_nothing(self.page, PLACES if self.way.window == NARROW else EVERYTHING)

    def press(self, what: Locator) -> None:
        """Press a button, follow a link, unfold what is folded; and wait for the page that this leads to."""
        if self.way.keyboard:
            self._reach(what)
            what.press("Enter")  # a key of the page's keyboard waits for nothing: what came next would be too early
        else:
            what.click()

    def unfold(self, text: str) -> None:
        """Unfold what is called so."""
        self.press(self.page.locator("main summary", has_text=self.words(text)).first)

    def tick(self, name: str, value: str = "yes") -> None:
        """Tick a box, or choose one of several."""
        what = self.page.locator(f"main input[name='{name}'][value='{value}']")
        if not self.way.keyboard:
            what.check()
            return
        self._reach(what)
        for _ in range(20):
            if what.evaluate("box => document.activeElement === box"):
                break
            self.page.keyboard.press("ArrowDown")  # radio buttons are one stop
        if not what.is_checked():
            self.page.keyboard.press("Space")
        expect(what).to_be_checked()

    def write(self, name: str, text: str | date | time) -> None:
        """Fill in a field."""
        what = self.field(name)
        value = text if isinstance(text, str) else text.isoformat() if isinstance(text, date) else f"{text:%H:%M}"
        if not self.way.keyboard:
            what.fill(value)
            return
        self._reach(what)
        if isinstance(text, str):
            self.page.keyboard.press("Control+A")
            self.page.keyboard.press("Delete")
        self.page.keyboard.type(_keys(text), delay=self.key_ms)
        expect(what).to_have_value(value)

    def choose(self, name: str, value: str) -> None:
        """Choose in a list."""
        what = self.field(name)
        if not self.way.keyboard:
            what.select_option(value)
            return
        self._reach(what)
        has, wanted, last = what.evaluate(
            "(list, it) => [list.selectedIndex, [...list.options].findIndex(o => o.value === it), list.length - 1]",
            value,
        )
        from_end = last - wanted < abs(wanted - has)
        if from_end:
            self.page.keyboard.press("End")
        for _ in range(last - wanted if from_end else abs(wanted - has)):
            self.page.keyboard.press("ArrowUp" if from_end or wanted < has else "ArrowDown", delay=self.key_ms)
        expect(what).to_have_value(value)

    def hand_in(self, name: str, file: Path) -> None:
        """Choose a file."""
        with self.page.expect_file_chooser() as chooser:
            self.press(self.field(name))
        chooser.value.set_files(file)

    def _reach(self, what: Locator) -> None:
        expect(what).to_be_visible()
        thing = what.element_handle()
        pressed = 0
        while pressed < MOST_TABS:
            key, apart = self.page.evaluate(_WHERE, thing)
            if key == "there":
                return
            for _ in range(apart):
                self.page.keyboard.press(key, delay=self.key_ms)
            pressed += apart
        pytest.fail(f"{self.page.url}: no keyboard reaches {what}")


def _keys(text: str | date | time) -> str:
    """Return what is typed in the fields of a browser that speaks American English, as Debian's does."""
    if isinstance(text, date):
        return f"{text:%m/%d/%Y}"
    return f"{text:%I%M%p}" if isinstance(text, time) else text


@contextmanager
def user(browser: Browser, server: str, way: Way) -> Iterator[User]:
    """Open a browser's window for somebody. Errors of scripts and refused contents fail the test."""
    with watched(browser, viewport=way.window, java_script_enabled=way.scripts) as page:
        yield User(page, server, way)
