"""Deciding about what is missing."""

from uuid import UUID

from litestar import Controller, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from api.language.i18n import gettext as _
from api.pages.bookings.pages import acting
from api.pages.rendering import see_other
from api.pages.visit import Visit
from api.papers.drawing import add_to_paper
from api.schemas.agreements.shortfalls import ShortfallChoice
from marketplace.shortfalls import service as shortfalls
from marketplace.shortfalls.models import ShortfallState


class ShortfallPages(Controller):
    """Decide about what is missing."""

    path = "/bookings/{key:uuid}/shortfalls"

    @post("/decision", sync_to_thread=True)
    def decide(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Take what there is, or have what was needed matched anew."""
        form = visit.form
        with acting(visit.session, visit.actor, key, form, names={"to": "missingTo"}):
            to = form.choice("missingTo", ShortfallChoice)
            shortfalls.decide(visit.session, visit.actor, key, ShortfallState(to.value))
        add_to_paper(visit.session, visit.actor, key)
        return see_other(visit.request, f"/bookings/{key}", _("It is decided, and both sides are told."))
