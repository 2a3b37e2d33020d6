"""A hub's zones are offers, free or not in a time, and what there is not is asked for at the hub's place."""

import re
from html import unescape

from litestar import Litestar
from litestar.testing import TestClient
from sqlmodel import Session

from core.time.interval import Interval
from resources.queries import units_of
from tests import builders
from tests.api.conftest import HTML, SignIn, text_of
from tests.hubs import rows as hubs


def test_zones_are_offered_and_what_is_not_there_is_asked_for(
    client: TestClient[Litestar], rows: Session, signed_in: SignIn
) -> None:
    site = builders.site(rows, municipality_code="2380")
    hub = hubs.hub(rows, site)
    for name in ("Lägerelden", "Gläntan"):
        room = builders.space(rows, site, name=name)
        hubs.zone(rows, hub, room)
        builders.offer(rows, room)
    elsewhere = builders.space(rows, site, name="Inte en zon")
    builders.offer(rows, elsewhere)
    [(unit, _)] = units_of(rows, [room.id])[room.id]
    builders.claim(rows, unit, Interval(builders.at(8, 0), builders.at(9, 0)))
    reader = builders.member(rows, roles=["requester"])
    rows.commit()
    signed_in(client, reader)
    path = f"/hubs/{hub.id}/lending"
    told = text_of(client.get(path, headers=HTML).text)
    assert [name in told for name in ("Lägerelden", "Gläntan", "Inte en zon")] == [True, True, False]
    day = builders.at(8, 12).date()
    page = client.get(f"{path}?from={day}&until={day}", headers=HTML).text
    assert [name in text_of(page) for name in ("Lägerelden", "Gläntan")] == [True, False]
    asked = [unescape(each) for each in re.findall(r'href="(/requests/new[^"]*)"', page)]
    assert len(asked) == 3
    form = client.get(next(each for each in asked if "desk_pool" in each), headers=HTML).text
    for name, said in (("kind", "desk_pool"), ("municipalityCode", "2380"), ("timing.fixed.start", day)):
        assert f'name="needs.0.{name}" value="{said}"' in form, name
