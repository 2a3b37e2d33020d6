"""Asking to keep what is lent for longer, and answering that."""

from datetime import datetime, time, timedelta
from uuid import UUID

from litestar import Controller, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from api.language.i18n import gettext as _
from api.pages.bookings.pages import acting
from api.pages.forms import Form
from api.pages.rendering import see_other
from api.pages.visit import Visit
from api.papers.drawing import add_to_paper
from core.time.opening import local_instant
from marketplace.later_ends import service
from marketplace.later_ends.models import LaterEndState
from marketplace.later_ends.rules import LaterEndRefusal


class LaterEndPages(Controller):
    """Ask, grant, refuse."""

    path = "/bookings/{key:uuid}/later-ends"

    @post("/", sync_to_thread=True)
    def ask(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Ask to keep what is lent for longer."""
        form, names = visit.form, {"until": "untilDay", "words": "whyLonger"}
        with acting(visit.session, visit.actor, key, form, names=names):
            until, words = _until(form), form.text("whyLonger")
            made = service.ask(visit.session, visit.actor, key, until, words)
        if made.state is not LaterEndState.GRANTED:
            return see_other(visit.request, f"/bookings/{key}", _("It is asked for. The lender is told, and answers."))
        add_to_paper(visit.session, visit.actor, key)
        return see_other(visit.request, f"/bookings/{key}", _("The booking ends later now."))

    @post("/{asked:uuid}/acceptance", sync_to_thread=True)
    def grant(self, visit: NamedDependency[Visit], key: FromPath[UUID], asked: FromPath[UUID]) -> Redirect:
        """Let the booking end later."""
        with acting(visit.session, visit.actor, key, visit.form):
            service.grant(visit.session, visit.actor, key, asked)
        add_to_paper(visit.session, visit.actor, key)
        told = _("The booking ends later now, and both sides are told.")
        return see_other(visit.request, f"/bookings/{key}", told)

    @post("/{asked:uuid}/refusal", sync_to_thread=True)
    def refuse(self, visit: NamedDependency[Visit], key: FromPath[UUID], asked: FromPath[UUID]) -> Redirect:
        """Let the booking end as agreed."""
        form, names = visit.form, {"code": "whyNotLonger", "words": "notLongerWords"}
        with acting(visit.session, visit.actor, key, form, names=names):
            code, words = form.choice("whyNotLonger", LaterEndRefusal), form.text("notLongerWords")
            service.refuse(visit.session, visit.actor, key, asked, code, words=words)
        return see_other(visit.request, f"/bookings/{key}", _("It ends as agreed, and both sides are told."))


def _until(form: Form) -> datetime:
    """Return the end that is asked for: of whole days, the end of the last."""
    if form.value("untilTime"):
        return form.moment("untilDay", "untilTime", end=True)
    return local_instant(form.day("untilDay") + timedelta(days=1), time())
