"""Whether a change of a need would do: the coordinator asks from the request or the run, the requester answers."""

from typing import Any
from uuid import UUID

from litestar import Controller, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from api.http.paging import Paging
from api.language.i18n import gettext as _
from api.language.i18n import ngettext
from api.pages import runs
from api.pages.forms import uuid_of
from api.pages.rendering import see_other
from api.pages.requests.pages import acting
from api.pages.visit import Visit
from core.actor import Permission, check_may, refusal
from core.errors import BadInput
from marketplace.inquiries import queries
from marketplace.planning import inquiring
from marketplace.views.request import request_view
from marketplace.views.run import run_view


class InquiryPages(Controller):
    """Ask and answer."""

    path = "/"

    @post("/requests/{key:uuid}/inquiries", sync_to_thread=True)
    def ask(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Ask whether one change of a need would do."""
        actor = visit.actor
        check_may(actor, Permission.DECIDE, request_view(visit.session, actor, key).organisation.id)
        with acting(visit.session, actor, key, visit.form):
            inquiring.ask(visit.session, actor, {_need(visit.form.value("need")): visit.form.value("change")})
        return see_other(
            visit.request, f"/requests/{key}", _("The requester is asked. You get a notice of the answer.")
        )

    @post("/runs/{key:uuid}/inquiries", sync_to_thread=True)
    def ask_several(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Ask about all needs that are chosen whether the smallest change of each would do."""
        session, actor, form = visit.session, visit.actor, visit.form
        run_view(session, actor, key)
        if not actor.may(Permission.DECIDE):
            raise refusal(actor, Permission.DECIDE)
        number = form.whole_or_none("page", least=1, most=1_000_000) or 1

        def shown() -> dict[str, Any]:
            return runs.one_context(session, actor, key, paging=Paging(number), asked=form.value("show"), form=form)

        with form.acting(session, runs.ONE, shown):
            chosen = {_need(text.partition(":")[0]): text.partition(":")[2] for text in form.many("need")}
            asked = inquiring.ask(session, actor, chosen)
        told = ngettext("%(num)s question is asked.", "%(num)s questions are asked.", len(asked)) % {"num": len(asked)}
        back = f"?show={form.value('show')}&page={number}" if form.value("show") else ""
        return see_other(visit.request, f"/runs/{key}{back}", told)

    @post("/inquiries/{key:uuid}/acceptance", sync_to_thread=True)
    def accept(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Change the need as was asked, and look for something at once."""
        about = queries.inquiry_view(visit.session, visit.actor, key).request.id
        with acting(visit.session, visit.actor, about, visit.form):
            inquiring.accept(visit.session, visit.actor, key)
        return see_other(
            visit.request, f"/requests/{about}", _("The need is changed, and we are looking for something now.")
        )

    @post("/inquiries/{key:uuid}/refusal", sync_to_thread=True)
    def refuse(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Say that it would not do."""
        about = queries.inquiry_view(visit.session, visit.actor, key).request.id
        with acting(visit.session, visit.actor, about, visit.form):
            inquiring.refuse(visit.session, visit.actor, key, visit.form.value("words"))
        return see_other(visit.request, f"/requests/{about}", _("Your answer is noted, and the coordinator is told."))


def _need(text: str) -> UUID:
    key = uuid_of(text)
    if key is None:
        raise BadInput("need", text, "choose one")
    return key
