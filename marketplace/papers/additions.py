"""What a signed file adds to a paper: nothing but signatures, so that it shows what the paper shows."""

from collections.abc import Iterator
from io import BytesIO

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader

_CATALOG = frozenset({"/AcroForm", "/DSS", "/Extensions", "/Perms", "/Version"})
_PAGE = frozenset({"/Annots"})
_FORM = frozenset({"/Fields", "/SigFlags", "/DR", "/DA"})
_LARGEST_PART = 8
"""Of a page, that visible signatures may cover: no more than an eighth, all together."""


def unwanted(signed: PdfFileReader) -> Iterator[str]:
    """Yield what of a file is neither as it was in its first revision, the paper itself, nor a signature.

    A signature is over all that is before it, so whoever signs could also have put another page in the place of ours.
    """
    first, root = signed.get_historical_resolver(0), signed.root_ref
    if first.trailer_view.raw_get("/Root") != signed.trailer.raw_get("/Root") or signed.encrypted:
        yield "the document"
        return
    # When it was changed, and by which program, is told in both of these.
    told = {first.trailer_view.raw_get("/Info").reference, first.root.raw_get("/Metadata").reference}
    pages = _pages(signed)
    for ref in _replaced(signed):
        was, now = first(ref), signed.get_object(ref)  # type: ignore[no-untyped-call]
        free = _CATALOG if ref == root else _PAGE if ref in pages else frozenset()
        if ref not in told and _written(was, free) != _written(now, free):
            yield f"object {ref.idnum}"
    yield from _of_form(signed, pages)


def _replaced(signed: PdfFileReader) -> set[generic.Reference]:
    """Return which objects of the first revision are written anew, or taken away, in later ones."""
    refs: set[generic.Reference] = set()
    for revision in range(1, signed.xrefs.total_revisions):
        refs |= signed.xrefs.explicit_refs_in_revision(revision) | signed.xrefs.refs_freed_in_revision(revision)
    return {ref for ref in refs if signed.xrefs.get_historical_ref(ref, 0) is not None}


def _of_form(signed: PdfFileReader, pages: set[generic.Reference]) -> Iterator[str]:
    form = signed.root["/AcroForm"] if "/AcroForm" in signed.root else {}  # noqa: SIM401 (`get` follows no reference)
    if set(form) - _FORM:
        yield "a form"
    for page in pages:
        shown = signed.get_object(page)  # type: ignore[no-untyped-call]
        annots = shown["/Annots"] if "/Annots" in shown else ()  # noqa: SIM401 (likewise)
        marks = [each.get_object() for each in annots]
        if any((each["/Subtype"], each.get("/FT")) != ("/Widget", "/Sig") for each in marks):
            yield "something on a page"
        if sum(_area(each["/Rect"]) for each in marks) * _LARGEST_PART > _area(shown["/MediaBox"]):
            yield "what covers a page"


def _area(box: generic.ArrayObject) -> float:
    left, low, right, high = map(float, box)
    return abs((right - left) * (high - low))


def _pages(signed: PdfFileReader) -> set[generic.Reference]:
    first = signed.get_historical_resolver(0)
    found, waiting = set(), [first.root.raw_get("/Pages")]
    while waiting:
        ref = waiting.pop()
        node = first(ref.reference)
        if node.get("/Type") == "/Page":
            found.add(ref.reference)
        waiting += node.get("/Kids", ())
    return found


def _written(value: generic.PdfObject, without: frozenset[str]) -> bytes:
    out = BytesIO()
    if isinstance(value, generic.StreamObject):
        out.write(value.encoded_data)
        value = generic.DictionaryObject({key: value.raw_get(key) for key in value if key != "/Length"})  # type: ignore[no-untyped-call]
    if isinstance(value, generic.DictionaryObject):
        value = generic.DictionaryObject({key: value.raw_get(key) for key in sorted(value) if key not in without})  # type: ignore[no-untyped-call]
    value.write_to_stream(out, None)
    return out.getvalue()
