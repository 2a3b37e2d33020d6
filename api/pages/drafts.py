"""Drafts: forms saved before all is filled in, listed with what is missing, opened again, sent or discarded.

::

    with form.shown_again(…):
        draft = drafts.taken_up(session, actor, request, form)
        try:
            with session.begin_nested():
                …  # do what the form asks for
        except BadInput as error:
            if form.value("do") != "draft":
                raise
            return drafts.saved(request, session, actor, form, draft=draft, error=error)
        drafts.sent(session, draft)
"""

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Controller, Request, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from sqlmodel import Session

from api.http.forms.kept import DRAFT, KEPT_COOKIE, KEPT_QUERY, Why, kept_cookie
from api.http.visitor import cookie_name
from api.language.faults import fault, in_page_order
from api.language.i18n import gettext as _
from api.pages.forms import Form, uuid_of
from api.pages.overtaken import OF_THE_FORM, has_changed
from api.pages.rendering import see_other
from api.pages.visit import Visit
from core.actor import Actor, Permission
from core.database import drafts
from core.database.drafts import Draft
from core.database.kept_forms import Content
from core.errors import BadInput, InvalidParameter, NotFound, VersionChanged
from core.limits import refuse_if
from core.text import personal_number_in, text_faults

REQUESTS, OFFERS = "/requests/new", "/offers/new/"
_NAMED_BY = ("title", "name", ".family", ".code")
"""Ends of the fields' names that a draft in a list is called by, and that its labels depend on."""
_MAY = {REQUESTS: Permission.REQUEST, OFFERS: Permission.OFFER}
AnyRequest = Request[Any, Any, Any]
Fields = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class DraftCard:
    """A draft in a list: what it is called, where it is opened, and what is missing."""

    draft: Draft
    name: str
    missing: Sequence[str]

    @property
    def path(self) -> str:
        """Where it is opened."""
        return f"{self.draft.page}?{KEPT_QUERY}={self.draft.id}"

    @property
    def saved_at(self) -> datetime:
        """When it was last saved."""
        return self.draft.at


class DraftPages(Controller):
    """Discard."""

    path = "/drafts"

    @post("/{key:uuid}/discarding", sync_to_thread=True)
    def discard(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Take a draft away, which whoever did may open again for an hour."""
        draft = next(
            (each for pages in _MAY for each in _of(visit.session, visit.actor, pages) if each.id == key), None
        )
        if draft is None:
            raise NotFound("draft", key)
        secret = visit.request.cookies.get(cookie_name(KEPT_COOKIE)) or secrets.token_urlsafe(24)
        drafts.discard(visit.session, visit.actor, draft, secret, Why.DISCARDED)
        flash = {"message": _("The draft is discarded."), "tone": "success"}
        flash |= {"link": f"{draft.page}?{KEPT_QUERY}={draft.id}", "link_text": _("Undo: open it again")}
        answer = see_other(visit.request, draft.page.partition("/new")[0], flash=flash)
        answer.cookies.append(kept_cookie(secret))
        return answer


def stored(session: Session, actor: Actor, page: str, form: Form) -> Form | None:
    """Return the draft that is gone on with in a form, as it is kept."""
    key = uuid_of(form.value(DRAFT))
    draft = drafts.find(session, actor, key, page) if key else None
    return Form({**draft.content.fields, "version": [str(draft.version)]}) if draft else None


def taken_up(session: Session, actor: Actor, page: str, form: Form) -> Draft | None:
    """Return the draft that is gone on with in a form, locked; see `core.database.drafts` for the errors."""
    key = uuid_of(form.value(DRAFT))
    if key is None:
        return None
    if drafts.find(session, actor, key, page, lock=True) is None:
        del form.fields[DRAFT]  # so that it may be sent as what it is, a form of its own
    return drafts.taken_up(session, actor, key, page, form.whole_or_none("version"))


def joined(
    session: Session, actor: Actor, page: str, form: Form, concerned: Callable[[Fields], Callable[[str], bool]]
) -> Draft | None:
    """Return the draft that part of a form is saved in, locked; None where there is none yet.

    What `concerned` tells of the draft may not have changed since the form was opened; see `core.database.drafts` for
    the errors.
    """
    key, version = uuid_of(form.value(DRAFT)), form.whole_or_none("version")
    draft = drafts.find(session, actor, key, page, lock=True) if key else None
    if key is None or (draft is None and version is None):
        return None
    if draft is None:
        return taken_up(session, actor, page, form)
    fields = draft.content.fields
    if draft.version != version and has_changed(form.fields, fields, concerned(fields)):
        raise VersionChanged("draft", key)
    return draft


def keep(
    session: Session, actor: Actor, page: str, form: Form, *, draft: Draft | None, faults: Sequence[InvalidParameter]
) -> UUID:
    """Keep a form as a draft, with what is missing; return the draft's id."""
    fields = {name: texts for name, texts in form.fields.items() if name not in OF_THE_FORM}
    refuse_if(_identity_faults(fields))
    missing = tuple((each.property, each.reason) for each in faults)
    content, key = Content(fields, Why.DRAFT, faults=missing), uuid_of(form.value(DRAFT))
    return drafts.save(session, actor, page, content, draft, key=key)


def saved(
    request: AnyRequest, session: Session, actor: Actor, form: Form, *, draft: Draft | None, error: BadInput
) -> Redirect:
    """Keep a form as a draft, with what is missing, and go on to where drafts are listed."""
    keep(session, actor, request.url.path, form, draft=draft, faults=error.parameters)
    form.errors.clear()
    told = _("The draft is saved. Everybody in your organisation who may send it can open it and go on.")
    return see_other(request, request.url.path.partition("/new")[0], told)


def sent(session: Session, draft: Draft | None) -> None:
    """Forget the draft whose form was sent."""
    if draft is not None:
        drafts.sent(session, draft)


def listed(
    session: Session, actor: Actor, pages: str, name: str, labels: Callable[[str, Form], Mapping[str, str]]
) -> list[DraftCard]:
    """Return the drafts that the actor may go on with; `labels` are those of a page's form, `name` a field's of it."""
    cards = []
    for draft in _of(session, actor, pages):
        form = Form({each: texts for each, texts in draft.content.fields.items() if each.endswith(_NAMED_BY)})
        called = labels(draft.page, form)
        faults = in_page_order([InvalidParameter(each, None, reason) for each, reason in draft.content.faults], called)
        missing = [fault(each, called.get(each.property, "")) for each in faults]
        cards.append(DraftCard(draft, form.value(name), missing))
    return cards


def _of(session: Session, actor: Actor, pages: str) -> list[Draft]:
    return drafts.drafts_of(session, actor, pages) if actor.may(_MAY[pages]) else []


def _identity_faults(fields: Mapping[str, Sequence[str]]) -> Iterator[InvalidParameter]:
    """Yield where a person's number stands, which is kept nowhere, not even for a while."""
    for name, texts in fields.items():
        for text in texts if not name.endswith(".id") else ():
            if personal_number_in(text):
                yield from text_faults(name, text, 0, len(text))
