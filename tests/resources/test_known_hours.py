"""Opening hours by key: one for all that have the same, and read once."""

from typing import Any

import pytest
from sqlmodel import Session, col, select

from core.time.opening import ALWAYS_OPEN, to_json
from core.time.opening_text import from_text
from resources import known_hours
from resources.known_hours import hours_by_key, hours_key
from resources.models import Resource, Site
from tests import builders
from tests.counting import counted

WEEKDAYS, EVENINGS = to_json(from_text("må-fr 08:00-17:00")), to_json(from_text("må-fr 18:00-21:00"))


def key_of(session: Session, resource: Resource) -> Any:
    found = select(hours_key()).outerjoin_from(Resource, Site, col(Site.id) == col(Resource.site_id))
    return session.exec(found.where(col(Resource.id) == resource.id)).one()


def room(session: Session, own: Any, of_site: Any) -> Resource:
    site = builders.site(session, opening_hours=of_site)
    return builders.space(session, site, opening_hours=own)


@pytest.mark.parametrize(
    ("own", "of_site", "hours"),
    [
        (EVENINGS, WEEKDAYS, EVENINGS),
        (None, WEEKDAYS, WEEKDAYS),
        ({}, WEEKDAYS, WEEKDAYS),  # none of its own
        (None, None, to_json(ALWAYS_OPEN)),
        ({"weekly": "?"}, WEEKDAYS, None),  # cannot be read
    ],
)
def test_its_own_hours_else_those_of_its_site(session: Session, own: Any, of_site: Any, hours: Any) -> None:
    key = key_of(session, room(session, own, of_site))
    found = hours_by_key(session, [key] if key else [])[key]
    assert (to_json(found) if found else None) == hours


def test_the_same_hours_have_one_key_and_changed_ones_another(session: Session) -> None:
    one, other = room(session, WEEKDAYS, None), room(session, None, WEEKDAYS)
    key = key_of(session, one)
    assert key == key_of(session, other)
    one.opening_hours = EVENINGS
    session.flush()
    assert key_of(session, one) not in {None, key}


def test_each_is_read_once_until_it_is_too_much(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known_hours, "_known", known_hours._Known())
    keys = [key_of(session, room(session, to_json(from_text(f"må-fr 08:00-{n}:00")), None)) for n in range(10, 14)]
    with counted(session) as sent:
        hours_by_key(session, keys[:3])
        assert len(hours_by_key(session, keys[:2])) == 3
        hours_by_key(session, keys)
    assert len(sent) == 2, "what is asked for again is not read, and then only what is new"
    monkeypatch.setattr(known_hours, "MOST_STRETCHES", 0)
    with counted(session) as sent:
        assert len(hours_by_key(session, keys[3:])) == 2
        known_hours._known.keep({})
        hours_by_key(session, keys[3:])
    assert len(sent) == 1, "forgotten, and read again"
