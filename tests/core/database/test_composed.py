"""Letters with their dots apart are one letter in the database, whichever door they came by."""

import unicodedata

import pytest
from sqlmodel import Session, col, select

from marketplace.organisations.models import Organisation
from resources.models import Resource
from tests import builders


@pytest.mark.parametrize("name", ["Länsstyrelsen Östersund", "Åre kommun", "Idé och Café"])
def test_what_is_kept_and_what_is_compared(session: Session, name: str) -> None:
    apart = unicodedata.normalize("NFD", name)
    assert apart != name
    row = builders.organisation(session, name=apart)
    session.refresh(row)
    assert row.name == name
    assert session.exec(select(Organisation.id).where(col(Organisation.name).ilike(f"%{apart}%"))).all() == [row.id]


@pytest.mark.parametrize(
    "rules", ["Ring på hos Åsa", "Först\n\u0303", '"\u0308" <\u0338 =', "e\u0301\u0323", "\\u0308 abc"]
)
def test_what_stands_in_json(session: Session, rules: str) -> None:
    apart = unicodedata.normalize("NFD", rules)
    row = builders.space(session, visitor_rules=apart)
    session.refresh(row)
    assert row.facts["visitorRules"] == unicodedata.normalize("NFC", rules)
    found = select(Resource.id).where(col(Resource.facts).contains({"visitorRules": apart}))
    assert session.exec(found).all() == [row.id]
