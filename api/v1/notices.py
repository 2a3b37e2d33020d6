"""`/api/v1/notices`: what an organisation should know."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Controller, Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter
from sqlmodel import Session

from api.http.paging import Paging, listing
from api.schemas.base import Listing
from api.schemas.notices import MailChoices, NoticeOut, notice_out
from core.actor import Actor
from marketplace.mail import choosing
from marketplace.notices import queries, service


class Notices(Controller):
    """Read what happened."""

    path = "/notices"
    tags = ("notices",)

    @get("/", operation_id="listNotices", sync_to_thread=True, summary="List notices / Lista aviseringar")
    def search(
        self,
        *,
        request: Request[Any, Any, Any],
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        paging: NamedDependency[Paging],
        unread: Annotated[bool, QueryParameter(description="Only those that were not read.")] = False,
    ) -> Listing[NoticeOut]:
        """List your organisation's notices, newest first."""
        found = queries.notices_page(session, actor, unread=unread, page=paging.page, limit=paging.limit)
        return listing(request, found, notice_out)

    @get(
        "/mail-choices",
        operation_id="readMailChoices",
        sync_to_thread=True,
        summary="Read what you get by mail / Läs vad du får via e-post",
    )
    def read_choices(self, *, session: NamedDependency[Session], actor: NamedDependency[Actor]) -> MailChoices:
        """Read when you get which notices by mail."""
        return MailChoices.of(choosing.chosen(session, actor))

    @post(
        "/mail-choices",
        operation_id="changeMailChoices",
        sync_to_thread=True,
        status_code=200,
        summary="Choose what you get by mail / Välj vad du får via e-post",
    )
    def choose(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], data: JSONBody[MailChoices]
    ) -> MailChoices:
        """Choose when you get which notices by mail, from now on."""
        choosing.choose(session, actor, data.wanted())
        return MailChoices.of(choosing.chosen(session, actor))

    @get("/{key:uuid}", operation_id="readNotice", sync_to_thread=True, summary="Read a notice / Läs en avisering")
    def read(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: FromPath[UUID]
    ) -> NoticeOut:
        """Read one notice."""
        return notice_out(queries.notice(session, actor, key))

    @post(
        "/{key:uuid}/reading",
        operation_id="markNoticeRead",
        sync_to_thread=True,
        status_code=200,
        summary="Mark as read / Markera som läst",
    )
    def mark_read(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: FromPath[UUID]
    ) -> NoticeOut:
        """Note that your organisation has read it; the first reading counts."""
        return notice_out(service.mark_read(session, actor, key))
