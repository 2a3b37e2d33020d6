"""The letters of a hub: those that one may read, and whether one gets the weekly one."""

from typing import Any
from uuid import UUID

from litestar import Controller, Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template
from markupsafe import Markup
from sqlmodel import Session

from api.http.auth import signed_in_actor
from api.http.paging import Paging, address_of_page
from api.http.visitor import visitor_of
from api.language.i18n import gettext as _
from api.mail.letters.message import words_for
from api.pages.hubs.letters.writing import plans_shown
from api.pages.rendering import page, see_other
from api.pages.visit import Visit
from core.actor import Actor
from hubs.letters import queries, service
from hubs.letters.models import LetterState
from hubs.letters.text import as_html
from hubs.places.queries import hub_view

AnyRequest = Request[Any, Any, Any]


class LetterPages(Controller):
    """List, read, want them or not."""

    path = "/"

    @get("/hubs/{key:uuid}/letters", sync_to_thread=True)
    def search(
        self,
        request: AnyRequest,
        session: NamedDependency[Session],
        paging: NamedDependency[Paging],
        key: FromPath[UUID],
    ) -> Template:
        """List the letters that one may read, for anybody; hosts see drafts too, and say when they are made."""
        actor = _reader(request, session)
        view = hub_view(session, actor, key)
        hosts = view.hosted_by(actor)
        context = {
            "hub": view.hub,
            "found": queries.letters_page(session, actor, key, paging.page, paging.limit),
            "address": lambda number: address_of_page(request, number),
            "gets": queries.wish(session, key, actor.member_id) if actor else None,
            "hosts": hosts,
            "plans": plans_shown(session, key) if hosts else [],
        }
        return page("hubs/letters/list.html", context)

    @post("/hubs/{key:uuid}/letters/wish", sync_to_thread=True)
    def choose(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Want the weekly letter, or want it no more."""
        wanted = visit.form.value("wanted") == "yes"
        service.choose(visit.session, visit.actor, key, wanted=wanted)
        told = _("You get the weekly letter.") if wanted else _("You get the weekly letter no more.")
        return see_other(visit.request, f"/hubs/{key}/letters", told)

    @get("/hub-letters/{key:uuid}", sync_to_thread=True)
    def read_one(self, request: AnyRequest, session: NamedDependency[Session], key: FromPath[UUID]) -> Template:
        """Show a letter as whoever looks reads it; a host sees how others do, and what may be done with it."""
        view = queries.letter_view(session, _reader(request, session), key)
        letter = view.letter
        readers = [True, False] if view.keeps else [view.belongs]
        # `as_html` lets no HTML of a writer's through.
        words = [words_for(session, letter, is_member=each, to_host=not view.belongs) for each in readers]
        told = [Markup(as_html(each)) for each in words]  # noqa: S704
        waits = letter.state in {LetterState.DRAFT, LetterState.SCHEDULED}
        context = {
            "view": view,
            "letter": letter,
            "told": told[0],
            "told_others": told[1] if len(told) > 1 and told[1] != told[0] else None,
            "waits": view.keeps and waits,
            "readers": queries.readers_count(session, letter.hub_id, letter.kind) if view.keeps and waits else None,
        }
        return page("hubs/letters/one.html", context)


def _reader(request: AnyRequest, session: Session) -> Actor | None:
    return None if visitor_of(request) is None else signed_in_actor(request, session)
