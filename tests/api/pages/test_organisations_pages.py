"""The pages of organisations and sites tell what a reader may see of them, and whom to turn to, to their own alone."""

from litestar import Litestar
from litestar.testing import TestClient
from sqlmodel import Session, col, func, select

from core.database.audit import READ, AuditEntry
from marketplace.offers.models import Visibility
from tests import builders
from tests.api.conftest import HTML, SignIn, text_of


def test_an_organisation_and_its_site_as_each_may_see_them(
    client: TestClient[Litestar], rows: Session, signed_in: SignIn
) -> None:
    home = builders.organisation(rows, name="Region Storsjön")
    home.offer_quota = 7
    site = builders.site(rows, home, name="Regionens hus", address="Kyrkgatan 12", access=["step_free"])
    shown, hidden = (builders.space(rows, site, name=name) for name in ("Stora salen", "Lilla rummet"))
    builders.offer(rows, shown)
    builders.offer(rows, hidden, visibility=Visibility.ORGANISATION)
    admin = builders.member(rows, home, name="Administratör", email="admin@region.se", roles=["admin"])
    builders.booking(rows, builders.need(rows, builders.request(rows)), lender_id=home.id)
    builders.need(rows, builders.request(rows, admin))
    stranger = builders.member(rows)
    coordinator = builders.member(rows, roles=["coordinator"])
    rows.commit()

    def read(path: str) -> str:
        answer = client.get(path, headers=HTML)
        return text_of(answer.text) if answer.status_code == 200 else str(answer.status_code)

    pages = f"/organisations/{home.id}", f"/sites/{site.id}"
    for member, sees, lent in ((admin, True, 1), (stranger, False, 0), (coordinator, True, 1)):
        client.cookies.clear()
        signed_in(client, member)
        told, place = (read(each) for each in pages)
        assert "Stora salen" in told
        assert ("Lilla rummet" in told) is (member is not stranger)
        assert ("admin@region.se" in told) is sees
        assert ("Regionens hus" in told) is sees
        assert ("Erbjudanden nu 2 av högst 7" in told and "Behov som väntar nu 1 av högst 400" in told) is sees
        assert f"Har lånat ut {lent} " in told
        assert ("Kyrkgatan 12" in place and "Utan trappsteg" in place) if sees else place == "404"
        assert "Region Storsjön" in read("/organisations?text=storsj")
        assert "Ingen organisation heter så." in read("/organisations?text=qwx")
    written = select(func.count()).where(col(AuditEntry.reason_code) == READ, col(AuditEntry.entity_id) == admin.id)
    assert rows.exec(written.where(col(AuditEntry.actor_id) == coordinator.id)).one() == 1
