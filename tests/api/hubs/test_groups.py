"""Networks and working groups on pages and by the API."""

import re

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlmodel import Session

from core.rate_limits import CALENDARS_GUESSED, SEARCHES
from core.time import clock
from hubs.activities.models import ActivityAudience, ActivityState
from tests.api.conftest import HTML, Bearer, SignIn, post_form
from tests.hubs import rows as hubs
from tests.hubs.presence.community import joined

Client = TestClient[Litestar]


def test_a_group_is_begun_on_the_page_and_joined_by_the_api_from_another_hub(
    client: Client, rows: Session, signed_in: SignIn, bearer: Bearer
) -> None:
    hub = hubs.hub(rows)
    first, _ = joined(rows, hub, "Alva")
    other, _ = joined(rows, hubs.hub(rows), "Fjällripa")
    rows.commit()
    signed_in(client, first)
    wrong = post_form(client, f"/hubs/{hub.id}/groups/new", {"kind": "network", "name": "", "about": "Det jag skrev"})
    assert wrong.status_code == 422
    assert "Det jag skrev" in wrong.text
    said = {"kind": "network", "name": "Facilitatorer", "about": ""}
    begun = post_form(client, f"/hubs/{hub.id}/groups/new", said)
    assert begun.status_code == 303
    again = post_form(client, f"/hubs/{hub.id}/groups/new", said)
    assert again.status_code == 409
    here = begun.headers["location"].partition("?")[0]
    joining = client.post(f"/api/v1{here}/joining", json={"named": True}, headers=bearer(other))
    assert (joining.status_code, joining.json()["isIn"]) == (200, True)
    assert [each["firstName"] for each in joining.json()["people"]] == ["Fjällripa"]
    assert "Fjällripa" in client.get(here, headers=HTML).text
    assert "är med" in client.get(f"/hubs/{hub.id}/groups", headers=HTML).text
    assert post_form(client, f"{here}/change", said | {"name": "Nyanställda", "version": "1"}).status_code == 303
    assert post_form(client, f"{here}/change", said | {"version": "1"}).status_code == 412
    assert client.post(f"/api/v1{here}/closing", headers=bearer(other)).status_code == 403
    assert post_form(client, f"{here}/leaving").status_code == 303
    assert "Fjällripa" not in client.get(here, headers=HTML).text
    gone = post_form(client, f"{here}/calendar")
    assert gone.status_code == 409, "who is not in it has no address of its calendar"
    assert post_form(client, f"{here}/closing").status_code == 303
    assert post_form(client, f"{here}/joining", {"named": "yes"}).status_code == 409


def test_who_is_in_a_group_reads_its_calendar_by_an_address_until_it_leaves(
    client: Client, rows: Session, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub = hubs.hub(rows)
    member, _ = joined(rows, hubs.hub(rows))
    group = hubs.group(rows, hub, member)
    said = {"audience": ActivityAudience.MEMBERS, "group_id": group.id}
    hubs.activity(rows, hub, title="Övning i att lyssna", **said)
    hubs.activity(
        rows, hub, title="Bara ett utkast", state=ActivityState.DRAFT, set_at=None, member_id=member.id, **said
    )
    hubs.activity(rows, hub, title="Hubbens eget", audience=ActivityAudience.MEMBERS)
    rows.commit()
    signed_in(client, member)
    here = f"/hub-groups/{group.id}"

    def made() -> str:
        shown = post_form(client, f"{here}/calendar").text
        (secret,) = re.findall(r"/hub-group-calendars/([\w-]+)\.ics", shown)
        assert secret not in client.get(here, headers=HTML).text, "it is shown once"
        return f"/hub-group-calendars/{secret}.ics"

    first, second = made(), made()
    client.cookies.clear()
    read = client.get(second)
    assert (read.status_code, read.headers["content-type"].partition(";")[0]) == (200, "text/calendar")
    assert "Övning i att lyssna" in read.text
    assert not any(each in read.text for each in ("Bara ett utkast", "Hubbens eget"))
    assert client.get(first).status_code == 404, "there is one address for each"
    group.closed_at = clock.now()
    rows.commit()
    assert "Övning i att lyssna" in client.get(second).text, "who is in it reads on"
    signed_in(client, member)
    _refuses_who_comes_too_often(client, second, monkeypatch)
    assert post_form(client, f"{here}/calendar/revocation").status_code == 303
    assert client.get(second).status_code == 404
    third = made()
    assert post_form(client, f"{here}/leaving").status_code == 303
    assert client.get(third).status_code == 404


def _refuses_who_comes_too_often(client: Client, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        for limit in (SEARCHES, CALENDARS_GUESSED):
            patched.setattr(limit, "per_minute", lambda: 1)
            limit.forget()
        fetched = [client.get(each).status_code for each in (address, address, "/offers?text=sal")]
        assert fetched == [200, 429, 200], "who searches does not wait for its calendar program"
        SEARCHES.forget()
        guessed = [client.get(each).status_code for each in ("/hub-group-calendars/guess.ics", address)]
        assert guessed == [404, 429], "who guesses reads nothing for a while"
    for limit in (SEARCHES, CALENDARS_GUESSED):
        limit.forget()
