"""Many rows at once: about as many statements as for few, and the same as one by one."""

import pytest
from sqlalchemy import func
from sqlmodel import Session, col, select

from competence.service import add_skills
from core.database.audit import AuditEntry
from marketplace.importing.service import import_csv
from marketplace.organisations.models import Organisation
from resources.models import Resource, Unit
from tests import builders
from tests.counting import counted

FEW, MANY = 4, 40
OFFERED = "erbjuds från;erbjuds till;status"
FILES = {
    "organisationer.csv": ("namn;typ;kommun", "{}:e bolaget;bolag;Mora"),
    "medlemmar.csv": ("organisation;namn;e-post;roller", "Huvudhuset;Nummer {};nr{}@example.se;beställare"),
    "platser.csv": ("organisation;namn;kommun;adress", "Huvudhuset;Hus {};Östersund;{}"),
    "lokaler.csv": (
        f"organisation;plats;namn;typ;sittplatser;delar;{OFFERED}",
        "Huvudhuset;Huset;Sal {};hall;80;Norra: 40 | Södra: 40;+1d;+30d;öppet",
    ),
    "möbler.csv": (
        f"organisation;plats;namn;typ;antal;skick;{OFFERED}",
        "Huvudhuset;Huset;Stolar {};stol;10;4;+1d;+30d;pausat",
    ),
    "fordon.csv": (
        f"organisation;plats;namn;typ;säten;drivmedel;{OFFERED}",
        "Huvudhuset;Huset;Bil {};bil;5;el;+1d;+30d;",
    ),
    "utrustning.csv": (
        f"organisation;plats;namn;typ;antal;{OFFERED}",
        "Huvudhuset;Huset;Mätare {};fältutrustning;3;+1d;+30d;",
    ),
    "personal.csv": (
        f"organisation;namn;omfattning procent;kommuner;kompetenser;godkänt av;{OFFERED}",
        "Huvudhuset;Kort {};50;Östersund;procurement 4;medarbetare, chef, hr;+1d;+30d;",
    ),
    "behov.csv": (
        "beställare;behov;delbehov;familj;kommun;första dag;klockan;kompetenser krav",
        "asker{}@example.se;Behov {};;personal;Östersund;+3d;09:00-12:00;procurement 2",
    ),
}


def rows(name: str, count: int, start: int = 0, **changed: str) -> bytes:
    header, row = FILES[name]
    lines = [row.format(*[n] * row.count("{}")) for n in range(start, start + count)]
    for was, now in changed.items():
        lines = [line.replace(was, now) for line in lines]
    return "\n".join([header, *lines]).encode()


@pytest.fixture
def market(session: Session) -> Session:
    add_skills(session)
    home = builders.organisation(session, name="Huvudhuset")
    builders.site(session, home, name="Huset")
    for n in range(2 * MANY):
        builders.member(session, home, email=f"asker{n}@example.se", roles=["requester"])
    return session


@pytest.mark.parametrize("name", FILES)
def test_statements_do_not_grow_with_rows(market: Session, name: str) -> None:
    def statements(data: bytes) -> tuple[int, tuple[int, ...]]:
        with counted(market) as sent:
            report = import_csv(market, None, name, data)
        assert report.errors == ()
        return len(sent), (report.created, report.changed, report.unchanged)

    few, made = statements(rows(name, FEW))
    assert made == (FEW, 0, 0)
    many, made = statements(rows(name, MANY, start=FEW))
    assert made == (MANY, 0, 0)
    assert many <= few + 2
    audited = market.scalar(select(func.count()).select_from(AuditEntry))
    few, made = statements(rows(name, FEW))
    assert made == (0, 0, FEW)
    many, made = statements(rows(name, MANY, start=FEW))
    assert made == (0, 0, MANY)
    assert many <= few
    assert market.scalar(select(func.count()).select_from(AuditEntry)) == audited


CHANGES = {
    "medlemmar.csv": {"Nummer": "Person"},
    "platser.csv": {"Östersund;": "Östersund;Ny gata "},
    "lokaler.csv": {"Norra: 40": "Norra: 30", "öppet": "pausat"},
    "möbler.csv": {"stol;10": "stol;12", "pausat": "öppet"},
    "utrustning.csv": {"fältutrustning;3;+1d;+30d;": "fältutrustning;4;+1d;+20d;stängt"},
    "personal.csv": {"procurement 4": "procurement 3"},
    "behov.csv": {"09:00": "08:00"},
}


@pytest.mark.parametrize("name", CHANGES)
def test_statements_do_not_grow_with_changed_rows(market: Session, name: str) -> None:
    sent_for = {}
    for count in (FEW, MANY):
        import_csv(market, None, name, rows(name, count))
        with counted(market) as sent:
            report = import_csv(market, None, name, rows(name, count, **CHANGES[name]))
        assert (report.errors, report.changed) == ((), count)
        sent_for[count] = len(sent)
        import_csv(market, None, name, rows(name, count))
    assert sent_for[MANY] <= sent_for[FEW] + 2


class TestRefusals:
    def test_what_rules_and_what_the_database_refuse_is_told_of_its_rows_and_nothing_written(
        self, session: Session
    ) -> None:
        builders.organisation(session, name="Gamla", number="202100-2114")
        lines = [f"Nr {n};myndighet;Stockholm;" for n in range(2, 20)]
        lines[3] += "202100-2114"  # rows 5 and 16: the number is another's, which only the database knows
        lines[14] += "202100-2114"
        lines[7] += "202100-2115"  # row 9: not a number
        data = "\n".join(["namn;typ;kommun;organisationsnummer", *lines]).encode()
        report = import_csv(session, None, "organisationer.csv", data)
        assert [error.row for error in report.errors] == [5, 9, 16]
        assert session.scalar(select(func.count()).select_from(Organisation)) == 1

    def test_good_rows_between_are_tried_and_only_theirs_is_kept(self, market: Session) -> None:
        import_csv(market, None, "möbler.csv", rows("möbler.csv", 12))
        third = market.exec(select(Resource).where(col(Resource.name) == "Stolar 3")).one()
        [unit] = market.exec(select(Unit).where(col(Unit.resource_id) == third.id))
        builders.claim(market, unit, builders.days(2, 9), amount=9)
        report = import_csv(market, None, "möbler.csv", rows("möbler.csv", 12, **{"stol;10": "stol;8"}))
        assert [(error.row, "9" in error.reason) for error in report.errors] == [(5, True)]
        assert set(market.exec(select(Unit.capacity))) == {10}
        report = import_csv(market, None, "möbler.csv", rows("möbler.csv", 12, **{"stol;10": "stol;9"}))
        assert (report.errors, report.changed) == ((), 12)
        assert set(market.exec(select(Unit.capacity))) == {9}
