"""Finding competence: a skill, how many have it where, and the cards of it that one may see; no loan is asked for."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from litestar import Controller, get
from litestar.di import NamedDependency
from litestar.response import Template
from sqlmodel import Session

from api.http.paging import Paging, address_of_page
from api.language.labels import label
from api.pages.families.reading import read_languages
from api.pages.families.skills import LONGEST_WORD, MOST_FOUND
from api.pages.forms import Form
from api.pages.offers.choices import options
from api.pages.rendering import page, told_apart
from api.pages.visit import Visit
from api.presenters import lent
from api.presenters.skills import skill_text
from competence.queries import skills_by_code, skills_page
from core import geo
from core.actor import Actor, Permission
from marketplace.offers.excerpts import OfferExcerpt
from marketplace.offers.finding import STEP, count_cards
from marketplace.offers.models import OfferState
from marketplace.offers.search import OfferSearch
from marketplace.questions.queries import QuestionSearch, questions_page
from marketplace.views import reads
from marketplace.views.search import offers_in_short
from resources.families.staff import STAFF

FIND = "offers/competence.html"
QUESTIONS = 5
"""How many that were asked about the skill are shown; the rest is behind a link."""
_KEPT = ("level", "county", "language")
"""What goes on being looked for when another skill is chosen."""


class CompetencePage(Controller):
    """Find who can do something."""

    path = "/competence"

    @get("/", sync_to_thread=True)
    def find(self, visit: NamedDependency[Visit], paging: NamedDependency[Paging]) -> Template:
        """Find a skill by a word, and tell how many have it, where, and which cards of it the member may see."""
        form = Form({name: [text] for name, text in visit.request.query_params.items()})
        session, actor, code = visit.session, visit.actor, form.value("skill")
        skill = skills_by_code(session, [code]).get(code) if 0 < len(code) <= LONGEST_WORD else None
        search = _search(form, skill.code) if skill else None
        context: dict[str, Any] = {
            "form": form,
            "skill": skill_text(skill) if skill else "",
            "code": skill.code if skill else "",
            "skills": _skills(session, form) if skill is None else [],
            "level_options": options("12345", "skill_level"),
            "county_options": [(county.code, county.name) for county in geo.counties()],
            "fewest": STEP,
            "may_ask": actor.may(Permission.REQUEST),
            "address": lambda number: address_of_page(visit.request, number),
        }
        told = _found(session, actor, search, paging) if search and not form.errors else {}
        return page(FIND, context | told)


def _search(form: Form, code: str) -> OfferSearch:
    level, county = form.value("level"), form.value("county")
    return OfferSearch(
        family=STAFF.name,
        state=OfferState.OPEN,
        skill=code,
        level=int(level) if level in tuple("12345") else None,
        county_code=county if county in {each.code for each in geo.counties()} else None,
        language=_spoken(form),
    )


def _spoken(form: Form) -> str | None:
    codes = read_languages(form, "language") or []
    if len(codes) > 1:
        form.wrong("language", "write one language")
    return next(iter(codes), None)


def _found(session: Session, actor: Actor, search: OfferSearch, paging: Paging) -> dict[str, Any]:
    found = offers_in_short(session, actor, search, paging.page, paging.limit)
    reads.offers_read(session, actor, found.items)
    counted = count_cards(session, search)
    return {
        "total": counted.total,
        "parts": [(each.county.name, label(each.group), each.count) for each in counted.parts],
        "found": found,
        "told": _told(found.items, actor),
        "questions": questions_page(session, actor, QuestionSearch(skill_code=search.skill), limit=QUESTIONS),
    }


def _told(found: Sequence[OfferExcerpt], actor: Actor) -> list[dict[str, Any]]:
    """Return cards in words; `called` tells the links of two apart that say the same."""
    told = [_shown(view, actor) for view in found]
    called = told_apart(each["name"] for each in told)
    return [{**each, "called": name} for each, name in zip(told, called, strict=True)]


def _shown(view: OfferExcerpt, actor: Actor) -> dict[str, Any]:
    return {
        "of_others": view.owner.id != actor.organisation_id,
        "id": str(view.offer.id),
        "name": lent.name_of(view, named=view.named),
        "much": lent.amount_of(view.lent.resource, view.capacity),
        "place": lent.place_of(view, view.home, exact=view.exact),
        "whose": lent.whose(view.home),
    }


def _skills(session: Session, form: Form) -> list[tuple[str, str]]:
    """Return what a word finds, each with the address at which it is looked for."""
    word = form.value("text").strip()[:LONGEST_WORD]
    kept = {name: form.value(name) for name in _KEPT if form.value(name)}
    found = skills_page(session, word, limit=MOST_FOUND).items if word else []
    return [(skill_text(each), f"/competence?{urlencode({'skill': each.code, **kept})}") for each in found]
