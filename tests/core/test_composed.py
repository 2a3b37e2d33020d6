"""Letters with their dots apart are one letter in the database, whichever door they came by."""

import unicodedata

import pytest
from sqlmodel import Session, col, select

from marketplace.organisations.models import Organisation
from tests import builders


@pytest.mark.parametrize("name", ["Länsstyrelsen Östersund", "Åre kommun", "Idé och Café"])
def test_what_is_kept_and_what_is_compared(session: Session, name: str) -> None:
    apart = unicodedata.normalize("NFD", name)
    assert apart != name
    row = builders.organisation(session, name=apart)
    session.refresh(row)
    assert row.name == name
    assert session.exec(select(Organisation.id).where(col(Organisation.name).ilike(f"%{apart}%"))).all() == [row.id]
