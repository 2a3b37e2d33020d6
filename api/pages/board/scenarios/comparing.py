"""Scenarios side by side: each figure, and each organisation."""

from dataclasses import dataclass
from uuid import UUID

from litestar import Controller, get
from litestar.di import NamedDependency
from litestar.response import Template
from sqlmodel import Session

from api.language import format as written
from api.language.i18n import gettext as _
from api.language.labels import LABELS, label
from api.pages.board.overview import direction_of
from api.pages.board.scenarios.presenter import counts_of
from api.pages.forms import uuid_of
from api.pages.proposals.costs import points_text
from api.pages.rendering import page
from api.pages.visit import Visit
from marketplace.planning.rules import check_plans
from marketplace.scenarios import queries, told
from marketplace.scenarios.models import Scenario
from marketplace.scenarios.rules import MOST_COMPARED
from marketplace.scenarios.solving.outcome import Effect, Outcome

SHOWN = 50
"""Organisations that the page shows."""


@dataclass(frozen=True)
class Row:
    """A figure, or an organisation, with a cell for each scenario."""

    name: str
    cells: list[str]


class ScenarioComparisonPage(Controller):
    """Show several drafts beside each other."""

    path = "/scenarios"

    @get("/comparison", sync_to_thread=True)
    def show(self, visit: NamedDependency[Visit]) -> Template:
        """Compare some of one's drafts: what each comes to in all, and for each organisation."""
        check_plans(visit.actor)
        asked = [uuid_of(text) for text in visit.request.query_params.getall("draft", [])][:MOST_COMPARED]
        scenarios = [queries.scenario(visit.session, visit.actor, key) for key in dict.fromkeys(asked) if key]
        known = queries.outcomes(visit.session, [each.id for each in scenarios])
        outcomes = [known[each.id] for each in scenarios if each.id in known]
        context = {
            "scenarios": [each for each in scenarios if each.id in known],
            "empty": [each for each in scenarios if each.id not in known],
            "outcomes": outcomes,
            "figures": _figures(outcomes) if outcomes else [],
            "parties": _parties(visit.session, outcomes)[:SHOWN],
            "same_run": len({each.run_id for each in scenarios}) < 2,
            "same_weights": len({_weights(each) for each in scenarios}) < 2,
        }
        return page("scenarios/comparison.html", context)


def _figures(outcomes: list[Outcome]) -> list[Row]:
    rows = [
        Row(_("Needs served"), [_told(each.after.served, each.before.served) for each in outcomes]),
        Row(_("Value, in points"), [_told(each.after.value, each.before.value) for each in outcomes]),
    ]
    rows += [Row(label(effect), [written.number(each.count(effect)) for each in outcomes]) for effect in Effect]
    for code in LABELS["scenario_points"]:
        gains = [each.points.get(code, 0) for each in outcomes]
        if any(gains):
            rows.append(
                Row(
                    _("Points: %(criterion)s") % {"criterion": label(code, "scenario_points")},
                    [direction_of(each, 0, more_is_better=True)[0] for each in gains],
                )
            )
    return rows


def _told(now: int, before: int) -> str:
    return f"{written.number(now)}. {direction_of(now, before, more_is_better=True)[0]}"


def _parties(session: Session, outcomes: list[Outcome]) -> list[Row]:
    """Each organisation, those for which the scenarios differ most first."""
    of_each = [{party.organisation.id: party for party in told.parties(session, found)} for found in outcomes]
    names = {key: party.organisation.name for parties in of_each for key, party in parties.items()}

    def gains(key: UUID) -> list[int]:
        return [parties[key].gain if key in parties else 0 for parties in of_each]

    def cell(party: told.Party | None) -> str:
        return _("Nothing changes") if party is None else f"{points_text(party.gain)}. {counts_of(party.needs)}"

    order = sorted(names, key=lambda key: (min(gains(key)) - max(gains(key)), names[key], key))
    return [Row(names[key], [cell(parties.get(key)) for parties in of_each]) for key in order]


def _weights(scenario: Scenario) -> tuple[str, ...]:
    return tuple(sorted(str(each) for each in scenario.changes if each.get("code") == "weigh"))
