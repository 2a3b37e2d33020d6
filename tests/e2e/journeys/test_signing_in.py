"""People of three organisations sign in through an identity provider, as `make run SIGNIN=oidc` lets anybody try it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from sqlmodel import Session

from api.cli.sample_provider import trust_sample_provider
from core.settings import settings
from marketplace.organisations.models import Member
from tests import builders
from tests.e2e.conftest import NARROW, WIDE, served, watched
from tests.e2e.journeys.hands import User, Way
from tests.processes.conftest import free_port

pytestmark = pytest.mark.browser

NUMBERS = ("202100-6164", "212000-2627", "212000-0142")
LOCALES = {"sv": "sv-SE", "en": "en-GB"}
WAYS = [
    Way("sv", WIDE, keyboard=True),
    Way("en", NARROW, keyboard=True),
    Way("sv", NARROW, keyboard=True),
]
THERE = WAYS[-1]
"""Who signs out at the provider, which ends the session here (back-channel logout)."""
NAME = "Sample provider"


@pytest.fixture
def people(rows: Session) -> list[Member]:
    """One of each organisation."""
    found = [
        builders.member(rows, builders.organisation(rows, number=number), name=f"Lokalsamordnare {place}")
        for place, number in enumerate(NUMBERS)
    ]
    rows.commit()
    return found


@pytest.fixture
def provided(database_url: str, people: list[Member], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A web server that trusts the sample provider alone, and that provider, with these people."""
    port = free_port()
    said = {"PORT": str(port), "DATA_DIR": str(tmp_path), "DATABASE_URL": database_url, "SECRET_KEY": "for-tests-" * 4}
    for name, value in (said | {"SIGN_IN_PROVIDERS": "", "DEVELOPMENT_SIGN_IN": "false"}).items():
        monkeypatch.setenv(f"PLATSVERKET_{name}", value)
    monkeypatch.delenv("PLATSVERKET_SIGN_IN_PROVIDERS")  # it was set to be restored: `trust_sample_provider` sets it
    settings.cache_clear()
    trust_sample_provider()
    command = [sys.executable, "-m", "api.cli.main", "sample-provider"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as provider:
        try:
            assert provider.stdout is not None
            assert "listens at" in provider.stdout.readline()
            with served(port, tmp_path, os.environ) as address:
                yield address
        finally:
            provider.terminate()
            monkeypatch.undo()
            settings.cache_clear()


def test_three_people_of_three_organisations_sign_in_and_out_with_a_keyboard(
    provided: str, people: list[Member], browser: Browser
) -> None:
    for member, way in zip(people, WAYS, strict=True):
        with watched(browser, viewport=way.window, locale=LOCALES[way.language]) as page:
            user = User(page, provided, way)
            user.go("/sessions")
            user.sees("Use the account of your own organisation.")
            user.is_accessible()
            user.press(user.link("Sign in with %(provider)s", provider=NAME))
            expect(page).to_have_title({"sv": "Vem är du?", "en": "Who are you?"}[way.language])
            provider = page.url.partition("/choose")[0]
            user.is_accessible()
            user.press(page.get_by_role("link", name=f": {member.name} "))
            expect(page).to_have_url(f"{provided}/sessions")
            expect(page.get_by_role("banner")).to_contain_text(member.name)
            user.is_accessible()
            leave = page.get_by_role("button", name={"sv": "Ja, logga ut", "en": "Yes, sign out"}[way.language])
            if way == THERE:
                page.goto(f"{provider}/session/end")
                user.press(leave)
                expect(page).to_have_title("Du är utloggad")
            else:
                user.press(user.button("Sign out"))
                user.sees_told("You are signed out.")
                user.press(page.get_by_role("link", name=user.words("Sign out of %(provider)s too", provider=NAME)))
                user.press(leave)
                expect(page).to_have_url(f"{provided}/")
            user.go("/sessions")
            user.sees("Use the account of your own organisation.")
