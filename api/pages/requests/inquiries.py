"""Whether a change of a need would do: the coordinator asks from the request or the run, the requester answers."""

from typing import Any
from uuid import UUID

from litestar import Controller, Request, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from sqlmodel import Session

from api.http.paging import Paging
from api.language.i18n import gettext as _
from api.language.i18n import ngettext
from api.pages import runs
from api.pages.forms import Form, uuid_of
from api.pages.rendering import see_other
from api.pages.requests.pages import acting
from core.actor import Actor, Permission, check_may, refusal
from core.errors import BadInput
from marketplace.inquiries import queries
from marketplace.planning import inquiring
from marketplace.views.request import request_view
from marketplace.views.run import run_view

AnyRequest = Request[Any, Any, Any]


class InquiryPages(Controller):
    """Ask and answer."""

    path = "/"

    @post("/requests/{key:uuid}/inquiries", sync_to_thread=True)
    def ask(
        self,
        *,
        request: AnyRequest,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        form: NamedDependency[Form],
        key: FromPath[UUID],
    ) -> Redirect:
        """Ask whether one change of a need would do."""
        check_may(actor, Permission.DECIDE, request_view(session, actor, key).organisation.id)
        with acting(session, actor, key, form):
            inquiring.ask(session, actor, {_need(form.value("need")): form.value("change")})
        return see_other(request, f"/requests/{key}", _("The requester is asked. You get a notice of the answer."))

    @post("/runs/{key:uuid}/inquiries", sync_to_thread=True)
    def ask_several(
        self,
        *,
        request: AnyRequest,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        form: NamedDependency[Form],
        key: FromPath[UUID],
    ) -> Redirect:
        """Ask about all needs that are chosen whether the smallest change of each would do."""
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
        return see_other(request, f"/runs/{key}{back}", told)

    @post("/inquiries/{key:uuid}/acceptance", sync_to_thread=True)
    def accept(
        self,
        *,
        request: AnyRequest,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        form: NamedDependency[Form],
        key: FromPath[UUID],
    ) -> Redirect:
        """Change the need as was asked, and look for something at once."""
        about = queries.inquiry_view(session, actor, key).request.id
        with acting(session, actor, about, form):
            inquiring.accept(session, actor, key)
        return see_other(request, f"/requests/{about}", _("The need is changed, and we are looking for something now."))

    @post("/inquiries/{key:uuid}/refusal", sync_to_thread=True)
    def refuse(
        self,
        *,
        request: AnyRequest,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        form: NamedDependency[Form],
        key: FromPath[UUID],
    ) -> Redirect:
        """Say that it would not do."""
        about = queries.inquiry_view(session, actor, key).request.id
        with acting(session, actor, about, form):
            inquiring.refuse(session, actor, key, form.value("words"))
        return see_other(request, f"/requests/{about}", _("Your answer is noted, and the coordinator is told."))


def _need(text: str) -> UUID:
    key = uuid_of(text)
    if key is None:
        raise BadInput("need", text, "choose one")
    return key
