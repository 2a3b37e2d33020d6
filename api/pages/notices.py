"""The page of notices: what has happened, newest first, each with a link to what it is about."""

from typing import Any
from uuid import UUID

from litestar import Controller, Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlmodel import Session

from api.http.paging import Paging, address_of_page
from api.language.i18n import gettext as _
from api.pages.notice_words import link_of, notice_words
from api.pages.rendering import page, see_other
from core.actor import Actor
from marketplace.notices import queries, service

AnyRequest = Request[Any, Any, Any]


class NoticePages(Controller):
    """Read, and mark as read."""

    path = "/notices"

    @get("/", sync_to_thread=True)
    def search(
        self,
        *,
        request: AnyRequest,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        paging: NamedDependency[Paging],
    ) -> Template:
        """List the organisation's notices."""
        found = queries.notices_page(session, actor, page=paging.page, limit=paging.limit)
        context = {
            "found": found,
            "unread": queries.unread_count(session, actor),
            "address": lambda number: address_of_page(request, number),
            "words": notice_words,
            "link": link_of,
        }
        return page("notices/list.html", context)

    @post("/{key:uuid}/reading", sync_to_thread=True)
    def mark_read(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: FromPath[UUID]
    ) -> Redirect:
        """Mark one as read and go to what it is about."""
        return Redirect(link_of(service.mark_read(session, actor, key)), status_code=303)

    @post("/reading", sync_to_thread=True)
    def mark_all_read(
        self, *, request: AnyRequest, session: NamedDependency[Session], actor: NamedDependency[Actor]
    ) -> Redirect:
        """Mark all as read."""
        service.mark_all_read(session, actor)
        return see_other(request, "/notices", _("All notices are marked as read."))
