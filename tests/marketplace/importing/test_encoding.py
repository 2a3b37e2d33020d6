"""Whether the bytes of a file are the letters that somebody wrote."""

import unicodedata

import pytest

from core.errors import BadInput
from marketplace.importing.reading.encoding import decoded
from marketplace.importing.reading.table import read_table

TEXTS = (
    "namn\nVägverkstaden\n",
    "namn;ort\nK;Malmö\n",
    "namn;ort\nK;Umeå\n",
    "namn\nÖrebro\n",
    "namn\nÄlvdalen\n",
    "namn;typ\nRäddningstjänsten Dala;bolag\n",
    "beställare;behov\nå@example.se;Kafé på Östra Ågatan\n",
    "namn\nösterleden 4\n",
    "namn;ort\nK;ängsgatan\n",
    "namn\nRESTAURANG ÄLVEN\n",
)
SIGNS = (
    "namn\nMiloš Ängby\n",
    "namn\n”Fin” lokal – 5 €\n",
    "namn\n”Rum 5” i „Huset“\n",
    "namn\nkafé\n",
    "namn\n“Big room”, 2:a …\n",
)


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("charset", ["cp437", "cp850", "cp865", "mac_roman"])
def test_what_msdos_and_old_macintosh_write_is_refused(text: str, charset: str) -> None:
    with pytest.raises(BadInput, match="save it as CSV UTF-8"):
        decoded(text.encode(charset))


@pytest.mark.parametrize("text", [*TEXTS, *SIGNS])
@pytest.mark.parametrize("charset", ["cp1252", "utf-8", "utf-8-sig", "utf-16"])
def test_what_windows_and_others_write_is_read(text: str, charset: str) -> None:
    assert decoded(text.encode(charset)) == text


def test_letters_that_were_lost_or_read_wrongly_before_are_refused() -> None:
    for text in ("namn\nV\ufffdgverket\n", "namn\nVägverket\n".encode().decode("cp1252")):
        with pytest.raises(BadInput, match="its letters are not"):
            decoded(text.encode())


@pytest.mark.parametrize("charset", ["utf-8", "utf-16"])
def test_letters_with_their_dots_apart_are_one_letter(charset: str) -> None:
    text = "erbjuds från;namn\n2027-01-01;Östersunds kafé\n"
    assert decoded(unicodedata.normalize("NFD", text).encode(charset)) == text


@pytest.mark.parametrize(
    ("rows", "row"),
    [
        (['a;"öppen', "b;1", "c;2"], 2),
        (["a;1", 'b;"öppen', *["c;2"] * 300], 3),
        (["a;1", "b;2", 'c;"öppen', 'd;"stängd"', "e;3"], 4),
        (['a;"två\nrader"', 'b;"öppen', "c;1"], 3),  # as the spreadsheet counts
    ],
)
def test_an_open_quotation_mark_is_told_where_it_opens(rows: list[str], row: int) -> None:
    with pytest.raises(BadInput, match=f"opens in row {row} "):
        read_table("\n".join(["namn;text", *rows]).encode())


def test_a_cell_without_end_is_told_where_it_begins() -> None:
    for cell in ("x" * 140_000, '"' + "x\n" * 80_000):
        with pytest.raises(BadInput, match="a cell in row 3 has more than 131072 characters"):
            read_table(f"namn;text\na;b\nc;{cell}\n".encode())


def test_empty_rows_are_not_kept_and_rows_have_a_limit() -> None:
    table = read_table(b"namn;text\n" + b";;;\n" * 20_000 + b"a;b\n")
    assert [row.number for row in table.rows] == [20_002]
    with pytest.raises(BadInput, match="more than 50000 rows"):
        read_table(b"namn\n" + b"a\n" * 50_001)
    with pytest.raises(BadInput, match="more than 200 columns"):
        read_table(b";".join([b"a"] * 201))
