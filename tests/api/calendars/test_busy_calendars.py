"""The page and the API of busy times: added, looked at, read soon, removed; no address or password is shown again."""

from typing import Any

from litestar.testing import TestClient
from sqlmodel import Session, select

from core.time import clock
from marketplace.busy.models import BusyCalendar
from tests import builders
from tests.api.conftest import HTML, Bearer, SignIn, post_form, text_of


def test_a_calendar_is_added_looked_at_and_removed(
    client: TestClient[Any], rows: Session, signed_in: SignIn, bearer: Bearer
) -> None:
    lister = builders.member(rows)
    home = rows.get_one(type(builders.organisation(rows)), lister.organisation_id)
    room = builders.space(rows, builders.site(rows, home), name="Storsjön")
    signed_in(client, lister)
    said = {"resourceId": str(room.id), "kind": "caldav", "user": "drift", "password": "losenordet"}
    wrong = post_form(client, "/busy-calendars", said | {"resourceId": "", "address": "https://192.168.1.1/hemlig"})
    assert wrong.status_code == 422
    assert "välj ett alternativ" in wrong.text
    assert "inget internt nät" in wrong.text
    assert "losenordet" not in wrong.text
    assert post_form(client, "/busy-calendars", {"address": "https://kal.example.se/hemlig"}).status_code == 422
    assert post_form(client, "/busy-calendars", said | {"address": "https://kal.example.se/hemlig"}).status_code == 303
    row = rows.exec(select(BusyCalendar)).one()
    row.fault, row.failing_since, row.due_at = "unreachable", clock.now(), builders.at(1)
    rows.commit()
    address = f"/busy-calendars?resource={room.id}"
    assert "Servern svarar inte. Den har aldrig gått att läsa." in text_of(client.get(address, headers=HTML).text)
    row.read_at = clock.now()
    rows.commit()
    shown = client.get(address, headers=HTML).text
    assert "Servern svarar inte. Den har inte gått att läsa sedan" in text_of(shown)
    seen = client.get(f"/api/v1/busy-calendars/{row.id}", headers=bearer(lister)).json()
    assert (seen["host"], seen["fault"], seen["times"]) == ("kal.example.se", "unreachable", 0)
    assert "hemlig" not in shown + str(seen)
    assert post_form(client, f"/busy-calendars/{row.id}/reading").status_code == 303
    rows.expire_all()
    assert rows.exec(select(BusyCalendar)).one().due_at <= clock.now()
    assert client.delete(f"/api/v1/busy-calendars/{row.id}", headers=bearer(lister)).status_code == 204
    assert client.get(f"/api/v1/busy-calendars/{row.id}", headers=bearer(lister)).status_code == 404
