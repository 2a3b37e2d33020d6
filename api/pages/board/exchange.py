"""What goes between organisations: people's days given and taken, and the skills that are asked for in vain."""

from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.response import Template

from api.http.responses import csv_file
from api.language.i18n import gettext as _
from api.language.i18n import language
from api.pages.rendering import page
from api.pages.visit import Visit
from competence.queries import skill_labels
from core.swedish import swedish_key
from marketplace.exchange.days import FEWEST_PEOPLE, OtherUnits, Unit, days_exchanged
from marketplace.exchange.unmet import FEWEST_NEEDS, FEWEST_WHO_ASK, unmet_demand


class ExchangePages(Controller):
    """Show give and take, and unmet demand."""

    path = "/"

    @get("/give-and-take", sync_to_thread=True)
    def days(self, visit: NamedDependency[Visit]) -> Template | Response[bytes]:
        """Show the days of people that organisations and units have lent and borrowed: one's own, or an area's."""
        found = days_exchanged(visit.session, visit.actor)
        told = [(each.organisation, _unit(each.unit), each.lent, each.borrowed) for each in found]
        if visit.wants_csv:
            columns = [_("Organisation"), _("Unit"), _("Days lent"), _("Days borrowed")]
            return csv_file("give-and-take.csv", columns, told)
        return page("board/give_and_take.html", {"told": told, "fewest": FEWEST_PEOPLE})

    @get("/unmet-demand", sync_to_thread=True)
    def unmet(self, visit: NamedDependency[Visit]) -> Template | Response[bytes]:
        """Show which skills are asked for and not to be had, by county."""
        called = skill_labels(visit.session, swedish=language() == "sv")
        found = ((called.get(each.skill, each.skill), each) for each in unmet_demand(visit.session))
        told = [(name, each.county.name, each.needs, each.percent) for name, each in found]
        told.sort(key=lambda row: (-row[2], swedish_key(row[0]), swedish_key(row[1])))
        if visit.wants_csv:
            columns = [_("Skill"), _("County"), _("Needs that wait"), _("Percent of full time")]
            return csv_file("unmet-demand.csv", columns, told)
        return page("board/unmet_demand.html", {"told": told, "fewest": FEWEST_NEEDS, "askers": FEWEST_WHO_ASK})


def _unit(unit: Unit) -> str:
    if isinstance(unit, OtherUnits):
        return _("Other units")
    return unit or _("The organisation as a whole")
