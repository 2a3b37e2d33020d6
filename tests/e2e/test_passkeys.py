"""A passkey is registered and confirms, with an authenticator that Chromium plays."""

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import Session

from marketplace.organisations.models import Organisation
from tests import builders
from tests.e2e.conftest import COLOURS, assert_axe_finds_nothing, signed_in_as

pytestmark = pytest.mark.browser

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
}


def test_a_role_is_given_after_confirming_with_a_passkey(server: str, rows: Session, browser_page: Page) -> None:
    admin = builders.member(rows, roles=["admin"])
    other = builders.member(rows, rows.get_one(Organisation, admin.organisation_id))
    rows.commit()
    page, server = browser_page, server.replace("127.0.0.1", "localhost")  # passkeys belong to a name
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    key = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})["authenticatorId"]
    signed_in_as(page, server, admin)
    page.goto(f"{server}/passkeys")
    page.get_by_label("Vad du kallar den").fill("Jobbdatorn")
    page.get_by_role("button", name="Registrera en passnyckel").click()
    expect(page.get_by_role("heading", name="Jobbdatorn")).to_be_visible()
    page.goto(f"{server}/members/{other.id}")
    page.locator("[name=role]").select_option("hr")
    page.locator("[name=reason]").fill("Ny på HR")
    page.get_by_role("button", name="Ge rollen").click()
    devtools.send("WebAuthn.setUserVerified", {"authenticatorId": key, "isUserVerified": False})
    confirm = page.get_by_role("button", name="Bekräfta med en passnyckel")
    confirm.click()
    expect(page.get_by_role("alert")).to_contain_text("Ingen passnyckel svarade")
    assert_axe_finds_nothing(page, COLOURS)
    devtools.send("WebAuthn.setUserVerified", {"authenticatorId": key, "isUserVerified": True})
    confirm.click()
    expect(page.locator("[name=reason]")).to_have_value("Ny på HR")
    page.get_by_role("button", name="Ge rollen").click()
    expect(page.locator(".pv-flash")).to_contain_text("HR")
