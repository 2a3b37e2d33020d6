"""A visit: what a signed-in member asks a page with. Asking for one is what demands a sign-in."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from litestar import Request
from litestar.concurrency import sync_to_thread
from litestar.di import NamedDependency
from sqlmodel import Session

from api.http.auth import page_actor
from api.http.forms.kept import KEPT_QUERY, STEP, Why, kept
from api.http.forms.posted import Posted, provide_posted
from api.language.i18n import gettext as _
from api.pages.forms import Form
from api.pages.rendering import FLASH
from core.actor import Actor
from core.database.kept_forms import Content
from core.errors import BadInput, InvalidParameter

AnyRequest = Request[Any, Any, Any]
CSV = "csv"


@dataclass(frozen=True)
class Visit:
    """A request by a signed-in member, with its database session and the form that came with it."""

    request: AnyRequest
    session: Session
    actor: Actor
    posted: Posted

    @property
    def wants_csv(self) -> bool:
        """Tell whether the table of a page is asked for as a file; see `csv_link` among the templates' macros.

        Raises
        ------
        BadInput
            It is asked for as something that no page is.
        """
        form = self.request.query_params.get("as")
        if form not in {None, CSV}:
            raise BadInput("as", form, f"it has to be {CSV}")
        return form is not None

    @cached_property
    def form(self) -> Form:
        """The form that was sent; where a page is only looked at, the one that its address asks to be shown again.

        Empty where there is none.
        """
        if self.request.method == "POST":
            return provide_form(self.posted)
        return self._restored() if KEPT_QUERY in self.request.query_params else Form()

    def _restored(self) -> Form:
        """Return what was typed, and say above it that it was kept, or that it could not be."""
        content = kept(self.request, self.session, self.actor)
        if not (content and content.why == Why.DRAFT and STEP in self.request.query_params):  # a step says so itself
            self.request.session[FLASH] = _restored_flash(content)
        form = Form(content.fields if content else None)
        form.errors += [InvalidParameter(field, None, reason) for field, reason in content.faults] if content else []
        return form


async def provide_visit(request: AnyRequest, session: NamedDependency[Session]) -> Visit:
    """Return the visit of a signed-in member, and see to it that a form is handled once."""
    posted = await provide_posted(request)
    actor = await sync_to_thread(page_actor, request, session, posted)
    return Visit(request, session, actor, posted)


def provide_form(posted: NamedDependency[Posted]) -> Form:
    """Return the form that was sent."""
    return Form(posted.fields or {"": [""]})


def _restored_flash(content: Content | None) -> dict[str, Any]:
    """Return the message above a form that was kept, or that could not be."""
    if content is None:
        text = _("What was written here is not kept any longer, or it was somebody else who wrote it.")
        return {"message": text, "tone": "warning"}
    if content.why == Why.LANGUAGE:
        return {"message": _("What you have written is kept. It is not sent yet."), "tone": "info"}
    if content.why == Why.DRAFT:
        return {"message": _("This is a draft. It is not sent yet."), "tone": "info"}
    if content.why == Why.DISCARDED:
        return {"message": _("The draft is discarded. Save it again if you want to keep it."), "tone": "warning"}
    if content.why == Why.SENT_BEFORE:
        text = _(
            "This form has been sent once already. What you have changed since is not sent: look it over, "
            "and send it if you want it too."
        )
        return {"message": text, "tone": "warning", "link": content.led_to, "link_text": _("To what was sent first")}
    text = _("Here is what you had written. Nothing is sent yet: look it over and send it again.")
    return {"message": text, "tone": "info"}
