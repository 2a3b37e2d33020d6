"""Pages of papers: have one made, follow it, fetch it, send it back signed."""

from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlmodel import Session

from api.http.responses import file
from api.language.i18n import gettext as _
from api.language.i18n import language
from api.pages.bookings.pages import acting
from api.pages.forms import Form
from api.pages.rendering import page, see_other
from api.pages.visit import Visit
from api.papers.document import Given
from api.papers.drawing import have_made
from core.actor import Actor
from core.settings import settings
from marketplace.bookings import queries as bookings
from marketplace.bookings.rules import parts_of
from marketplace.papers import queries
from marketplace.papers.models import Paper, PaperState
from marketplace.papers.rules import LARGEST_BYTES, MOST_ADDED_BYTES
from marketplace.papers.signatures import FIELD
from marketplace.papers.signing import signers, take_in_signed

ONE = "papers/one.html"
FORM_FIELDS_BYTES = 10_000
AnyRequest = Request[Any, Any, Any]


async def provide_signed_file(request: AnyRequest) -> bytes:
    """Return the bytes of the file that a form sent; nothing where none was chosen."""
    sent = (await request.form()).get(FIELD)
    return await sent.read() if isinstance(sent, UploadFile) else b""


class PaperPages(Controller):
    """Have made, follow, fetch, send back."""

    path = "/"

    @post("/bookings/{key:uuid}/papers", sync_to_thread=True)
    def draw_up(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Have the agreement on a booking made, or an addendum to it."""
        form = visit.form
        with acting(visit.session, visit.actor, key, form):
            worth = form.whole_or_none("valuationSek")
            paper = have_made(visit.session, visit.actor, key, language(), Given(form.value("basis"), worth))
        return see_other(visit.request, f"/papers/{paper.id}")

    @get("/papers/{key:uuid}", sync_to_thread=True)
    def read_one(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Template:
        """Show what a paper is, its file, and whether it is signed."""
        return page(ONE, _context(visit.session, visit.actor, key, visit.form))

    @get("/papers/{key:uuid}/file", sync_to_thread=True)
    def fetch(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Response[bytes]:
        """Give a paper's file, with its signatures."""
        paper = queries.paper(visit.session, visit.actor, key)
        return file(queries.file_of(visit.session, key), "application/pdf", _file_name(paper))

    @post(
        "/papers/{key:uuid}/signed-file",
        sync_to_thread=True,
        request_max_body_size=LARGEST_BYTES + MOST_ADDED_BYTES + FORM_FIELDS_BYTES,
        dependencies={"signed_file": Provide(provide_signed_file)},
    )
    def take_in(
        self, visit: NamedDependency[Visit], signed_file: NamedDependency[bytes], key: FromPath[UUID]
    ) -> Redirect:
        """Take in a paper that was signed."""
        form = visit.form
        with form.acting(visit.session, ONE, lambda: _context(visit.session, visit.actor, key, form)):
            take_in_signed(visit.session, visit.actor, key, signed_file)
        return see_other(visit.request, f"/papers/{key}", _("The signed paper is kept, and its signatures hold."))


def _context(session: Session, actor: Actor, key: UUID, form: Form) -> dict[str, Any]:
    paper = queries.paper(session, actor, key)
    booking = bookings.booking(session, actor, paper.booking_id)
    may_act = parts_of(actor, booking, bookings.departments(session, booking))
    return {
        "form": form,
        "paper": paper,
        "signers": signers(session, paper),
        "waits": paper.state is PaperState.WAITING,
        "may_sign": bool(may_act) and paper.state is PaperState.MADE and settings().paper_trust_roots is not None,
        "labels": {FIELD: _("Signed file")},
    }


def _file_name(paper: Paper) -> str:
    number = "".join(each if each.isascii() and each.isalnum() else "-" for each in paper.number)
    return f"{number}-{paper.addendum}.pdf" if paper.addendum else f"{number}.pdf"
