"""The page of notices: what has happened, newest first, a sentence for each with a link to what it is about."""

from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from api.http.paging import Paging, address_of_page
from api.language.i18n import gettext as _
from api.language.notices import link_of, notice_text
from api.pages.rendering import page, see_other
from api.pages.visit import Visit
from marketplace.notices import queries, service


class NoticePages(Controller):
    """Read, and mark as read."""

    path = "/notices"

    @get("/", sync_to_thread=True)
    def search(self, visit: NamedDependency[Visit], paging: NamedDependency[Paging]) -> Template:
        """List the organisation's notices."""
        found = queries.notices_page(visit.session, visit.actor, page=paging.page, limit=paging.limit)
        context = {
            "found": found,
            "unread": queries.unread_count(visit.session, visit.actor),
            "address": lambda number: address_of_page(visit.request, number),
            "words": notice_text,
            "link": link_of,
        }
        return page("notices/list.html", context)

    @post("/{key:uuid}/reading", sync_to_thread=True)
    def mark_read(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Mark one as read and go to what it is about."""
        return see_other(visit.request, link_of(service.mark_read(visit.session, visit.actor, key)))

    @post("/reading", sync_to_thread=True)
    def mark_all_read(self, visit: NamedDependency[Visit]) -> Redirect:
        """Mark all as read."""
        service.mark_all_read(visit.session, visit.actor)
        return see_other(visit.request, "/notices", _("All notices are marked as read."))
