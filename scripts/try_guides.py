"""Do the three jobs of the guides at a person's pace, and tell how long each takes: `make tried`.

Starts the product on the sample region in a folder of its own and does in Chromium what the guides say, from *Start*.
A key takes 60 ms. Beside that a step takes what the Keystroke-Level Model (Card, Moran and Newell 1980) says: 1.35 s to
make up one's mind, 1.1 s to point, 0.4 s from the mouse to the keyboard. Every page that comes is read for a while
first: `PAGE_S`, and a proposal `PROPOSAL_S`. What is not measured is whether somebody understands what is read.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Locator, expect, sync_playwright

from scripts.take_screenshots import CHROMIUM, COORDINATOR, LISTER, REQUESTER, WIDE, be, product
from tests.e2e.journeys.hands import User, Way

KEY_MS = 60
MIND_S, POINT_S, HAND_S = 1.35, 1.1, 0.4
PAGE_S, PROPOSAL_S = 5, 9
PROPOSALS = 20


class Person(User):
    """A user who takes the time that a person takes, and counts what was done."""

    def __init__(self, *args: object, **values: object) -> None:
        super().__init__(*args, **values)  # type: ignore[arg-type]
        self.pressed = self.typed = self.pages = 0
        self.page.on("load", lambda _page: self._count_page())

    def _count_page(self) -> None:
        self.pages += 1

    def read(self, seconds: float = PAGE_S) -> None:
        """Read what has come."""
        self.page.wait_for_load_state()
        time.sleep(seconds)

    def press(self, what: Locator) -> None:
        """Press it, by a hand that has to get there first."""
        time.sleep(MIND_S + (0 if self.way.keyboard else POINT_S))
        self.pressed += 1
        super().press(what)

    def choose(self, name: str, value: str) -> None:
        """Choose in a list: open it, find it, take it."""
        time.sleep(MIND_S + 2 * POINT_S)
        self.pressed += 2
        super().choose(name, value)

    def tick(self, name: str, value: str = "yes") -> None:
        """Tick a box."""
        time.sleep(MIND_S + POINT_S)
        self.pressed += 1
        super().tick(name, value)

    def write(self, name: str, text: str) -> None:  # type: ignore[override]
        """Type into a field, key by key."""
        time.sleep(MIND_S + POINT_S + 2 * HAND_S)
        self.typed += len(text)
        self.field(name).click()
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text, delay=KEY_MS)

    def decide(self, keys: str) -> None:
        """Press single keys, of which the last leads to the next proposal."""
        self.page.wait_for_function("document.documentElement.hasAttribute('data-keys-on')")  # the page listens
        before = self.page.url
        for key in keys:
            time.sleep(MIND_S)
            self.pressed += 1
            self.page.keyboard.press(key, delay=KEY_MS)
        self.page.wait_for_url(lambda url: url != before)


def post_a_room(one: Person, folder: Path) -> None:
    """What the guide for listers says: the form, then a photo."""
    one.read()
    one.press(one.link("Offer something"))
    one.read()
    one.press(one.page.get_by_role("navigation", name=one.words("Offer something")).get_by_role("link").first)
    one.read()
    one.write("name", "Mötesrum Storsjön")
    one.write("seats", "10")
    one.tick("equipment", "screen")
    one.tick("equipment", "video_conference")
    one.write("description", "Ljust rum på plan 2. Hämta nyckeln i receptionen.")
    one.choose("visibility", "region")
    one.press(one.button("Post the offer"))
    one.read()
    one.press(one.link("Photos"))
    one.read()
    Image.new("RGB", (1600, 1200), "teal").save(folder / "rum.jpg")
    one.hand_in("photo", folder / "rum.jpg")
    one.read(4)  # the photo is found among the files
    one.write("alt", "Ett mötesrum med tio stolar")
    one.press(one.button("Add the photo"))
    one.sees_told("The photo is added.")


def review_proposals(one: Person, _folder: Path) -> None:
    """What the guide for coordinators says: twenty in turn, by keyboard alone, with two refusals and two locks."""
    one.read()
    one.press(one.page.get_by_role("main").get_by_role("link", name="förslag att granska"))
    one.page.wait_for_url("**/proposals/*")
    for number in range(PROPOSALS):
        one.read(PROPOSAL_S)
        one.decide({4: "x2", 11: "x2", 7: "l", 15: "l"}.get(number, "g"))
    one.go("/proposals")
    expect(one.page.get_by_role("main")).to_contain_text(f"beslutat om {PROPOSALS - 2} förslag")  # two are locked


def file_a_need(one: Person, _folder: Path) -> None:
    """What the guide for requesters says: an example, changed where it is different, looked at, filed."""
    one.read()
    one.press(one.link("Say what you need"))
    one.read()
    one.press(one.page.get_by_role("main").get_by_role("link", name=one.label("project_room", "example"), exact=True))
    one.read()
    one.write("title", "Projektrum för e-arkivet")
    one.write("purpose", "Åtta personer från tre myndigheter arbetar ihop tre dagar i veckan.")
    for step in ("what", "where", "when", "send"):  # each is filled in by the example, and looked through
        one.press(one.button("Next: %(name)s", name=one.label(step, "request_step")))
        one.read()
        if step == "what":
            one.write("needs.0.requirements.people", "8")
    one.press(one.button("File the request"))
    one.sees_told("The request is filed.")


@dataclass(frozen=True)
class Job:
    """Something that a guide tells how to do, within so many seconds."""

    name: str
    who: str
    do: Callable[[Person, Path], None]
    most_s: int
    keyboard: bool = False


JOBS = (
    Job("A room posted, with a photo", LISTER, post_a_room, 120),
    Job(f"{PROPOSALS} proposals reviewed by keyboard", COORDINATOR, review_proposals, 300, keyboard=True),
    Job("A need filed", REQUESTER, file_a_need, 180),
)


def main() -> int:
    """Do them all; return the exit code: 1 where one took too long."""
    late = False
    with product() as address, sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        print("| Job | Seconds | Within | Pages | Pressed | Characters typed |\n|---|---|---|---|---|---|")
        for job in JOBS:
            page = browser.new_context(locale="sv-SE", viewport=WIDE, timezone_id="Europe/Stockholm").new_page()  # type: ignore[arg-type]
            page.set_default_timeout(120_000)
            be(page, address, job.who)
            one = Person(page, address, Way("sv", WIDE, keyboard=job.keyboard), KEY_MS)
            began = time.monotonic()
            job.do(one, Path(folder))
            took = time.monotonic() - began
            late |= took > job.most_s
            print(f"| {job.name} | {took:.0f} | {job.most_s} | {one.pages} | {one.pressed} | {one.typed} |", flush=True)
            page.context.close()
        browser.close()
    return int(late)


if __name__ == "__main__":
    sys.exit(main())
