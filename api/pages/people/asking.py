"""HR says whose a capacity card is, and asks a manager, whose link it is shown this once."""

from contextlib import AbstractContextManager
from uuid import UUID

from litestar import Controller, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from api.http.forms.once import keep_outcome
from api.language.i18n import gettext as _
from api.pages.offers.pages import acting_on_offer
from api.pages.rendering import page, see_other
from api.pages.visit import Visit
from core.actor import Permission, check_may
from core.settings import settings
from marketplace.cards import asking
from marketplace.offers.queries import offer_view
from resources.models import Resource

ASKED = "people/asked.html"


class AskingPages(Controller):
    """Whose it is, and who is asked."""

    path = "/offers/{key:uuid}"

    @post("/person", sync_to_thread=True)
    def say_whose(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Say whose a card is."""
        session, actor, form = visit.session, visit.actor, visit.form
        resource = _asked_about(visit, key)
        with _acting(visit, key):
            address = form.text("person", required=True)
            form.check()
            asking.say_whose(session, actor, resource, address)
        return see_other(visit.request, f"/offers/{key}", _("It is noted whose card it is, and the employee is told."))

    @post("/approval-requests", sync_to_thread=True)
    def ask(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Template:
        """Ask a manager, and show the link this once."""
        session, actor, form = visit.session, visit.actor, visit.form
        resource = _asked_about(visit, key)
        with _acting(visit, key):
            manager, deputy = form.text("manager", required=True), form.text("deputy")
            form.check()
            asked = asking.ask_manager(session, actor, resource, manager, deputy)
        done = _("The manager was asked already. The link was shown once: if you don't have it, ask again.")
        keep_outcome(visit.request, f"/offers/{key}", {"message": done, "tone": "warning"})  # never the link itself
        link = f"{settings().address_at(str(visit.request.base_url))}/card-links/{asked.secret}"
        return page(ASKED, {"asked": asked, "link": link, "offer": key, "name": resource.name})


def _asked_about(visit: Visit, key: UUID) -> Resource:
    """Return the card of an offer; who may not ask about it is told that before what the form lacks."""
    resource = offer_view(visit.session, visit.actor, key).lent.resource
    check_may(visit.actor, Permission.NOTE_APPROVAL, resource.organisation_id, resource.department)
    return resource


def _acting(visit: Visit, key: UUID) -> AbstractContextManager[None]:
    return acting_on_offer(visit.session, visit.actor, key, visit.form)
