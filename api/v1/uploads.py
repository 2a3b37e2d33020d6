"""`/api/v1/uploads`: files that are read in whole, or not at all, when their sender has seen what they would do."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter
from sqlmodel import Session

from api.http.idempotency import Idempotency
from api.http.paging import Paging, listing
from api.http.responses import created
from api.schemas.base import Listing
from api.schemas.uploads import ExportOut, UploadIn, UploadOut, export_out, upload_out
from core.actor import Actor, Permission, check_may
from marketplace.exporting.service import Format, exported
from marketplace.uploads import queries, service
from marketplace.uploads.rules import LARGEST_BYTES

LARGEST_BODY = LARGEST_BYTES * 4 // 3 + 10_000
"""Bytes of a file in Base64, and the rest."""


class Uploads(Controller):
    """Send a file, follow it, have it read in or throw it away."""

    path = "/uploads"
    tags = ("uploads",)

    @get("/", operation_id="listUploads", sync_to_thread=True, summary="List files / Lista filer")
    def search(
        self,
        *,
        request: Request[Any, Any, Any],
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        paging: NamedDependency[Paging],
    ) -> Listing[UploadOut]:
        """List the files that you have sent, the last first."""
        return listing(request, queries.uploads_page(session, actor, paging.page, paging.limit), upload_out)

    @post(
        "/",
        operation_id="sendFile",
        sync_to_thread=True,
        request_max_body_size=LARGEST_BODY,
        summary="Send a file / Skicka en fil",
    )
    def send(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        data: JSONBody[UploadIn],
        idempotency: NamedDependency[Idempotency],
    ) -> Response[UploadOut]:
        """Send a file to be looked through; nothing is changed yet. For listers, requesters and administrators."""

        def make() -> Response[UploadOut]:
            upload = service.send(session, actor, data.name, data.content)
            return created(upload_out(upload), f"/api/v1/uploads/{upload.id}")

        return idempotency.answer(data, make)

    @get(
        "/exports/{kind:str}",
        operation_id="exportFile",
        sync_to_thread=True,
        summary="Get your own as a file / Hämta det egna som fil",
    )
    def export(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        kind: FromPath[str],
        form: Annotated[Format, QueryParameter(name="format", description="csv or xlsx.")] = Format.CSV,
    ) -> ExportOut:
        """Get what you may change of your organisation as a file, which sent as it is would change nothing.

        Its kind is one of those that files may hold: sites, spaces, furniture, vehicles, equipment, staff, requests,
        members, partnerships or organisations.
        """
        check_may(actor, Permission.UPLOAD)
        return export_out(form, *exported(session, actor, kind, form))

    @get("/{key:uuid}", operation_id="readUpload", sync_to_thread=True, summary="Follow a file / Följ en fil")
    def read(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: FromPath[UUID]
    ) -> UploadOut:
        """Read how far a file that you have sent has come, and what it would do or what is wrong in which cell."""
        return upload_out(queries.upload(session, actor, key))

    @post(
        "/{key:uuid}/writing",
        operation_id="readFileIn",
        sync_to_thread=True,
        status_code=200,
        summary="Read a file in / Läs in en fil",
    )
    def write(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: FromPath[UUID]
    ) -> UploadOut:
        """Have a file in the state `checked` read in: all of it, or nothing if something is in its way by then."""
        service.write(session, actor, key)
        return upload_out(queries.upload(session, actor, key))

    @post(
        "/{key:uuid}/discarding",
        operation_id="discardFile",
        sync_to_thread=True,
        status_code=200,
        summary="Throw a file away / Kasta en fil",
    )
    def discard(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: FromPath[UUID]
    ) -> UploadOut:
        """Throw a file in the state `checked` away without reading it in."""
        service.discard(session, actor, key)
        return upload_out(queries.upload(session, actor, key))
