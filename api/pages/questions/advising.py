"""The page of what one answers questions about."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from api.language.i18n import gettext as _
from api.language.labels import label
from api.pages.families.skills import skill_choices
from api.pages.forms import Form
from api.pages.rendering import page, see_other
from api.pages.visit import Visit
from api.presenters.skills import skill_text
from competence.queries import skills_by_code
from core.limits import LONGEST_NAME
from marketplace.offers.models import Visibility
from marketplace.questions import panels
from marketplace.questions.models import AdviserState
from marketplace.questions.rules import AUDIENCES

TEMPLATE, PAGE = "questions/advising.html", "/advising"


class AdvisingPages(Controller):
    """Say what one answers questions about, pause, take away."""

    path = PAGE

    @get("/", sync_to_thread=True)
    def read(self, visit: NamedDependency[Visit]) -> Template:
        """Show what the member answers questions about."""
        return page(TEMPLATE, _context(visit) | {"form": visit.form})

    @post("/", sync_to_thread=True)
    def advise(self, visit: NamedDependency[Visit]) -> Redirect:
        """Answer questions about a skill, or change whose."""
        form = visit.form
        with form.shown_again(TEMPLATE, _context(visit), {"skillCode": "skill"}):
            code, audience = form.value("skill")[:LONGEST_NAME], form.choice("audience", Visibility)
            if not code:
                form.wrong("skill", "choose one")
            form.check()
            skill = panels.chosen_skill(skills_by_code(visit.session, [code]).get(code), code)
            panels.advise(visit.session, visit.actor, skill, audience)
        return see_other(visit.request, PAGE, _("You are asked about it from now on."))

    @post("/{key:uuid}/pause", sync_to_thread=True)
    def pause(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Be asked no more for the time being."""
        told = _("You are not asked about it until you choose to be again.")
        return _done(visit, lambda: panels.pause(visit.session, visit.actor, key), told)

    @post("/{key:uuid}/resumption", sync_to_thread=True)
    def resume(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Be asked again."""
        told = _("You are asked about it again.")
        return _done(visit, lambda: panels.resume(visit.session, visit.actor, key), told)

    @post("/{key:uuid}/removal", sync_to_thread=True)
    def remove(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Be asked no more."""
        told = _("You are asked about it no more. What you have answered stands.")
        return _done(visit, lambda: panels.remove(visit.session, visit.actor, key), told)


def _done(visit: Visit, do: Callable[[], None], told: str) -> Redirect:
    with visit.form.acting(visit.session, TEMPLATE, lambda: _context(visit)):
        do()
    return see_other(visit.request, PAGE, told)


def _context(visit: Visit) -> dict[str, Any]:
    code = (visit.form.value("skill") or visit.request.query_params.get("skill", ""))[:LONGEST_NAME]
    labels = {"skill": _("Competence"), "audience": _("Whose questions do you answer?")}
    return {
        "advised": [
            (row.Adviser, skill_text(row.Skill), row.Adviser.state is AdviserState.PAUSED)
            for row in panels.own_advisers(visit.session, visit.actor)
        ],
        "skills": skill_choices(visit.session, Form({".code": [code]})).listed,
        "code": code,
        "audiences": [(each.value, label(each)) for each in AUDIENCES],
        "labels": labels,
        "summary_labels": labels,
    }
