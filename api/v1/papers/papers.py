"""`/api/v1/bookings/{id}/papers` and `/api/v1/papers`: agreements on bookings, for their two sides alone."""

from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from sqlmodel import Session

from api.http.idempotency import Idempotency
from api.http.responses import created
from api.papers.document import Given
from api.papers.drawing import have_made
from api.schemas.agreements.papers import (
    PaperFileOut,
    PaperIn,
    PaperOut,
    PaperReadOut,
    PaperSeriesIn,
    PaperSeriesOut,
    PapersOut,
    SignedFileIn,
    paper_out,
    paper_read_out,
    papers_out,
)
from core.actor import Actor
from marketplace.organisations import rules as organisation_rules
from marketplace.organisations.queries import organisation
from marketplace.papers import queries
from marketplace.papers.numbering import set_pattern
from marketplace.papers.rules import LARGEST_BYTES, MOST_ADDED_BYTES
from marketplace.papers.signing import signers, take_in_signed

LARGEST_BODY = (LARGEST_BYTES + MOST_ADDED_BYTES) * 4 // 3 + 10_000
"""Bytes of a file in Base64, and the rest."""


class BookingPapers(Controller):
    """Have them made, list them."""

    path = "/bookings/{key:uuid}/papers"
    tags = ("papers",)

    @get("/", operation_id="listPapers", sync_to_thread=True, summary="List a booking's papers / Lista papper")
    def page(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: FromPath[UUID]
    ) -> PapersOut:
        """List the agreement on a booking of your organisation, and the addenda to it."""
        return papers_out(queries.papers_of(session, actor, key))

    @post("/", operation_id="drawUpPaper", sync_to_thread=True, summary="Draw up a paper / Upprätta ett papper")
    def draw_up(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[UUID],
        data: JSONBody[PaperIn],
        idempotency: NamedDependency[Idempotency],
    ) -> Response[PaperOut]:
        """Have the agreement on a booking made, or an addendum with what has changed since. For both sides.

        It has its number at once, and its file a moment later. 409 `nothing_changed` where there is nothing to add.
        """

        def make() -> Response[PaperOut]:
            paper = have_made(session, actor, key, data.language, Given(data.basis, data.valuation_sek))
            return created(paper_out(paper), f"/api/v1/papers/{paper.id}")

        return idempotency.answer(data, make)


class Papers(Controller):
    """Read one, fetch its file, send it back signed."""

    path = "/papers/{key:uuid}"
    tags = ("papers",)

    @get("/", operation_id="readPaper", sync_to_thread=True, summary="Read of a paper / Läs om ett papper")
    def read(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: FromPath[UUID]
    ) -> PaperReadOut:
        """Read what a paper of your organisation is, the hash of its file, what is signed, and by whom."""
        paper = queries.paper(session, actor, key)
        return paper_read_out(paper, signers(session, paper))

    @get("/file", operation_id="fetchPaper", sync_to_thread=True, summary="Fetch a paper / Hämta ett papper")
    def fetch(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: FromPath[UUID]
    ) -> PaperFileOut:
        """Fetch a paper's file with the signatures that it has; 404 while it is not made yet."""
        return PaperFileOut(content=queries.file_of(session, queries.paper(session, actor, key).id))

    @post(
        "/signed-file",
        operation_id="sendSignedPaper",
        sync_to_thread=True,
        status_code=200,
        request_max_body_size=LARGEST_BODY,
        summary="Send a paper back signed / Skicka tillbaka ett papper undertecknat",
    )
    def take_in(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[UUID],
        data: JSONBody[SignedFileIn],
    ) -> PaperReadOut:
        """Send the file back with a signature more. For both sides, one after the other.

        It is kept if it begins with the file as it was fetched, adds nothing but signatures (PAdES), and each of them
        holds and is by somebody whose issuer this installation trusts. Else 400 says what is wrong, and where.
        """
        paper = take_in_signed(session, actor, key, data.content)
        return paper_read_out(paper, signers(session, paper))


class PaperSeriesOfOrganisation(Controller):
    """How the papers of a lender are numbered."""

    path = "/organisations/{key:uuid}/paper-series"
    tags = ("papers",)

    @get(
        "/",
        operation_id="readPaperSeries",
        sync_to_thread=True,
        summary="Read how papers are numbered / Läs nummerserie",
    )
    def read(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: FromPath[UUID]
    ) -> PaperSeriesOut:
        """Read how your organisation numbers its papers. For its administrators."""
        organisation_rules.may_administer(actor, organisation(session, key).id)
        return PaperSeriesOut(pattern=queries.pattern_of(session, key))

    @post(
        "/",
        operation_id="changePaperSeries",
        sync_to_thread=True,
        status_code=200,
        summary="Number papers / Ändra nummerserie",
    )
    def change(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[UUID],
        data: JSONBody[PaperSeriesIn],
    ) -> PaperSeriesOut:
        """Number the papers of your organisation in another way from now on; the count of the year goes on."""
        return PaperSeriesOut(pattern=set_pattern(session, actor, key, data.pattern))
