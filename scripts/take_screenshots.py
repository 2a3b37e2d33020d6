"""Take the pictures of the main pages in docs/images: `make screenshots`.

Starts the product on the sample region in a folder of its own, which is gone afterwards, and looks at it with Debian's
chromium. What the optimiser proposes is the same each time; dates are today's.
"""

import base64
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).parent.parent
IMAGES = ROOT / "docs" / "images"
CHROMIUM = shutil.which("chromium-headless-shell") or "/usr/bin/chromium"
WIDE, NARROW, TALL = {"width": 1280, "height": 900}, {"width": 390, "height": 800}, {"width": 1280, "height": 1600}
QUALITY = 70
MOST = 1_000_000
"""Bytes of all pictures together."""
HOME = "Länsstyrelsen"
NOBODY, LISTER, REQUESTER, COORDINATOR = "", "Lokalsamordnare", "Projektledare landsbygd", "Samordnare Samverket"

PICTURES = {
    "start": (NOBODY, "/", WIDE),
    "offers": (REQUESTER, "/offers?county=23", WIDE),
    "offer-form": (LISTER, "/offers/new/space", WIDE),
    "request-form": (REQUESTER, "/requests/new?example=project_room&step=when", TALL),
    "request": (COORDINATOR, "/requests -> main table a", WIDE),
    "proposals": (COORDINATOR, "/proposals", WIDE),
    "proposal": (COORDINATOR, "/proposals/queue", WIDE),
    "overview": (COORDINATOR, "/runs -> main table a -> main a[href$=overview]", WIDE),
    "timeline": (COORDINATOR, "/timeline", WIDE),
    "narrow": (REQUESTER, "/offers?county=23", NARROW),
}
"""By file: who looks, at which page, perhaps by which links from there, and in how wide a window."""


@contextmanager
def product() -> Iterator[str]:
    """Run the product on the sample region, and give its address once everything is matched."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="platsverket-pictures-") as folder:
        environment = {**os.environ, "PLATSVERKET_DATA_DIR": folder, "PLATSVERKET_PORT": str(port)}
        command = [str(Path(sys.executable).parent / "platsverket"), "up"]
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)  # noqa: S603
        try:
            for line in process.stdout or ():
                if "is running at" in line:
                    yield f"http://127.0.0.1:{port}"
                    break
            else:
                sys.exit("The product did not start: try make run.")
        finally:
            process.terminate()
            process.wait(60)


def be(page: Page, address: str, who: str) -> None:
    """Sign in as a member of one organisation of the sample region."""
    page.context.clear_cookies()
    if who:
        page.goto(f"{address}/sign-in")
        page.locator(".pv-group", has_text=HOME).locator("button", has_text=who).first.click()
        page.wait_for_url(f"{address}/")


def take(page: Page, address: str, name: str, path: str, size: dict[str, int]) -> int:
    """Go to a page and keep how it looks; return the picture's size in bytes."""
    page.set_viewport_size(size)  # type: ignore[arg-type]
    first, *links = path.split(" -> ")
    page.goto(address + first)
    for link in links:
        page.goto(address + str(page.locator(link).first.get_attribute("href")))
    page.wait_for_load_state("networkidle")
    taking = page.context.new_cdp_session(page)
    shot = taking.send("Page.captureScreenshot", {"format": "webp", "quality": QUALITY})
    taking.detach()
    return (IMAGES / f"{name}.webp").write_bytes(base64.b64decode(shot["data"]))


def main() -> int:
    """Take them all; return the exit code."""
    IMAGES.mkdir(exist_ok=True)
    total = 0
    with product() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_context(locale="sv-SE", timezone_id="Europe/Stockholm").new_page()
        page.set_default_timeout(120_000)
        for name, (who, path, size) in PICTURES.items():
            be(page, address, who)
            total += take(page, address, name, path, size)
            print(f"docs/images/{name}.webp")
        browser.close()
    print(f"{total / 1000:.0f} kB in all")
    return int(total > MOST)


if __name__ == "__main__":
    sys.exit(main())
