"""What becomes of a loan of a person to which somebody no longer says yes: decided on the page of its booking."""

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
from marketplace.cards import withdrawing
from marketplace.cards.models import WithdrawalState


class WithdrawalPages(Controller):
    """Decide."""

    path = "/bookings"

    @post("/{key:uuid}/withdrawal-decision", sync_to_thread=True)
    def decide(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Let the loan run its notice, end on a day, be cancelled now, or go on after a new yes."""
        form = visit.form
        with acting(visit.session, visit.actor, key, form, names={"lastDay": "decidedLastDay"}):
            to, last_day = form.choice("to", WithdrawalState), form.day_or_none("decidedLastDay")
            withdrawing.decide(visit.session, visit.actor, key, to, last_day)
        add_to_paper(visit.session, visit.actor, key)
        return see_other(visit.request, f"/bookings/{key}", _("It is decided, and both sides are told."))
