"""Introductions by one of the two: what one is asked, one's answer, and who the other is once both have said yes."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from api.http.paging import Paging, address_of_page
from api.language.i18n import gettext as _
from api.pages.rendering import page, see_other
from api.pages.visit import Visit
from hubs.introductions import queries, service
from hubs.introductions.models import IntroductionAnswer
from marketplace.views.reads import members_read

LIST, ONE = "hubs/meeting/introductions.html", "hubs/meeting/introduction.html"


class IntroductionPages(Controller):
    """List one's introductions, answer, withdraw."""

    path = "/introductions"

    @get("/", sync_to_thread=True)
    def search(self, visit: NamedDependency[Visit], paging: NamedDependency[Paging]) -> Template:
        """List the introductions that one is asked about, or was."""
        found = queries.own_page(visit.session, visit.actor, paging.page, paging.limit)
        context = {"found": found, "address": lambda number: address_of_page(visit.request, number)}
        members_read(visit.session, visit.actor, [each.other.member for each in found.items if each.other])
        return page(LIST, context)

    @get("/{key:uuid}", sync_to_thread=True)
    def read_one(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Template:
        """Show one, to be answered, or with who the other is."""
        return page(ONE, _one(visit, key) | {"form": visit.form})

    @post("/{key:uuid}/answer", sync_to_thread=True)
    def answer(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Say yes or no."""
        said = visit.form.choice("answer", IntroductionAnswer)
        told = _("Your answer is noted. Nobody else is told of a no.")
        return _done(visit, key, lambda: service.answer(visit.session, visit.actor, key, said), told)

    @post("/{key:uuid}/withdrawal", sync_to_thread=True)
    def withdraw(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Be shown to the other no more."""
        told = _("You are shown to each other no more, and both of you are told so.")
        return _done(visit, key, lambda: service.withdraw(visit.session, visit.actor, key), told)


def _done(visit: Visit, key: UUID, do: Callable[[], Any], told: str) -> Redirect:
    with visit.form.acting(visit.session, ONE, lambda: _one(visit, key)):
        queries.introduction(visit.session, visit.actor, key)
        do()
    return see_other(visit.request, f"/introductions/{key}", told)


def _one(visit: Visit, key: UUID) -> dict[str, Any]:
    view = queries.introduction_view(visit.session, visit.actor, key)
    if view.other:
        members_read(visit.session, visit.actor, [view.other.member])
    return {
        "view": view,
        "reasons": queries.reasons_to_meet(visit.session, visit.actor, view),
        "labels": {"answer": _("Your answer")},
    }
