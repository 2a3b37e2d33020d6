"""Pages of files: send one, see what it would do or what is wrong in which cell, have it read in."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect, Template
from sqlmodel import Session

from api.http.paging import Paging, address_of_page
from api.http.responses import csv_file, file
from api.language.i18n import gettext as _
from api.pages.forms import Form
from api.pages.rendering import page, see_other
from api.pages.visit import Visit
from core.actor import Actor, Permission, check_may
from core.errors import NotFound
from marketplace.exporting.rules import kinds_written
from marketplace.exporting.service import Format, exported
from marketplace.uploads import queries, service
from marketplace.uploads.models import Upload
from marketplace.uploads.rules import LARGEST_BYTES, UNDER_WAY, kinds_read

LIST, ONE, PROGRESS = "uploads/list.html", "uploads/one.html", "uploads/progress.html"
FORM_FIELDS_BYTES = 10_000
PASTED = "rader.csv"
"""What rows are called that were copied out of a spreadsheet: their header says what they hold."""
AnyRequest = Request[Any, Any, Any]


async def provide_sent_file(request: AnyRequest) -> tuple[str, bytes]:
    """Return the name and the bytes of the file, or of the rows, that a form sent; nothing where there is neither."""
    sent = await request.form()
    file, pasted = sent.get("file"), sent.get("rows")
    if isinstance(file, UploadFile) and file.filename:
        return file.filename, await file.read()
    return (PASTED, pasted.encode()) if isinstance(pasted, str) and pasted.strip() else ("", b"")


class UploadPages(Controller):
    """Send, follow, look through, read in or discard."""

    path = "/uploads"

    @get("/", sync_to_thread=True)
    def search(self, visit: NamedDependency[Visit], paging: NamedDependency[Paging]) -> Template:
        """List the files that the member has sent, and show the form of another."""
        check_may(visit.actor, Permission.UPLOAD)
        return page(LIST, {"form": Form(), **_listed(visit.request, visit.session, visit.actor, paging)})

    @post(
        "/",
        sync_to_thread=True,
        request_max_body_size=LARGEST_BYTES + FORM_FIELDS_BYTES,
        dependencies={"sent_file": Provide(provide_sent_file)},
    )
    def send(self, visit: NamedDependency[Visit], sent_file: NamedDependency[tuple[str, bytes]]) -> Redirect:
        """Keep the file, have it looked through, and go on to its page."""
        check_may(visit.actor, Permission.UPLOAD)
        with visit.form.shown_again(LIST, _listed(visit.request, visit.session, visit.actor, Paging(1, 20))):
            name, data = sent_file
            upload = service.send(visit.session, visit.actor, name or "-", data)
        return see_other(visit.request, f"/uploads/{upload.id}")

    @get("/templates/{kind:str}", sync_to_thread=True)
    def template(self, visit: NamedDependency[Visit], kind: FromPath[str]) -> Response[bytes]:
        """Download an empty file with the columns of a kind, which a spreadsheet opens."""
        check_may(visit.actor, Permission.UPLOAD)
        found = next((each for each in kinds_read() if each.name == kind), None)
        if found is None:
            raise NotFound("template", kind)
        return csv_file(f"{found.files[0]}.csv", [column.swedish for column in found.columns], ())

    @get("/exports/{kind:str}", sync_to_thread=True)
    def export(
        self,
        visit: NamedDependency[Visit],
        kind: FromPath[str],
        written_as: Annotated[Format, QueryParameter(name="as", description="csv or xlsx.")] = Format.CSV,
    ) -> Response[bytes]:
        """Download what the member may change of its organisation as a file that is read in again as it is."""
        check_may(visit.actor, Permission.UPLOAD)
        name, content = exported(visit.session, visit.actor, kind, written_as)
        return file(content, written_as.media_type, name)

    @get("/{key:uuid}", sync_to_thread=True)
    def read_one(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Template:
        """Show how far a file has come, what it would do or has done, and each cell that is wrong."""
        return page(ONE, _told(queries.upload(visit.session, visit.actor, key)))

    @get("/{key:uuid}/progress", sync_to_thread=True)
    def progress(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Template:
        """Give the part of the page that tells how far it has come; once it is there, ask for the whole page."""
        told = _told(queries.upload(visit.session, visit.actor, key))
        return page(PROGRESS, told, headers={} if told["under_way"] else {"HX-Refresh": "true"})

    @post("/{key:uuid}/writing", sync_to_thread=True)
    def write(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Have it read in."""
        with visit.form.acting(visit.session, ONE, lambda: _told(queries.upload(visit.session, visit.actor, key))):
            service.write(visit.session, visit.actor, key)
        return see_other(visit.request, f"/uploads/{key}")

    @post("/{key:uuid}/discarding", sync_to_thread=True)
    def discard(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Throw it away without reading it in."""
        with visit.form.acting(visit.session, ONE, lambda: _told(queries.upload(visit.session, visit.actor, key))):
            service.discard(visit.session, visit.actor, key)
        return see_other(visit.request, "/uploads", _("The file is discarded. Nothing of it was read in."))


def _listed(request: AnyRequest, session: Session, actor: Actor, paging: Paging) -> dict[str, Any]:
    return {
        "found": queries.uploads_page(session, actor, paging.page, paging.limit),
        "address": lambda number: address_of_page(request, number),
        "kinds": [each.name for each in kinds_read()],
        "written": [each.name for each in kinds_written(actor)],
        "labels": sending_labels(),
    }


def sending_labels() -> dict[str, str]:
    """Return what the fields of the form that sends a file are called."""
    return {"file": _("File"), "rows": _("Rows from a spreadsheet")}


def _told(upload: Upload) -> dict[str, Any]:
    return {"upload": upload, "report": upload.report, "under_way": upload.state in UNDER_WAY}
