"""Checking a paper that comes back signed: it is the paper that we made, to the byte, and its signatures hold."""

from io import BytesIO
from pathlib import Path

from asn1crypto.x509 import Certificate, Name
from pyhanko.keys import load_certs_from_pemder
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from core.errors import BadInput, Conflict
from core.settings import settings
from marketplace.papers.additions import unwanted
from marketplace.papers.rules import MOST_ADDED_BYTES, MOST_REVISIONS

FIELD = "content"
PADES = "/ETSI.CAdES.detached"
_WHOLE = {SignatureCoverageLevel.ENTIRE_FILE, SignatureCoverageLevel.ENTIRE_REVISION}


def check_signed(before: bytes, signed: bytes, *, unsigned_size: int) -> int:
    """Return how many have signed a file, each once. It begins with what we keep, `before`, and adds nothing else.

    Nothing is fetched: whom to trust is a setting, and what else a signature needs stands in the file itself.

    Raises
    ------
    Conflict
        ``nobody_trusted``: the installation knows no issuer.
    BadInput
        It is another file or was changed, and where; it has no signature, one that does not hold, and why not, or two
        by the same signer.
    """
    trusted = settings().paper_trust_roots
    if trusted is None:
        raise Conflict(
            "nobody_trusted", "This installation trusts no issuer of signatures yet: its operator sets that."
        )
    _check_begins(before, signed)
    if len(signed) - unsigned_size > MOST_ADDED_BYTES:
        raise BadInput(FIELD, None, f"its signatures take more than {MOST_ADDED_BYTES} bytes")
    context = ValidationContext(trust_roots=_certificates(trusted), allow_fetching=False)
    try:
        return _checked(before, signed, context)
    except BadInput:
        raise
    except Exception as error:  # what somebody puts behind our bytes may break a reader in any way
        raise BadInput(FIELD, None, "it cannot be read as a PDF with signatures") from error


def _check_begins(before: bytes, signed: bytes) -> None:
    if signed.startswith(before):
        return
    pairs = zip(before, signed, strict=False)
    same = next((at for at, (ours, theirs) in enumerate(pairs) if ours != theirs), len(signed))
    raise BadInput(
        FIELD, None, f"it is not the paper as it was made: byte {same + 1} differs. Sign the file that you get here"
    )


def _checked(before: bytes, signed: bytes, context: ValidationContext) -> int:
    theirs = PdfFileReader(BytesIO(signed))
    if theirs.total_revisions > MOST_REVISIONS:
        raise BadInput(FIELD, None, f"it was added to more than {MOST_REVISIONS - 1} times")
    found, had = theirs.embedded_regular_signatures, PdfFileReader(BytesIO(before)).embedded_regular_signatures
    if len(found) <= len(had):
        raise BadInput(FIELD, None, "it has no signature that was not there before")
    if any(unwanted(theirs)):
        raise BadInput(FIELD, None, "more than signatures was added to the paper")
    for each in found:
        _check(each, context)
    signers: set[str] = set()
    for each in found:
        if each.signer_cert.subject.hashable in signers:
            raise BadInput(
                FIELD, None, f"{_named(each.signer_cert.subject)} has signed it already: each side signs once"
            )
        signers.add(each.signer_cert.subject.hashable)
    return len(found)


def signers_of(signed: bytes) -> list[tuple[str, str]]:
    """Return who has signed a file that was taken in, as certificates name them, and whose word that is."""
    found = (each.signer_cert for each in PdfFileReader(BytesIO(signed)).embedded_regular_signatures)
    return [(_named(each.subject), _named(each.issuer)) for each in found]


def _named(whom: Name) -> str:
    """Return a name, and of which organisation, without numbers that tell more of a person."""
    said = whom.native
    return ", ".join(said[each] for each in ("common_name", "organization_name") if each in said) or "–"


def _check(signature: EmbeddedPdfSignature, context: ValidationContext) -> None:
    name = signature.field_name
    if signature.sig_object.get("/SubFilter") != PADES:
        raise BadInput(FIELD, None, f"the signature {name} is not one of PAdES (ETSI.CAdES.detached)")
    status = validate_pdf_signature(signature, context)
    if not (status.intact and status.valid):
        raise BadInput(FIELD, None, f"the signature {name} does not hold: what it signs was changed")
    if not status.trusted:
        raise BadInput(
            FIELD,
            None,
            f"the signature {name} is by nobody whose issuer this installation trusts, or whose certificate holds now",
        )
    later = status.modification_level
    if status.coverage not in _WHOLE or not status.docmdp_ok or later is None or later > ModificationLevel.FORM_FILLING:
        raise BadInput(FIELD, None, f"the signature {name} is followed by something else than signatures")


def _certificates(path: Path) -> list[Certificate]:
    return list(load_certs_from_pemder([str(path)]))  # type: ignore[no-untyped-call]
