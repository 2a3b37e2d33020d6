"""Many rows of one INSERT are copied: what is kept, and what is refused, is what row by row would be."""

import unicodedata
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event, insert
from sqlalchemy.dialects import postgresql as on_conflict
from sqlmodel import Session, col, select

from core.database import db
from core.errors import CapacityExceeded, Conflict
from core.time.interval import to_range
from resources.models import Claim, ClaimSource, Site, Unit
from tests import builders

FEW, MANY = 3, 200


@pytest.fixture
def copied(session: Session) -> list[str]:
    """The statements that psycopg copied."""
    sent: list[str] = []

    def note(_connection: Any, cursor: Any, statement: str, _rows: Any, _context: Any, many: bool) -> None:
        if many and (cursor.statusmessage or "").startswith("COPY"):
            sent.append(statement)

    event.listen(session.connection(), "after_cursor_execute", note)
    return sent


def claims(unit: Unit, many: int, **values: Any) -> list[dict[str, Any]]:
    """Of a unit, one for each day from today on."""
    same = {"unit_id": unit.id, "unit_capacity": unit.capacity, "amount": 1, "source": ClaimSource.OWNER}
    return [same | {"during": to_range(builders.days(n, n + 1))} | values for n in range(many)]


@pytest.mark.parametrize(("many", "are_copied"), [(FEW, False), (MANY, True)])
def test_few_are_sent_one_by_one_and_many_are_copied(
    session: Session, copied: list[str], many: int, are_copied: bool
) -> None:
    unit = builders.unit_of(session, builders.space(session))
    note = 'i morgon\t"\\N"\n%(x)s ' + unicodedata.normalize("NFD", "Åsa")
    session.execute(insert(Claim), claims(unit, many, note=note, released_at=None))
    assert bool(copied) is are_copied
    kept = session.exec(select(Claim).where(Claim.unit_id == unit.id).order_by(col(Claim.during))).all()
    assert [each.during for each in kept] == [to_range(builders.days(n, n + 1)) for n in range(many)]
    assert {(each.note, each.source, each.released_at, each.booking_id) for each in kept} == {
        (unicodedata.normalize("NFC", note), ClaimSource.OWNER, None, None)
    }
    assert all(isinstance(each.id, UUID) and each.created_at for each in kept)


def test_lists_and_json_are_copied_as_they_are(session: Session, copied: list[str]) -> None:
    home = builders.organisation(session)
    hours: list[dict[str, Any] | None] = [None, {"öppet": ["08:00", 'a"\\\n']}]
    place = {"municipality_code": "2380", "latitude": 63.1767, "longitude": 14.6361}
    rows = [
        {"organisation_id": home.id, "name": f"Hus {n}", "access": ["step_free", 'a,"{}']} | place for n in range(MANY)
    ]
    session.execute(insert(Site), [row | {"opening_hours": hours[n % 2]} for n, row in enumerate(rows)])
    kept = {each.name: each for each in session.exec(select(Site).where(Site.organisation_id == home.id))}
    assert (kept["Hus 7"].access, kept["Hus 7"].opening_hours) == (["step_free", 'a,"{}'], hours[1])
    assert len(kept) == MANY


def test_what_says_more_than_values_is_not_copied(session: Session, copied: list[str]) -> None:
    unit = builders.unit_of(session, builders.space(session))
    session.execute(on_conflict.insert(Claim).on_conflict_do_nothing(), 2 * claims(unit, MANY))
    assert (len(session.exec(select(Claim.id).where(Claim.unit_id == unit.id)).all()), copied) == (MANY, [])


def test_the_database_refuses_what_is_copied_as_anything_else(session: Session) -> None:
    """The same day twice, of one that is had alone and of one of two pieces; the second name of one organisation."""
    alone, counted = builders.space(session), builders.furniture(session, capacity=2)
    for resource, times in ((alone, 2), (counted, 3)):
        rows = claims(builders.unit_of(session, resource), MANY)
        with pytest.raises(CapacityExceeded), db.translated(), session.begin_nested():
            session.execute(insert(Claim), rows + (times - 1) * rows[-1:])
    home = builders.organisation(session)
    rows = [{"organisation_id": home.id, "name": f"Hus {n}", "municipality_code": "2380"} for n in range(MANY)]
    rows = [row | {"latitude": 63.1767, "longitude": 14.6361} for row in rows]
    with pytest.raises(Conflict, match="already") as refused, db.translated(), session.begin_nested():
        session.execute(insert(Site), rows + rows[-1:])
    assert refused.value.code == "already_exists"
