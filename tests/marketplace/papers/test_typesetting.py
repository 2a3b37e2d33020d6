"""What a paper is as a file: the same bytes each time, fit for archives and for screen readers."""

import pickle
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from pdfua import Severity, validate
from pypdf import PdfReader

from marketplace.papers.models import Paper
from marketplace.papers.typesetting import _WITHOUT_GLYPH, NotSet, typeset
from tests import builders

AT = datetime(2026, 11, 30, 8, 30, tzinfo=UTC)
CHANGED = {"changes": [["Period", "i dag", "i morgon"]]}

IN_ANOTHER_PROCESS = """
import pickle, sys
from hashlib import sha256
from marketplace.papers.typesetting import typeset
for paper in pickle.load(sys.stdin.buffer):
    print(sha256(typeset(paper)).hexdigest())
"""


def paper(**content: object) -> Paper:
    changed = len(content.get("changes", ()))  # type: ignore[arg-type]
    told = builders.paper_content(**content)
    return Paper(number="Dnr 2026-7", addendum=changed, template="room_use 1", content=told, created_at=AT)


@pytest.fixture(scope="module", params=["sv", "en"])
def made(request: pytest.FixtureRequest) -> tuple[str, bytes]:
    return request.param, typeset(paper(language=request.param, **CHANGED))


def structure(node: pikepdf.Object) -> Iterator[str]:
    """Yield the tags of a file in the order in which they are read."""
    if isinstance(node, pikepdf.Array):
        for each in node:
            yield from structure(each)
    elif isinstance(node, pikepdf.Dictionary):
        if "/S" in node:
            yield str(node.S)
        if "/K" in node:
            yield from structure(node.K)


def test_it_says_what_it_is_to_archives_and_screen_readers(made: tuple[str, bytes]) -> None:
    language, body = made
    with pikepdf.open(BytesIO(body)) as pdf:
        assert str(pdf.Root.Lang) == f"{language}-SE"
        assert pdf.Root.MarkInfo.Marked
        assert pdf.Root.ViewerPreferences.DisplayDocTitle
        assert {str(each.S) for each in pdf.Root.OutputIntents} == {"/GTS_PDFA1"}
        with pdf.open_metadata() as told:
            assert (told["pdfaid:part"], told["pdfaid:conformance"], told["pdfuaid:part"]) == ("2", "A", "1")
            assert told["dc:title"] == "Avtal Dnr 2026-7"
        fonts = [each for each in pdf.objects if isinstance(each, pikepdf.Dictionary) and each.get("/FontName")]
        assert fonts
        assert all("/FontFile2" in each or "/FontFile3" in each for each in fonts)


def test_its_parts_are_tagged(made: tuple[str, bytes]) -> None:
    """One main heading, four sections, of which one has a table and a list, and a heading for each who signs."""
    with pikepdf.open(BytesIO(made[1])) as pdf:
        tags = list(structure(pdf.Root.StructTreeRoot.K))
    assert [tag for tag in tags if tag[:2] == "/H" and tag[2:].isdigit()] == ["/H1", *["/H2"] * 4, "/H3", "/H3"]
    assert tags.count("/Table") == tags.count("/THead") == 4  # what it is, what changed, particulars, what holds
    assert tags.count("/TH") == 3 * 2 + 3
    assert (tags.count("/L"), tags.count("/LI")) == (1, 1)


def test_the_checker_finds_nothing(made: tuple[str, bytes], tmp_path: Path) -> None:
    (tmp_path / "paper.pdf").write_bytes(made[1])
    found = validate(tmp_path / "paper.pdf")
    assert [each for each in found.findings if each.severity is Severity.ERROR] == []


def test_it_reads_in_order(made: tuple[str, bytes]) -> None:
    text = " ".join(PdfReader(BytesIO(made[1])).pages[0].extract_text().split())
    told = ("Avtal", "Dnr 2026-7", "2026-11-30", "room_use 1", "i dag i morgon", "Period i morgon", "Vad som gäller")
    told += ("Pris Utan avgift", "Städa efter er", "Myndigheten A", "Regionen B")
    places = [text.index(each) for each in told]
    assert places == sorted(places), text


def test_it_is_the_same_in_another_process() -> None:
    papers = [paper(language=each, **CHANGED) for each in ("sv", "en")]
    told = subprocess.run(
        [sys.executable, "-c", IN_ANOTHER_PROCESS], input=pickle.dumps(papers), capture_output=True, check=True
    )
    assert told.stdout.decode().split() == [sha256(typeset(each)).hexdigest() for each in papers]


def test_it_differs_where_it_says_something_else() -> None:
    one, other = paper(), paper()
    other.created_at = AT + timedelta(seconds=1)
    assert len({typeset(each) for each in (one, other, paper(title="Avtal 2"))}) == 3


@examples(max_examples=30)
@given(st.text(max_size=80))
def test_whatever_is_written_is_set_and_no_markup(text: str) -> None:
    body = typeset(paper(facts=[["Villkor", f'#read("layout.typ") {text} #panic("x")']]))
    assert '#read("layout.typ")' in PdfReader(BytesIO(body)).pages[0].extract_text().replace("\n", " ")


def test_letters_without_a_glyph_are_shown_as_such() -> None:
    """All that are let through have one: else PDF/A refuses, and there is no paper."""
    letters = [chr(code) for code in range(0x20, 0x2300) if not _WITHOUT_GLYPH.match(chr(code))]
    typeset(paper(facts=[["Villkor", " ".join(letters)]]))
    body = typeset(paper(facts=[["Villkor", "Ordning 😀漢 och \ue000reda, Łódź, Ωμέγα, Я"]]))
    assert "Ordning □□ och □reda, Łódź, Ωμέγα, Я" in PdfReader(BytesIO(body)).pages[0].extract_text()


def test_a_paper_is_no_larger_than_it_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("marketplace.papers.typesetting.LARGEST_BYTES", 1000)
    with pytest.raises(NotSet, match="at most 1000 bytes"):
        typeset(paper())
