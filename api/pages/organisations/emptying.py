"""Pages of emptying a building: choose the site, say what holds of all and of single things, look it through, offer."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from api.language.i18n import gettext as _
from api.pages.forms import Form
from api.pages.offers.choices import options
from api.pages.offers.uploads import sending_labels
from api.pages.rendering import page, see_other
from api.pages.visit import Visit
from core.actor import Permission, check_may
from core.database.undo import time_to_undo
from core.errors import BadInput
from core.time import clock
from core.time.interval import Interval
from core.time.opening import local_instant
from core.time.reading import read_instant
from marketplace.emptying import queries, service
from marketplace.emptying.queries import Thing
from marketplace.emptying.rules import MOST_THINGS, EmptyingDraft, Otherwise
from marketplace.emptying.service import Plan
from marketplace.offers.models import OfferState, Visibility
from resources.families import family_of

SITES, ONE = "organisations/sites_to_empty.html", "organisations/emptying.html"
FIELDS = {"during": "last", "end": "last", "start": "first"}
"""What rules call otherwise than the form does."""
WIDER = tuple(each for each in reversed(Visibility) if each is not Visibility.DEPARTMENT)


class EmptyingPages(Controller):
    """Choose a site, look through what would be offered, offer it, take it back."""

    path = "/emptying"

    @get("/", sync_to_thread=True)
    def choose(self, visit: NamedDependency[Visit]) -> Template:
        """List the sites of one's organisation at which something stands."""
        check_may(visit.actor, Permission.OFFER)
        return page(SITES, {"sites": queries.sites_to_empty(visit.session, visit.actor)})

    @get("/{key:uuid}", sync_to_thread=True)
    def read_one(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Template:
        """Show what stands at a site, how it is offered and what is booked of it, and what was just offered."""
        context = _context(visit, key, visit.form)
        made_at = _instant(visit.request.query_params.get("made", ""))
        if made_at and (until := time_to_undo(made_at)):
            count = len(queries.made_at_once(visit.session, visit.actor, key, made_at))
            context |= {"made": count, "made_at": _text(made_at), "undo_until": until}
        return page(ONE, context)

    @post("/{key:uuid}", sync_to_thread=True)
    def empty(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Template | Redirect:
        """Show what would be offered, or offer it as it was looked through."""
        session, actor, form = visit.session, visit.actor, visit.form
        context = _context(visit, key, form)
        state = {"open": OfferState.OPEN, "draft": OfferState.DRAFT}.get(form.value("do"))
        with form.shown_again(ONE, context, FIELDS):
            draft = _read(form, context["things"])
            plan = service.plan(session, actor, key, draft)
            if state is None or form.value("seal") != plan.seal:
                return page(ONE, context | _told(plan) | {"is_other": state is not None})
            _done, made_at = service.empty(session, actor, key, draft, state, seal=plan.seal)
        return see_other(visit.request, f"/emptying/{key}?made={_text(made_at)}")  # which tells what was made

    @post("/{key:uuid}/undoing", sync_to_thread=True)
    def undo(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Close what was just offered in one go."""
        made_at = _instant(visit.form.value("made"))
        with visit.form.acting(visit.session, ONE, lambda: _context(visit, key, Form())):
            if made_at is None:
                raise BadInput("made", visit.form.value("made"), "it has to be when the offers were made")
            service.take_back(visit.session, visit.actor, key, made_at)
        return see_other(visit.request, f"/emptying/{key}", _("It is undone: nothing of it is offered."))


def _context(visit: Visit, key: UUID, form: Form) -> dict[str, Any]:
    site = queries.site_to_empty(visit.session, visit.actor, key)
    things = queries.things_at(visit.session, visit.actor, key)
    lines = {
        f"{field}-{each.resource.id}": f"{each.resource.name}: {text}"
        for each in things
        for field, text in (("first", _("from")), ("last", _("through")), ("visibility", _("who may see it")))
    }
    return {
        "form": form,
        "sending": Form(),
        "sending_labels": sending_labels(),
        "site": site,
        "things": things,
        "most": MOST_THINGS,
        "plan": None,
        "is_other": False,
        "made": 0,
        "today": clock.today().isoformat(),
        "gives": any(family_of(each.resource.family).hand_over for each in things),
        "audiences": options(WIDER, "visibility"),
        "labels": {
            "first": _("From"),
            "last": _("Through"),
            "visibility": _("Who may see it?"),
            "handOver": _("Furniture is handed over for good"),
            "conditions": _("Conditions"),
            **lines,
        },
    }


def _told(plan: Plan) -> dict[str, Any]:
    return {"plan": plan, "of": {each.resource.id: each for each in plan.things}}


def _read(form: Form, things: list[Thing]) -> EmptyingDraft:
    """Return what the form says, with all that is wrong told at once."""
    first, last = form.day("first", clock.today()), form.day_or_none("last")
    visibility = form.choice("visibility", Visibility)
    taken = set(form.many("take"))
    otherwise = {each.resource.id: _otherwise(form, each, first, last, taken) for each in things}
    during = Interval(_midnight(first), None)
    with form.noting():
        during = _days(first, last, "last")
    form.check()
    return EmptyingDraft(
        during,
        visibility=visibility,
        hand_over=form.ticked("handOver"),
        conditions=form.text("conditions", most=4000),
        otherwise={key: said for key, said in otherwise.items() if said != Otherwise()},
    )


def _otherwise(form: Form, thing: Thing, first: date, last: date | None, taken: set[str]) -> Otherwise:
    key = str(thing.resource.id)
    from_, through = form.day_or_none(f"first-{key}"), form.day_or_none(f"last-{key}")
    during = None
    if from_ or through:
        with form.noting():
            during = _days(from_ or first, through or last, f"last-{key}")
    audience = form.choice(f"visibility-{key}", Visibility) if form.value(f"visibility-{key}") else None
    return Otherwise(during, audience, left_out=key not in taken)


def _days(first: date, last: date | None, field: str) -> Interval:
    if last is not None and last < first:
        raise BadInput(field, last.isoformat(), f"it ends before it starts: it has to be {first} or later")
    return Interval(_midnight(first), _midnight(last + timedelta(days=1)) if last else None)


def _midnight(day: date) -> datetime:
    return local_instant(day, datetime.min.time())


def _text(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def _instant(text: str) -> datetime | None:
    try:
        found = read_instant(text)
    except BadInput:
        return None
    return found if found.tzinfo else None
