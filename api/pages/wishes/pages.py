"""The pages of one's own wishes: list, write, change, say so, pause, end, and what fits."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlmodel import Session

from api.http.paging import Paging, address_of_page
from api.language.i18n import gettext as _
from api.language.i18n import language
from api.pages.families.skills import FIND
from api.pages.forms import Form, uuid_of
from api.pages.rendering import KEPT_BY_THE_BROWSER, page, see_other
from api.pages.visit import Visit
from api.pages.wishes import presenter
from api.pages.wishes.form import fields_of, form_context, names_in, wish_of
from competence.queries import skills_by_code
from core.actor import Actor
from marketplace.mobility import queries, wishes
from marketplace.mobility.models import InterestState, MobilityWish, WishState
from marketplace.mobility.rules import MOST_WISHES, OVER
from marketplace.planning import wishing

LIST, NEW, CHANGE, ONE = (f"wishes/{name}.html" for name in ("list", "new", "change", "one"))
PAGE = "/my-wishes"


class WishPages(Controller):
    """Write wishes, and move them."""

    path = PAGE

    @get("/", sync_to_thread=True)
    def search(self, visit: NamedDependency[Visit], paging: NamedDependency[Paging]) -> Template:
        """List one's own wishes."""
        found = queries.wishes_page(visit.session, visit.actor, paging.page, paging.limit)
        skills = _labels(visit.session, {code for each in found.items for code in each.skills})
        context = {
            "found": found,
            "wishes": [(each, presenter.called(each, skills)) for each in found.items],
            "may_write": queries.count_of(visit.session, visit.actor) < MOST_WISHES,
            "most": MOST_WISHES,
            "address": lambda number: address_of_page(visit.request, number),
        }
        return page(LIST, context)

    @get("/new", sync_to_thread=True)
    def new(self, visit: NamedDependency[Visit]) -> Template:
        """Show the form of a new wish."""
        return page(NEW, form_context(visit.session, visit.form), headers=KEPT_BY_THE_BROWSER)

    @post("/new", sync_to_thread=True)
    def write(self, visit: NamedDependency[Visit]) -> Template | Redirect:
        """Write it down, and go on to its page."""
        form, session = visit.form, visit.session
        if form.value("do") == FIND:
            return page(NEW, form_context(session, form))
        with form.shown_again(NEW, form_context(session, form), names_in(form)):
            row = wishes.write(session, visit.actor, wish_of(form))
            if form.value("do") == "open":
                wishes.open_(session, visit.actor, row.id)
        return see_other(visit.request, f"{PAGE}/{row.id}", _written(row))

    @get("/{key:uuid}", sync_to_thread=True)
    def read_one(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Template:
        """Show a wish, and what fits it while it is open."""
        return page(ONE, _one(visit.session, visit.actor, key, visit.form))

    @get("/{key:uuid}/change", sync_to_thread=True)
    def edit(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Template:
        """Show the form with what the wish says."""
        wish = queries.wish(visit.session, visit.actor, key)
        form = visit.form if visit.form.fields else fields_of(wish)
        return page(CHANGE, _changed(visit.session, wish, form))

    @post("/{key:uuid}/change", sync_to_thread=True)
    def change(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Template | Redirect:
        """Let it say something else."""
        form, session = visit.form, visit.session
        wish = queries.wish(session, visit.actor, key)
        if form.value("do") == FIND:
            return page(CHANGE, _changed(session, wish, form))
        with form.shown_again(CHANGE, _changed(session, wish, form), names_in(form)):
            version = form.whole("version", least=1)
            wishes.change(session, visit.actor, key, wish_of(form), if_version=version)
        return see_other(visit.request, f"{PAGE}/{key}", _("The wish is changed."))

    @post("/{key:uuid}/opening", sync_to_thread=True)
    def open(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Say so."""
        told = _("The wish is open. You alone see what fits it.")
        return _done(visit, key, lambda: wishes.open_(visit.session, visit.actor, key), told)

    @post("/{key:uuid}/pause", sync_to_thread=True)
    def pause(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Look for nothing for the time being."""
        told = _("The wish is paused. Nothing is looked for until you open it again.")
        return _done(visit, key, lambda: wishes.pause(visit.session, visit.actor, key), told)

    @post("/{key:uuid}/ending", sync_to_thread=True)
    def end(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """End it, with what HR was asked for."""
        told = _("The wish has ended.")
        return _done(visit, key, lambda: wishes.end(visit.session, visit.actor, key), told)

    @post("/{key:uuid}/interests", sync_to_thread=True)
    def ask(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Ask HR about a need."""
        told = _("HR is asked. You get a notice of what comes of it.")
        return _about(visit, key, wishing.ask, told)

    @post("/{key:uuid}/withdrawals", sync_to_thread=True)
    def withdraw(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Take back that HR was asked."""
        told = _("It is taken back. What waited for an answer has ended.")
        return _about(visit, key, wishing.withdraw, told)

    @post("/{key:uuid}/dismissals", sync_to_thread=True)
    def dismiss(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Do not show a need."""
        return _about(visit, key, wishing.dismiss, _("It is not shown any more."))

    @post("/{key:uuid}/dismissals/removal", sync_to_thread=True)
    def show_again(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Show a need again that was dismissed."""
        return _about(visit, key, wishing.show_again, _("It is shown again, as long as it fits."))


def _about(visit: Visit, key: UUID, do: Callable[[Session, Actor, UUID, UUID], Any], told: str) -> Redirect:
    """Do something about the need that the form names."""

    def done() -> None:
        need_id = uuid_of(visit.form.value("need"))
        if need_id is None:
            visit.form.wrong("need", "choose one")
            visit.form.check()
        else:
            do(visit.session, visit.actor, key, need_id)

    return _done(visit, key, done, told)


def _done(visit: Visit, key: UUID, do: Callable[[], Any], told: str) -> Redirect:
    queries.wish(visit.session, visit.actor, key)
    with visit.form.acting(visit.session, ONE, lambda: _one(visit.session, visit.actor, key, visit.form)):
        do()
    return see_other(visit.request, f"{PAGE}/{key}", told)


def _one(session: Session, actor: Actor, key: UUID, form: Form) -> dict[str, Any]:
    wish = queries.wish(session, actor, key)
    is_open = wish.state is WishState.OPEN
    fits = wishing.fits(session, actor, wish) if is_open else []
    named = {code for fit in fits for code in getattr(fit.need.requirements, "skills", ())}
    skills = _labels(session, {*wish.skills, *named})
    said = [presenter.interest_told(view) for view in queries.interests_of(session, key)]
    dismissed = [each for each in said if each.state is InterestState.DISMISSED]
    return {
        "form": form,
        "wish": wish,
        "address": f"{PAGE}/{key}",
        "title": presenter.called(wish, skills),
        "facts": presenter.wish_facts(wish, skills),
        "is_open": is_open,
        "is_over": wish.state in OVER,
        "fits": presenter.fits_told(fits, skills),
        "asked": [each for each in said if each not in dismissed],
        "dismissed": dismissed,
    }


def _changed(session: Session, wish: MobilityWish, form: Form) -> dict[str, Any]:
    return form_context(session, form) | {"wish": wish, "stored": fields_of(wish)}


def _written(row: MobilityWish) -> str:
    if row.state is WishState.OPEN:
        return _("The wish is open. You alone see what fits it.")
    return _("The wish is written down. Nothing is looked for until you say so.")


def _labels(session: Session, codes: set[str]) -> dict[str, str]:
    found = skills_by_code(session, codes).values()
    return {each.code: each.label_sv if language() == "sv" else each.label_en for each in found}
