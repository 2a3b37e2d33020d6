"""A scenario in words: what it changes, and what that comes to, each figure with its direction."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from api.language import format as written
from api.language.i18n import gettext as _
from api.language.labels import LABELS, label
from api.pages.board.overview import direction_of
from api.pages.proposals.costs import points_text
from api.presenters.lent import name_of
from marketplace.offers.queries import OfferView
from marketplace.proposals.queries import offered
from marketplace.scenarios.models import Scenario
from marketplace.scenarios.solving.changes import Add, Change, Close, Forbid, Lock, Weigh
from marketplace.scenarios.solving.changes import changes as changes_of
from marketplace.scenarios.solving.outcome import Effect, Outcome
from marketplace.scenarios.told import Asked, Party, asked_of

MOST_RULES = 3
"""Criteria that are told of each need: those that differ most."""


@dataclass(frozen=True)
class ChangeShown:
    """A change in words, whether it fits beside the others, and the fields of the form that takes it away."""

    words: str
    unfitting: bool
    fields: Mapping[str, str]


@dataclass(frozen=True)
class Figure:
    """A figure of the run and of the scenario, and whether that is better or worse."""

    name: str
    before: str
    after: str
    compared: str
    direction: str


def changes_shown(session: Session, scenario: Scenario, found: Outcome | None) -> list[ChangeShown]:
    """Return the changes of a scenario in words."""
    wanted = changes_of(scenario.changes)
    needs = asked_of(session, {each.need_id for each in wanted if isinstance(each, Lock | Forbid)})
    ids = {getattr(each, "offer_id", None) for each in wanted} - {None}
    offers = offered(session, ids)  # type: ignore[arg-type]
    unfitting = found.unfitting if found else ()
    return [ChangeShown(_words(each, needs, offers), n in unfitting, fields_of(each)) for n, each in enumerate(wanted)]


def fields_of(change: Change) -> dict[str, str]:
    """Return the fields of a form that say what a change is about."""
    named = {name: name.removesuffix("_id") for name in ("need_id", "offer_id", "amount", "criterion", "points")}
    found = {field: getattr(change, name, None) for name, field in named.items()}
    return {"code": change.code} | {name: str(value) for name, value in found.items() if value is not None}


def _words(change: Change, needs: Mapping[UUID, Asked], offers: Mapping[UUID, OfferView]) -> str:
    need = title_of(needs.get(getattr(change, "need_id", UUID(int=0))))
    offer = offer_name(offers.get(getattr(change, "offer_id", None) or UUID(int=0)))
    match change:
        case Lock(offer_id=None):
            return _("%(need)s keeps what the run gave it") % {"need": need}
        case Lock():
            return _("%(need)s is given %(offer)s") % {"need": need, "offer": offer}
        case Forbid():
            return _("%(need)s is not given %(offer)s") % {"need": need, "offer": offer}
        case Close():
            return _("%(offer)s is closed") % {"offer": offer}
        case Add(amount=amount):
            return _("%(offer)s has %(amount)s more") % {"offer": offer, "amount": written.number(amount)}
        case Weigh(criterion=criterion, points=points):
            named = {"criterion": label(criterion, "weight"), "points": written.number(points)}
            return _("%(criterion)s weighs at most %(points)s points") % named


def title_of(asked: Asked | None) -> str:
    """Return what a need is called: its request, and its own title where it has one."""
    if asked is None:
        return _("A need that is gone")
    return f"{asked.request.title}: {asked.need.title}" if asked.need.title else asked.request.title


def offer_name(view: OfferView | None) -> str:
    """Return what an offer is called, with whose it is."""
    if view is None:
        return _("An offer that is gone")
    return f"{name_of(view, named=False)}, {view.owner.name}"


def offer_names(views: Sequence[OfferView]) -> str:
    """Return what offers are called, or that there is none."""
    return "; ".join(map(offer_name, views)) or _("Nothing")


def figures(found: Outcome) -> Iterator[Figure]:
    """Yield what a scenario comes to beside its run."""
    before, after = found.before, found.after
    for name, was, now in (
        (_("Needs served"), before.served, after.served),
        (_("Value, in points"), before.value, after.value),
    ):
        words, direction = direction_of(now, was, more_is_better=True)
        yield Figure(name, written.number(was), written.number(now), words, direction)
    for code in LABELS["scenario_points"]:
        points = found.points.get(code, 0)
        if points:
            words, direction = direction_of(points, 0, more_is_better=True)
            name = _("Points: %(criterion)s") % {"criterion": label(code, "scenario_points")}
            yield Figure(name, "", "", words, direction)


def rules_of(points: Mapping[str, int]) -> str:
    """Return by which criteria a need gains or loses most, with their points."""
    largest = sorted(points.items(), key=lambda item: -abs(item[1]))[:MOST_RULES]
    return ", ".join(f"{label(code, 'scenario_points')} {points_text(gain)}" for code, gain in largest)


def counts_of(needs: Mapping[Effect, int]) -> str:
    """Return how many needs fare so, in words."""
    told = [f"{label(effect)}: {written.number(needs[effect])}" for effect in Effect if needs.get(effect)]
    return ", ".join(told) or "–"


def lends(party: Party) -> str:
    """Return for how many needs an organisation lends something, before and after."""
    if not party.lends_before and not party.lends_after:
        return "–"
    words = {"before": written.number(party.lends_before), "after": written.number(party.lends_after)}
    return _("%(before)s before, %(after)s after") % words
