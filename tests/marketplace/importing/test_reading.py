"""What Excel writes, read: bytes, days and cells."""

import difflib
import io
import re
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from competence.languages import language_names
from core.errors import BadInput
from core.numbers import read_number, read_whole
from core.time import clock
from core.time.reading import read_day, read_minutes, read_span
from marketplace.importing.reading import cells, words
from marketplace.importing.reading import workbook as workbooks
from marketplace.importing.reading.table import read_table
from marketplace.offers.models import Visibility
from resources.families.space import SPACE, SpaceKind
from resources.vocabulary import SWEDISH_ACCESS, Access

TEXT = "namn;yta m2\r\nMötesrum Åre;12,5\r\n"
SHEET = "xl/worksheets/sheet1.xml"


def workbook(changed: dict[str, str]) -> bytes:
    """A workbook of one row, with what somebody has written into its parts."""
    made, packed, written = openpyxl.Workbook(), io.BytesIO(), io.BytesIO()
    made.active.append(["namn", "yta m2"])
    made.save(packed)
    with zipfile.ZipFile(packed) as read, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as write:
        for name in read.namelist():
            text = read.read(name).decode()
            if name in changed:
                text = changed[name] + re.sub(r"<\?.*?\?>", "", text).replace("namn", "&x;", 1)
            write.writestr(name, text)
        for name in changed.keys() - set(read.namelist()):
            write.writestr(name, changed[name])
    return written.getvalue()


class TestTable:
    @pytest.mark.parametrize(
        "data",
        [
            TEXT.encode(),
            TEXT.encode("utf-8-sig"),
            TEXT.encode("cp1252"),
            TEXT.encode("utf-16"),
            TEXT.replace(";", "\t").encode(),
            TEXT.replace("12,5", '"12,5"').replace(";", ",").encode(),
            b"sep=;\r\n" + TEXT.encode(),
            b"SEP=;\n" + TEXT.encode(),
            b"sep=;\r" + TEXT.replace("\r\n", "\r").encode(),  # as an old Macintosh ends its rows
            b"\xef\xbb\xbfsep=\t\r\n" + TEXT.replace(";", "\t").encode(),
            TEXT.replace("\r\n", "\n").encode(),
            TEXT.replace("\r\n", ";;\r\n").encode(),  # nameless columns at the end
        ],
    )
    def test_every_way_of_writing_is_the_same_table(self, data: bytes) -> None:
        table = read_table(data)
        assert table.header == ("namn", "yta m2")
        assert [(row.number, row.cells[:2]) for row in table.rows] == [(2, ("Mötesrum Åre", "12,5"))]

    def test_rows_are_numbered_as_the_spreadsheet_does(self) -> None:
        table = read_table('namn;text\nA;"två\nrader; och ""mer"""\n;\n\nB;b\n'.encode())
        # The quoted newline is inside row 2; rows 3 and 4 are empty.
        assert [(row.number, row.cells) for row in table.rows] == [
            (2, ("A", 'två\nrader; och "mer"')),
            (5, ("B", "b")),
        ]

    @pytest.mark.parametrize(
        ("data", "reason"),
        [
            (b"", "empty"),
            (b"\n ; \n", "empty"),
            (b"PK\x03\x04rest", "workbook cannot be read"),
            (TEXT.encode("utf-16-le"), "not text"),  # UTF-16 without its mark
            (TEXT.encode("utf-16-be"), "not text"),
            (TEXT.encode("utf-32"), "not text"),
            (b"namn\0;x", "not text"),
            (b"namn;\x81\n", "not text"),  # neither UTF-8 nor Windows-1252
            (b'namn;x\n"A;1\n', "opens in row 2 is not closed"),
            (b"x" * 20_000_001, "split it"),
        ],
    )
    def test_what_is_no_table(self, data: bytes, reason: str) -> None:
        with pytest.raises(BadInput, match=reason):
            read_table(data)


class TestDays:
    @pytest.fixture(autouse=True)
    def saturday(self) -> Iterator[None]:
        with clock.frozen(datetime(2026, 11, 21, 12, tzinfo=UTC)):
            yield

    @pytest.mark.parametrize(
        ("cell", "day"),
        [
            ("2027-03-01", date(2027, 3, 1)),
            ("2027-03-01 00:00", date(2027, 3, 1)),
            ("idag", date(2026, 11, 21)),
            ("+14d", date(2026, 12, 5)),
            ("-1 d", date(2026, 11, 20)),
            ("+2v", date(2026, 12, 5)),
            ("mån+0v", date(2026, 11, 16)),  # the Monday of this week
            ("mån+2v", date(2026, 11, 30)),
            ("Sön +1w", date(2026, 11, 29)),
            ("thu+1w", date(2026, 11, 26)),
        ],
    )
    def test_days(self, cell: str, day: date) -> None:
        assert read_day(cell) == day

    @pytest.mark.parametrize("cell", ["", "snart", "2027-02-30", "1/3 2027", "mån+2d", "xyz+2v", "+2", "mån"])
    def test_what_is_no_day(self, cell: str) -> None:
        with pytest.raises(BadInput):
            read_day(cell)

    @pytest.mark.parametrize("cell", ["09:00-12:30", "9-12.30", "09:00:00 – 12:30:00"])
    def test_hours(self, cell: str) -> None:
        assert read_span(cell) == (time(9), time(12, 30))

    @pytest.mark.parametrize("cell", ["09:00", "", "nio-tolv", "25:00-26:00"])
    def test_what_are_no_hours(self, cell: str) -> None:
        with pytest.raises(BadInput, match="09:00-12:00"):
            read_span(cell)


@pytest.mark.parametrize(
    ("read", "cell", "value"),
    [
        (read_number, "12,5", 12.5),
        (read_number, "1\u00a0200,50", 1200.5),
        (read_whole, "8", 8),
        (read_whole, "1\u202f200", 1200),
        (read_whole, "\u22121", -1),
        (read_whole, "8,0", 8),
        (cells.yes_or_no, "Ja", True),
        (cells.yes_or_no, "nej", False),
        (cells.one_of(SPACE.swedish[SpaceKind]), "Mötesrum", SpaceKind.MEETING_ROOM),
        (cells.one_of(SPACE.swedish[SpaceKind]), "desk_pool", SpaceKind.DESK_POOL),
        (cells.one_of(SPACE.swedish[SpaceKind]), "desk pool", SpaceKind.DESK_POOL),
        (cells.some_of(SWEDISH_ACCESS), "hiss, RWC", frozenset({Access.LIFT, Access.ACCESSIBLE_TOILET})),
        (cells.levels, "procurement 4, law:3", {"procurement": 4, "law": 3}),
        (cells.languages, "Svenska; sma, English|finska", frozenset({"sv", "sma", "en", "fi"})),
        (cells.languages, "svenskt teckenspråk, nordsamiska", frozenset({"swl", "se"})),
        (cells.parts, "Norra: 40 (80,5 m2) | Södra: 30", (("Norra", 40, 80.5), ("Södra", 30, None))),
        (read_minutes, "90", 90),
        (read_minutes, "1,5 h", 90),
        (read_minutes, "4 timmar", 240),
        (cells.weekdays, "mån, ons", (0, 2)),
        (cells.weekdays, "tis-tor", (1, 2, 3)),
        (cells.municipality, "Östersunds kommun", "2380"),
        (cells.municipality, "180", "0180"),  # Excel drops the zero
        (cells.widening(words.VISIBILITIES), "2027-01-01 länet; 2027-02-01 alla",
         ((date(2027, 1, 1), Visibility.REGION), (date(2027, 2, 1), Visibility.ALL))),
    ],
)  # fmt: skip
def test_cells(read: cells.Reader, cell: str, value: Any) -> None:
    assert read(cell) == value


def test_all_that_are_no_languages_are_told() -> None:
    with pytest.raises(BadInput) as told:
        cells.languages("dothraki, sv, " + 300 * "x")
    assert [each.value[:10] for each in told.value.parameters] == ["dothraki", "xxxxxxxxxx"]
    assert max(len(each.reason) for each in told.value.parameters) < 120


def test_one_of_thousands_that_are_no_languages_is_compared_with_all_names(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[str] = []
    alike = difflib.get_close_matches
    monkeypatch.setattr(
        difflib, "get_close_matches", lambda word, *rest, **more: compared.append(word) or alike(word, *rest, **more)
    )
    with pytest.raises(BadInput, match="svensk is no known language: write its name, as svenska"):
        cells.languages(", ".join(["svensk", *(f"a{n}" for n in range(1000))]))
    assert compared == ["svensk"]


@given(st.sets(st.sampled_from(sorted(language_names(swedish=True)))))
def test_languages_by_name_are_read_as_the_same_codes(codes: set[str]) -> None:
    for swedish in (False, True):
        assert cells.languages(", ".join(language_names(swedish)[code] for code in codes)) == codes


@pytest.mark.parametrize(
    ("read", "cell", "hint"),
    [
        (read_number, "tolv", "write a number"),
        (read_number, "nan", "write a number"),
        (read_number, "1e400", "write a number"),
        (read_whole, "inf", "whole number"),
        (read_day, "9999-12-31", "write a year from 2000"),
        (read_whole, "8,5", "whole number"),
        (read_whole, "1'000", "whole number"),
        (read_whole, "1\u2019000", "whole number"),
        (read_whole, "10 00", "whole number"),
        (read_whole, "12.000", "12000 or 12,0"),
        (read_whole, "många", "whole number"),
        (cells.yes_or_no, "kanske", "ja or nej"),
        (cells.one_of(SPACE.swedish[SpaceKind]), "mötesrumm", "did you mean mötesrum"),
        (cells.one_of(SPACE.swedish[SpaceKind]), "zzz", "use one of mötesrum"),
        (cells.levels, "procurement", "procurement 4"),
        (cells.languages, "svensk, sv", "svensk is no known language: write its name, as svenska"),
        (cells.languages, "eng", "write its name"),  # a code of another standard, which would match nobody
        (cells.parts, "Norra 40", "Norra: 40"),
        (read_minutes, "länge", "90 min"),
        (cells.weekdays, "helger", "weekdays"),
        (cells.municipality, "Östersond", "did you mean Östersund"),
        (cells.widening(words.VISIBILITIES), "alla", "date"),
    ],
)
def test_cells_that_cannot_be_read(read: cells.Reader, cell: str, hint: str) -> None:
    with pytest.raises(BadInput, match=hint):
        read(cell)


def test_every_code_of_the_vocabulary_has_a_swedish_word() -> None:
    tables = [value for name, value in vars(words).items() if name.isupper()]
    for table in tables:
        enum = type(next(iter(table.values())))
        assert set(table.values()) == set(enum), enum


@pytest.mark.parametrize(
    ("part", "written", "reason"),
    [
        (SHEET, '<!DOCTYPE x [<!ENTITY x SYSTEM "file:///etc/hostname">]>', "workbook cannot be read"),
        (SHEET, '<!DOCTYPE x [<!ENTITY y "yy"><!ENTITY x "&y;&y;">]>', "workbook cannot be read"),
        (SHEET, '<!DOCTYPE x [<!ENTITY x "1">]>', "workbook cannot be read"),
        ("xl/media/image1.png", "x" * 50_000, "unpacked it has more than 50000 bytes"),
    ],
    ids=["of a file", "of entities", "in a sheet", "too large"],
)
def test_a_workbook_brings_in_nothing_from_outside_and_does_not_grow(
    monkeypatch: pytest.MonkeyPatch, part: str, written: str, reason: str
) -> None:
    monkeypatch.setattr(workbooks, "LARGEST_UNPACKED_BYTES", 50_000)
    with pytest.raises(BadInput, match=reason):
        read_table(workbook({part: written}))
