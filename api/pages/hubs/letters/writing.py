"""Writing letters, for hosts of a hub: when drafts are made, what they say, and whether they go."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlmodel import Session

from api.language.i18n import LANGUAGES
from api.language.i18n import gettext as _
from api.language.labels import label
from api.mail.letters.drafting import draft, usual_plan
from api.pages.forms import Form
from api.pages.rendering import page, see_other
from api.pages.visit import Visit
from core.time import clock
from hubs.letters import queries, service
from hubs.letters.models import HubLetter, HubLetterPlan, LetterKind
from hubs.letters.rules import MOST_WEEKS, LetterDraft, PlanDraft
from hubs.places.models import Hub
from hubs.places.queries import hosted_hub

CHANGE, PLAN = "hubs/letters/change.html", "hubs/letters/plan.html"
_NAMES = {"sendAt": "day", "nextOn": "day", "at": "time"}


class LetterWritingPages(Controller):
    """Plan, draft, change, schedule, take back, cancel."""

    path = "/"

    @get("/hubs/{key:uuid}/letters/plans/{kind:str}", sync_to_thread=True)
    def plan(self, visit: NamedDependency[Visit], key: FromPath[UUID], kind: FromPath[LetterKind]) -> Template:
        """Show when letters of a kind are drafted."""
        return page(PLAN, _plan(visit, key, kind))

    @post("/hubs/{key:uuid}/letters/plans/{kind:str}", sync_to_thread=True)
    def save_plan(self, visit: NamedDependency[Visit], key: FromPath[UUID], kind: FromPath[LetterKind]) -> Redirect:
        """Say when, or that none are."""
        form = visit.form
        with form.shown_again(PLAN, _plan(visit, key, kind), _NAMES):
            if form.ticked("none"):
                service.plan_none(visit.session, visit.actor, key, kind)
            else:
                service.plan(visit.session, visit.actor, key, _plan_draft(form, kind))
        return see_other(visit.request, f"/hubs/{key}/letters", _("It is noted when letters are drafted."))

    @post("/hubs/{key:uuid}/letters/drafts/{kind:str}", sync_to_thread=True)
    def draft_now(self, visit: NamedDependency[Visit], key: FromPath[UUID], kind: FromPath[LetterKind]) -> Redirect:
        """Make a draft at once, or go on with one that nobody has written in: two clicks make no two."""
        hosted_hub(visit.session, visit.actor, key)
        visit.session.refresh(visit.session.get_one(Hub, key), with_for_update=True)  # of two at once the second waits
        if unwritten := queries.unwritten(visit.session, key, kind):
            told = _("There is a draft already that nobody has written in. Go on with it.")
            return see_other(visit.request, f"/hub-letters/{unwritten.id}/change", told)
        row = queries.plans(visit.session, key).get(kind) or usual_plan(key, kind)
        made = draft(visit.session, visit.actor, row)
        return see_other(visit.request, f"/hub-letters/{made.id}/change", _("Here is what there is to tell. Go on."))

    @get("/hub-letters/{key:uuid}/change", sync_to_thread=True)
    def edit(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Template:
        """Show the form with a draft as it is."""
        context = _changing(visit, key)
        return page(CHANGE, context | {"form": visit.form if visit.form.fields else context["stored"]})

    @post("/hub-letters/{key:uuid}/change", sync_to_thread=True)
    def change(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Let it be what the form says."""
        form = visit.form
        with form.shown_again(CHANGE, _changing(visit, key), _NAMES):
            version = form.whole_or_none("version")
            service.change(visit.session, visit.actor, key, _letter_draft(form), if_version=version)
        return see_other(visit.request, f"/hub-letters/{key}", _("It is saved. This is how it is read."))

    @post("/hub-letters/{key:uuid}/scheduling", sync_to_thread=True)
    def schedule(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Let it go at its time, as it was shown."""
        version = visit.form.whole_or_none("version")
        told = _("It goes at its time.")
        return _done(visit, key, lambda: service.schedule(visit.session, visit.actor, key, if_version=version), told)

    @post("/hub-letters/{key:uuid}/taking-back", sync_to_thread=True)
    def take_back(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Let it be a draft again."""
        told = _("It is a draft again.")
        return _done(visit, key, lambda: service.take_back(visit.session, visit.actor, key), told)

    @post("/hub-letters/{key:uuid}/cancellation", sync_to_thread=True)
    def cancel(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Let it not go."""
        told = _("It is cancelled and does not go.")
        return _done(visit, key, lambda: service.cancel(visit.session, visit.actor, key), told)


def plans_shown(session: Session, hub_id: UUID) -> list[tuple[LetterKind, HubLetterPlan | None, int]]:
    """Return for each kind of letter when it is drafted, if it is, and how many would get it."""
    found = queries.plans(session, hub_id)
    return [(kind, found.get(kind), queries.readers_count(session, hub_id, kind)) for kind in LetterKind]


def _done(visit: Visit, key: UUID, do: Callable[[], object], told: str) -> Redirect:
    do()
    return see_other(visit.request, f"/hub-letters/{key}", told)


def _letter_draft(form: Form) -> LetterDraft:
    send_at = form.moment("day", "time")
    with form.noting():
        draft = LetterDraft(subject=form.value("subject"), words=form.value("words"), send_at=send_at)
    form.check()
    return draft


def _plan_draft(form: Form, kind: LetterKind) -> PlanDraft:
    day, at = form.day("day", clock.today()), form.clock_time("time")
    weeks, spoken = form.whole("weeks", least=1, most=MOST_WEEKS), form.value("language") or "sv"
    with form.noting():
        draft = PlanDraft(kind=kind, next_on=day, at=at, weeks=weeks, language=spoken)
    form.check()
    return draft


def _plan(visit: Visit, hub_id: UUID, kind: LetterKind) -> dict[str, Any]:
    hub = hosted_hub(visit.session, visit.actor, hub_id).hub
    row = queries.plans(visit.session, hub_id).get(kind)
    shown = row or usual_plan(hub_id, kind)
    said = {"day": shown.next_on, "time": f"{shown.at:%H:%M}", "weeks": shown.weeks, "language": shown.language}
    labels = {
        "day": _("The next one goes on"),
        "time": _("At"),
        "weeks": _("Weeks until the one after that"),
        "language": _("In which language are drafts made?"),
    }
    return {
        "hub": hub,
        "kind": kind,
        "is_planned": row is not None,
        "form": visit.form if visit.form.fields else Form({name: [str(value)] for name, value in said.items()}),
        "spoken": list(LANGUAGES.items()),
        "most": MOST_WEEKS,
        "labels": labels,
        "summary_labels": labels,
    }


def _changing(visit: Visit, key: UUID) -> dict[str, Any]:
    view = queries.letter_view(visit.session, visit.actor, key)
    hosted_hub(visit.session, visit.actor, view.hub.id)
    labels = {
        "subject": _("Subject"),
        "words": _("The letter"),
        "day": _("Goes on"),
        "time": _("At"),
    }
    return {
        "hub": view.hub,
        "letter": view.letter,
        "kind": label(view.letter.kind),
        "stored": _stored(view.letter),
        "labels": labels,
        "summary_labels": labels,
    }


def _stored(letter: HubLetter) -> Form:
    send_at = letter.send_at.astimezone(clock.STOCKHOLM)
    said = {
        "version": letter.version,
        "subject": letter.subject,
        "words": letter.words,
        "day": send_at.date(),
        "time": f"{send_at:%H:%M}",
    }
    return Form({name: [str(value)] for name, value in said.items()})
