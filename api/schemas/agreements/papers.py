"""Papers of bookings on the wire."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Self
from uuid import UUID

from msgspec import Meta, structs

from api.schemas.base import FILLED_IN, Wire, Words, in_base64, limited
from core.limits import GREATEST_WHOLE
from marketplace.papers.models import Paper, PaperState
from marketplace.papers.rules import (
    DEFAULT_PATTERN,
    LARGEST_BYTES,
    LONGEST_PATTERN,
    MOST_ADDED_BYTES,
    MOST_ADDENDA,
    MOST_REVISIONS,
)

_ID = UUID("01980000-0000-7000-8000-000000000091")
_BOOKING = UUID("01980000-0000-7000-8000-000000000006")
_PDF = b"%PDF-1.7 \xe2\x80\xa6"


class PaperLanguage(StrEnum):
    """The language that a paper is written in."""

    SWEDISH = "sv"
    ENGLISH = "en"


class PaperIn(Wire):
    """What a paper is to be like. `basis` and `valuationSek` are for what is handed over for good, which needs both."""

    language: Annotated[PaperLanguage, Meta(description="An addendum is in that of its agreement.")] = (
        PaperLanguage.SWEDISH
    )
    basis: Annotated[Words, Meta(description="On what ground it is handed over.")] = ""
    valuation_sek: Annotated[
        int | None, limited("What it is assessed to be worth, in SEK.", minimum=0, maximum=GREATEST_WHOLE)
    ] = None

    @classmethod
    def example(cls) -> Self:
        """Return one in Swedish."""
        return cls(language=PaperLanguage.SWEDISH)


class PaperSigner(Wire):
    """Who has signed a paper, as the certificate says, and whose word that is."""

    name: str
    issuer: str

    @classmethod
    def example(cls) -> Self:
        """Return one who signs for an organisation."""
        return cls(name="Upphandlingschef, Exempelverket", issuer="Utgivare av underskrifter")


class PaperOut(Wire):
    """An agreement on a booking, or an addendum to it."""

    id: UUID
    booking_id: UUID
    number: Annotated[str, Meta(description="Of the lender's series; an addendum's is that of its agreement.")]
    addendum: Annotated[int, Meta(description="From 1; 0: the agreement itself.")]
    title: str
    language: PaperLanguage
    template: Annotated[str, Meta(description="What it was written by, with its version.")]
    state: PaperState
    created_at: datetime
    size: Annotated[int | None, Meta(description="Bytes of the file as it was made, without signatures.")]
    sha256: Annotated[
        str | None, Meta(description="Of those bytes, hex: what a signing service needs where the file is to stay.")
    ]
    signatures: int
    signed_at: datetime | None

    @classmethod
    def example(cls) -> Self:
        """Return an agreement that is made and not signed."""
        return cls(
            id=_ID,
            booking_id=_BOOKING,
            number="PV 2026-1",
            addendum=0,
            title="Avtal om att använda en lokal",
            language=PaperLanguage.SWEDISH,
            template="room_use 1",
            state=PaperState.MADE,
            created_at=datetime.fromisoformat("2026-11-30T08:30:00Z"),
            size=35_000,
            sha256="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            signatures=0,
            signed_at=None,
        )


class PaperReadOut(PaperOut):
    """An agreement on a booking, or an addendum to it, and who has signed it."""

    signers: Annotated[
        list[PaperSigner], Meta(description=f"In the order of their signatures; at most {MOST_REVISIONS}.")
    ]

    @classmethod
    def example(cls) -> Self:
        """Return an agreement that one side has signed."""
        signed = {"signatures": 1, "signed_at": datetime.fromisoformat("2026-12-01T09:00:00Z")}
        return cls(**structs.asdict(PaperOut.example()) | signed, signers=[PaperSigner.example()])


class PapersOut(Wire):
    """The papers of a booking, the agreement first."""

    items: Annotated[list[PaperOut], Meta(description=f"At most {MOST_ADDENDA + 1}.")]

    @classmethod
    def example(cls) -> Self:
        """Return one."""
        return cls(items=[PaperOut.example()])


class PaperFileOut(Wire):
    """A paper's file, with the signatures that were taken in."""

    content: Annotated[
        bytes, Meta(description="PDF/A-2a and PDF/UA-1, in Base64. Its first `size` bytes never change.")
    ]

    @classmethod
    def example(cls) -> Self:
        """Return the beginning of one."""
        return cls(content=_PDF)


class SignedFileIn(Wire):
    """A paper's file with one signature more."""

    content: Annotated[
        bytes,
        limited(
            "The PDF as it was fetched, and after it the signatures (PAdES), in Base64. All signatures together may "
            f"take {MOST_ADDED_BYTES} bytes.",
            min_length=1,
            max_length=in_base64(LARGEST_BYTES + MOST_ADDED_BYTES),
        ),
    ]

    @classmethod
    def example(cls) -> Self:
        """Return the beginning of one."""
        return cls(content=_PDF)


class PaperSeriesIn(Wire):
    """How an organisation numbers its papers."""

    pattern: Annotated[
        str,
        limited(
            "Latin letters, digits and signs (`.:/-_` and brackets) that end with the year, one sign and the number.",
            min_length=1,
            max_length=LONGEST_PATTERN,
            pattern=FILLED_IN,
        ),
    ]

    @classmethod
    def example(cls) -> Self:
        """Return what it is where nothing was set."""
        return cls(pattern=DEFAULT_PATTERN)


class PaperSeriesOut(Wire):
    """How an organisation numbers its papers: the pattern of the next number."""

    pattern: str

    @classmethod
    def example(cls) -> Self:
        """Return what it is where nothing was set."""
        return cls(pattern=DEFAULT_PATTERN)


def paper_out(row: Paper) -> PaperOut:
    """Return a paper as its two sides read of it."""
    return PaperOut(
        id=row.id,
        booking_id=row.booking_id,
        number=row.number,
        addendum=row.addendum,
        title=row.content["title"],
        language=PaperLanguage(row.content["language"]),
        template=row.template,
        state=row.state,
        created_at=row.created_at,
        size=row.size,
        sha256=row.sha256,
        signatures=row.signatures,
        signed_at=row.signed_at,
    )


def paper_read_out(row: Paper, signers: Iterable[tuple[str, str]]) -> PaperReadOut:
    """Return a paper with who has signed it."""
    signed_by = [PaperSigner(name=name, issuer=issuer) for name, issuer in signers]
    return PaperReadOut(**structs.asdict(paper_out(row)), signers=signed_by)


def papers_out(rows: Iterable[Paper]) -> PapersOut:
    """Return the papers of a booking."""
    return PapersOut(items=[paper_out(each) for each in rows])
