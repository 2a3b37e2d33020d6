"""All that is wrong with a row is told at once: what a cell alone is told of, it is told of beside any other."""

from itertools import combinations

import pytest
from sqlmodel import Session

from competence.service import add_skills
from marketplace.importing.service import import_csv
from tests import builders

SPACE = {
    "organisation": ("Vinnova", "Ingen sådan"),
    "plats": ("Huset", "Ingenstans"),
    "namn": ("Rum", "x" * 300),
    "typ": ("mötesrum", "motesrum"),
    "sittplatser": ("8", "0", "åtta"),
    "yta m2": ("20", "-1", "stor"),
    "öppettider": ("mån-fre 08:00-16:00", "mån-fre 16:00-08:00"),
    "beskrivning": ("Ljust", "811218-9876"),
    "erbjuds från": ("+1d", "1 mars"),
    "erbjuds till": ("+30d", "idag", "2020-01-01"),
    "synlighet": ("alla", "ingen"),
    "pris per": ("dag", "gång på gång"),
    "pris kr": ("100", "-3", "1.500"),
    "status": ("öppet", "halvöppet"),
}
STAFF = {
    "organisation": ("Vinnova", "Ingen sådan"),
    "namn": ("Jurist", "Ring 070-123 45 67"),
    "omfattning procent": ("50", "500", "halv"),
    "kompetenser": ("law 3", "flygning 3", "law 9", "law"),
    "kommuner": ("Uppsala", "Upsalla"),
    "språk": ("sv", "svensk"),
    "distans": ("ja", "kanske"),
    "erbjuds från": ("+1d", "1 mars"),
    "erbjuds till": ("+30d", "idag", "sen"),
}
NEED = {
    "beställare": ("p@example.se", "ingen@example.se", "p"),
    "behov": ("Hjälp", "x" * 300),
    "syfte": ("Upphandling", "811218-9876"),
    "prioritet": ("kris", "bråttom"),
    "antal": ("50", "500", "halv"),
    "kommun": ("Uppsala", "Upsalla"),
    "högst km": ("10", "-1", "långt"),
    "första dag": ("+7d", "1 mars"),
    "sista dag": ("+30d", "+1d", "sen"),
    "familj": ("personal", "folk"),
    "kompetenser krav": ("law 3", "flygning 3", "law 9"),
    "språk": ("sv", "svensk"),
}
SITE = {
    "organisation": ("Vinnova", "Ingen sådan"),
    "namn": ("Annexet", "x" * 300),
    "adress": ("Gatan 1", "x" * 300),
    "kommun": ("Uppsala", "Upsalla"),
    "tillgänglighet": ("hiss", "rulltrappa"),
    "öppettider": ("mån-fre 08:00-16:00", "alltid på natten"),
}
MEMBER = {
    "organisation": ("Vinnova", "Ingen sådan"),
    "namn": ("Lokalstrateg", "x" * 300),
    "e-post": ("ny@example.se", "ny@", "ny.example.se"),
    "roller": ("utlånare", "chefen"),
    "avdelning": ("Lokaler", "x" * 300),
    "språk": ("sv", "de"),
}
ORGANISATION = {
    "namn": ("Region Nord", "x" * 300),
    "kortnamn": ("Nord", "x" * 300),
    "organisationsnummer": ("", "12"),
    "typ": ("region", "rike"),
    "kommun": ("Luleå", "Lulleo"),
}
PARTNERSHIP = {"organisation": ("Vinnova", "Ingen sådan"), "partner": ("Formas", "Inte heller")}


JUDGED = (
    {"organisation", "plats"},
    {"erbjuds från", "erbjuds till"},
    {"första dag", "sista dag"},
    {"typ", "organisationsnummer"},
)
"""Columns of which one says what the other may be; of a need its family says what all else may be."""


@pytest.fixture
def market(session: Session) -> Session:
    home = builders.organisation(session, name="Vinnova")
    builders.organisation(session, name="Formas")
    builders.site(session, home, name="Huset")
    builders.member(session, home, email="p@example.se")
    add_skills(session)
    return session


@pytest.mark.parametrize(
    ("file", "columns"),
    [
        ("lokaler.csv", SPACE),
        ("personal.csv", STAFF),
        ("behov.csv", NEED),
        ("platser.csv", SITE),
        ("medlemmar.csv", MEMBER),
        ("organisationer.csv", ORGANISATION),
        ("partnerskap.csv", PARTNERSHIP),
    ],
)
def test_what_is_told_of_a_cell_is_told_beside_any_other(
    market: Session, file: str, columns: dict[str, tuple[str, ...]]
) -> None:
    right = {column: cells[0] for column, cells in columns.items()}
    wrong = [(column, cell) for column, cells in columns.items() for cell in cells[1:]]
    pairs = [(one, other) for one, other in combinations(wrong, 2) if one[0] != other[0]]
    assert told(market, file, [right]) == [set()]
    alone = dict(zip(wrong, told(market, file, [right | dict([each]) for each in wrong]), strict=True))
    assert alone == {each: {each[0]} for each in wrong}
    beside = zip(pairs, told(market, file, [right | dict(each) for each in pairs]), strict=True)
    unlike = {pair: columns for pair, columns in beside if columns != {pair[0][0], pair[1][0]}}
    assert {pair: columns for pair, columns in unlike.items() if not hidden(*pair)} == {}


@pytest.mark.parametrize(
    ("file", "columns", "row"),
    [
        ("behov.csv", NEED, {"sista dag": "sen", "veckodagar": "tis", "klockan": "9-12", "första dag": "2027-03-01"}),
        ("behov.csv", NEED, {"klockan": "99-12", "längd": "10 h"}),
        ("lokaler.csv", SPACE, {"synlighet": "ingen", "vidgas": "+20d länet"}),
        ("personal.csv", STAFF, {"omfattning procent": "halv", "omfattning ändras": "+7d 20"}),
    ],
)
def test_a_cell_is_not_held_against_another_that_cannot_be_read(
    market: Session, file: str, columns: dict[str, tuple[str, ...]], row: dict[str, str]
) -> None:
    """1 March 2027 is a Monday; without hours a window is nine hours; who says nothing is seen in the county."""
    right = {column: cells[0] for column, cells in columns.items()}
    assert told(market, file, [right | row]) == [{next(iter(row))}]


def hidden(one: tuple[str, str], other: tuple[str, str]) -> bool:
    """Tell whether one of two cells is judged by the other, which is of no use to judge by."""
    columns = {one[0], other[0]}
    return columns in JUDGED or (("familj", "folk") in (one, other) and not columns & {"beställare", "behov"})


def told(session: Session, file: str, rows: list[dict[str, str]]) -> list[set[str]]:
    """Return of which columns each row is told that they are wrong; none of the rows is written."""
    found: list[set[str]] = []
    for row in rows:
        data = "\n".join([";".join(row), ";".join(row.values())])
        report = import_csv(session, None, file, data.encode("utf-8-sig"), dry_run=True)
        found.append({each.column for each in report.errors})
    return found
