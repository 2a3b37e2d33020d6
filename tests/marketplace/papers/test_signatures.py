"""A paper that comes back signed: what is kept, and what is found to be wrong with it."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields
from pyhanko.sign.fields import SigFieldSpec

from core.errors import BadInput, Conflict
from core.settings import settings
from core.time import clock
from marketplace.papers.models import Paper
from marketplace.papers.rules import MOST_ADDED_BYTES, MOST_REVISIONS
from marketplace.papers.signatures import check_signed, signers_of
from marketplace.papers.typesetting import typeset
from tests import builders
from tests.marketplace.papers.signing import Issuer, signed

UNTRUSTED = "by nobody whose issuer this installation trusts"


@pytest.fixture(scope="module")
def pdf() -> bytes:
    return typeset(Paper(number="PV 2026-1", template="t 1", content=builders.paper_content(), created_at=clock.now()))


@pytest.fixture(scope="module")
def issuer(tmp_path_factory: pytest.TempPathFactory) -> Issuer:
    return Issuer("Utgivare", tmp_path_factory.mktemp("issuer"))


@pytest.fixture(scope="module")
def once(pdf: bytes, issuer: Issuer) -> bytes:
    return signed(pdf, issuer.signer("Anna"))


@pytest.fixture(autouse=True)
def _trusted(issuer: Issuer, monkeypatch: pytest.MonkeyPatch) -> None:
    trust(monkeypatch, issuer.roots)


def trust(monkeypatch: pytest.MonkeyPatch, roots: Path | None) -> None:
    known = settings().model_copy(update={"paper_trust_roots": roots})
    monkeypatch.setattr("marketplace.papers.signatures.settings", lambda: known)


def why_not(before: bytes, sent: bytes, unsigned: bytes | None = None) -> str:
    with pytest.raises(BadInput) as refused:
        check_signed(before, sent, unsigned_size=len(unsigned or before))
    assert refused.value.parameters[0].property == "content"
    return refused.value.parameters[0].reason


def test_both_sides_sign_one_after_the_other(pdf: bytes, issuer: Issuer, once: bytes) -> None:
    assert check_signed(pdf, once, unsigned_size=len(pdf)) == 1
    twice = signed(once, issuer.signer("Björn"), "Borrower", visible=True)
    assert check_signed(once, twice, unsigned_size=len(pdf)) == 2
    assert signers_of(twice) == [("Anna", "Utgivare"), ("Björn", "Utgivare")]
    again = signed(once, issuer.signer("Anna"), "Borrower")  # with another key and certificate of the same person
    assert "Anna has signed it already" in why_not(once, again, pdf)
    assert "byte" in why_not(twice, once, pdf), "the other's signature is not lost"


def test_a_file_that_is_not_signed_anew_is_refused(pdf: bytes, once: bytes) -> None:
    assert "no signature" in why_not(pdf, pdf)
    assert "no signature" in why_not(once, once, pdf)
    assert "byte 1 differs" in why_not(pdf, b"")
    assert "cannot be read" in why_not(pdf, pdf + b"\nstartxref\n7\n%%EOF\n")


@examples(max_examples=60)
@given(data=st.data())
def test_one_changed_byte_is_found(pdf: bytes, once: bytes, data: st.DataObject) -> None:
    """Everywhere but in the signature's own padding, which says nothing."""
    at = data.draw(st.integers(0, len(once) - 1))
    [signature] = PdfFileReader(BytesIO(once)).embedded_regular_signatures
    _, length, rest, _ = signature.byte_range
    if length <= at < rest:
        at = data.draw(st.integers(0, length - 1))
    changed = bytearray(once)
    changed[at] ^= data.draw(st.integers(1, 255))
    found = why_not(pdf, bytes(changed))
    if at < len(pdf):
        assert f"byte {at + 1} differs" in found


def test_a_changed_signature_is_found(pdf: bytes, once: bytes) -> None:
    """Its value stands last in it, before the padding of zeros."""
    [signature] = PdfFileReader(BytesIO(once)).embedded_regular_signatures
    _, length, rest, _ = signature.byte_range
    digits = once[length:rest].rstrip(b"0>")
    at = length + len(digits) - 6
    changed = once[:at] + (b"0" if once[at : at + 1] != b"0" else b"1") + once[at + 1 :]
    why_not(pdf, changed)


def test_what_is_added_beside_a_signature_is_found(pdf: bytes, issuer: Issuer) -> None:
    """Each of these leaves our bytes as they are, and a signature over all of it that holds."""

    def sign(change: Callable[[IncrementalPdfFileWriter], None]) -> bytes:
        writer, sent = IncrementalPdfFileWriter(BytesIO(pdf)), BytesIO()
        change(writer)
        writer.write(sent)
        return signed(sent.getvalue(), issuer.signer("Anna"))

    def other_page(writer: IncrementalPdfFileWriter) -> None:
        page = writer.find_page_for_modification(0)[0].get_object()
        page["/Contents"] = writer.add_object(generic.StreamObject(stream_data=b"0 0 500 500 re f"))
        writer.update_container(page)

    def other_language(writer: IncrementalPdfFileWriter) -> None:
        writer.root["/Lang"] = generic.pdf_string("de")
        writer.update_root()

    def note(writer: IncrementalPdfFileWriter) -> None:
        box = generic.ArrayObject(map(generic.NumberObject, (60, 60, 90, 90)))
        said = {"/Subtype": pdf_name("/FreeText"), "/Contents": generic.pdf_string("Nej"), "/Rect": box}
        made = generic.DictionaryObject({pdf_name(key): value for key, value in said.items()})
        writer.register_annotation(writer.find_page_for_modification(0)[0], writer.add_object(made))

    def cover(writer: IncrementalPdfFileWriter) -> None:
        for place in range(9):  # each a ninth of the page, which alone may be
            box = (0, place * 93, 595, (place + 1) * 93)
            fields.append_signature_field(writer, SigFieldSpec(f"Strip{place}", box=box, on_page=0))

    for change in (other_page, other_language, note, cover):
        assert "more than signatures" in why_not(pdf, sign(change))


def test_whom_to_trust_is_a_setting(
    pdf: bytes, once: bytes, issuer: Issuer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert UNTRUSTED in why_not(pdf, signed(pdf, issuer.signer("Förr", until=-timedelta(days=1))))
    trust(monkeypatch, Issuer("Annan", tmp_path).roots)
    assert UNTRUSTED in why_not(pdf, once)
    trust(monkeypatch, None)
    with pytest.raises(Conflict, match="trusts no issuer"):
        check_signed(pdf, once, unsigned_size=len(pdf))


def test_a_signature_of_another_kind_is_refused(pdf: bytes, issuer: Issuer) -> None:
    assert "PAdES" in why_not(pdf, signed(pdf, issuer.signer("Anna"), pades=False))


def test_a_file_that_was_added_to_too_often_is_refused(pdf: bytes) -> None:
    """Each time with nothing: 256 kB have room for a thousand such, and checking them would take minutes."""
    changed = pdf
    for _ in range(MOST_REVISIONS):
        writer, sent = IncrementalPdfFileWriter(BytesIO(changed)), BytesIO()
        writer.update_root()
        writer.write(sent)
        changed = sent.getvalue()
    assert f"more than {MOST_REVISIONS - 1} times" in why_not(pdf, changed)


def test_signatures_take_no_more_than_they_may(pdf: bytes) -> None:
    assert f"more than {MOST_ADDED_BYTES} bytes" in why_not(pdf, pdf + b" " * (MOST_ADDED_BYTES + 1))
