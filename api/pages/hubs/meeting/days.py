"""A hub's week by one of its members: who comes when, one's own days, and which day one is told."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from api.language import format as written
from api.language.i18n import gettext as _
from api.language.labels import label
from api.pages.forms import Form
from api.pages.rendering import page, see_other
from api.pages.visit import Visit
from core.limits import refuse_if
from core.time import clock
from core.time.opening import WEEKDAYS as DAY_CODES
from hubs.places.models import Hub
from hubs.presence import queries, service
from hubs.presence.models import Audience, HubWeek
from hubs.presence.rules import LEAST_COUNTED, WEEKDAYS, WEEKS_AHEAD, WeekDraft, monday_of, week_faults
from hubs.profiles.queries import check_member

TEMPLATE = "hubs/days.html"


class HubDayPages(Controller):
    """Show a week, say one's days."""

    path = "/hubs/{key:uuid}/days"

    @get("/", sync_to_thread=True)
    def read_one(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Template:
        """Show a week, this one unless another is asked for."""
        asked = Form({"monday": [visit.request.query_params.get("monday", "")]})
        monday = asked.day_or_none("monday")
        monday = monday_of(clock.today()) if monday is None or [*week_faults("monday", monday)] else monday
        return page(TEMPLATE, _context(visit, key, monday, visit.form))

    @post("/", sync_to_thread=True)
    def say(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Say when one comes or could, whom that is told, and ask which day to come."""
        form = visit.form
        check_member(visit.session, visit.actor, key)
        monday = form.day("monday", clock.today())
        refuse_if(week_faults("monday", monday))
        with form.shown_again(TEMPLATE, _context(visit, key, monday, form)):
            row = service.say(visit.session, visit.actor, key, _draft(form, monday))
        told = _("Your days are noted.")
        if row.due and row.visits is not None:
            told = _("Your days are noted. You get a notice within some minutes that says which day to come.")
        return see_other(visit.request, f"/hubs/{key}/days?monday={monday}", told)


def _draft(form: Form, monday: date) -> WeekDraft:
    plans, could = ({day for text in form.many(name) if (day := _day(text))} for name in ("plans", "could"))
    told_to, visits = form.choice("toldTo", Audience), form.whole_or_none("visits", least=1, most=WEEKDAYS)
    with form.noting():
        draft = WeekDraft(monday=monday, plans=frozenset(plans), could=frozenset(could), told_to=told_to, visits=visits)
    form.check()
    return draft


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _context(visit: Visit, hub_id: UUID, monday: date, form: Form) -> dict[str, Any]:
    session, actor = visit.session, visit.actor
    week = queries.week(session, actor, hub_id, monday)
    own = queries.own_week(session, actor, hub_id, monday)
    this = monday_of(clock.today())
    labels = {
        "plans": _("I plan to come"),
        "could": _("I could come"),
        "toldTo": _("Who may see my days"),
        "visits": _("Which day should I come?"),
    }
    return {
        "hub": session.get_one(Hub, hub_id),
        "monday": monday,
        "week": week,
        "own": own,
        "advice": queries.advice(session, actor, own) if own.answered_at else [],
        "day_of": day_of,
        "counted": LEAST_COUNTED,
        "form": form,
        "defaults": _defaults(own),
        "labels": labels,
        "summary_labels": labels,
        "days": [(str(each.day), day_of(each.day)) for each in week],
        "audiences": [(each.value, label(each)) for each in Audience],
        "counts": [(str(each), _("on %(n)s of the days I could") % {"n": each}) for each in range(1, WEEKDAYS + 1)],
        "before": monday - timedelta(weeks=1) if monday > this else None,
        "after": monday + timedelta(weeks=1) if monday < this + timedelta(weeks=WEEKS_AHEAD) else None,
    }


def _defaults(own: HubWeek) -> dict[str, Any]:
    return {
        "plans": [str(day) for day in own.plans],
        "could": [str(day) for day in own.could],
        "toldTo": own.told_to.value,
        "visits": str(own.visits or ""),
    }


def day_of(day: date) -> str:
    """Return a day with the name that it has in a week."""
    return f"{label(DAY_CODES[day.weekday()], 'weekday')} {written.day(day)}"
