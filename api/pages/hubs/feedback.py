"""The pages behind the link in a notice or mail by which one says how it was, without signing in: two taps."""

from typing import Any

from litestar import Controller, Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlmodel import Session

from api.language.i18n import gettext as _
from api.language.labels import LABELS, label
from api.pages.forms import Form
from api.pages.rendering import page, see_other
from core.errors import Conflict
from hubs.feedback import queries, service
from hubs.feedback.links import survey_meant
from hubs.feedback.models import HubSurvey
from hubs.feedback.rules import AnswerDraft
from hubs.places.models import Hub

TEMPLATE = "hubs/feedback.html"


class FeedbackPages(Controller):
    """Choose the first answer, which keeps nothing yet; send both."""

    path = "/feedback/{secret:str}"

    @get("/", sync_to_thread=True)
    def ask(
        self, request: Request[Any, Any, Any], session: NamedDependency[Session], secret: FromPath[str]
    ) -> Template:
        """Show the first question, or with its answer chosen the second: programs that look at links answer nothing."""
        row = _found(session, secret)
        return page(TEMPLATE, _context(session, row, Form({}), request.query_params.get("first", "")))

    @post("/", sync_to_thread=True)
    def answer(
        self,
        request: Request[Any, Any, Any],
        session: NamedDependency[Session],
        form: NamedDependency[Form],
        secret: FromPath[str],
    ) -> Redirect:
        """Take both answers, and what was added in words."""
        row = _found(session, secret)
        with form.shown_again(TEMPLATE, _context(session, row, form, form.value("first"))):
            first, second = (form.whole(name, least=1) for name in ("first", "second"))
            form.check()
            service.answer(session, row.id, AnswerDraft(row.kind, first, second, form.value("words")))
        return see_other(request, f"/feedback/{secret}", _("Thank you. Your answer is kept without your name."))


def _found(session: Session, secret: str) -> HubSurvey:
    key = survey_meant(secret)
    row = queries.survey(session, key) if key else None
    if row is None:
        raise Conflict("link_over", "This link is not to be had any more, or was not copied as a whole.")
    return row


def _context(session: Session, row: HubSurvey, form: Form, first: str) -> dict[str, Any]:
    """Return the question that is asked now, with its choices, the best first."""
    chosen = label(first, f"{row.kind}_first") if first in LABELS[f"{row.kind}_first"] else ""
    kind = f"{row.kind}_second" if chosen else f"{row.kind}_first"
    return {
        "form": form,
        "hub": session.get_one(Hub, row.hub_id),
        "row": row,
        "first": first,
        "chosen": chosen,
        "choices": [(number, label(number, kind)) for number in sorted(LABELS[kind], reverse=True)],
        "labels": {"words": _("Something to add?")},
    }
