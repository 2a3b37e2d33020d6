"""The pages of an organisation's admins: members, their roles, and what is refused with what was typed kept."""

import re
from datetime import timedelta
from uuid import UUID

from litestar import Litestar
from litestar.testing import TestClient
from sqlmodel import Session, col, select

from core.time import clock
from marketplace.organisations.models import Member, Organisation
from tests import builders
from tests.api.conftest import HTML, SignIn, text_of
from tests.api.pages.test_posted_once import hidden

SWEDISH = HTML | {"accept-language": "sv"}


def sent(client: TestClient[Litestar], page: str, action: str, **fields: object):
    token = hidden(client.get(page, headers=SWEDISH).text, action)
    return client.post(action, data=token | fields, headers=SWEDISH)


def test_an_admin_adds_grants_and_keeps_out(client: TestClient[Litestar], rows: Session, signed_in: SignIn) -> None:
    admin = builders.member(rows, roles=["admin"])
    signed_in(client, admin)
    answer = sent(client, "/members/new", "/members/new?sent", name="Granskaren", email="g@example.se", roles="auditor")
    assert answer.status_code == 422
    assert "Varför: fyll i" in text_of(answer.text)
    assert 'value="Granskaren"' in answer.text
    more = {"name": "Granskaren", "email": "g@example.se", "roles": "auditor", "reason": "Internrevision"}
    address = sent(client, "/members/new", "/members/new?sent", **more).headers["location"]
    until = (clock.today() + timedelta(days=30)).isoformat()
    grant = {"role": "lister", "reason": "Sommarvikarie", "until": until}
    assert sent(client, address, f"{address}/grants", **grant).status_code == 303
    shown = text_of(client.get(address, headers=SWEDISH).text)
    for told in ("Granskare", "Internrevision", "Sommarvikarie", until, f"Given av {admin.name}"):
        assert told in shown
    wrong = sent(client, address, f"{address}/grants", role="hr", reason="", until="snart")
    assert (wrong.status_code, 'value="snart"' in wrong.text) == (422, True)
    for told in ("Varför: fyll i", "Sista dag: "):  # both at once
        assert told in text_of(wrong.text)
    withdrawal = f"{address}/grants/lister/withdrawal"
    assert "Varför den tas tillbaka: fyll i" in text_of(sent(client, address, withdrawal).text)
    too_long = sent(client, address, withdrawal, **{"why-lister": "Sommaren är slut. " * 200})
    assert (too_long.status_code, "Sommaren är slut. Sommaren" in too_long.text) == (422, True)
    assert sent(client, address, withdrawal, **{"why-lister": "Sommaren är slut"}).status_code == 303
    assert sent(client, address, f"{address}/deactivation").status_code == 303
    rows.expire_all()
    made = rows.exec(select(Member).where(col(Member.name) == "Granskaren")).one()
    assert (made.roles, made.active) == (["auditor"], False)
    own = f"/members/{admin.id}"
    refused = sent(client, own, f"{own}/deactivation")
    assert refused.status_code == 409
    assert "En organisation måste ha en administratör" in text_of(refused.text)


def test_an_admin_limits_roles_to_units_and_sites(
    client: TestClient[Litestar], rows: Session, signed_in: SignIn
) -> None:
    admin = builders.member(rows, roles=["admin"], department="Ekonomi")
    home = rows.get_one(Organisation, admin.organisation_id)
    site = builders.site(rows, home)
    builders.space(rows, site, department="Lokaler")
    address = f"/members/{builders.member(rows, home, roles=[]).id}"
    signed_in(client, admin)
    for grant, told in (
        ({"role": "lister", "departments": ["Ekonomi", "Lokaler"]}, "Gäller för Ekonomi, Lokaler"),
        ({"role": "manager"}, "Gäller för Hela organisationen"),
        ({"role": "hub_host", "siteIds": str(site.id)}, f"Platser {site.name}"),
    ):
        assert sent(client, address, f"{address}/grants", reason="R", **grant).status_code == 303
        assert told in text_of(client.get(address, headers=SWEDISH).text)
    wrong = sent(client, address, f"{address}/grants", reason="R", role="admin", departments="Lokaler")
    assert "den här rollen gäller alltid hela organisationen" in text_of(wrong.text)
    assert re.search(r'<details class="ds-details" open><summary>Enheter', wrong.text), "what was chosen is shown"


def test_only_admins_look_after_members(client: TestClient[Litestar], rows: Session, signed_in: SignIn) -> None:
    lister = builders.member(rows, roles=["lister"])
    admin = builders.member(rows, rows.get_one(Organisation, lister.organisation_id), roles=["admin"])
    stranger = builders.member(rows)
    signed_in(client, lister)
    assert client.get("/members", headers=HTML).status_code == 403
    assert client.get(f"/members/{admin.id}", headers=HTML).status_code == 403
    assert client.get(f"/members/{stranger.id}", headers=HTML).status_code == 404


def test_a_coordinator_of_all_names_counties_and_organisations(
    client: TestClient[Litestar], rows: Session, signed_in: SignIn
) -> None:
    boss, other = builders.member(rows, roles=["coordinator"]), builders.organisation(rows, name="Kalmar")
    signed_in(client, boss)
    address = f"/members/{builders.member(rows, rows.get_one(Organisation, boss.organisation_id)).id}"
    rows.commit()
    said = {"role": "coordinator", "reason": "Vikarie", "countyCodes": "23"}
    wrong = sent(client, address, f"{address}/grants", **said, organisationIds="Kalmar\nKalmarr")
    assert (wrong.status_code, "Kalmar\nKalmarr" in wrong.text) == (422, True)
    assert "Samordnarens organisationer: det finns inte en enda organisation som heter Kalmarr" in text_of(wrong.text)
    assert sent(client, address, f"{address}/grants", **said, organisationIds="Kalmar\n").status_code == 303
    assert "Jämtlands län, Kalmar" in text_of(client.get(address, headers=SWEDISH).text)
    rows.expire_all()
    assert rows.get_one(Member, UUID(address[-36:])).grants["coordinator"]["organisationIds"] == [str(other.id)]


def test_an_organisation_leaves_by_its_admin_and_returns_by_who_coordinates_all(
    client: TestClient[Litestar], rows: Session, signed_in: SignIn
) -> None:
    """What it means is shown first; without a reason nothing is done."""
    booking = builders.booking(rows, builders.need(rows, builders.request(rows)))
    lender, borrower = (rows.get_one(Organisation, key) for key in (booking.lender_id, booking.borrower_id))
    admin, decides = builders.member(rows, lender, roles=["admin"]), builders.member(rows, roles=["coordinator"])
    signed_in(client, admin)
    page = f"/organisations/{lender.id}/leaving"
    assert f'href="{page}"' in client.get("/members", headers=SWEDISH).text
    shown = text_of(client.get(page, headers=SWEDISH).text)
    for told in ("Du är en av dem.", "1 bokning med andra står kvar", f"{borrower.name} 1 0"):
        assert told in shown
    assert "Varför: fyll i" in text_of(sent(client, page, page).text)
    gone = sent(client, page, page, reason="Avtalet har upphört")
    assert (gone.status_code, gone.headers["location"]) == (303, "/")
    assert f"{lender.name} deltar inte längre." in text_of(client.get("/", headers=SWEDISH).text)
    assert client.get("/members", headers=HTML).status_code == 303
    signed_in(client, decides)
    assert "Organisationen deltar inte sedan" in text_of(client.get(page, headers=SWEDISH).text)
    returned = page.replace("leaving", "return")
    assert sent(client, page, returned, reason="Nytt avtal").headers["location"] == page
    assert f"{lender.name} deltar igen." in text_of(client.get(page, headers=SWEDISH).text)
    signed_in(client, admin)
    assert client.get(page, headers=HTML).status_code == 200
