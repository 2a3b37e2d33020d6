"""Pages of questions: the list, asking, and one with its answers and what whoever looks may do with it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlmodel import Session

from api.http.paging import Paging, address_of_page
from api.language.i18n import gettext as _
from api.language.labels import label
from api.pages.families.skills import skill_choices
from api.pages.forms import Form, one_of, uuid_of
from api.pages.rendering import KEPT_BY_THE_BROWSER, page, see_other
from api.pages.visit import Visit
from api.presenters import lent
from api.presenters.skills import skill_text
from competence.queries import skills_by_code
from core import geo
from core.actor import Actor
from core.limits import LONGEST_NAME, LONGEST_WORDS
from core.time import clock
from marketplace.offers.queries import OfferView, offer_view
from marketplace.questions import queries, service
from marketplace.questions.models import AnswerState, QuestionState
from marketplace.questions.panels import advisers_count
from marketplace.questions.queries import QuestionSearch, QuestionView, Whose
from marketplace.questions.rules import LONGEST_DAYS, MOST_OPEN, QuestionDraft
from marketplace.views import reads

LIST, NEW, ONE = "questions/list.html", "questions/new.html", "questions/one.html"
FIELDS = {"skillCode": "skill", "countyCode": "county", "offerId": "offer"}
DAYS = 14
"""To answer in, unless another day is chosen."""


class QuestionPages(Controller):
    """List, ask, answer, pass on, decline, end, report, take away."""

    path = "/questions"

    @get("/", sync_to_thread=True)
    def search(self, visit: NamedDependency[Visit], paging: NamedDependency[Paging]) -> Template:
        """List the questions that the member may see, by skill, words and whose they are."""
        form = Form({name: [text] for name, text in visit.request.query_params.items()})
        code = form.value("skill")[:LONGEST_NAME]
        wanted = QuestionSearch(
            one_of(Whose, form.value("whose")), code or None, None, form.value("text")[:200] or None
        )
        skill = skills_by_code(visit.session, [code]).get(code) if code else None
        context = {
            "form": form,
            "found": queries.questions_page(visit.session, visit.actor, wanted, paging.page, paging.limit),
            "address": lambda number: address_of_page(visit.request, number),
            "whose_options": [(each.value, label(each, "question_whose")) for each in Whose],
            "skills": _skills(visit.session, Form({".code": [code]})),
            "skill": skill_text(skill) if skill else "",
            "called": skill_text,
        }
        return page(LIST, context)

    @get("/new", sync_to_thread=True)
    def new(self, visit: NamedDependency[Visit]) -> Template:
        """Show the form of a question: about a skill, or about a card to HR where the person works."""
        return page(NEW, _choices(visit) | {"form": visit.form}, headers=KEPT_BY_THE_BROWSER)

    @post("/new", sync_to_thread=True)
    def ask(self, visit: NamedDependency[Visit]) -> Redirect:
        """Ask, and go on to the question's page."""
        with visit.form.shown_again(NEW, _choices(visit), FIELDS):
            row = service.ask(visit.session, visit.actor, _draft(visit.form))
        told = _("HR has your question.") if row.offer_id else _("Your question is put to the panel.")
        return see_other(visit.request, f"/questions/{row.id}", told)

    @get("/{key:uuid}", sync_to_thread=True)
    def read_one(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Template:
        """Show a question with the answers that the member may read."""
        return page(ONE, _one(visit.session, visit.actor, key) | {"form": visit.form})

    @post("/{key:uuid}/answers", sync_to_thread=True)
    def answer(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Answer it."""
        words, named = visit.form.text("words", required=True, most=LONGEST_WORDS), visit.form.ticked("named")
        told = _("Your answer is there, and whoever asked is told.")
        return _done(visit, key, lambda: service.answer(visit.session, visit.actor, key, words, named=named), told)

    @post("/{key:uuid}/passing", sync_to_thread=True)
    def pass_on(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Let the one whose card it is have it."""
        told = _("The one whose card it is has the question now.")
        return _done(visit, key, lambda: service.pass_on(visit.session, visit.actor, key), told)

    @post("/{key:uuid}/refusal", sync_to_thread=True)
    def decline(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Say no."""
        words = visit.form.text("refusal_words", most=LONGEST_WORDS)
        told = _("You have said no.")
        return _done(visit, key, lambda: service.decline(visit.session, visit.actor, key, words), told, "/questions")

    @post("/{key:uuid}/ending", sync_to_thread=True)
    def end(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Say that it is answered, or ask it no more."""
        to = visit.form.choice("to", QuestionState)
        told = _("The question is marked as answered.") if to is QuestionState.ANSWERED else _("It is asked no more.")
        return _done(visit, key, lambda: service.end(visit.session, visit.actor, key, to), told)

    @post("/{key:uuid}/report", sync_to_thread=True)
    def report(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Tell the coordinators that something has no place there."""
        words = visit.form.text("report_words", required=True, most=LONGEST_WORDS)
        told = _("The coordinators are told.")
        return _done(visit, key, lambda: service.report(visit.session, visit.actor, key, words), told)

    @post("/{key:uuid}/removal", sync_to_thread=True)
    def remove(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Take it away, or one of its answers."""
        answer = uuid_of(visit.form.value("answer"))
        told = _("It is taken away, and whoever wrote it is told.")
        return _done(visit, key, lambda: service.remove(visit.session, visit.actor, key, answer), told)


def _done(visit: Visit, key: UUID, do: Callable[[], object], told: str, to: str = "") -> Redirect:
    names = {"words": next((each for each in ("refusal_words", "report_words") if each in visit.form.fields), "words")}
    with visit.form.acting(visit.session, ONE, lambda: _one(visit.session, visit.actor, key), names):
        do()
    return see_other(visit.request, to or f"/questions/{key}", told)


def _draft(form: Form) -> QuestionDraft:
    """Return what a form says, all that is wrong in it told at once."""
    skill, until = form.value("skill"), form.day("until", clock.today())
    if not skill:
        form.wrong("skill", "choose one")
    title = form.text("title", required=True, most=LONGEST_NAME)
    words = form.text("words", required=True, most=LONGEST_WORDS)
    form.check()
    return QuestionDraft(
        skill_code=skill,
        title=title,
        words=words,
        until=until,
        county_code=form.value("county") or None,
        offer_id=uuid_of(form.value("offer")),
    )


def _choices(visit: Visit) -> dict[str, Any]:
    """Return what can be chosen in the form; of a card, one of its skills."""
    form, query = visit.form, visit.request.query_params
    code, offer = (form.value(name) or query.get(name, "")[:LONGEST_NAME] for name in ("skill", "offer"))
    key = uuid_of(offer)
    card = offer_view(visit.session, visit.actor, key) if key else None
    skills = [(each.code, skill_text(each)) for each, _level in card.skills] if card else []
    labels = {
        "skill": _("Which competence is it about?"),
        "title": _("What do you want to know?"),
        "words": _("Tell more"),
        "county": _("County, if it matters"),
        "until": _("The last day to answer"),
    }
    chosen = skills_by_code(visit.session, [code]).get(code) if code and not card else None
    return {
        "card": _told(card) if card else None,
        "offer": offer if card else "",
        "skills": skills or _skills(visit.session, Form({".code": [code]})),
        "code": code or (skills[0][0] if len(skills) == 1 else ""),
        "advisers": advisers_count(visit.session, visit.actor, chosen.id) if chosen else None,
        "counties": [(each.code, each.name) for each in geo.counties()],
        "until": str(clock.today() + timedelta(days=DAYS)),
        "most": {"days": LONGEST_DAYS, "open": MOST_OPEN},
        "labels": labels,
        "summary_labels": labels,
    }


def _skills(session: Session, form: Form) -> list[tuple[str, str]]:
    return skill_choices(session, form).listed


def _told(view: OfferView) -> dict[str, str]:
    return {"name": lent.name_of(view, named=view.named), "whose": lent.whose(view.home)}


def _one(session: Session, actor: Actor, key: UUID) -> dict[str, Any]:
    view = queries.question_view(session, actor, key)
    reads.answerers_read(session, actor, [view])
    return {
        "view": view,
        "state": view.state,
        "skill": skill_text(view.skill),
        "county": next((each.name for each in geo.counties() if each.code == view.question.county_code), ""),
        "asked": _asked(view),
        "answers": [(each, each.answer.state is AnswerState.REMOVED) for each in view.answers],
        "may_end": view.asks and view.waits,
        "may_pass": view.keeps_card and view.question.state is QuestionState.OPEN and view.waits,
        "may_decline": view.waits and (view.keeps_card or view.passed),
        "may_remove": actor.coordinates_for(view.question.organisation_id) and view.state is not QuestionState.REMOVED,
        "coordinates": actor.coordinates_for,
    }


def _asked(view: QuestionView) -> str:
    if view.home is None:
        return _("The panel of the competence")
    return _("HR at %(whose)s") % {"whose": lent.whose(view.home)}
