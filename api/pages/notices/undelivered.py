"""The page of mails that did not arrive, for who administers their members."""

from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from api.http.paging import Paging, address_of_page
from api.language.i18n import gettext as _
from api.pages.rendering import page, see_other
from api.pages.visit import Visit
from core.settings import settings
from marketplace.mail import queries, service
from marketplace.views import reads

ADDRESS = "/members/undelivered-mail"


class UndeliveredMailPages(Controller):
    """List, and send again."""

    path = ADDRESS

    @get("/", sync_to_thread=True)
    def search(self, visit: NamedDependency[Visit], paging: NamedDependency[Paging]) -> Template:
        """List the mails to members of one's organisation that have failed, or wait after an attempt in vain."""
        found = queries.undelivered_page(visit.session, visit.actor, paging.page, paging.limit)
        members = queries.members_of(visit.session, found.items)
        reads.members_read(visit.session, visit.actor, list(members.values()))
        context = {
            "found": found,
            "members": members,
            "invitations": queries.invitations_of(visit.session, found.items),
            "address": lambda number: address_of_page(visit.request, number),
            "is_sent": settings().mail_url is not None,
            "days": settings().keep_mail_days,
        }
        return page("notices/undelivered.html", context)

    @post("/{key:uuid}/repetition", sync_to_thread=True)
    def send_again(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Let a mail that has failed be tried anew."""
        service.send_again(visit.session, visit.actor, key)
        return see_other(visit.request, ADDRESS, _("The mail is tried again within a minute."))
