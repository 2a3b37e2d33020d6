"""The page of what came of an alert, and its table as a file."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template

from api.http.responses import csv_file
from api.language.i18n import gettext as _
from api.language.i18n import ngettext
from api.pages.rendering import page
from api.pages.visit import Visit
from marketplace.exchange.alerts import AlertReport, Answers, alert_report
from marketplace.exchange.days import FEWEST_PEOPLE


class SurgeReportPages(Controller):
    """What came of an alert."""

    path = "/surges"

    @get("/{key:uuid}/report", sync_to_thread=True)
    def report(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Template | Response[bytes]:
        """Show what has come of an alert: answers, roles, lenders and floors."""
        found = alert_report(visit.session, visit.actor, key)
        marks = [after(each) for each in found.marks]
        if visit.wants_csv:
            columns = [_("Part"), _("Of what"), _("Figure"), _("Value")]
            return csv_file("alert-report.csv", columns, list(_figures(found, marks)))
        context = {"found": found, "surge": found.view.surge, "marks": marks, "fewest": FEWEST_PEOPLE}
        return page("surges/report.html", context | {"others": _("Others together")})


def after(mark: timedelta) -> str:
    """Return a time after the call in words: hours up to a day, days beyond."""
    hours = round(mark.total_seconds() / 3600)
    if hours <= 24:
        return ngettext("After %(num)s hour", "After %(num)s hours", hours) % {"num": hours}
    return ngettext("After %(num)s day", "After %(num)s days", hours // 24) % {"num": hours // 24}


def _figures(found: AlertReport, marks: list[str]) -> Iterator[tuple[Any, ...]]:
    """Yield each figure of a report with the part that it is in and what it is of."""
    of_all: dict[str, Any] = {_("Answered in time"): found.in_time, _("Answered late"): found.late}
    of_all[_("Hours until half of the answers had come")] = found.median_hours
    for name, value in of_all.items():
        yield _("Alert"), found.view.surge.title, name, value
    for role in found.roles:
        filled = dict(zip(marks, role.filled, strict=True))
        figures = {_("Needed"): role.number, **_said(role.answers), _("Agreed"): role.agreed}
        figures |= {_("Not filled"): role.unfilled} | {f"{name}, %": percent for name, percent in filled.items()}
        yield from ((_("Role"), role.title, name, value) for name, value in figures.items())
    for lender in found.lenders:
        figures = {**_said(lender.answers), _("Days lent"): lender.days}
        of = lender.organisation or _("Others together")
        yield from ((_("Organisation"), of, name, value) for name, value in figures.items())
    for floor in found.floors:
        figures = {_("Percent that stays at ordinary work"): floor.floor_percent}
        figures |= {
            _("May be away at once, percent"): floor.may_be_away,
            _("Most away at once, percent"): floor.most_away,
        }
        of = f"{floor.organisation}: {floor.roster}"
        yield from ((_("Roster"), of, name, value) for name, value in figures.items())


def _said(answers: Answers) -> dict[str, Any]:
    asked = {_("Called"): answers.asked, _("Have said yes"): answers.yes}
    return {**asked, _("Have said no"): answers.no, _("Have not answered"): answers.silent}
